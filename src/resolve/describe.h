// What a mention is: its kind, its gazetteer entry, slots and normal form.
#ifndef ATAU_RESOLVE_DESCRIBE_H_
#define ATAU_RESOLVE_DESCRIBE_H_

#include <atau/types.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "morph/inflect.h"
#include "resolve/analysis.h"
#include "resolve/arena.h"
#include "resolve/names.h"

namespace atau::resolve {

struct SlotValue {
  std::string_view key, value;
};

// The slots of a mention, in an arena.
class SlotList {
 public:
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  SlotValue* begin() { return first_; }
  SlotValue* end() { return first_ + size_; }
  const SlotValue* begin() const { return first_; }
  const SlotValue* end() const { return first_ + size_; }
  const SlotValue& operator[](std::size_t i) const { return first_[i]; }
  // Null where there is none with this key.
  const SlotValue* Find(std::string_view key) const {
    const SlotValue* const at = std::find_if(begin(), end(), [key](const SlotValue& s) { return s.key == key; });
    return at == end() ? nullptr : at;
  }
  SlotValue* Find(std::string_view key) { return const_cast<SlotValue*>(std::as_const(*this).Find(key)); }
  bool Has(std::string_view key) const { return Find(key) != nullptr; }
  // Key and value must live as long as the list is used; its items stay where they are until the next call.
  void Add(std::string_view key, std::string_view value, Arena* arena) {
    if (size_ == room_) {
      room_ = std::max<std::uint32_t>(4, 2 * room_);
      SlotValue* const grown = arena->List<SlotValue>(room_);
      std::copy(begin(), end(), grown);
      first_ = grown;
    }
    first_[size_++] = {key, value};
  }

 private:
  SlotValue* first_ = nullptr;
  std::uint32_t size_ = 0, room_ = 0;
};

// A mention of any type, in tokens. Its texts are views: into the bundle, the clean text, or the arena that it was described with.
struct Described {
  std::uint32_t begin = 0, end = 0;
  Type type = Type::kNone;
  morph::Gender gender = morph::Gender::kUnknown;
  float score = 0;
  std::uint32_t place_begin = 0;  // the first token of the place below
  std::string_view kind, text, normal, gazetteer, rule;
  std::string_view
      shown;          // the normal form of the mention, where `normal` is that of a longer name (a body that was parted from its place)
  bool told = false;  // the words around say that it is of its entry's kind: «вратарь «Реала»»
  std::string_view place;  // of a body whose name ends with a place («МВД Казахстана»): the place's gazetteer id
  SlotList slots;
};

// The value of a slot, "" where there is none.
inline std::string_view SlotOf(const Described& d, std::string_view key) {
  const SlotValue* const slot = d.slots.Find(key);
  return slot == nullptr ? std::string_view() : slot->value;
}

// Fills everything but span, type and score. `person`: what a person's name was decided to be (names.h; needed for PERSON, else null).
// `hit`: the rule that proposed the span (an index into a.hits.hits, -1: look for one).
void Describe(const Analysis& a, const PersonForm* person, int hit, Arena* arena, Described* d);

// Tells that a mention with this span and type will be described soon, and, called once more a little later with `texts`, that its texts
// will be read: both are far away in memory.
void ExpectDescribe(const Analysis& a, std::uint32_t begin, std::uint32_t end, Type type, bool texts);

// The tokens [begin, end) of a post in the nominative: only its head and the adjectives before that change («главой компании» → «глава
// компании»). `head_end`: where the words of the head end at the latest. In the arena.
std::string_view PostNominative(const Analysis& a, std::size_t begin, std::size_t head_end, std::size_t end, bool keep_number,
                                Arena* arena);

}  // namespace atau::resolve

#endif  // ATAU_RESOLVE_DESCRIBE_H_
