// Grammemes of OpenCorpora as bits of one word, and agreement as bits of another.
#ifndef ATAU_MORPH_GRAMMEMES_H_
#define ATAU_MORPH_GRAMMEMES_H_

#include <array>
#include <cstdint>
#include <string_view>

namespace atau::morph {

using Grammemes = std::uint64_t;

// clang-format off
#define ATAU_GRAMMEMES(X) \
  /* part of speech */ \
  X(NOUN, 0) X(ADJF, 1) X(ADJS, 2) X(COMP, 3) X(VERB, 4) X(INFN, 5) X(PRTF, 6) X(PRTS, 7) X(GRND, 8) X(NUMR, 9) X(ADVB, 10) X(NPRO, 11) \
  X(PRED, 12) X(PREP, 13) X(CONJ, 14) X(PRCL, 15) X(INTJ, 16) \
  /* case; the second genitive, accusative and locative and the vocative count as their first ones too */ \
  X(nomn, 17) X(gent, 18) X(datv, 19) X(accs, 20) X(ablt, 21) X(loct, 22) \
  /* number and gender */ \
  X(sing, 23) X(plur, 24) X(masc, 25) X(femn, 26) X(neut, 27) X(Sgtm, 28) X(Pltm, 29) X(ms_f, 30) X(GNdr, 31) \
  /* animacy */ \
  X(anim, 32) X(inan, 33) \
  /* marks of names */ \
  X(Name, 34) X(Surn, 35) X(Patr, 36) X(Geox, 37) X(Orgn, 38) X(Trad, 39) X(Abbr, 40) X(Init, 41) X(Fixd, 42) \
  /* verbs */ \
  X(pres, 43) X(past, 44) X(futr, 45) X(per1, 46) X(per2, 47) X(per3, 48) X(impr, 49) X(perf, 50) X(impf, 51) X(actv, 52) X(pssv, 53) \
  /* others */ \
  X(Apro, 54) X(Anum, 55) X(Poss, 56) X(Supr, 57) X(Qual, 58) X(Dist, 59) X(Subx, 60) X(Infr, 61) X(Arch, 62) X(Erro, 63)
// clang-format on

#define X(name, bit) inline constexpr Grammemes k##name = Grammemes{1} << (bit);
ATAU_GRAMMEMES(X)
#undef X

inline constexpr Grammemes kCases = knomn | kgent | kdatv | kaccs | kablt | kloct;
inline constexpr Grammemes kPos =
    kNOUN | kADJF | kADJS | kCOMP | kVERB | kINFN | kPRTF | kPRTS | kGRND | kNUMR | kADVB | kNPRO | kPRED | kPREP | kCONJ | kPRCL | kINTJ;
inline constexpr Grammemes kGenders = kmasc | kfemn | kneut;

// Parses a grammeme by its OpenCorpora name ("NOUN", "gent", "ms-f", "1per"); returns 0 for an unknown one.
Grammemes GrammemeByName(std::string_view name);
// The bits of a whole tag ("NOUN,anim,masc,Sgtm,Surn sing,gent"); grammemes without a bit are passed over.
Grammemes ParseTag(std::string_view tag);

// Case × (singular masculine, feminine, neuter; plural) as 24 bits: bit = 4 * case + {0 masc, 1 femn, 2 neut, 3 plur}; case in the order
// nomn, gent, datv, accs, ablt, loct. Two words agree where the AND of their masks is not 0.
using Agreement = std::uint32_t;
inline constexpr Agreement kAllAgreement = (Agreement{1} << 24) - 1;
inline constexpr Agreement AgreementOfCase(int c) { return Agreement{0xF} << (4 * c); }

// What AgreementOf looks up: the lowest bit of each case's four, and the genders and numbers that the bits from sing on tell.
inline constexpr auto kAgreementCases = [] {
  std::array<Agreement, 64> table{};
  for (unsigned cases = 0; cases < 64; ++cases) {
    for (unsigned c = 0; c < 6; ++c) table[cases] |= (cases >> c & 1) << (4 * c);
  }
  return table;
}();
inline constexpr int kFirstCaseBit = 17, kFirstNumberBit = 23;
static_assert(knomn == Grammemes{1} << kFirstCaseBit && kloct == knomn << 5 && ksing == Grammemes{1} << kFirstNumberBit &&
              kGNdr == ksing << 8);
inline constexpr auto kAgreementGenders = [] {
  std::array<std::uint8_t, 512> table{};
  for (unsigned bits = 0; bits < 512; ++bits) {
    const Grammemes tag = Grammemes{bits} << kFirstNumberBit;
    const bool plural = (tag & kplur) != 0, singular = (tag & ksing) != 0;
    unsigned genders = plural || !singular ? 8 : 0;
    if (singular || !plural) {
      unsigned of_singular = 0;
      if (tag & (kmasc | kms_f)) of_singular |= 1;
      if (tag & (kfemn | kms_f)) of_singular |= 2;
      if (tag & kneut) of_singular |= 4;
      // «я», «ты», «пять»: the gender is not shown, so that none is ruled out.
      genders |= of_singular == 0 || (tag & kGNdr) != 0 ? 7 : of_singular;
    }
    table[bits] = static_cast<std::uint8_t>(genders);
  }
  return table;
}();

// The agreement bits of one reading. Words without a case (verbs, adverbs) give 0; indeclinable nouns all cases of their number.
constexpr Agreement AgreementOf(Grammemes tag) {
  return kAgreementCases[tag >> kFirstCaseBit & 63] * kAgreementGenders[tag >> kFirstNumberBit & 511];
}

}  // namespace atau::morph

#endif  // ATAU_MORPH_GRAMMEMES_H_
