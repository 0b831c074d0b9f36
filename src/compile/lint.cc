#include "compile/lint.h"

#include <algorithm>
#include <string>

namespace atau::compile {
namespace {

using morph::Reading;

constexpr std::size_t kMaxWarningsOfOneSort = 20;  // a file; imported lists would drown the rest

enum class Doubt { kNone, kCommonWord, kSurname };

// What else the single word may be.
Doubt DoubtOf(std::string_view word, std::string_view type, const morph::Morph& morph) {
  std::string folded;
  morph::Fold(word, &folded);
  if (folded == word) return Doubt::kNone;  // written in lower case: the author means the word
  std::vector<Reading> readings;
  morph.Analyze(folded, token::Shape::kCap, /*guess=*/false, &readings);
  constexpr morph::Grammemes kMarks =
      morph::kName | morph::kSurn | morph::kPatr | morph::kGeox | morph::kOrgn | morph::kTrad | morph::kAbbr;
  constexpr morph::Grammemes kOpenClasses = morph::kNOUN | morph::kADJF | morph::kVERB | morph::kINFN | morph::kADVB | morph::kPRED;
  bool surname = false, own = false;
  for (const Reading& r : readings) {
    if (r.origin != morph::Origin::kDictionary || r.lemma_key != morph::KeyOf(folded)) continue;
    if ((r.tag & morph::kSurn) != 0) surname = true;
    if ((r.tag & (morph::kGeox | morph::kOrgn | morph::kTrad | morph::kAbbr)) != 0) own = true;
    if ((r.tag & (kMarks | morph::kPoss)) == 0 && (r.tag & kOpenClasses) != 0) return Doubt::kCommonWord;
  }
  return surname && !own && type != "PERSON" ? Doubt::kSurname : Doubt::kNone;
}

bool IsOneWord(std::string_view name) { return name.find_first_of(" -«»\"") == std::string_view::npos; }

bool IsInCapitals(std::string_view name) {
  // Capitals only: abbreviations do not match the everyday word.
  for (std::size_t at = 0; at < name.size(); at += static_cast<unsigned char>(name[at]) < 0x80 ? 1 : 2) {
    std::string folded;
    const std::string_view letter = name.substr(at, static_cast<unsigned char>(name[at]) < 0x80 ? 1 : 2);
    morph::Fold(letter, &folded);
    if (folded == letter || letter == "ё") return false;
  }
  return true;
}

}  // namespace

void LintNames(std::span<const bundle::SourceFile> files, const morph::Morph& morph, bundle::Diagnostics* diagnostics) {
  namespace column = bundle::column;
  for (const bundle::SourceFile& file : files) {
    if (file.kind() != bundle::FileKind::kEntities) continue;
    std::size_t seen[3] = {0, 0, 0};
    std::uint32_t last_line = 0;
    for (std::size_t row = 0; row < file.rows(); ++row) {
      if (file.Cell(row, column::kTier) == "support") continue;
      std::vector<std::string_view> cells = {file.Cell(row, column::kName)};
      for (const std::string_view variant : bundle::Split(file.Cell(row, column::kVariants), '|')) cells.push_back(variant);
      for (const std::string_view cell : cells) {
        const bundle::WrittenName name = bundle::ParseName(cell);
        if (name.exact || name.support || !IsOneWord(name.text) || IsInCapitals(name.text)) continue;
        const Doubt doubt = DoubtOf(name.text, file.Attribute("type"), morph);
        if (doubt == Doubt::kNone || ++seen[static_cast<int>(doubt)] > kMaxWarningsOfOneSort) continue;
        last_line = file.Line(row);
        diagnostics->Warning(
            file.name(), last_line, file.ColumnOf(row, name.text),
            std::string("'").append(name.text).append(doubt == Doubt::kSurname ? "' fires alone, but it is a surname too"
                                                                               : "' fires alone, but it is an everyday word too"),
            "give the row the tier support, or the variant the prefix `?`");
      }
    }
    for (const Doubt doubt : {Doubt::kCommonWord, Doubt::kSurname}) {
      const std::size_t count = seen[static_cast<int>(doubt)];
      if (count <= kMaxWarningsOfOneSort) continue;
      diagnostics->Warning(file.name(), 0, 0,
                           std::to_string(count - kMaxWarningsOfOneSort) + " more names that fire alone are " +
                               (doubt == Doubt::kSurname ? "surnames" : "everyday words") + " too");
    }
  }
}

}  // namespace atau::compile
