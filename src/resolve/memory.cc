#include "resolve/memory.h"

#include <array>
#include <bit>
#include <cstdint>
#include <iterator>
#include <string_view>

#include "morph/by_form.h"

namespace atau::resolve {
namespace {

// Endings of declension in UTF-8, longest first. A crude stem is enough here: it only has to be equal for the cases of one name within one
// document.
constexpr std::string_view kEndings[] = {"ого", "его", "ому", "ему", "ыми", "ими", "ами", "ями", "ой", "ей", "ою", "ею", "ом",
                                         "ем",  "ым",  "им",  "ых",  "их",  "ах",  "ях",  "ам",  "ям", "ую", "юю", "ая", "яя",
                                         "ый",  "ий",  "а",   "я",   "о",   "е",   "и",   "ы",   "у",  "ю",  "ь",  "й"};
constexpr std::size_t kShortestStem = 6;  // bytes: three Cyrillic letters

// The endings that end with a byte, told by its lower six bits: bit i for kEndings[i].
constexpr std::array<std::uint64_t, 64> kEndingsBy = [] {
  std::array<std::uint64_t, 64> by{};
  for (std::size_t i = 0; i < std::size(kEndings); ++i) by[static_cast<unsigned char>(kEndings[i].back()) & 63u] |= std::uint64_t{1} << i;
  return by;
}();
static_assert(std::size(kEndings) <= 64);
constexpr std::size_t kMostInitials = 9;        // words of a name that is spelled by its initials
constexpr std::size_t kMostBetween = 4;         // tokens between neighbours
constexpr std::size_t kLongestConjunction = 6;  // bytes

constexpr int kPerson = IndexOf(Type::kPerson);

void Bump(std::uint16_t* count) {
  if (*count < 0xFFFF) ++*count;
}

// Whether a word of a person's name is a given name or a patronymic rather than a surname.
bool IsGiven(const Analysis& a, std::size_t token) {
  const morph::Form& form = a.FormOf(token);
  if ((form.any & morph::kPatr) != 0) return true;
  if ((form.any & morph::kName) == 0) return false;
  std::uint8_t lists = 0;
  for (const morph::Reading& r : a.forms->ReadingsOf(form)) lists |= r.list;
  return (form.any & morph::kSurn) == 0 || (lists & (morph::kListGiven | morph::kListSurname)) == morph::kListGiven;
}

}  // namespace

bool InitialsOf(const Analysis& a, std::size_t begin, std::size_t end, bool all, std::string* out) {
  out->clear();
  bool links = false;
  for (std::size_t i = begin; i < end; ++i) {
    if (a.tokens[i].kind != token::Kind::kWord) continue;
    const morph::Form& f = a.FormOf(i);
    if ((f.any & (morph::kPREP | morph::kCONJ)) != 0) {
      links = true;
      if (!all) continue;
    }
    bool first = true;
    for (std::size_t p = 0; p < f.folded.size();) {
      const auto lead = static_cast<unsigned char>(f.folded[p]);
      const std::size_t size = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
      if (first) out->append(f.folded.substr(p, size));
      first = f.folded[p] == '-';
      p += size;
    }
  }
  return links;
}

std::string_view StemOf(std::string_view word) {
  if (word.empty()) return word;
  for (std::uint64_t left = kEndingsBy[static_cast<unsigned char>(word.back()) & 63u]; left != 0; left &= left - 1) {
    const std::string_view ending = kEndings[std::countr_zero(left)];
    if (word.size() >= kShortestStem + ending.size() && word.ends_with(ending)) {
      word.remove_suffix(ending.size());
      break;
    }
  }
  return word;
}

std::uint64_t Memory::WordKey(const Analysis& a, std::size_t token) { return morph::KeyOf(StemOf(a.FormOf(token).folded)); }

// Word keys are asked for at every look; a form has one.
std::uint64_t Memory::KeyOf(const Analysis& a, std::size_t token) const {
  const token::Token& t = a.tokens[token];
  if (t.kind != token::Kind::kWord && t.kind != token::Kind::kNumber) return 0;
  std::uint64_t& key = form_keys_[t.form];
  if (key == 0) key = WordKey(a, token) | 1;
  return key;
}

std::uint64_t Memory::SpanKey(const Analysis& a, std::size_t begin, std::size_t end) const {
  std::uint64_t key = 0x9E3779B97F4A7C15ull;
  for (std::size_t i = begin; i < end; ++i) {
    const std::uint64_t word = KeyOf(a, i);
    if (word == 0) continue;
    key = (key ^ word) * 0xD6E8FEB86659FD93ull;
    key ^= key >> 29;
  }
  return key;
}

// The key of the first token that has one; 0 where none has.
std::uint64_t Memory::FirstWord(const Analysis& a, std::size_t begin, std::size_t end) const {
  for (std::size_t i = begin; i < end; ++i) {
    if (const std::uint64_t key = KeyOf(a, i); key != 0) return key;
  }
  return 0;
}

void Memory::Clear() {
  first_words_.fill(0);
  surname_bits_.fill(0);
  words_.Clear();
  spans_.Clear();
  initials_.Clear();
  surnames_.Clear();
  mentions_.clear();
  mention_of_.clear();
}

void Memory::Learn(const Analysis& a, const std::vector<Mention>& mentions) {
  Clear();
  if (forms_ != a.forms || generation_ != a.forms->generation()) {
    form_keys_.clear();
    forms_ = a.forms;
    generation_ = a.forms->generation();
  }
  morph::GrowByForm(&form_keys_, a.forms->size());
  mentions_ = mentions;
  mention_of_.assign(a.tokens.size(), -1);
  for (std::size_t m = 0; m < mentions.size(); ++m) {
    const Mention& mention = mentions[m];
    std::size_t words = 0;
    for (std::size_t i = mention.begin; i < mention.end; ++i) {
      mention_of_[i] = static_cast<std::int32_t>(m);
      words += a.tokens[i].kind == token::Kind::kWord;
    }
    for (std::size_t i = mention.begin; i < mention.end; ++i) {
      if (a.tokens[i].kind != token::Kind::kWord) continue;
      if ((a.tokens[i].shape == token::Shape::kLower && !a.caseless) || a.tokens[i].shape == token::Shape::kInitial) continue;
      Counts& counts = words_[KeyOf(a, i)];
      Bump(words == 1 ? &counts.whole[mention.type] : &counts.part[mention.type]);
    }
    Bump(&spans_[SpanKey(a, mention.begin, mention.end)][mention.type]);
    const std::uint64_t bit = BitOf(FirstWord(a, mention.begin, mention.end));
    first_words_[bit / 64] |= std::uint64_t{1} << bit % 64;
    if (words >= 2 && mention.type == kPerson) {
      if (const std::size_t surname = SurnameOf(a, mention); surname != kNone) {
        const std::uint64_t key = KeyOf(a, surname), of_key = BitOf(key);
        Bump(&surnames_[key]);
        surname_bits_[of_key / 64] |= std::uint64_t{1} << of_key % 64;
      }
    }
    if (words < 2 || words > kMostInitials) continue;
    bool links = true;
    for (const bool all : {true, false}) {
      if (!all && !links) break;
      links = InitialsOf(a, mention.begin, mention.end, all, &letters_);
      std::uint8_t& type = initials_[morph::KeyOf(letters_)];
      if (type == 0) type = static_cast<std::uint8_t>(mention.type + 1);
    }
  }
}

std::size_t Memory::SurnameOf(const Analysis& a, const Mention& mention) {
  std::size_t words = 0, surname = kNone, other = kNone;
  for (std::size_t i = mention.begin; i < mention.end; ++i) {
    const token::Token& t = a.tokens[i];
    if (t.kind != token::Kind::kWord) continue;
    ++words;
    if (t.shape == token::Shape::kInitial || (t.shape == token::Shape::kLower && !a.caseless)) continue;
    const bool before_patronymic = i + 1 < mention.end && (a.FormOf(i + 1).any & morph::kPatr) != 0;
    (before_patronymic || IsGiven(a, i) ? other : surname) = i;
  }
  return words < 2 ? kNone : surname != kNone ? surname : other;
}

bool Memory::IsSurnameElsewhere(const Analysis& a, std::size_t token) const {
  const std::uint64_t key = KeyOf(a, token);
  const std::uint16_t* const seen = key == 0 ? nullptr : surnames_.Find(key);
  if (seen == nullptr) return false;
  const std::int32_t own = mention_of_[token];
  if (own < 0) return true;
  const Mention& mention = mentions_[static_cast<std::size_t>(own)];
  return *seen > (mention.type == kPerson && SurnameOf(a, mention) == token ? 1 : 0);
}

Memory::Neighbour Memory::NextTo(const Analysis& a, std::size_t place, Side side) const {
  Neighbour found;
  const bool before = side == Side::kBefore;
  for (std::size_t step = 0; step < kMostBetween; ++step) {
    if (before ? place < step + 1 : place + step >= a.tokens.size()) return found;
    const std::size_t i = before ? place - step - 1 : place + step;
    if (a.tokens[before ? i + 1 : i].Has(token::Flag::kBlockStart | token::Flag::kSentenceStart)) return found;
    if (mention_of_[i] >= 0) {
      const Mention& mention = mentions_[static_cast<std::size_t>(mention_of_[i])];
      if (before ? mention.end <= place : mention.begin >= place) found.type = mention.type;
      return found;
    }
    const token::Token& t = a.tokens[i];
    const char sign = a.clean[t.begin];
    if (t.kind == token::Kind::kQuote) continue;
    if (t.kind == token::Kind::kWord) {
      if (t.end - t.begin > kLongestConjunction || (a.FormOf(i).any & morph::kCONJ) == 0) return found;
      found.link = Link::kConjunction;
    } else if (t.Has(token::Flag::kOpens | token::Flag::kCloses)) {
      found.link = Link::kBracket;
    } else if (t.Has(token::Flag::kDash)) {
      found.link = Link::kDash;
    } else if (sign == '/') {
      found.link = Link::kSlash;
    } else if (sign == ',' || sign == ';') {
      if (found.link == Link::kTouches) found.link = Link::kComma;
    } else {
      return found;
    }
  }
  return found;
}

int Memory::SpelledOut(const Analysis& a, std::size_t token) const {
  const std::uint8_t* type = initials_.Find(a.FormOf(token).key);
  return type == nullptr ? -1 : *type - 1;
}

Memory::Counts Memory::Elsewhere(const Analysis& a, std::size_t token) const {
  const std::uint64_t key = KeyOf(a, token);
  if (key == 0) return {};
  const Counts* seen = words_.Find(key);
  if (seen == nullptr) return {};
  Counts counts = *seen;
  const std::int32_t own = mention_of_[token];
  if (own >= 0) {
    const Mention& mention = mentions_[static_cast<std::size_t>(own)];
    std::size_t words = 0;
    for (std::size_t i = mention.begin; i < mention.end; ++i) words += a.tokens[i].kind == token::Kind::kWord;
    std::uint16_t& count = words == 1 ? counts.whole[mention.type] : counts.part[mention.type];
    if (count > 0) --count;
  }
  return counts;
}

std::array<std::uint16_t, kTypes> Memory::SpanElsewhere(const Analysis& a, std::size_t begin, std::size_t end) const {
  if (!MayBeSpan(a, begin, end)) return {};
  const auto* seen = spans_.Find(SpanKey(a, begin, end));
  if (seen == nullptr) return {};
  std::array<std::uint16_t, kTypes> counts = *seen;
  const std::int32_t own = mention_of_[begin];
  if (own >= 0) {
    const Mention& mention = mentions_[static_cast<std::size_t>(own)];
    if (mention.begin == begin && mention.end == end && counts[mention.type] > 0) --counts[mention.type];
  }
  return counts;
}

}  // namespace atau::resolve
