// The words that posts and places are told by, found in the dictionaries once, when they are opened.
#ifndef ATAU_RESOLVE_POST_WORDS_H_
#define ATAU_RESOLVE_POST_WORDS_H_

#include <cstdint>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "gazetteer/gazetteer.h"
#include "morph/form_table.h"
#include "resolve/key_map.h"

namespace atau::resolve {

// Immutable once it is filled; shared by all threads.
class PostWords {
 public:
  // What a small word does beside a post or place: the kinds of the class `post_word`, whose file says what each of them means.
  enum Use : std::uint32_t {
    kBefore = 1 << 0,
    kAlso = 1 << 1,
    kAnd = 1 << 2,
    kNot = 1 << 3,
    kWithTail = 1 << 4,
    kField = 1 << 5,
    kParty = 1 << 6,
    kInside = 1 << 7,
    kOutOf = 1 << 8,
    kOneOf = 1 << 9,
    kHe = 1 << 10,
    kShe = 1 << 11,
    kWhose = 1 << 12,
    kSpeaker = 1 << 13,
    kStateNoun = 1 << 14,
  };

  PostWords() = default;
  // Looks up the ids of classes and kinds; the listed words come by Add. `gazetteer` is not kept.
  explicit PostWords(const gazetteer::Gazetteer& gazetteer);

  // Whether a class has listed words, which Add takes.
  bool Wants(std::uint16_t class_id) const { return class_id != 0 && (class_id == small_ || class_id == area_ || class_id == body_of_); }
  void Add(const gazetteer::Entry& entry);

  // The uses of a word as it is written.
  std::uint32_t UsesOf(const morph::Form& form) const {
    const std::uint32_t* const uses = forms_.Find(form.key);
    return uses == nullptr ? 0 : *uses;
  }
  // The same for words that are listed with all their forms (flag `forms`); looks at the readings, so ask last.
  std::uint32_t UsesOfAnyForm(const morph::FormTable& table, const morph::Form& form) const;

  // How large an area a kind of places is («city» is less than «region»), 0 for what is none («street»).
  int AreaOf(std::string_view kind) const;
  // The class words of the bodies that alone have a post («судья»: «суд»); null for posts of any kind of body. `role`: as the dictionaries
  // have it.
  const std::vector<std::string_view>* BodiesOf(std::string_view role) const;

  bool IsNoPost(std::uint16_t kind) const { return no_posts_.size() > kind && no_posts_[kind]; }

  // Ids of classes, and of kinds of the classes `role` and `post_verb`; 0 where the dictionaries have none.
  std::uint16_t verb = 0, body_noun = 0, place_adjective = 0, passing_adjective = 0, statesman = 0, post_noun = 0, seat = 0;
  std::uint16_t become_kind = 0, post_kind = 0, kinship = 0;
  std::uint16_t region = 0, district = 0, city = 0;  // kinds of the class `place_head`
  std::uint16_t another_time = 0;                    // of the class `passing_adjective`

 private:
  std::uint16_t small_ = 0, area_ = 0, body_of_ = 0;
  KeyMap<std::uint32_t> forms_, lemmas_;  // by keys
  std::vector<std::pair<std::string_view, int>> areas_;
  std::unordered_map<std::string_view, std::string_view> kinds_of_posts_;
  std::unordered_map<std::string_view, std::vector<std::string_view>> bodies_;  // by their kinds
  std::vector<bool> no_posts_;
};

}  // namespace atau::resolve

#endif  // ATAU_RESOLVE_POST_WORDS_H_
