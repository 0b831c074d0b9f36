// Words that ran into each other where a page lost its line breaks: «КазахстанаПремьер-министр», «SputnikПрезидент».
#include "text/letters.h"
#include "text/utf8.h"
#include "token/stages.h"

namespace atau::token {
namespace {

using text::Letter;

constexpr int kMaxPieces = 2 * kMaxCuts;

// A run of letters without an inner capital, of one script.
struct Piece {
  std::size_t begin = 0, end = 0;
  int letters = 0, upper = 0;
  char script = 0;  // l, c, o
  bool first_upper = false;
  bool part_start = false;  // stands behind a hyphen, an apostrophe, a digit, or at the start: no place for a cut
};

// Pieces of the word; 0 when there are too many (then it is no word to be repaired).
int FindPieces(std::string_view word, Piece (&pieces)[kMaxPieces]) {
  int count = 0;
  bool part_start = true;
  const char* const begin = word.data();
  const char* const end = begin + word.size();
  const char* last_letter = begin;  // start of the letter before
  std::size_t size = 0;
  for (const char* p = begin; p < end; p += size) {
    const char32_t c = text::Decode(p, end, &size);
    const Letter letter = c == 0x02BC ? Letter::kNone : text::LetterOf(c);
    const std::size_t at = static_cast<std::size_t>(p - begin);
    if (letter == Letter::kMark) {
      if (count > 0) pieces[count - 1].end = at + size;
      continue;
    }
    if (letter == Letter::kNone) {
      part_start = true;
      continue;
    }
    const bool upper = text::IsUpper(letter);
    const char script = text::IsLatin(letter) ? 'l' : text::IsCyrillic(letter) ? 'c' : 'o';
    bool starts = part_start;
    if (!starts) {
      Piece& piece = pieces[count - 1];
      if (script != piece.script || (upper && piece.upper < piece.letters)) {
        starts = true;
      } else if (!upper && piece.upper == piece.letters && piece.letters >= 2) {
        // Capitals and then a capitalised word: the last capital belongs to the word.
        if (count == kMaxPieces) return 0;
        const std::size_t moved = static_cast<std::size_t>(last_letter - begin);
        piece.end = moved;
        --piece.letters;
        --piece.upper;
        pieces[count++] = Piece{moved, at + size, 1, 1, script, true, false};
      }
    }
    if (starts) {
      if (count == kMaxPieces) return 0;
      pieces[count++] = Piece{at, at, 0, 0, script, upper, part_start};
    }
    Piece& piece = pieces[count - 1];
    piece.end = at + size;
    ++piece.letters;
    piece.upper += upper;
    part_start = false;
    last_letter = p;
  }
  return count;
}

}  // namespace

int FindCuts(std::string_view word, const WordOracle* oracle, std::size_t (&cuts)[kMaxCuts]) {
  Piece pieces[kMaxPieces];
  const int count = FindPieces(word, pieces);
  if (count < 2) return 0;
  if (oracle != nullptr && oracle->IsCamelName(word)) return 0;
  int found = 0;
  int camel_checked = -1;  // the first piece of the hyphen part that was asked for
  bool camel = false;
  std::size_t from = 0;        // where the part in hand starts: behind the last cut or hyphen
  std::size_t whole_from = 0;  // behind the last cut
  int letters = 0;             // since `from`
  bool from_upper = false;
  int part = 0;
  for (int i = 0; i + 1 < count && found < kMaxCuts; ++i) {
    const Piece& left = pieces[i];
    const Piece& right = pieces[i + 1];
    if (left.part_start) {
      from = left.begin;
      letters = 0;
      from_upper = left.first_upper;
      part = i;
    }
    letters += left.letters;
    if (right.part_start) continue;
    if (oracle != nullptr && camel_checked != part) {
      int last = part;
      while (last + 1 < count && !pieces[last + 1].part_start) ++last;
      camel = oracle->IsCamelName(word.substr(pieces[part].begin, pieces[last].end - pieces[part].begin));
      camel_checked = part;
    }
    if (camel) continue;

    const bool right_cap = right.first_upper && right.upper < right.letters;  // Слово
    const bool right_upper = right.upper == right.letters;                    // МИД
    bool cut = false;
    const auto known = [&](std::size_t begin, std::size_t end) { return oracle->IsKnownWord(word.substr(begin, end - begin)); };
    const auto left_known = [&] {
      return known(from, left.end) || (whole_from < from && known(whole_from, left.end)) ||
             (from < left.begin && known(left.begin, left.end));
    };
    const auto right_known = [&] {
      if (known(right.begin, right.end)) return true;
      std::size_t end = right.end;  // with what hyphens join to it
      for (int k = i + 2; k < count && pieces[k].part_start; ++k) end = pieces[k].end;
      return end > right.end && known(right.begin, end);
    };
    if (left.script != right.script) {
      if (left.script != 'o' && right.script != 'o' && letters >= 3) {
        cut = right.first_upper ? right.letters >= 3 : right.letters >= 5 && (oracle == nullptr || right.script == 'l' || right_known());
      } else if (right.script == 'l' && right.first_upper && right.letters >= (letters == 1 ? 3 : 2) && left.begin == whole_from) {
        cut = !left.first_upper && oracle != nullptr && oracle->RunsOn(word.substr(left.begin, left.end - left.begin), RunOn::kLatin);
      }
    } else if (left.upper == left.letters && left.letters >= 1 && !(left.part_start && left.letters == 1)) {
      // «ТАССПрезидент»: only known words tell it from «ФСБшник».
      cut = right_cap && oracle != nullptr && left.letters >= 3 && right.letters >= 5 && left_known() && right_known();
      if (!cut && right_cap && oracle != nullptr && right.letters >= 4 && left.begin == whole_from) {  // «РКФото»
        cut = oracle->RunsOn(word.substr(left.begin, left.end - left.begin), RunOn::kState) && right_known();
      }
    } else if (left.upper < left.letters) {
      const int shortest = from_upper && found == 0 ? 6 : 3;  // «РусГидро», «КазМунайГаз» are names; «словоЕщё» is not
      if (right_cap) {
        if (oracle == nullptr) {
          cut = right.letters >= 4 && letters >= (from_upper ? 6 : 4);
        } else if (letters >= shortest) {
          const bool knows_left = left_known();
          const bool knows_right = right_known();
          cut = (knows_left && knows_right && right.letters >= 2) || (knows_left && right.letters >= 4) ||
                (knows_right && letters >= 6 && right.letters >= 4);
        } else if (letters == 1 && whole_from == left.begin && left.script == 'c' && right.letters >= 4) {
          // «иДархана»: letters that are words of their own.
          cut = oracle->RunsOn(word.substr(left.begin, left.end - left.begin), RunOn::kCyrillic) && right_known();
        }
      } else if (right_upper && right.letters == 1 && right.end == word.size() && right.script == 'c') {
        // «выступленияВ Москве»: letters that are words of their own.
        cut = letters >= 6 && oracle != nullptr && oracle->RunsOn(word.substr(right.begin), RunOn::kCyrillic) && left_known();
      } else if (right_upper && oracle != nullptr) {
        cut = letters >= 5 && right.letters >= 3 && left_known() && right_known();  // «областиМЧС», but «СевКавГЭС»
      }
    }
    if (cut) {
      cuts[found++] = right.begin;
      from = whole_from = right.begin;
      letters = 0;
      from_upper = right.first_upper;
    }
  }
  return found;
}

}  // namespace atau::token
