#include "resolve/post_words.h"

#include <algorithm>
#include <charconv>
#include <string>

#include "gazetteer/entry_flags.h"

namespace atau::resolve {
namespace {

// Kinds of the class `role` that name no post: what somebody is to others, or how one is addressed.
constexpr std::string_view kNoPosts[] = {"kinship", "title", "inhabitant", "person_word", "crime"};

// The flag of small words that are meant in all their forms.
constexpr std::string_view kFormsFlag = "forms";
// The flag of class words of bodies among the posts that only such bodies have.
constexpr std::string_view kBodyFlag = "body";

constexpr std::pair<std::string_view, PostWords::Use> kUses[] = {
    {"before", PostWords::kBefore}, {"also", PostWords::kAlso},       {"and", PostWords::kAnd},
    {"not", PostWords::kNot},       {"tail", PostWords::kWithTail},   {"field", PostWords::kField},
    {"party", PostWords::kParty},   {"in", PostWords::kInside},       {"out_of", PostWords::kOutOf},
    {"one_of", PostWords::kOneOf},  {"he", PostWords::kHe},           {"she", PostWords::kShe},
    {"whose", PostWords::kWhose},   {"speaker", PostWords::kSpeaker}, {"state_noun", PostWords::kStateNoun},
};

}  // namespace

PostWords::PostWords(const gazetteer::Gazetteer& gazetteer)
    : verb(gazetteer.ClassId("post_verb")),
      body_noun(gazetteer.ClassId("body_noun")),
      place_adjective(gazetteer.ClassId("place_adjective")),
      passing_adjective(gazetteer.ClassId("passing_adjective")),
      statesman(gazetteer.ClassId("statesman")),
      post_noun(gazetteer.ClassId("post_noun")),
      seat(gazetteer.ClassId("seat_noun")),
      become_kind(gazetteer.KindId("post_verb", "become")),
      post_kind(gazetteer.KindId("post_verb", "post")),
      kinship(gazetteer.KindId("role", "kinship")),
      region(gazetteer.KindId("place_head", "region")),
      district(gazetteer.KindId("place_head", "district")),
      city(gazetteer.KindId("place_head", "city")),
      another_time(gazetteer.KindId("passing_adjective", "another_time")),
      small_(gazetteer.ClassId("post_word")),
      area_(gazetteer.ClassId("area_kind")),
      body_of_(gazetteer.ClassId("post_body")) {
  for (const std::string_view kind : kNoPosts) {
    const std::uint16_t id = gazetteer.KindId("role", kind);
    if (id >= no_posts_.size()) no_posts_.resize(id + std::size_t{1});
    no_posts_[id] = id != 0;
  }
}

void PostWords::Add(const gazetteer::Entry& entry) {
  if (entry.class_id == area_) {
    int rank = 0;
    std::from_chars(entry.kind.data(), entry.kind.data() + entry.kind.size(), rank);
    areas_.emplace_back(entry.name, rank);
    return;
  }
  if (entry.class_id == body_of_) {
    if (gazetteer::HasFlag(entry.slots, kBodyFlag)) {
      bodies_[entry.kind].push_back(entry.name);
    } else {
      kinds_of_posts_[entry.name] = entry.kind;
    }
    return;
  }
  const auto* const use = std::find_if(std::begin(kUses), std::end(kUses), [&](const auto& u) { return u.first == entry.kind; });
  if (use == std::end(kUses)) return;
  std::string folded;
  morph::Fold(entry.name, &folded);
  const bool all = gazetteer::HasFlag(entry.slots, kFormsFlag);
  (all ? lemmas_ : forms_)[morph::KeyOf(folded)] |= use->second;
}

std::uint32_t PostWords::UsesOfAnyForm(const morph::FormTable& table, const morph::Form& form) const {
  std::uint32_t uses = 0;
  for (const morph::Reading& r : table.ReadingsOf(form)) {
    if (const std::uint32_t* const own = lemmas_.Find(r.lemma_key); own != nullptr) uses |= *own;
  }
  return uses;
}

int PostWords::AreaOf(std::string_view kind) const {
  for (const auto& [name, rank] : areas_) {
    if (name == kind) return rank;
  }
  return 0;
}

const std::vector<std::string_view>* PostWords::BodiesOf(std::string_view role) const {
  const auto kind = kinds_of_posts_.find(role);
  if (kind == kinds_of_posts_.end()) return nullptr;
  const auto bodies = bodies_.find(kind->second);
  return bodies == bodies_.end() ? nullptr : &bodies->second;
}

}  // namespace atau::resolve
