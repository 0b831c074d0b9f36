// Names and word classes found in text by lemma sequence with agreement.
#ifndef ATAU_GAZETTEER_GAZETTEER_H_
#define ATAU_GAZETTEER_GAZETTEER_H_

#include <atau/status.h>
#include <atau/types.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "morph/form_table.h"
#include "token/token.h"

namespace atau::gazetteer {

enum MatchFlag : std::uint8_t {
  kSupport = 1 << 0,    // the row's tier or the variant's prefix asks for support
  kExact = 1 << 1,      // matched by exact form (Latin, abbreviations, `=`)
  kVariant = 1 << 2,    // a variant, not the canonical name
  kOtherCase = 1 << 3,  // the letter case differs from the entry's (the whole text may be in one case)
  kWords = 1 << 4,      // an entry of a word class, not of an entity
};

// One entry found at tokens [begin, end).
struct Match {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  std::uint32_t entry = 0;         // index for Gazetteer::entry
  morph::Agreement agreement = 0;  // case and number in which it stands (0 = not known)
  std::uint8_t flags = 0;
  std::uint8_t variant = 0;  // 0 = canonical, n = n-th variant (255 = 255th or later)
  // Of the entry, as EntryInfo has them.
  Type type = Type::kNone;
  bool added = false;
  std::uint16_t class_id = 0, kind_id = 0;
};

// What the sources say of an entry. Views into the bundle.
struct Entry {
  std::string_view id;   // entities: the id; words: the word itself
  std::string_view cls;  // entities: "ORGANIZATION" …; words: the class ("org_head")
  std::string_view kind;
  std::string_view name;       // canonical name; words: the word
  std::string_view slots;      // entities: "key=value;…"; words: the flags
  Type type = Type::kNone;     // entities only
  std::uint16_t class_id = 0;  // equal for equal `cls` (over all bundles of one gazetteer); see ClassId
  std::uint16_t kind_id = 0;   // equal for equal (cls, kind); see KindId
  bool support = false;
};

// What is asked most often of an entry.
struct EntryInfo {
  std::uint16_t class_id = 0, kind_id = 0;
  Type type = Type::kNone;
  bool support = false;
  bool added = false;  // stands in another bundle than the first: somebody's own name
};

// Per-call memory of Find; reused between calls, one a thread.
class FindScratch {
 public:
  FindScratch();
  ~FindScratch();

 private:
  friend class GazetteerImpl;
  struct State;
  std::unique_ptr<State> state_;
};

// Immutable and thread-safe; looks at the sections of one or more bundles, which must outlive it.
class Gazetteer {
 public:
  virtual ~Gazetteer() = default;

  // Every match of every entry, longest ones and shorter ones inside, sorted by begin, then longer first, then entry. Appends to `out`.
  // Quotes and dashes between the tokens of a name are passed over; a match never crosses a block, and holds no sentence end. Linear for
  // bounded name length.
  virtual void Find(const std::vector<token::Token>& tokens, const morph::FormTable& forms, FindScratch* scratch,
                    std::vector<Match>* out) const = 0;

  virtual Entry entry(std::uint32_t index) const = 0;
  // Tells that entry() will be asked for soon, and, called once more a little later with `texts`, that its strings will be read: both are
  // far away in memory.
  virtual void Expect(std::uint32_t /*index*/, bool /*texts*/) const {}
  // What is said of an entry in short, without its strings.
  virtual EntryInfo Info(std::uint32_t index) const {
    const Entry e = entry(index);
    return {e.class_id, e.kind_id, e.type, e.support};
  }
  // Entry::slots of an entry, of whose other strings none is looked at.
  virtual std::string_view SlotsOf(std::uint32_t index) const { return entry(index).slots; }
  virtual std::uint32_t size() const = 0;
  // Entries by id ("geonames.524901"); returns false when there is none.
  virtual bool FindId(std::string_view id, std::uint32_t* index) const = 0;
  // Ids of class and kind names for quick comparison; 0 = no such class or kind.
  virtual std::uint16_t ClassId(std::string_view cls) const = 0;
  virtual std::uint16_t KindId(std::string_view cls, std::string_view kind) const = 0;
  virtual std::string_view ClassName(std::uint16_t class_id) const = 0;
  virtual std::string_view KindName(std::uint16_t kind_id) const = 0;  // "org_head:media"
};

// The kind in such a name; empty where it has none.
inline std::string_view KindAfterColon(std::string_view kind_name) {
  const std::size_t colon = kind_name.find(':');
  return colon == std::string_view::npos ? std::string_view() : kind_name.substr(colon + 1);
}

// Opens compiled gazetteer sections. Every offset is checked. Error: kCorrupt.
Result<std::unique_ptr<Gazetteer>> OpenGazetteer(std::span<const std::string_view> sections);

}  // namespace atau::gazetteer

#endif  // ATAU_GAZETTEER_GAZETTEER_H_
