#include "resolve/located.h"

#include <algorithm>
#include <string>
#include <utility>

#include "morph/morph.h"
#include "resolve/sentence.h"

namespace atau::resolve {
namespace {

using token::Flag;
using token::Kind;
using token::Shape;

constexpr std::size_t kHeadReach = 4;       // tokens from a name back to its class word
constexpr std::size_t kPrefix = 6;          // bytes: three letters that an adjective and its city share at least
constexpr std::size_t kOtherLetters = 4;    // bytes: the last two letters of both may differ
constexpr std::size_t kLongestEnding = 12;  // bytes: «ского»
constexpr int kState = 5;                   // the rank of a country among the areas

class Finder : private Sentence {
 public:
  Finder(const Analysis& a, const PostWords& words, const std::vector<Described>& mentions, WordTable* table,
         std::vector<FoundRelation>* out)
      : Sentence(a, words, table),
        words_(words),
        mentions_(mentions),
        out_(*out),
        seat_(words.seat),
        place_(a.classes.place_head),
        head_(a.classes.org_head) {}

  void Run() {
    for (const Described& d : mentions_) {
      Expect(d.end);
      if (d.type == Type::kOrganization && d.begin > 0) Expect(d.begin - 1);
    }
    for (std::size_t m = 0; m < mentions_.size(); ++m) {
      const Described& d = mentions_[m];
      if (d.type == Type::kOrganization) FromAdjective(m);
      if (m + 1 == mentions_.size()) break;
      if (d.type != Type::kOrganization && d.type != Type::kLocation) continue;
      if (d.type == Type::kLocation && Region(m)) continue;
      Behind(m);
    }
  }

 private:
  bool IsArea(const Described& d) const { return d.kind.empty() || words_.AreaOf(d.kind) > 0; }

  void Add(std::size_t subject, std::size_t object) {
    FoundRelation r;
    r.label = "LOCATED_IN";
    r.subject = static_cast<int>(subject);
    r.object = static_cast<int>(object);
    r.weight = 2;
    r.begin = std::min(mentions_[subject].begin, mentions_[object].begin);
    r.end = std::max(mentions_[subject].end, mentions_[object].end);
    out_.push_back(std::move(r));
  }

  // A word of a class in the name or right before it.
  bool HasHead(std::size_t m, std::uint16_t cls) const {
    const Described& d = mentions_[m];
    for (std::size_t i = d.begin; i < d.end; ++i) {
      if (a_.BeginsClass(i, cls)) return true;
    }
    // «посольство Японии в Лаосе» is no Japan in Laos.
    if (d.type == Type::kLocation && IsArea(d)) return false;
    for (std::size_t i = d.begin, n = 0; n < kHeadReach && i > 0 && !Breaks(i); ++n) {
      --i;
      if (a_.tokens[i].kind == Kind::kQuote) continue;
      if (a_.tokens[i].kind != Kind::kWord || (m > 0 && i < mentions_[m - 1].end)) return false;
      if (a_.BeginsClass(i, cls)) return true;
      if ((FactsOf(i).any & morph::kPREP) != 0) return false;  // «школа при «Вымпеле»»
      if (a_.tokens[i].shape != Shape::kLower) return false;
    }
    return false;
  }

  // «село Шар Жарминского района», «Алатауский район Алматы»: a place and right behind it, in the genitive, the area around it.
  bool Region(std::size_t m) {
    const Described &d = mentions_[m], &next = mentions_[m + 1];
    if (next.type != Type::kLocation || next.begin != d.end || Breaks(next.begin) || words_.AreaOf(d.kind) >= kState) return false;
    for (std::size_t i = next.begin; i < next.end; ++i) {
      for (const std::uint32_t index : a_.matches_at.At(i)) {
        const Analysis::Placed& word = a_.placed[index];
        if (word.words && word.class_id == place_ && (word.kind_id == words_.region || word.kind_id == words_.district) &&
            (FactsOf(a_.matches[index].end - 1).any & morph::kgent) != 0)
          return Add(m, m + 1), true;
      }
    }
    const bool of_city = d.kind == "district" && next.kind == "city";
    const morph::Grammemes cases = FactsOf(next.begin).any;
    if (!of_city && !(IsSmaller(d, next) && (cases & morph::kgent) != 0 && (cases & morph::knomn) == 0)) return false;
    return Add(m, m + 1), true;
  }

  // Whether both are areas and one may lie in the other by its size and its state.
  bool IsSmaller(const Described& one, const Described& other) const {
    const int rank = words_.AreaOf(one.kind);
    if (rank == 0 || rank >= words_.AreaOf(other.kind)) return false;
    const std::string_view state = SlotOf(one, "country"), around = SlotOf(other, "country");
    return state.empty() || around.empty() || state == around;
  }

  void Behind(std::size_t m) {
    const Described& d = mentions_[m];
    const std::size_t end = a_.tokens.size();
    std::size_t i = d.end;
    while (i < end && a_.tokens[i].kind == Kind::kQuote && a_.tokens[i].Has(Flag::kCloses)) ++i;
    if (i >= end || Breaks(i)) return;
    // «в Кракове, в Музее истории»; «в Хьюстоне, США»; «Омск, улица Ленина»
    if (d.type == Type::kLocation && Text(i) == ",") return AroundBehindComma(m, i) ? void() : List(m, i);
    const std::uint32_t uses = UsesAt(i);
    const bool in = (uses & PostWords::kInside) != 0, from = (uses & PostWords::kOutOf) != 0;
    if (!in && !from) return;
    ++i;
    const std::size_t behind = i;
    for (std::size_t n = 0; n < 2 && i < mentions_[m + 1].begin && !Breaks(i); ++n) {
      if (a_.BeginsClass(i, place_)) ++i;
    }
    const Described& place = mentions_[m + 1];
    if (i != place.begin || place.type != Type::kLocation || Breaks(i)) return;
    if (place.kind == "celestial" || (place.kind == "street" && d.type == Type::kLocation)) return;
    if (in) {
      // «в городе Омск»: the class word shows the case.
      if ((i > behind ? (FactsOf(behind).any & morph::kloct) != 0 : Locative(m + 1)) &&
          (HasHead(m, seat_) || (d.type == Type::kLocation && IsSmaller(d, place))))
        Add(m, m + 1);
      return;
    }
    // «театр «Одеон» из Парижа», but «вывела завод «Вымпел» из Омска»: only where a class word stands before, and the name's case is not
    // the object's of a verb that moves something.
    if (d.type == Type::kOrganization && place.kind != "country" && HasHead(m, head_) && !Moves(d.begin)) Add(m, m + 1);
  }

  // A place and behind a comma the area around it in the nominative, or a city and a street of it.
  bool AroundBehindComma(std::size_t m, std::size_t comma) {
    const Described &d = mentions_[m], &next = mentions_[m + 1];
    if (next.type != Type::kLocation || Breaks(comma + 1)) return false;
    // «Омск, ул. Ленина»
    std::size_t i = comma + 1;
    while (i < next.begin && (a_.BeginsClass(i, place_) || Text(i) == ".")) ++i;
    if (i != next.begin) return false;
    if (d.kind == "city" && next.kind == "street") return Add(m + 1, m), true;
    if (i != comma + 1 || !IsSmaller(d, next) || d.begin == 0 || Breaks(d.begin) || !Has(d.begin - 1, PostWords::kInside)) return false;
    const morph::Grammemes cases = FactsOf(next.begin).any;
    if ((cases & morph::knomn) == 0 || (cases & morph::kloct) != 0) return false;
    return Add(m, m + 1), true;
  }

  // «омский завод «Вымпел»» is in Omsk, where the text names the city.
  void FromAdjective(std::size_t m) {
    std::size_t i = mentions_[m].begin;
    bool head = false;
    for (std::size_t n = 0; n < kHeadReach && i > 0 && !Breaks(i); ++n) {
      --i;
      if (a_.tokens[i].kind == Kind::kQuote) continue;
      if (a_.tokens[i].kind != Kind::kWord || (m > 0 && i < mentions_[m - 1].end)) return;
      const bool adjective = (FactsOf(i).any & morph::kADJF) != 0;
      const std::string_view folded = adjective ? a_.FormOf(i).folded : std::string_view();
      const std::size_t sk = folded.rfind("ск");
      if (sk != std::string_view::npos && folded.size() <= sk + kLongestEnding) {
        const int place = PlaceOf(folded, sk);
        if (!head || place < 0) return;
        Add(m, static_cast<std::size_t>(place));
        out_.back().begin = static_cast<std::uint32_t>(i);  // the adjective shows it, wherever the city stands
        out_.back().end = mentions_[m].end;
        return;
      }
      if (a_.tokens[i].shape != Shape::kLower) return;
      if (a_.BeginsClass(i, head_)) {
        head = true;
      } else if (!adjective) {
        return;
      }
    }
  }

  // The first city of the text that an adjective is of: its name in -ск («Омск») begins the adjective, or it and what stands before the
  // adjective's «ск» («москов») are equal but for their last letters; -1 where the text names none.
  int PlaceOf(std::string_view adjective, std::size_t sk) {
    const std::string_view stem = adjective.substr(0, sk);
    if (!read_) {
      read_ = true;
      for (std::size_t m = 0; m < mentions_.size(); ++m) {
        if (mentions_[m].type != Type::kLocation || mentions_[m].kind != "city") continue;
        std::string folded;
        morph::Fold(mentions_[m].normal, &folded);
        if (std::none_of(cities_.begin(), cities_.end(), [&folded](const auto& c) { return c.first == folded; }))
          cities_.emplace_back(std::move(folded), static_cast<int>(m));
      }
    }
    for (const auto& [name, mention] : cities_) {
      if (name.ends_with("ск") && adjective.starts_with(name)) return mention;
      std::size_t common = 0;
      while (common < std::min(stem.size(), name.size()) && stem[common] == name[common]) ++common;
      if (common >= kPrefix && common + kOtherLetters >= stem.size() && common + kOtherLetters >= name.size()) return mention;
    }
    return -1;
  }

  // Whether a place stands in the locative, as far as its form tells.
  bool Locative(std::size_t m) const {
    const morph::Form& form = a_.FormOf(mentions_[m].begin);
    return (form.any & morph::kloct) != 0 || !form.known;
  }

  // Whether a verb stands close before.
  bool Moves(std::size_t i) const {
    for (std::size_t n = 0; n < 4 && i > 0 && !Breaks(i); ++n) {
      --i;
      if (a_.tokens[i].kind == Kind::kPunct) return false;
      if (a_.tokens[i].kind == Kind::kWord && (FactsOf(i).any & (morph::kVERB | morph::kINFN)) != 0) return true;
    }
    return false;
  }

  // Whether the class word before a name says that it is one: «село Шалдай».
  bool IsSettlement(std::size_t from, const Described& d) const {
    for (std::size_t i = from; i < d.begin; ++i) {
      for (const std::uint32_t index : a_.matches_at.At(i)) {
        const Analysis::Placed& word = a_.placed[index];
        if (word.words && word.class_id == place_ && word.kind_id == words_.city && a_.matches[index].end == d.begin) return true;
      }
    }
    return false;
  }

  // «в Кракове, в Музее истории», «на острове Самос, в городке Карловаси»
  void List(std::size_t m, std::size_t comma) {
    const Described& place = mentions_[m];
    std::size_t before = place.begin;
    for (std::size_t n = 0; n < kHeadReach && before > 0 && !Breaks(before); ++n) {
      if (Has(--before, PostWords::kInside)) break;
      if (a_.tokens[before].kind != Kind::kWord || a_.tokens[before].shape != Shape::kLower) return;
    }
    const std::size_t next = comma + 1;
    if (before >= place.begin || next >= a_.tokens.size() || !Has(before, PostWords::kInside) || !Has(next, PostWords::kInside)) return;
    const Described& inner = mentions_[m + 1];
    for (std::size_t i = next + 1; i < inner.begin; ++i) {
      if (Breaks(i) || (a_.tokens[i].kind == Kind::kWord && a_.tokens[i].shape != Shape::kLower)) return;
      if (a_.tokens[i].kind != Kind::kWord && a_.tokens[i].kind != Kind::kQuote) return;
    }
    if (inner.begin > next + 5) return;
    if (inner.type == Type::kOrganization) {
      if (before + 1 == place.begin && Locative(m) && HasHead(m + 1, seat_)) Add(m + 1, m);
    } else if (inner.type == Type::kLocation &&
               (IsSmaller(inner, place) || (IsSettlement(next + 1, inner) && words_.AreaOf(place.kind) > 1))) {
      // «побывал в Китае, в Омске и в Париже» is a row of places.
      const std::size_t end = inner.end;
      const bool row =
          end + 1 < a_.tokens.size() && !Breaks(end) && (Text(end) == "," || Has(end, PostWords::kAnd)) && Has(end + 1, PostWords::kInside);
      if (!row) Add(m + 1, m);
    }
  }

  const PostWords& words_;
  const std::vector<Described>& mentions_;
  std::vector<FoundRelation>& out_;
  std::uint16_t seat_ = 0, place_ = 0, head_ = 0;
  std::vector<std::pair<std::string, int>> cities_;  // folded names and their first mentions
  bool read_ = false;
};

}  // namespace

void FindLocated(const Analysis& a, const PostWords& words, const std::vector<Described>& mentions, WordTable* table,
                 std::vector<FoundRelation>* out) {
  Finder(a, words, mentions, table, out).Run();
}

}  // namespace atau::resolve
