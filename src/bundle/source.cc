#include "bundle/source.h"

#include <atau/types.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <map>
#include <tuple>
#include <unordered_map>

#include "bundle/utf8.h"

namespace atau::bundle {
namespace {

constexpr std::size_t kMaxLine = 1 << 16;
constexpr std::size_t kMaxFile = std::size_t{1} << 31;
constexpr std::size_t kMaxNameBytes = 1000;
constexpr std::size_t kMaxVariants = 254;
constexpr std::string_view kFormatHint = "see dictionaries/README.md for the format";

struct ColumnSpec {
  std::string_view name;
  bool must_exist;   // in the header row
  bool must_filled;  // in each row, where the column exists
};

struct KindSpec {
  FileKind kind;
  std::string_view name;
  std::vector<std::string_view> required_keys;
  std::vector<ColumnSpec> columns;  // empty: any columns (the morphology room checks its own)
};

const std::vector<KindSpec>& Kinds() {
  static const std::vector<KindSpec> kinds = {
      {FileKind::kEntities,
       "entities",
       {"type"},
       {{"id", true, true},
        {"kind", true, true},
        {"name", true, true},
        {"variants", false, false},
        {"tier", false, true},
        {"slots", false, false}}},
      {FileKind::kWords, "words", {"class"}, {{"word", true, true}, {"kind", false, false}, {"flags", false, false}}},
      {FileKind::kNames,
       "names",
       {"mark"},
       {{"name", true, true}, {"gender", false, true}, {"tier", false, true}, {"count", false, false}}},
      {FileKind::kWeights, "weights", {}, {{"evidence", true, true}, {"place", true, true}, {"type", true, true}, {"weight", true, true}}},
      {FileKind::kForms, "forms", {}, {{"form", true, true}, {"count", true, true}}},
      {FileKind::kMorphology, "tags", {}, {}},
      {FileKind::kMorphology, "paradigms", {}, {}},
      {FileKind::kMorphology, "lexemes", {}, {}},
      {FileKind::kMorphology, "probabilities", {}, {}},
      {FileKind::kMorphology, "models", {}, {}},
      {FileKind::kMorphology, "affixes", {}, {}},
  };
  return kinds;
}

std::string Quote(std::string_view text) { return std::string("'").append(text).append("'"); }

template <class Range, class Name>
std::string Join(const Range& range, Name name) {
  std::string out;
  for (const auto& item : range) out.append(out.empty() ? "" : ", ").append(name(item));
  return out;
}

bool IsAsciiWord(std::string_view text) {
  return !text.empty() && text[0] >= 'a' && text[0] <= 'z' &&
         std::all_of(text.begin(), text.end(), [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; });
}

bool IsId(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-' || c == ':';
  });
}

// A typo is one insertion, deletion, change or swap of neighbours away.
bool IsNear(std::string_view a, std::string_view b) {
  if (a.size() > b.size()) std::swap(a, b);
  if (b.size() - a.size() > 1 || a == b) return false;
  std::size_t i = 0;
  while (i < a.size() && a[i] == b[i]) ++i;
  if (a.size() < b.size()) return a.substr(i) == b.substr(i + 1);
  if (a.substr(i + 1) == b.substr(i + 1)) return true;
  return i + 1 < a.size() && a[i] == b[i + 1] && a[i + 1] == b[i] && a.substr(i + 2) == b.substr(i + 2);
}

enum class Alphabet { kOther, kLatin, kCyrillic };

Alphabet AlphabetOf(char32_t c) {
  if ((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= 0xC0 && c <= 0x24F && c != 0xD7 && c != 0xF7)) return Alphabet::kLatin;
  if (c >= 0x400 && c <= 0x52F && !(c >= 0x482 && c <= 0x489)) return Alphabet::kCyrillic;
  return Alphabet::kOther;
}

// Latin letters and the Cyrillic ones that look the same.
constexpr std::pair<char32_t, std::string_view> kLookAlikes[] = {
    {'A', "А"}, {'B', "В"}, {'C', "С"}, {'E', "Е"}, {'H', "Н"}, {'K', "К"}, {'M', "М"}, {'O', "О"}, {'P', "Р"},
    {'T', "Т"}, {'X', "Х"}, {'Y', "У"}, {'a', "а"}, {'c', "с"}, {'e', "е"}, {'i', "і"}, {'o', "о"}, {'p', "р"},
    {'x', "х"}, {'y', "у"}, {'k', "к"}, {'m', "м"}, {'b', "Ь"}, {'r', "г"}, {'u', "и"}, {'n', "п"},
};

std::string CodePointName(char32_t c) {
  constexpr char kHex[] = "0123456789ABCDEF";
  std::string out = "U+";
  for (int shift = c > 0xFFFF ? 20 : 12; shift >= 0; shift -= 4) out += kHex[c >> shift & 15];
  return out;
}

bool IsInvisible(char32_t c) {
  return c < 32 || c == 127 || c == 0xA0 || c == 0xAD || (c >= 0x2000 && c <= 0x200F) || (c >= 0x2028 && c <= 0x202F) ||
         (c >= 0x205F && c <= 0x206F) || c == 0x3000 || c == 0xFEFF || c == 0xFFFD || (c >= 0x80 && c < 0xA0);
}

}  // namespace

std::string_view KindInDirective(std::string_view content) {
  while (content.starts_with("# ") || content.starts_with("#\n")) {
    const std::size_t end = content.find('\n');
    if (end == std::string_view::npos) return {};
    content.remove_prefix(end + 1);
  }
  if (!content.starts_with("#!")) return {};
  content.remove_prefix(2);
  while (content.starts_with(' ')) content.remove_prefix(1);
  return content.substr(0, content.find_first_of(" \r\n"));
}

std::vector<std::string_view> Split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  if (text.empty()) return parts;
  for (std::size_t begin = 0;;) {
    const std::size_t end = text.find(separator, begin);
    parts.push_back(text.substr(begin, end - begin));
    if (end == std::string_view::npos) return parts;
    begin = end + 1;
  }
}

WrittenName ParseName(std::string_view cell) {
  WrittenName name{.text = cell};
  while (!name.text.empty()) {
    if (name.text[0] == '=' && !name.exact) {
      name.exact = true;
    } else if (name.text[0] == '?' && !name.support) {
      name.support = true;
    } else {
      break;
    }
    name.text.remove_prefix(1);
  }
  return name;
}

std::string_view SourceFile::Attribute(std::string_view key) const {
  for (const auto& [name, value] : attributes_) {
    if (name == key) return value;
  }
  return {};
}

std::uint32_t SourceFile::ColumnOf(std::size_t row, std::string_view part) const {
  const char* start = content_.data() + lines_[row].offset;
  // Cells of columns that the file lacks, and of trailing cells left out, point nowhere.
  if (part.data() < start || part.data() > content_.data() + content_.size()) return 0;
  return CountCodePoints({start, static_cast<std::size_t>(part.data() - start)}) + 1;
}

// One pass over the lines; each helper reports what it finds and lets the rest go on.
class SourceReader {
 public:
  SourceReader(std::string_view name, std::string_view content, Diagnostics* diagnostics) : diagnostics_(diagnostics) {
    file_.name_ = name;
    file_.content_ = content;
  }

  SourceFile Read() {
    std::string_view content = file_.content_;
    if (content.size() > kMaxFile) {
      Error(0, 0, "the file is larger than 2 GiB", "split it");
      return std::move(file_);
    }
    if (content.starts_with("\xEF\xBB\xBF")) {
      Error(1, 1, "the file begins with a byte order mark", "save it as UTF-8 without BOM");
      content.remove_prefix(3);
    } else if (content.starts_with("\xFF\xFE") || content.starts_with("\xFE\xFF")) {
      Error(1, 1, "the file is in UTF-16", "save it as UTF-8 without BOM");
      return std::move(file_);
    }
    bool give_up = false;
    for (std::size_t begin = 0; begin < content.size() && !give_up;) {
      std::size_t end = content.find('\n', begin);
      if (end == std::string_view::npos) end = content.size();
      ++line_;
      line_text_ = content.substr(begin, end - begin);
      give_up = !ReadLine();
      begin = end + 1;
    }
    if (!give_up) Finish();
    return std::move(file_);
  }

 private:
  void Error(std::uint32_t line, std::uint32_t column, std::string message, std::string_view hint) {
    file_.faulty_ = true;
    diagnostics_->Error(file_.name_, line, column, std::move(message), std::string(hint));
  }
  void ErrorAt(std::string_view part, std::string message, std::string_view hint) {
    Error(line_, ColumnOf(part), std::move(message), hint);
  }
  void WarningAt(std::string_view part, std::string message, std::string_view hint) {
    diagnostics_->Warning(file_.name_, line_, ColumnOf(part), std::move(message), std::string(hint));
  }
  std::uint32_t ColumnOf(std::string_view part) const {
    return CountCodePoints({line_text_.data(), static_cast<std::size_t>(part.data() - line_text_.data())}) + 1;
  }

  // Returns false when nothing sensible can follow.
  bool ReadLine() {
    if (line_text_.size() > kMaxLine) {
      ErrorAt(line_text_, "the line is longer than 64 KiB", "is a line end missing, or an entity's list of variants out of hand?");
      return true;
    }
    if (line_text_.ends_with('\r')) {
      if (!cr_seen_) {
        ErrorAt(line_text_.substr(line_text_.size() - 1), "the line ends with CR LF",
                "save the file with LF line ends; other lines may have it too");
      }
      cr_seen_ = true;
      line_text_.remove_suffix(1);
    }
    if (!CheckBytes()) return true;
    if (line_text_.empty()) {
      if (!empty_seen_) ErrorAt(line_text_, "the line is empty", "remove it, or write a comment (`# …`)");
      empty_seen_ = true;
      return true;
    }
    if (line_text_ == "#" || line_text_.starts_with("# ")) return true;
    if (!spec_) return ReadDirective();
    if (line_text_.starts_with("#!")) {
      ErrorAt(line_text_, "a second directive", "one file has one directive; put these rows into a file of their own");
      return true;
    }
    if (spec_->kind == FileKind::kMorphology) return true;
    if (!header_read_) return ReadHeader();
    ReadRow();
    return true;
  }

  bool CheckBytes() {
    // Nearly all lines have nothing but plain letters: the quick scan keeps the careful one out of the way.
    for (std::size_t at = 0; at < line_text_.size();) {
      const std::size_t before = at;
      const char32_t c = NextCodePoint(line_text_, &at);
      if (c >= 32 && c < 127) continue;
      if (c >= 0x400 && c < 0x530) continue;
      const std::string_view rest = line_text_.substr(before);
      if (c == kBadUtf8) {
        ErrorAt(rest, "the bytes here are not valid UTF-8",
                "save the file as UTF-8 (iconv -f windows-1251 -t utf-8 helps with an old one)");
        return false;
      }
      if (c == '\t') continue;
      if (c == 0) {
        ErrorAt(rest, "a NUL character", "remove it; is this a text file?");
        return false;
      }
      if (c == '\r') {
        ErrorAt(rest, "a CR character inside the line", "save the file with LF line ends");
        return false;
      }
      if (IsInvisible(c)) {
        ErrorAt(rest, "an invisible character (" + CodePointName(c) + ")", "replace it by a plain blank or remove it");
        return false;
      }
      if (c >= 0x300 && c < 0x370) {
        WarningAt(rest, "a combining mark (" + CodePointName(c) + ")",
                  "write the letter as one character (NFC), or the name may not be found");
      }
    }
    return true;
  }

  bool ReadDirective() {
    if (!line_text_.starts_with("#!")) {
      std::string hint = "begin the file with a line such as `#! entities type=ORGANIZATION source=\"own knowledge\" licence=Apache-2.0`";
      ErrorAt(line_text_, "the directive is missing", hint);
      return false;
    }
    file_.directive_line_ = line_;
    std::string_view rest = line_text_.substr(2);
    const auto skip_blanks = [&] {
      while (rest.starts_with(' ')) rest.remove_prefix(1);
    };
    skip_blanks();
    const std::string_view kind = rest.substr(0, rest.find(' '));
    rest.remove_prefix(kind.size());
    for (const KindSpec& spec : Kinds()) {
      if (spec.name == kind) spec_ = &spec;
    }
    if (!spec_) {
      ErrorAt(kind, "unknown kind of file " + Quote(kind), "known ones: " + Join(Kinds(), [](const KindSpec& spec) { return spec.name; }));
      return false;
    }
    for (skip_blanks(); !rest.empty(); skip_blanks()) {
      const std::size_t equals = rest.find_first_of("= ");
      if (equals == std::string_view::npos || rest[equals] != '=' || equals == 0) {
        ErrorAt(rest, "here a `key=value` is expected", "put values with blanks into double quotes: source=\"own knowledge\"");
        break;
      }
      const std::string_view key = rest.substr(0, equals);
      rest.remove_prefix(equals + 1);
      std::string_view value;
      if (rest.starts_with('"')) {
        const std::size_t close = rest.find('"', 1);
        if (close == std::string_view::npos) {
          ErrorAt(rest, "the value's closing quote is missing", "put a \" at its end");
          break;
        }
        value = rest.substr(1, close - 1);
        rest.remove_prefix(close + 1);
        if (!rest.empty() && rest[0] != ' ') ErrorAt(rest, "a blank is missing after the quoted value", "");
      } else {
        value = rest.substr(0, rest.find(' '));
        rest.remove_prefix(value.size());
      }
      SetAttribute(key, value);
    }
    for (const std::string_view key : spec_->required_keys) {
      if (file_.Attribute(key).empty()) {
        ErrorAt(line_text_, "the directive lacks " + Quote(key), "add " + std::string(key) + "=…");
        broken_ = true;
      }
    }
    file_.kind_ = spec_->kind;
    file_.kind_name_ = kind;
    return true;
  }

  void SetAttribute(std::string_view key, std::string_view value) {
    std::vector<std::string_view> known = spec_->required_keys;
    known.insert(known.end(), {"source", "licence"});
    const bool open = spec_->columns.empty();  // the morphology room has keys of its own
    if (!open && std::find(known.begin(), known.end(), key) == known.end()) {
      ErrorAt(key, "unknown key " + Quote(key) + " in the directive", "known ones: " + Join(known, [](std::string_view k) { return k; }));
      return;
    }
    if (!file_.Attribute(key).empty()) return ErrorAt(key, "the key " + Quote(key) + " stands twice", "remove one");
    if (value.empty()) return ErrorAt(key, "the key " + Quote(key) + " has no value", "give it one, or remove it");
    if (key == "type" && !open) {
      const Type type = TypeByName(value);
      if (type == Type::kNone || TypeName(type) != value) {
        ErrorAt(value, "unknown type " + Quote(value), "known ones: PERSON, ORGANIZATION, LOCATION, PROGRAM");
        broken_ = true;
      } else if (type == Type::kDate || type == Type::kMoney || type == Type::kRole) {
        ErrorAt(value, Quote(value) + " has no names to list: dates and sums are found by rules, posts by the class `role`",
                type == Type::kRole ? "list the words under `#! words class=role`"
                                    : "write a rule that says `emit " + std::string(value) + "`");
        broken_ = true;
      }
    } else if (key == "class" && !IsAsciiWord(value)) {
      ErrorAt(value, "the class " + Quote(value) + " is no lower-case word of a-z, 0-9 and _", "rename it");
    } else if (key == "mark" && value != "given" && value != "surname" && value != "patronymic" && value != "nickname") {
      ErrorAt(value, "unknown mark " + Quote(value), "known ones: given, surname, patronymic, nickname");
      broken_ = true;
    }
    file_.attributes_.emplace_back(key, value);
  }

  bool ReadHeader() {
    header_read_ = true;
    const std::vector<std::string_view> names = Split(line_text_, '\t');
    bool bad = false;
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (std::find(names.begin(), names.begin() + i, names[i]) != names.begin() + i) {
        ErrorAt(names[i], "the column " + Quote(names[i]) + " stands twice", "remove one");
        bad = true;
      }
    }
    width_ = names.size();
    for (const ColumnSpec& column : spec_->columns) {
      file_.columns_.push_back(column.name);
      if (column.must_exist && std::find(names.begin(), names.end(), column.name) == names.end()) {
        ErrorAt(line_text_, "the column " + Quote(column.name) + " is missing from the header row", kFormatHint);
        bad = true;
      }
    }
    for (const std::string_view name : names) {
      const auto at = std::find(file_.columns_.begin(), file_.columns_.end(), name);
      if (at == file_.columns_.end()) {
        ErrorAt(name, "unknown column " + Quote(name),
                "known ones: " + Join(spec_->columns, [](const ColumnSpec& column) { return column.name; }));
        bad = true;
      }
      place_.push_back(static_cast<int>(at - file_.columns_.begin()));
    }
    return !bad;
  }

  void ReadRow() {
    const std::size_t first = file_.cells_.size();
    const std::size_t errors = diagnostics_->errors();
    file_.cells_.resize(first + file_.columns_.size());
    const std::span<std::string_view> cells(file_.cells_.data() + first, file_.columns_.size());
    for (std::string_view& cell : cells) cell = {};
    std::size_t at = 0;
    for (const std::string_view cell : Split(line_text_, '\t')) {
      if (at == width_) {
        ErrorAt(cell, "the row has more cells than the header's " + std::to_string(width_), "is there a tab too many?");
        break;
      }
      if (cell.starts_with(' ') || cell.ends_with(' ')) {
        ErrorAt(cell, "a blank at the " + std::string(cell.starts_with(' ') ? "start" : "end") + " of the cell", "remove it");
      }
      cells[place_[at++]] = cell;
    }
    for (std::size_t i = 0; i < spec_->columns.size(); ++i) {
      const bool exists = std::find(place_.begin(), place_.end(), static_cast<int>(i)) != place_.end();
      if (spec_->columns[i].must_filled && exists && cells[i].empty()) {
        ErrorAt(cells[i].data() ? cells[i] : line_text_.substr(line_text_.size()),
                "the cell of column " + Quote(spec_->columns[i].name) + " is empty", "fill it");
      }
    }
    CheckOrder(cells[0]);
    // Without the cells above the checks of meaning would only repeat that they are missing.
    if (diagnostics_->errors() == errors) CheckMeaning(cells);
    if (diagnostics_->errors() != errors) {
      file_.cells_.resize(first);
      return;
    }
    file_.lines_.push_back({line_, static_cast<std::uint32_t>(line_text_.data() - file_.content_.data())});
  }

  void CheckOrder(std::string_view key) {
    if (spec_->kind == FileKind::kWeights) return;  // grouped for the reader
    if (last_key_.data() && key < last_key_) {
      if (unsorted_ == 0) unsorted_place_ = {line_, std::string(key), std::string(last_key_)};
      ++unsorted_;
    }
    last_key_ = key;
  }

  void CheckMeaning(std::span<const std::string_view> cells) {
    switch (spec_->kind) {
      case FileKind::kEntities:
        return CheckEntity(cells);
      case FileKind::kWords:
        CheckText(cells[column::kWord]);
        // Kinds of words may be codes: USD, 1, m-f.
        if (const std::string_view kind = cells[column::kWordKind]; !IsId(kind)) {
          ErrorAt(kind, "the kind " + Quote(kind) + " has other characters than a-z, A-Z, 0-9, '.', '_', '-' and ':'", "rename it");
        }
        for (const std::string_view flag : Split(cells[column::kFlags], ',')) {
          if (!IsAsciiWord(flag))
            ErrorAt(flag, "the flag " + Quote(flag) + " is no lower-case word of a-z, 0-9 and _", "join flags by `,`");
        }
        return;
      case FileKind::kNames:
        return CheckNamePart(cells);
      case FileKind::kForms:
        CheckText(cells[column::kForm]);
        return CheckCount(cells[column::kFormCount]);
      case FileKind::kWeights:
        return CheckWeight(cells);
      default:
        return;
    }
  }

  void CheckEntity(std::span<const std::string_view> cells) {
    if (!IsId(cells[column::kId])) {
      ErrorAt(cells[column::kId], "the id " + Quote(cells[column::kId]) + " has other characters than a-z, A-Z, 0-9, '.', '_', '-' and ':'",
              "ids look like org.ru.minoborony");
    }
    CheckKind(cells[column::kKind]);
    CheckTier(cells[column::kTier]);
    CheckWritten(cells[column::kName]);
    const std::string_view name = ParseName(cells[column::kName]).text;
    const std::vector<std::string_view> variants = Split(cells[column::kVariants], '|');
    if (variants.size() > kMaxVariants) {
      ErrorAt(cells[column::kVariants], std::to_string(variants.size()) + " variants", "at most 254 are allowed");
    }
    for (std::size_t i = 0; i < variants.size(); ++i) {
      if (variants[i].empty()) {
        ErrorAt(variants[i], "an empty variant", "remove the `|` too many");
        continue;
      }
      CheckWritten(variants[i]);
      const WrittenName variant = ParseName(variants[i]);
      if (variant.text == name && !variant.exact && !variant.support) {
        WarningAt(variants[i], "the variant is the same as the name", "remove it");
      } else if (std::find(variants.begin(), variants.begin() + i, variants[i]) != variants.begin() + i) {
        WarningAt(variants[i], "the variant stands twice", "remove one");
      }
    }
    CheckSlots(cells[column::kSlots]);
  }

  void CheckKind(std::string_view kind) {
    if (!kind.empty() && !IsAsciiWord(kind)) {
      ErrorAt(kind, "the kind " + Quote(kind) + " is no lower-case word of a-z, 0-9 and _", "kinds look like government, media, launcher");
    }
  }

  void CheckTier(std::string_view tier) {
    if (!tier.empty() && tier != "alone" && tier != "support") ErrorAt(tier, "unknown tier " + Quote(tier), "known ones: alone, support");
  }

  // A name with its prefixes.
  void CheckWritten(std::string_view cell) {
    const WrittenName name = ParseName(cell);
    if (name.text.empty()) return ErrorAt(cell, "a prefix without a name", "write the name after " + Quote(cell));
    if (name.text[0] == '=' || name.text[0] == '?') {
      return ErrorAt(name.text, "the prefix " + Quote(name.text.substr(0, 1)) + " stands twice", "write each prefix once: `?=АП`");
    }
    if (name.text[0] == ' ' || name.text.back() == ' ') {
      return ErrorAt(name.text, "a blank at the " + std::string(name.text[0] == ' ' ? "start" : "end") + " of the name", "remove it");
    }
    CheckText(name.text);
  }

  void CheckText(std::string_view text) {
    if (text.size() > kMaxNameBytes) ErrorAt(text, "the name is longer than 1000 bytes", "is a `|` or a tab missing?");
    if (const std::size_t blanks = text.find("  "); blanks != std::string_view::npos) {
      ErrorAt(text.substr(blanks), "two blanks in a row", "keep one");
    }
    if (text.starts_with("«") && text.find("»") == text.size() - 2) {
      WarningAt(text, "the whole name stands in quotes", "leave the outer quotes out: names are found with and without them");
    } else if (text.find('"') != std::string_view::npos) {
      WarningAt(text.substr(text.find('"')), "a straight quote in a name", "write «…»");
    }
    CheckAlphabets(text);
  }

  void CheckAlphabets(std::string_view text) {
    // A word here is a run of letters and digits; «IT-компания» and «3D-печать» have two each.
    struct Run {
      std::size_t begin = 0;
      std::size_t latin = 0, cyrillic = 0;
    } run;
    const auto flush = [&](std::size_t end) {
      if (run.latin != 0 && run.cyrillic != 0) ReportMixed(text.substr(run.begin, end - run.begin), run.latin > run.cyrillic);
      run = {};
    };
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t before = at;
      const char32_t c = NextCodePoint(text, &at);
      const Alphabet alphabet = AlphabetOf(c);
      if (alphabet == Alphabet::kOther && !(c >= '0' && c <= '9')) {
        flush(before);
        run.begin = at;
        continue;
      }
      run.latin += alphabet == Alphabet::kLatin;
      run.cyrillic += alphabet == Alphabet::kCyrillic;
    }
    flush(text.size());
  }

  // Names the first letter that is in the minority, and its twin.
  void ReportMixed(std::string_view word, bool latin_word) {
    for (std::size_t at = 0; at < word.size();) {
      const std::size_t before = at;
      const char32_t c = NextCodePoint(word, &at);
      if (AlphabetOf(c) != (latin_word ? Alphabet::kCyrillic : Alphabet::kLatin)) continue;
      const std::string_view letter = word.substr(before, at - before);
      for (const auto& [latin, cyrillic] : kLookAlikes) {
        if (latin_word ? letter != cyrillic : c != latin) continue;
        const std::string twin = latin_word ? std::string(1, static_cast<char>(latin)) : std::string(cyrillic);
        return WarningAt(letter,
                         std::string("the ") + (latin_word ? "Cyrillic" : "Latin") + " letter '" + std::string(letter) + "' (" +
                             CodePointName(c) + ") in the " + (latin_word ? "Latin" : "Cyrillic") + " word " + Quote(word) +
                             " looks like '" + twin + "'",
                         "write the word in one alphabet");
      }
      return WarningAt(letter,
                       "the word " + Quote(word) + " mixes alphabets: '" + std::string(letter) + "' (" + CodePointName(c) + ") is " +
                           (latin_word ? "Cyrillic" : "Latin"),
                       "write it in one alphabet, unless it is really written so");
    }
  }

  void CheckSlots(std::string_view slots) {
    std::vector<std::string_view> keys;
    for (const std::string_view slot : Split(slots, ';')) {
      const std::size_t equals = slot.find('=');
      const std::string_view key = slot.substr(0, equals);
      if (slot.empty()) {
        ErrorAt(slot, "an empty slot", "remove the `;` too many");
      } else if (equals == std::string_view::npos) {
        ErrorAt(slot, "the slot " + Quote(slot) + " has no `=`", "write key=value");
      } else if (!IsAsciiWord(key)) {
        ErrorAt(slot, "the slot's key " + Quote(key) + " is no lower-case word of a-z, 0-9 and _",
                "write key=value, without blanks around `=`");
      } else if (equals + 1 == slot.size() || slot[equals + 1] == ' ' || slot.back() == ' ') {
        ErrorAt(slot, "the slot " + Quote(key) + " has an empty value or blanks around it", "write key=value");
      } else if (std::find(keys.begin(), keys.end(), key) != keys.end()) {
        ErrorAt(slot, "the slot " + Quote(key) + " stands twice", "remove one");
      }
      keys.push_back(key);
    }
  }

  void CheckCount(std::string_view count) {
    if (!std::all_of(count.begin(), count.end(), [](char c) { return c >= '0' && c <= '9'; })) {
      ErrorAt(count, "the count " + Quote(count) + " is no number", "write digits only");
    }
  }

  void CheckNamePart(std::span<const std::string_view> cells) {
    const std::string_view name = cells[column::kNamePart], gender = cells[column::kGender], count = cells[column::kCount];
    CheckText(name);
    CheckTier(cells[column::kNameTier]);
    if (!gender.empty() && gender != "m" && gender != "f" && gender != "both") {
      ErrorAt(gender, "unknown gender " + Quote(gender), "known ones: m, f, both");
    }
    if (!count.empty()) CheckCount(count);
    if (name == last_name_ && gender == last_gender_) {
      WarningAt(name, "the name " + Quote(name) + " stands twice", "remove one row");
    }
    last_name_ = name;
    last_gender_ = gender;
  }

  void CheckWeight(std::span<const std::string_view> cells) {
    const std::string_view text = cells[column::kWeight];
    double weight = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), weight);
    if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(weight)) {
      ErrorAt(text, "the weight " + Quote(text) + " is no number", "write it like 1.25 or -0.4");
    }
  }

  void Finish() {
    if (!spec_) {
      Error(0, 0, "the file has no directive and no rows", "begin it with a line such as `#! words class=org_head`");
      return;
    }
    if (!header_read_ && spec_->kind != FileKind::kMorphology) Error(file_.directive_line_, 0, "the header row is missing", kFormatHint);
    if (unsorted_ != 0) {
      const auto& [line, key, before] = unsorted_place_;
      diagnostics_->Warning(file_.name_, line, 1,
                            "the rows are not sorted: " + Quote(key) + " stands after " + Quote(before) +
                                (unsorted_ == 1 ? "" : ", and " + std::to_string(unsorted_ - 1) + " more rows are out of order"),
                            "sort them by the first column in byte order (LC_ALL=C sort)");
    }
    if (broken_) file_.kind_ = FileKind::kNone;
  }

  Diagnostics* diagnostics_;
  SourceFile file_;
  const KindSpec* spec_ = nullptr;
  std::uint32_t line_ = 0;
  std::string_view line_text_;
  std::vector<int> place_;  // the header's n-th column is the file's place_[n]-th
  std::size_t width_ = 0;
  bool header_read_ = false, cr_seen_ = false, empty_seen_ = false, broken_ = false;
  std::string_view last_key_, last_name_, last_gender_;
  std::size_t unsorted_ = 0;
  std::tuple<std::uint32_t, std::string, std::string> unsorted_place_;
};

SourceFile ReadSource(std::string_view name, std::string_view content, Diagnostics* diagnostics) {
  return SourceReader(name, content, diagnostics).Read();
}

namespace {

struct Place {
  const SourceFile* file;
  std::size_t row;
  std::string ToString() const { return std::string(file->name()) + ":" + std::to_string(file->Line(row)); }
};

std::string_view SlotOf(std::string_view slots, std::string_view key) {
  for (const std::string_view slot : Split(slots, ';')) {
    if (slot.substr(0, slot.find('=')) == key) return slot.substr(key.size() + 1);
  }
  return {};
}

}  // namespace

void CheckTogether(std::span<const SourceFile> files, Diagnostics* diagnostics) {
  constexpr std::size_t kMaxSameNames = 20;  // a file; two lists of the same places would drown the rest
  std::unordered_map<std::string_view, Place> ids;
  // Two cities of one name in one country are one city twice, more often than not; in two countries they are two.
  std::map<std::tuple<std::string_view, std::string_view, std::string_view, std::string_view>, Place> names;
  std::map<std::tuple<std::string_view, std::string_view>, std::pair<std::size_t, Place>> kinds;
  std::map<std::tuple<std::string_view, std::string_view, std::string_view>, Place> words;
  for (const SourceFile& file : files) {
    std::size_t same_names = 0;
    for (std::size_t row = 0; row < file.rows(); ++row) {
      const Place place{&file, row};
      if (file.kind() == FileKind::kEntities) {
        const std::string_view id = file.Cell(row, column::kId), kind = file.Cell(row, column::kKind), name = file.Cell(row, column::kName);
        const std::string_view type = file.Attribute("type");
        if (const auto [at, added] = ids.emplace(id, place); !added) {
          diagnostics->Error(file.name(), file.Line(row), file.ColumnOf(row, id),
                             "the id " + Quote(id) + " stands already in " + at->second.ToString(),
                             "ids are unique over all files: rename or merge");
        }
        const std::string_view country = SlotOf(file.Cell(row, column::kSlots), "country");
        if (const auto [at, added] = names.emplace(std::tuple(type, kind, name, country), place); !added && ++same_names <= kMaxSameNames) {
          diagnostics->Warning(file.name(), file.Line(row), file.ColumnOf(row, name),
                               "another " + std::string(kind) + " has the name " + Quote(name) + " in " + at->second.ToString(),
                               "merge the rows if they are one thing");
        }
        ++kinds.emplace(std::tuple(type, kind), std::pair(std::size_t{0}, place)).first->second.first;
      } else if (file.kind() == FileKind::kWords) {
        const std::string_view word = file.Cell(row, column::kWord), kind = file.Cell(row, column::kWordKind);
        if (const auto [at, added] = words.emplace(std::tuple(file.Attribute("class"), word, kind), place); !added) {
          diagnostics->Warning(file.name(), file.Line(row), file.ColumnOf(row, word),
                               "the word " + Quote(word) + " of this class and kind stands already in " + at->second.ToString(),
                               "remove one row");
        }
      }
    }
    if (same_names > kMaxSameNames) {
      diagnostics->Warning(file.name(), 0, 0, std::to_string(same_names - kMaxSameNames) + " more names stand in other rows too");
    }
  }
  // Kinds may be added freely, so a rare one is only suspicious where it nearly is a frequent one.
  for (const auto& [key, value] : kinds) {
    const auto& [type, kind] = key;
    const auto& [count, place] = value;
    if (count > 2) continue;
    for (const auto& [other, frequent] : kinds) {
      if (std::get<0>(other) != type || frequent.first < 10 * count || !IsNear(kind, std::get<1>(other))) continue;
      diagnostics->Warning(place.file->name(), place.file->Line(place.row),
                           place.file->ColumnOf(place.row, place.file->Cell(place.row, column::kKind)),
                           "the kind " + Quote(kind) + " is rare", "did you mean '" + std::string(std::get<1>(other)) + "'?");
    }
  }
}

}  // namespace atau::bundle
