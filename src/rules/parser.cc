#include "rules/parser.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <optional>
#include <set>

#include "morph/form_table.h"

namespace atau::rules {

Places::Places(std::string_view content) : content_(content) {
  starts_.push_back(0);
  for (std::size_t i = 0; i < content.size(); ++i) {
    if (content[i] == '\n') starts_.push_back(i + 1);
  }
}

std::uint32_t Places::LineOf(std::size_t offset) const {
  return static_cast<std::uint32_t>(std::upper_bound(starts_.begin(), starts_.end(), offset) - starts_.begin());
}

std::uint32_t Places::ColumnOf(std::size_t offset) const {
  std::uint32_t column = 1;
  for (std::size_t i = starts_[LineOf(offset) - 1]; i < offset && i < content_.size(); ++i) {
    if ((static_cast<unsigned char>(content_[i]) & 0xC0) != 0x80) ++column;
  }
  return column;
}

namespace {

bool IsBlank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
// Letters of words and names: ASCII letters, digits, `_`, `-` and everything beyond ASCII.
bool IsWordByte(char c) {
  const auto u = static_cast<unsigned char>(c);
  return u >= 0x80 || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '-';
}

std::string Folded(std::string_view text) {
  std::string out;
  morph::Fold(text, &out);
  return out;
}

// The number of edits between two words, at most 3.
int Distance(std::string_view a, std::string_view b) {
  if (a.size() > b.size() + 2 || b.size() > a.size() + 2) return 3;
  std::vector<int> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = static_cast<int>(j);
  for (std::size_t i = 1; i <= a.size(); ++i) {
    int diagonal = row[0];
    row[0] = static_cast<int>(i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const int up = row[j];
      row[j] = std::min({up + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)});
      diagonal = up;
    }
  }
  return std::min(row[b.size()], 3);
}

struct ShapeWord {
  std::string_view word;
  TokenMask mask;
};

constexpr ShapeWord kShapeWords[] = {
    {"cap", ShapeBit(token::Shape::kCap)},
    {"upper", ShapeBit(token::Shape::kUpper)},
    {"lower", ShapeBit(token::Shape::kLower)},
    {"mixed", ShapeBit(token::Shape::kMixed)},
    {"initial", ShapeBit(token::Shape::kInitial)},
    {"digits", token::kDigits},
    {"latin", token::kLatin},
    {"cyrillic", token::kCyrillic},
    {"hyphen", token::kHyphen},
    {"url", token::kUrl},
    {"dash", token::kDash},
    {"glued", token::kGlued},
    {"space", token::kSpaceBefore},
    {"opens", token::kOpens},
    {"closes", token::kCloses},
    {"linestart", token::kLineStart},
    {"blockstart", token::kBlockStart},
    {"sentencestart", token::kSentenceStart},
    {"sentenceend", token::kSentenceEnd},
    {"number", KindBit(token::Kind::kNumber)},
    {"punct", KindBit(token::Kind::kPunct)},
    {"quote", KindBit(token::Kind::kQuote)},
    {"word", KindBit(token::Kind::kWord)},
    {"symbol", KindBit(token::Kind::kOther)},
};

struct OriginWord {
  std::string_view word;
  std::uint8_t origins;
};

constexpr std::uint8_t OriginBit(morph::Origin origin) { return static_cast<std::uint8_t>(1u << static_cast<int>(origin)); }
constexpr OriginWord kOriginWords[] = {
    {"listed", OriginBit(morph::Origin::kDictionary) | OriginBit(morph::Origin::kNameAlone) | OriginBit(morph::Origin::kNameSupport) |
                   OriginBit(morph::Origin::kGazetteer)},
    {"alone", OriginBit(morph::Origin::kDictionary) | OriginBit(morph::Origin::kNameAlone)},
    {"dictionary", OriginBit(morph::Origin::kDictionary)},
    {"gazetteer", OriginBit(morph::Origin::kGazetteer)},
    {"guessed", OriginBit(morph::Origin::kGuess)},
};
constexpr std::string_view kOtherTestWords[] = {"any",        "known", "unknown", "capital", "lemma",     "text",  "exact",      "re",
                                                "re_surface", "in",    "entity",  "quoted",  "bracketed", "never", "opencorpora"};
constexpr std::string_view kGrammemeNames[] = {
#define X(name, bit) #name,
    ATAU_GRAMMEMES(X)
#undef X
};

constexpr std::string_view kClauses[] = {"weight", "match", "agree", "before", "after",   "not",
                                         "emit",   "veto",  "yes",   "no",     "crosses", "each"};
constexpr std::string_view kStatements[] = {"rule", "define", "phase"};

template <class Words>
bool Contains(const Words& words, std::string_view word) {
  return std::find(std::begin(words), std::end(words), word) != std::end(words);
}

// What a literal says against itself in one conjunction; a hint of where it fails is enough.
void Join(const Conjunction& from, Conjunction* to) {
  to->need |= from.need;
  to->forbid |= from.forbid;
  to->never |= from.never;
  if (from.origins != 0) to->origins = to->origins == 0 ? from.origins : static_cast<std::uint8_t>((to->origins & from.origins) | 0x80);
  const auto meet = [](bool has_from, const std::vector<std::string>& a, bool* has_to, std::vector<std::string>* b) {
    if (!has_from) return;
    if (!*has_to) {
      *b = a;
    } else {
      std::erase_if(*b, [&](const std::string& s) { return !Contains(a, s); });
    }
    *has_to = true;
  };
  meet(from.has_lemmas, from.lemmas, &to->has_lemmas, &to->lemmas);
  meet(from.has_texts, from.texts, &to->has_texts, &to->texts);
  meet(from.has_exacts, from.exacts, &to->has_exacts, &to->exacts);
  const auto append = [](const auto& a, auto* b) { b->insert(b->end(), a.begin(), a.end()); };
  append(from.not_lemmas, &to->not_lemmas);
  append(from.not_texts, &to->not_texts);
  append(from.not_exacts, &to->not_exacts);
  append(from.regexes, &to->regexes);
  to->mask_need |= from.mask_need;
  to->mask_forbid |= from.mask_forbid;
  to->form_need |= from.form_need;
  to->form_forbid |= from.form_forbid;
  append(from.classes, &to->classes);
  append(from.not_classes, &to->not_classes);
}

NodePtr Copy(const Node& node) {
  auto out = std::make_unique<Node>();
  out->kind = node.kind;
  out->offset = node.offset;
  out->tests = node.tests;
  out->ref = node.ref;
  out->type = node.type;
  out->round = node.round;
  out->lazy = node.lazy;
  out->min = node.min;
  out->max = node.max;
  out->anchor = node.anchor;
  out->name = node.name;
  for (const NodePtr& child : node.children) out->children.push_back(Copy(*child));
  return out;
}

std::size_t Size(const Node& node) {
  std::size_t size = 1;
  for (const NodePtr& child : node.children) size += Size(*child);
  return size;
}

// Parses one file. `source_` is the content with comments blanked out (offsets are those of the content).
class Parser {
 public:
  Parser(std::string_view file, std::string_view content, bundle::Diagnostics* diagnostics)
      : file_(file), content_(content), places_(content), diagnostics_(diagnostics) {}

  std::vector<RuleSource> Run() {
    if (content_.size() > kMaxFile) {
      diagnostics_->Error(file_, 0, 0, "the file is larger than 4 MB", "split it");
      return {};
    }
    BlankComments();
    SplitClauses();
    for (std::size_t i = 0; i < clauses_.size();) {
      const Clause& clause = clauses_[i];
      if (clause.keyword == "phase") {
        ParsePhase(clause);
        ++i;
      } else if (clause.keyword == "define") {
        ParseDefine(clause);
        ++i;
      } else if (clause.keyword == "rule") {
        std::size_t end = i + 1;
        while (end < clauses_.size() && !Contains(kStatements, clauses_[end].keyword)) ++end;
        ParseRule(i, end);
        i = end;
      } else {
        Fail(clause.offset, "`" + std::string(clause.keyword) + "` stands outside of a rule", "begin with `rule name`");
        ++i;
      }
    }
    return std::move(rules_);
  }

 private:
  struct Clause {
    std::string_view keyword;
    std::size_t offset = 0;          // of the keyword
    std::size_t begin = 0, end = 0;  // of what follows it
  };

  void Fail(std::size_t offset, std::string message, std::string hint = {}) {
    failed_ = true;
    diagnostics_->Error(file_, places_.LineOf(offset), places_.ColumnOf(offset), std::move(message), std::move(hint));
  }
  void Warn(std::size_t offset, std::string message, std::string hint = {}) {
    diagnostics_->Warning(file_, places_.LineOf(offset), places_.ColumnOf(offset), std::move(message), std::move(hint));
  }

  static std::string_view FirstWord(std::string_view line, std::size_t* offset) {
    std::size_t b = 0;
    while (b < line.size() && IsBlank(line[b])) ++b;
    std::size_t e = b;
    while (e < line.size() && IsWordByte(line[e])) ++e;
    *offset = b;
    // A word that something is glued to («after:[…]») is no keyword.
    if (e < line.size() && !IsBlank(line[e])) return {};
    return line.substr(b, e - b);
  }

  // A comment begins with `#` at the start of a line or after a blank, outside of quotes and regular expressions; examples have none.
  void BlankComments() {
    source_ = std::string(content_);
    std::size_t line = 0;
    while (line < source_.size()) {
      std::size_t end = source_.find('\n', line);
      if (end == std::string::npos) end = source_.size();
      std::size_t offset = 0;
      const std::string_view word = FirstWord(std::string_view(source_).substr(line, end - line), &offset);
      if (word != "yes" && word != "no") {
        char inside = 0;
        for (std::size_t i = line; i < end; ++i) {
          const char c = source_[i];
          if (inside != 0) {
            if (c == '\\') {
              ++i;
            } else if (c == inside) {
              inside = 0;
            }
          } else if (c == '"' || c == '\'') {
            inside = c;
          } else if (c == '/' && i >= line + 3 && source_[i - 1] == ' ' && AfterRe(line, i)) {
            inside = '/';
          } else if (c == '#' && (i == line || IsBlank(source_[i - 1]))) {
            std::fill(source_.begin() + static_cast<std::ptrdiff_t>(i), source_.begin() + static_cast<std::ptrdiff_t>(end), ' ');
            break;
          }
        }
      }
      line = end + 1;
    }
  }

  bool AfterRe(std::size_t line, std::size_t slash) const {
    std::size_t e = slash;
    while (e > line && IsBlank(source_[e - 1])) --e;
    std::size_t b = e;
    while (b > line && IsWordByte(source_[b - 1])) --b;
    const std::string_view word = std::string_view(source_).substr(b, e - b);
    return word == "re" || word == "re_surface";
  }

  void SplitClauses() {
    std::size_t line = 0;
    while (line < source_.size()) {
      std::size_t end = source_.find('\n', line);
      if (end == std::string::npos) end = source_.size();
      const std::string_view text = std::string_view(source_).substr(line, end - line);
      std::size_t offset = 0;
      const std::string_view word = FirstWord(text, &offset);
      const bool blank = offset == text.size();
      if (!blank) {
        if (Contains(kClauses, word) || Contains(kStatements, word)) {
          clauses_.push_back({word, line + offset, line + offset + word.size(), end});
        } else if (clauses_.empty() || clauses_.back().keyword == "yes" || clauses_.back().keyword == "no" ||
                   clauses_.back().keyword == "rule" || clauses_.back().keyword == "phase") {
          std::size_t e = offset;
          while (e < text.size() && !IsBlank(text[e])) ++e;
          std::string hint = "a line of a rule begins with match, emit, veto, weight, agree, before, after, not, crosses, each, yes or no";
          const std::string_view found = text.substr(offset, e - offset);
          std::string_view near;
          const auto consider = [&](std::string_view known) {
            if (near.empty() && found.size() > 2 && Distance(known, found) <= 1) near = known;
          };
          for (std::string_view known : kClauses) consider(known);
          for (std::string_view known : kStatements) consider(known);
          if (!near.empty()) hint = "did you mean `" + std::string(near) + "`?";
          Fail(line + offset, "unknown clause `" + std::string(found) + "`", hint);
        } else {
          clauses_.back().end = end;
        }
      }
      line = end + 1;
    }
    failed_ = false;
  }

  std::string_view Argument(const Clause& clause) const {
    std::string_view text = std::string_view(source_).substr(clause.begin, clause.end - clause.begin);
    while (!text.empty() && IsBlank(text.front())) text.remove_prefix(1);
    while (!text.empty() && IsBlank(text.back())) text.remove_suffix(1);
    return text;
  }
  std::size_t OffsetOf(std::string_view part) const { return static_cast<std::size_t>(part.data() - source_.data()); }

  // ---- cursor ----

  void Enter(const Clause& clause) {
    pos_ = clause.begin;
    end_ = clause.end;
    depth_ = 0;
    copied_ = 0;
  }
  void Skip() {
    while (pos_ < end_ && IsBlank(source_[pos_])) ++pos_;
  }
  bool AtEnd() {
    Skip();
    return pos_ >= end_;
  }
  char Peek() {
    Skip();
    return pos_ < end_ ? source_[pos_] : '\0';
  }
  bool Take(char c) {
    if (Peek() != c || pos_ >= end_) return false;
    ++pos_;
    return true;
  }
  std::string_view Word() {
    Skip();
    const std::size_t b = pos_;
    while (pos_ < end_ && IsWordByte(source_[pos_])) ++pos_;
    return std::string_view(source_).substr(b, pos_ - b);
  }
  std::string_view PeekWord() {
    Skip();
    const std::size_t b = pos_;
    const std::string_view word = Word();
    pos_ = b;
    return word;
  }
  // A piece of the source for a message: one character or word from the cursor.
  std::string Here() {
    Skip();
    if (pos_ >= end_) return "the end of the clause";
    std::size_t e = pos_ + 1;
    if (IsWordByte(source_[pos_])) {
      while (e < end_ && IsWordByte(source_[e]) && e - pos_ < 60) ++e;
    }
    while (e < end_ && (static_cast<unsigned char>(source_[e]) & 0xC0) == 0x80) ++e;
    return "`" + source_.substr(pos_, e - pos_) + "`";
  }

  bool String(std::string* out) {
    Skip();
    const std::size_t begin = pos_;
    const char quote = source_[pos_++];
    out->clear();
    while (pos_ < end_ && source_[pos_] != quote && source_[pos_] != '\n') {
      if (source_[pos_] == '\\' && pos_ + 1 < end_) ++pos_;
      out->push_back(source_[pos_++]);
    }
    if (pos_ >= end_ || source_[pos_] != quote) {
      Fail(begin, "a string without its closing quote");
      return false;
    }
    ++pos_;
    if (out->empty()) {
      Fail(begin, "an empty string matches no token");
      return false;
    }
    return true;
  }

  // ---- statements ----

  void ParsePhase(const Clause& clause) {
    const std::string_view name = Argument(clause);
    if (name == "relations") {
      phase_ = Phase::kRelations;
    } else if (name == "candidates") {
      phase_ = Phase::kCandidates;
    } else {
      Fail(clause.offset, "unknown phase `" + std::string(name) + "`", "phases are candidates and relations");
    }
  }

  void ParseDefine(const Clause& clause) {
    Enter(clause);
    failed_ = false;
    const std::size_t at = (Skip(), pos_);
    const std::string name(Word());
    if (name.empty()) {
      Fail(at, "a definition without a name", "write `define name pattern`");
      return;
    }
    if (defines_.count(name) != 0) {
      Fail(at, "`" + name + "` is defined twice");
      return;
    }
    NodePtr node = Pattern();
    if (node && !AtEnd()) Unexpected();
    // A definition with a mistake is kept, so that its uses are not reported too.
    defines_[name] = failed_ ? nullptr : std::move(node);
  }

  void ParseRule(std::size_t first, std::size_t last) {
    const Clause& head = clauses_[first];
    RuleSource rule;
    failed_ = false;
    rule.file = std::string(file_);
    rule.line = places_.LineOf(head.offset);
    rule.phase = phase_;
    const std::string_view name = Argument(head);
    rule.name = std::string(name);
    rule.offset = static_cast<std::uint32_t>(name.empty() ? head.offset : OffsetOf(name));
    if (name.empty()) {
      Fail(head.offset, "a rule without a name", "write `rule area.name`");
    } else if (!std::all_of(name.begin(), name.end(),
                            [](char c) { return (IsWordByte(c) || c == '.') && static_cast<unsigned char>(c) < 0x80; })) {
      Fail(rule.offset, "`" + rule.name + "` is no rule name", "use Latin letters, digits, `_`, `-` and `.`");
    }
    std::set<std::string_view> seen;
    for (std::size_t i = first + 1; i < last; ++i) {
      const Clause& clause = clauses_[i];
      const std::string_view k = clause.keyword;
      if ((k == "match" || k == "weight" || k == "crosses" || k == "each") && !seen.insert(k).second) {
        Fail(clause.offset, "a second `" + std::string(k) + "` in one rule", k == "match" ? "join alternatives as ( a | b )" : "");
        continue;
      }
      if (k == "weight") {
        ParseWeight(clause, &rule);
      } else if (k == "match") {
        Enter(clause);
        NodePtr node = Pattern();
        if (node && !AtEnd()) Unexpected();
        rule.pattern = std::move(node);
      } else if (k == "agree") {
        ParseAgree(clause, &rule);
      } else if (k == "before" || k == "after" || k == "not") {
        ParseContext(clause, &rule);
      } else if (k == "emit") {
        ParseEmit(clause, &rule);
      } else if (k == "veto") {
        ParseVeto(clause, &rule);
      } else if (k == "crosses") {
        if (Argument(clause) != "lines") Fail(clause.offset, "`crosses` is followed by `lines`");
        rule.crosses_lines = true;
      } else if (k == "each") {
        if (Argument(clause) != "length") Fail(clause.offset, "`each` is followed by `length`");
        rule.each_length = true;
      } else {
        const std::string_view text = Argument(clause);
        if (text.empty()) Fail(clause.offset, "an example without a text");
        rule.examples.push_back({k == "yes", std::string(text), places_.LineOf(clause.offset)});
      }
    }
    if (!seen.count("match")) Fail(rule.offset, "a rule without `match`");
    if (!rule.emits) Fail(rule.offset, "a rule without `emit` or `veto`");
    if (rule.veto && rule.has_weight && rule.weight >= 0) Fail(rule.offset, "the weight of a veto is negative", "write `weight -2`");
    if (rule.veto && !rule.has_weight) rule.weight = -2;
    bool yes = false, no = false;
    for (const Example& example : rule.examples) (example.yes ? yes : no) = true;
    if (!yes) Fail(rule.offset, "a rule without a `yes` example", "show a text in which it must fire");
    if (!no) Fail(rule.offset, "a rule without a `no` example", "show a text near to it in which it must not fire");
    if (!failed_) rules_.push_back(std::move(rule));
  }

  void ParseWeight(const Clause& clause, RuleSource* rule) {
    const std::string_view text = Argument(clause);
    float value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value) || std::fabs(value) > 100) {
      Fail(text.empty() ? clause.offset : OffsetOf(text), "`" + std::string(text) + "` is no weight",
           "a number between -100 and 100, such as 2.5");
      return;
    }
    rule->has_weight = true;
    rule->weight = value;
  }

  void ParseAgree(const Clause& clause, RuleSource* rule) {
    Enter(clause);
    std::vector<Name> names;
    if (!Take('(')) {
      Fail(pos_, "`agree` is followed by the parts in brackets", "write `agree (a, b)`");
      return;
    }
    do {
      Skip();
      const std::size_t at = pos_;
      const std::string_view name = Word();
      if (name.empty()) {
        Fail(at, "a name of a part was expected, not " + Here());
        return;
      }
      names.push_back({std::string(name), static_cast<std::uint32_t>(at)});
    } while (Take(','));
    if (!Take(')') || !AtEnd()) {
      Fail(pos_, "`)` was expected, not " + Here());
      return;
    }
    if (names.size() < 2) {
      Fail(clause.offset, "`agree` needs two parts or more");
      return;
    }
    rule->agree.push_back(std::move(names));
  }

  void ParseContext(const Clause& clause, RuleSource* rule) {
    Enter(clause);
    Context context;
    context.offset = static_cast<std::uint32_t>(clause.offset);
    std::string_view where = clause.keyword;
    if (where == "not") {
      context.negated = true;
      where = Word();
      if (where != "before" && where != "after") {
        Fail(clause.offset, "`not` is followed by `before` or `after`", "to negate a test, write [ !test ]");
        return;
      }
    }
    context.before = where == "before";
    context.pattern = Pattern();
    if (context.pattern && !AtEnd()) Unexpected();
    rule->contexts.push_back(std::move(context));
  }

  bool TypeOf(std::string_view name, std::size_t at, Type* type) {
    *type = TypeByName(name);
    if (*type != Type::kNone) return true;
    Fail(at, "unknown type `" + std::string(name) + "`", "types are PERSON, ORGANIZATION, LOCATION, PROGRAM, DATE, MONEY and ROLE");
    return false;
  }

  void ParseEmit(const Clause& clause, RuleSource* rule) {
    Enter(clause);
    if (rule->emits) {
      Fail(clause.offset, "a second `emit` or `veto` in one rule", "write two rules");
      return;
    }
    rule->emits = true;
    rule->emit_offset = static_cast<std::uint32_t>(clause.offset);
    Skip();
    std::size_t at = pos_;
    std::string_view type = Word();
    if (type == "relation") {
      rule->relation = true;
      if (phase_ != Phase::kRelations) Fail(at, "relations are emitted in files with `phase relations`");
      Skip();
      at = pos_;
      rule->label = std::string(Word());
      if (rule->label.empty()) Fail(at, "`emit relation` without its name", "WORKS_AS, LOCATED_IN, ALIAS_OF or RUN_BY");
    } else {
      if (type.empty()) {
        Fail(clause.offset, "`emit` without a type");
        return;
      }
      if (phase_ == Phase::kRelations)
        Fail(at, "a file with `phase relations` emits relations", "write `emit relation NAME subject = part …`");
      TypeOf(type, at, &rule->type);
    }
    // Parts, then attributes; a name followed by `=` is an attribute's key.
    while (!AtEnd()) {
      at = pos_;
      const std::string_view word = Word();
      if (word.empty()) {
        Unexpected();
        return;
      }
      if (Take('=')) {
        std::string value;
        Skip();
        const std::size_t value_at = pos_;
        if (Peek() == '\'' || Peek() == '"') {
          if (!String(&value)) return;
          value = "'" + value + "'";
        } else {
          value = std::string(Word());
          if (value.empty()) {
            Fail(value_at,
                 "`" + std::string(word) + " =` is followed by part.text, part.lemma, part.class, part.normal, part.id or 'literal'");
            return;
          }
          if (Take('.')) value += "." + std::string(Word());
        }
        rule->attributes.push_back({{std::string(word), static_cast<std::uint32_t>(at)}, {value, static_cast<std::uint32_t>(value_at)}});
      } else if (rule->attributes.empty() && rule->from.text.empty() && !rule->relation) {
        rule->from = {std::string(word), static_cast<std::uint32_t>(at)};
        if (pos_ + 1 < end_ && source_[pos_] == '.' && source_[pos_ + 1] == '.') {
          pos_ += 2;
        } else if (Peek() == '.' && pos_ + 1 < end_ && source_[pos_ + 1] == '.') {
          pos_ += 2;
        } else {
          continue;
        }
        Skip();
        at = pos_;
        rule->to = {std::string(Word()), static_cast<std::uint32_t>(at)};
        if (rule->to.text.empty()) Fail(at, "`..` is followed by the last part of the span");
      } else {
        Fail(at, "`" + std::string(word) + "` is out of place", "write emit TYPE part [.. part] [key = value]…");
        return;
      }
    }
  }

  void ParseVeto(const Clause& clause, RuleSource* rule) {
    Enter(clause);
    if (rule->emits) {
      Fail(clause.offset, "a second `emit` or `veto` in one rule", "write two rules");
      return;
    }
    rule->emits = rule->veto = true;
    rule->emit_offset = static_cast<std::uint32_t>(clause.offset);
    if (phase_ == Phase::kRelations) Fail(clause.offset, "a file with `phase relations` emits relations");
    do {
      Skip();
      const std::size_t at = pos_;
      const std::string_view word = Word();
      if (word.empty()) {
        Fail(clause.offset, "`veto` without a type", "write `veto TYPE part` or `veto ANY part`");
        return;
      }
      if (word == "ANY") {
        for (int i = 1; i < kTypeCount; ++i) rule->vetoes |= static_cast<std::uint16_t>(1u << i);
        continue;
      }
      Type type = Type::kNone;
      if (!TypeOf(word, at, &type)) return;
      rule->vetoes |= static_cast<std::uint16_t>(1u << static_cast<int>(type));
    } while (Take('|'));
    if (AtEnd()) return;
    std::size_t at = pos_;
    rule->from = {std::string(Word()), static_cast<std::uint32_t>(at)};
    if (rule->from.text.empty()) {
      Unexpected();
      return;
    }
    if (Peek() == '.' && pos_ + 1 < end_ && source_[pos_ + 1] == '.') {
      pos_ += 2;
      Skip();
      at = pos_;
      rule->to = {std::string(Word()), static_cast<std::uint32_t>(at)};
      if (rule->to.text.empty()) Fail(at, "`..` is followed by the last part of the span");
    }
    if (!AtEnd()) Unexpected();
  }

  // ---- patterns ----

  void Unexpected() { Fail((Skip(), pos_), Here() + " is out of place"); }

  NodePtr Make(Node::Kind kind, std::size_t offset) {
    auto node = std::make_unique<Node>();
    node->kind = kind;
    node->offset = static_cast<std::uint32_t>(offset);
    return node;
  }

  NodePtr Pattern() {
    if (++depth_ > kMaxNesting) {
      Fail(pos_, "brackets are nested too deeply", "at most 40 levels; use `define`");
      return nullptr;
    }
    Skip();
    NodePtr choice = Make(Node::kChoice, pos_);
    do {
      NodePtr sequence = Sequence();
      if (!sequence) return nullptr;
      choice->children.push_back(std::move(sequence));
    } while (Take('|'));
    --depth_;
    if (choice->children.size() == 1) return std::move(choice->children[0]);
    return choice;
  }

  NodePtr Sequence() {
    NodePtr sequence = Make(Node::kSequence, (Skip(), pos_));
    while (!AtEnd() && Peek() != '|' && Peek() != ')') {
      NodePtr item = Item();
      if (!item) return nullptr;
      sequence->children.push_back(std::move(item));
    }
    if (sequence->children.empty()) {
      Fail(pos_, "an empty pattern", "nothing stands before " + Here());
      return nullptr;
    }
    if (sequence->children.size() == 1) return std::move(sequence->children[0]);
    return sequence;
  }

  NodePtr Item() {
    Skip();
    const std::size_t begin = pos_;
    std::string name;
    if (IsWordByte(source_[pos_])) {
      const std::string_view word = Word();
      if (Take(':')) {
        name = std::string(word);
      } else {
        pos_ = begin;
      }
    }
    NodePtr node = Atom();
    if (!node) return nullptr;
    int min = 1, max = 1;
    bool repeated = true;
    const char c = Peek();
    if (c == '?') {
      ++pos_;
      min = 0;
    } else if (c == '*') {
      ++pos_;
      min = 0, max = kDefaultRepeat;
    } else if (c == '+') {
      ++pos_;
      max = kDefaultRepeat;
    } else if (c == '{') {
      if (!Count(&min, &max)) return nullptr;
    } else {
      repeated = false;
    }
    if (repeated && (Peek() == '?' || Peek() == '*' || Peek() == '+' || Peek() == '{')) {
      Fail(pos_, "a repetition of a repetition", "put the inner one into round brackets");
      return nullptr;
    }
    const auto repeat = [&](NodePtr child, int from, int to) {
      NodePtr out = Make(Node::kRepeat, begin);
      out->min = from;
      out->max = to;
      out->children.push_back(std::move(child));
      return out;
    };
    if (name.empty()) return repeated ? repeat(std::move(node), min, max) : std::move(node);
    // A named part that may be missing has no span when it is; so `?` stands outside of the name, and `+` inside.
    if (repeated && max > 1) node = repeat(std::move(node), std::max(min, 1), max);
    NodePtr capture = Make(Node::kCapture, begin);
    capture->name = name;
    capture->children.push_back(std::move(node));
    if (repeated && min == 0) capture = repeat(std::move(capture), 0, 1);
    return capture;
  }

  bool Number(int* out) {
    Skip();
    const std::size_t b = pos_;
    while (pos_ < end_ && source_[pos_] >= '0' && source_[pos_] <= '9') ++pos_;
    if (b == pos_) return false;
    if (pos_ - b > 6) {
      *out = 1000000;
    } else {
      std::from_chars(source_.data() + b, source_.data() + pos_, *out);
    }
    return true;
  }

  bool Count(int* min, int* max) {
    const std::size_t begin = pos_;
    ++pos_;
    if (!Number(min)) {
      if (Peek() != ',') {
        Fail(pos_, "a number was expected in {m,n}, not " + Here());
        return false;
      }
      *min = 0;
    }
    *max = *min;
    if (Take(',') && !Number(max)) {
      Fail(begin, "an unbounded repetition", "give both numbers, at most {0,32}");
      return false;
    }
    if (!Take('}')) {
      Fail(pos_, "`}` was expected, not " + Here());
      return false;
    }
    if (*max > kMaxRepeat) {
      Fail(begin, "a repetition of more than 32 times", "a name is shorter than that");
      return false;
    }
    if (*min > *max || *max == 0) {
      Fail(begin, "a repetition that can never match", "write {least,most}");
      return false;
    }
    return true;
  }

  NodePtr Atom() {
    Skip();
    const std::size_t begin = pos_;
    if (pos_ >= end_) {
      Fail(begin, "the pattern ends where an element was expected");
      return nullptr;
    }
    const char c = source_[pos_];
    if (c == '[') return Element();
    if (c == '(') {
      ++pos_;
      NodePtr node = Pattern();
      if (!node) return nullptr;
      if (!Take(')')) {
        Fail(begin, "an unclosed `(`");
        return nullptr;
      }
      return node;
    }
    if (c == '"' || c == '\'') {
      NodePtr node = Make(Node::kToken, begin);
      Conjunction test;
      if (!StringTest(&test)) return nullptr;
      node->tests.push_back(std::move(test));
      return node;
    }
    if (c == '<') return ResolvedElement();
    if (c == '^' || c == '$') return AnchorElement();
    if (c == '@') {
      ++pos_;
      const std::string name(Word());
      const auto it = defines_.find(name);
      if (it == defines_.end()) {
        Fail(begin, "`@" + name + "` is not defined",
             "write `define " + (name.empty() ? std::string("name") : name) + " pattern` above the rule");
        return nullptr;
      }
      if (!it->second) {
        failed_ = true;
        return nullptr;
      }
      copied_ += Size(*it->second);
      if (copied_ > static_cast<std::size_t>(kMaxProgram)) {
        Fail(begin, "the pattern is too large", "fewer or smaller repetitions");
        return nullptr;
      }
      return Copy(*it->second);
    }
    if (IsWordByte(c)) {
      const std::string_view word = Word();
      if ((word == "quoted" || word == "bracketed") && Peek() == '(') {
        ++pos_;
        NodePtr node = Make(Node::kGroup, begin);
        node->round = word == "bracketed";
        NodePtr inner = Pattern();
        if (!inner) return nullptr;
        if (!Take(')')) {
          Fail(begin, "an unclosed `(`");
          return nullptr;
        }
        node->children.push_back(std::move(inner));
        return node;
      }
      if (word == "gap") {
        NodePtr node = Make(Node::kRepeat, begin);
        node->lazy = true;
        if (Peek() != '{') {
          Fail(begin, "`gap` without its bounds", "write gap{0,3}");
          return nullptr;
        }
        if (!Count(&node->min, &node->max)) return nullptr;
        node->children.push_back(Make(Node::kToken, begin));
        node->children[0]->tests.emplace_back();
        return node;
      }
      Fail(begin, "`" + std::string(word) + "` is no element", "a token test stands in square brackets: [" + std::string(word) + "]");
      return nullptr;
    }
    if (c == ']' || c == ')') {
      Fail(begin, "a closing bracket without its opening one");
      return nullptr;
    }
    Unexpected();
    return nullptr;
  }

  NodePtr ResolvedElement() {
    const std::size_t begin = pos_++;
    const std::size_t at = pos_;
    const std::string_view name = Word();
    NodePtr node = Make(Node::kResolved, begin);
    if (name != "ANY" && !TypeOf(name, at, &node->type)) return nullptr;
    if (!Take('>')) {
      Fail(begin, "an unclosed `<`");
      return nullptr;
    }
    if (phase_ != Phase::kRelations) {
      Fail(begin, "resolved entities are known in files with `phase relations` only",
           "use [entity " + std::string(name) + "] for names of the gazetteer");
      return nullptr;
    }
    return node;
  }

  NodePtr AnchorElement() {
    const std::size_t begin = pos_;
    const bool start = source_[pos_++] == '^';
    const std::string_view word = Word();
    NodePtr node = Make(Node::kAnchor, begin);
    if (word == "line") {
      node->anchor = start ? Node::kLineBegin : Node::kLineEnd;
    } else if (word == "sentence") {
      node->anchor = start ? Node::kSentenceBegin : Node::kSentenceEnd;
    } else if (word == "block" && start) {
      node->anchor = Node::kBlockBegin;
    } else {
      Fail(begin, "unknown anchor `" + source_.substr(begin, 1) + std::string(word) + "`",
           "anchors are ^line, ^block, ^sentence, $line and $sentence");
      return nullptr;
    }
    return node;
  }

  // ---- token tests ----

  NodePtr Element() {
    const std::size_t begin = pos_++;
    if (Peek() == ']') {
      Fail(begin, "an element without a test", "write [any] for any token");
      return nullptr;
    }
    // Whole groups look like tests, but take many tokens.
    const std::string_view word = PeekWord();
    if (word == "quoted" || word == "bracketed") {
      Word();
      if (!Take(']')) {
        Fail(begin, "[" + std::string(word) + "] is a whole group and stands alone",
             "to test what is inside, write " + std::string(word) + "( … ); to test the sign, write [quote] or [opens]");
        return nullptr;
      }
      NodePtr node = Make(Node::kGroup, begin);
      node->round = word == "bracketed";
      return node;
    }
    const std::size_t bracket = begin;
    std::vector<Conjunction> tests;
    if (!Disjunction(false, &tests)) return nullptr;
    if (!Take(']')) {
      if (AtEnd()) {
        Fail(bracket, "an unclosed `[`");
      } else {
        Fail(pos_, "`&`, `|` or `]` was expected, not " + Here());
      }
      return nullptr;
    }
    // Class matches may take many tokens, so they are elements of their own.
    NodePtr choice = Make(Node::kChoice, begin);
    NodePtr token = Make(Node::kToken, begin);
    for (Conjunction& test : tests) {
      if (test.classes.empty()) {
        token->tests.push_back(std::move(test));
        continue;
      }
      if (test.classes.size() > 1) {
        Fail(begin, "two classes joined by `&` in one element", "write ( [in a] | [in b] ) for either");
        return nullptr;
      }
      NodePtr node = Make(Node::kClass, begin);
      node->ref = test.classes[0];
      test.classes.clear();
      node->tests.push_back(std::move(test));
      choice->children.push_back(std::move(node));
    }
    if (!token->tests.empty()) choice->children.push_back(std::move(token));
    if (choice->children.size() == 1) return std::move(choice->children[0]);
    return choice;
  }

  bool Disjunction(bool negated, std::vector<Conjunction>* out) {
    if (++depth_ > kMaxNesting) {
      Fail(pos_, "brackets are nested too deeply", "at most 40 levels");
      return false;
    }
    // Under a negation, `|` joins what must all fail, and `&` gives alternatives.
    std::vector<std::vector<Conjunction>> parts;
    do {
      std::vector<std::vector<Conjunction>> factors;
      do {
        factors.emplace_back();
        if (!Literal(negated, &factors.back())) return false;
      } while (Take('&'));
      std::vector<Conjunction> part;
      if (!(negated ? Either(factors, &part) : Both(factors, &part))) return false;
      parts.push_back(std::move(part));
    } while (Take('|'));
    --depth_;
    return negated ? Both(parts, out) : Either(parts, out);
  }

  bool TooMany(std::size_t count) {
    if (count <= static_cast<std::size_t>(kMaxConjunctions)) return false;
    Fail(pos_, "a token test with more than 64 alternatives", "use a word class, or a list: lemma (a|b|c)");
    return true;
  }

  bool Either(std::vector<std::vector<Conjunction>>& parts, std::vector<Conjunction>* out) {
    for (std::vector<Conjunction>& part : parts) {
      for (Conjunction& test : part) out->push_back(std::move(test));
      if (TooMany(out->size())) return false;
    }
    return true;
  }

  bool Both(std::vector<std::vector<Conjunction>>& parts, std::vector<Conjunction>* out) {
    std::vector<Conjunction> product(1);
    for (const std::vector<Conjunction>& part : parts) {
      std::vector<Conjunction> next;
      for (const Conjunction& a : product) {
        for (const Conjunction& b : part) {
          next.push_back(a);
          Join(b, &next.back());
          if (TooMany(next.size())) return false;
        }
      }
      product = std::move(next);
    }
    *out = std::move(product);
    return true;
  }

  bool StringTest(Conjunction* test, bool negated = false) {
    const char quote = Peek();
    std::string text;
    if (!String(&text)) return false;
    Strings(test, quote == '"' ? kTexts : kExacts, {text}, negated);
    return true;
  }

  enum List { kLemmas, kTexts, kExacts };
  static void Strings(Conjunction* test, List list, std::vector<std::string> words, bool negated) {
    if (list != kExacts) {
      for (std::string& word : words) word = Folded(word);
    }
    std::vector<std::string>* to = list == kLemmas  ? (negated ? &test->not_lemmas : &test->lemmas)
                                   : list == kTexts ? (negated ? &test->not_texts : &test->texts)
                                                    : (negated ? &test->not_exacts : &test->exacts);
    *to = std::move(words);
    if (!negated) (list == kLemmas ? test->has_lemmas : list == kTexts ? test->has_texts : test->has_exacts) = true;
  }

  // x, "x" or (x|y|z)
  bool WordList(std::string_view after, std::vector<std::string>* words) {
    const auto one = [&]() {
      Skip();
      const std::size_t at = pos_;
      if (Peek() == '"' || Peek() == '\'') {
        std::string text;
        if (!String(&text)) return false;
        words->push_back(text);
        return true;
      }
      const std::string_view word = Word();
      if (word.empty()) {
        Fail(at, "a word was expected after `" + std::string(after) + "`, not " + Here());
        return false;
      }
      words->emplace_back(word);
      return true;
    };
    if (!Take('(')) return one();
    const std::size_t open = pos_ - 1;
    do {
      if (!one()) return false;
    } while (Take('|'));
    if (!Take(')')) {
      Fail(open, "an unclosed `(`");
      return false;
    }
    return true;
  }

  bool Literal(bool negated, std::vector<Conjunction>* out) {
    while (Take('!')) negated = !negated;
    Skip();
    const std::size_t begin = pos_;
    if (Take('(')) {
      if (!Disjunction(negated, out)) return false;
      if (!Take(')')) {
        Fail(begin, "an unclosed `(`");
        return false;
      }
      return true;
    }
    out->emplace_back();
    Conjunction& test = out->back();
    if (Peek() == '"' || Peek() == '\'') return StringTest(&test, negated);
    const std::string_view word = Word();
    if (word.empty()) {
      if (AtEnd()) {
        Fail(begin, "the pattern ends inside `[`", "an unclosed `[`");
      } else {
        Fail(begin, "a test was expected, not " + Here());
      }
      return false;
    }
    for (const ShapeWord& shape : kShapeWords) {
      if (shape.word == word) {
        (negated ? test.mask_forbid : test.mask_need) |= shape.mask;
        return true;
      }
    }
    for (const OriginWord& origin : kOriginWords) {
      if (origin.word == word) {
        test.origins = negated ? static_cast<std::uint8_t>(0x3F & ~origin.origins) : origin.origins;
        return true;
      }
    }
    if (word == "any") {
      if (negated) {
        Fail(begin, "`!any` can never match");
        return false;
      }
      return true;
    }
    if (word == "known" || word == "unknown") {
      ((word == "known") != negated ? test.form_need : test.form_forbid) |= kKnownForm;
      return true;
    }
    if (word == "capital") {
      (negated ? test.form_forbid : test.form_need) |= kCapitalForm;
      return true;
    }
    if (word == "lemma" && PeekWord() == "in") {
      Word();
      return ClassTest(begin, negated, &test);
    }
    if (word == "in") return ClassTest(begin, negated, &test);
    if (word == "entity") return EntityTest(begin, negated, &test);
    if (word == "lemma" || word == "text" || word == "exact") {
      std::vector<std::string> words;
      if (!WordList(word, &words)) return false;
      Strings(&test, word == "lemma" ? kLemmas : word == "text" ? kTexts : kExacts, std::move(words), negated);
      return true;
    }
    if (word == "re" || word == "re_surface") return RegexTest(begin, word == "re_surface", negated, &test);
    if (word == "never") {
      const std::size_t at = (Skip(), pos_);
      const std::string_view name = Word();
      const morph::Grammemes grammeme = GrammemeOf(name);
      if (grammeme == 0) {
        Fail(at, "unknown grammeme `" + std::string(name) + "`", Suggest(name));
        return false;
      }
      if (negated) {
        Fail(begin, "`!never` is no test", "write the grammeme alone");
        return false;
      }
      test.never |= grammeme;
      return true;
    }
    if (word == "quoted" || word == "bracketed") {
      Fail(begin, "[" + std::string(word) + "] is a whole group and stands alone", "to test the sign, write [quote] or [opens]");
      return false;
    }
    const morph::Grammemes grammeme = GrammemeOf(word);
    if (grammeme == 0) {
      Fail(begin, "unknown test `" + std::string(word) + "`", Suggest(word));
      return false;
    }
    (negated ? test.forbid : test.need) |= grammeme;
    return true;
  }

  static morph::Grammemes GrammemeOf(std::string_view name) { return name.empty() ? 0 : morph::GrammemeByName(name); }

  static std::string Suggest(std::string_view word) {
    std::string_view best;
    int least = 3;
    const auto consider = [&](std::string_view known) {
      const int distance = Distance(word, known);
      if (distance < least && static_cast<std::size_t>(distance) < known.size()) least = distance, best = known;
    };
    for (const ShapeWord& shape : kShapeWords) consider(shape.word);
    for (const OriginWord& origin : kOriginWords) consider(origin.word);
    for (std::string_view known : kOtherTestWords) consider(known);
    for (std::string_view known : kGrammemeNames) consider(known);
    if (!word.empty() && static_cast<unsigned char>(word[0]) >= 0x80)
      return "a form stands in quotes (\"" + std::string(word) + "\"), a lemma after `lemma`";
    if (best.empty()) return "tests are listed in dictionaries/rules/README.md";
    return "did you mean `" + std::string(best) + "`?";
  }

  bool RegexTest(std::size_t begin, bool surface, bool negated, Conjunction* test) {
    if (!Take('/')) {
      Fail(pos_, "a regular expression stands between slashes", "write re /…/");
      return false;
    }
    std::string pattern;
    while (pos_ < end_ && source_[pos_] != '/' && source_[pos_] != '\n') {
      if (source_[pos_] == '\\' && pos_ + 1 < end_ && source_[pos_ + 1] == '/') {
        ++pos_;
      } else if (source_[pos_] == '\\' && pos_ + 1 < end_) {
        pattern.push_back(source_[pos_++]);
      }
      pattern.push_back(source_[pos_++]);
    }
    if (pos_ >= end_ || source_[pos_] != '/') {
      Fail(begin, "a regular expression without its closing slash");
      return false;
    }
    ++pos_;
    if (pattern.size() > kMaxRegex) {
      Fail(begin, "a regular expression of more than 1000 bytes", "use a word class");
      return false;
    }
    test->regexes.push_back({pattern, surface, negated});
    return true;
  }

  bool ClassTest(std::size_t begin, bool negated, Conjunction* test) {
    ClassRef ref;
    const std::size_t at = (Skip(), pos_);
    ref.offset = static_cast<std::uint32_t>(at);
    ref.cls = std::string(Word());
    if (ref.cls.empty()) {
      Fail(begin, "`in` without the name of a class");
      return false;
    }
    if (Take(':')) {
      ref.kind = std::string(Word());
      if (ref.kind.empty()) {
        Fail(pos_, "a kind was expected after `:`, not " + Here());
        return false;
      }
    }
    if (Take('/')) {
      ref.flag = std::string(Word());
      if (ref.flag.empty()) {
        Fail(pos_, "a flag was expected after `/`, not " + Here());
        return false;
      }
    }
    (negated ? test->not_classes : test->classes).push_back(std::move(ref));
    return true;
  }

  bool EntityTest(std::size_t begin, bool negated, Conjunction* test) {
    ClassRef ref;
    ref.entity = true;
    const std::size_t at = (Skip(), pos_);
    ref.offset = static_cast<std::uint32_t>(at);
    const std::string_view type = Word();
    if (type.empty()) {
      Fail(begin, "`entity` without a type", "write [entity ORGANIZATION] or [entity ANY]");
      return false;
    }
    if (type != "ANY") {
      if (!TypeOf(type, at, &ref.type)) return false;
      ref.cls = std::string(TypeName(ref.type));
    }
    if (Take(':')) {
      ref.kind = std::string(Word());
      if (ref.kind.empty()) {
        Fail(pos_, "a kind was expected after `:`, not " + Here());
        return false;
      }
      if (ref.type == Type::kNone) {
        Fail(at, "[entity ANY] has no kinds");
        return false;
      }
    }
    if (Take('/')) {
      const std::size_t tier_at = (Skip(), pos_);
      const std::string_view tier = Word();
      if (tier == "support") {
        ref.tier = ClassRef::kOnlySupport;
      } else if (tier == "alone") {
        ref.tier = ClassRef::kOnlyAlone;
      } else {
        Fail(tier_at, "unknown tier `" + std::string(tier) + "`", "tiers are alone and support");
        return false;
      }
    }
    (negated ? test->not_classes : test->classes).push_back(std::move(ref));
    return true;
  }

  std::string_view file_;
  std::string_view content_;
  std::string source_;
  Places places_;
  bundle::Diagnostics* diagnostics_;
  std::vector<Clause> clauses_;
  std::map<std::string, NodePtr, std::less<>> defines_;
  std::vector<RuleSource> rules_;
  Phase phase_ = Phase::kCandidates;
  std::size_t pos_ = 0, end_ = 0;
  int depth_ = 0;
  std::size_t copied_ = 0;  // nodes that `@name` brought into this clause
  bool failed_ = false;
};

}  // namespace

std::vector<RuleSource> ParseRules(std::string_view file, std::string_view content, bundle::Diagnostics* diagnostics) {
  return Parser(file, content, diagnostics).Run();
}

}  // namespace atau::rules
