#include "rules/places.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <type_traits>

#include "bundle/prefetch.h"

namespace atau::rules {
namespace {

using bundle::Prefetch;

// Two words of a set, which every processor takes at once; left to themselves compilers take one after the other.
typedef std::uint64_t TwoWords __attribute__((vector_size(16)));
struct Pair {
  TwoWords words;
  friend Pair operator&(Pair a, Pair b) { return {a.words & b.words}; }
  friend Pair operator|(Pair a, Pair b) { return {a.words | b.words}; }
  friend Pair operator~(Pair a) { return {~a.words}; }
  friend bool IsEmpty(Pair a) { return (a.words[0] | a.words[1]) == 0; }
};
bool IsEmpty(std::uint64_t word) { return word == 0; }

class Chooser : public Run {
 public:
  explicit Chooser(const Run& run) : Run(run) {}

  // Fills in what may stand at each token, and the rules that are worth running there. No word of the sets depends on another one; a
  // fixed number of them at once stays in registers.
  void Places() {
    // What may stand at a token is asked for by those before it as far as a match, an entity or a group reaches, and by none before that.
    std::uint32_t reach = std::max<std::uint32_t>(s.widest, kMaxGroupTokens + 2);
    if (view.resolved != nullptr) {
      for (const View::Resolved& r : *view.resolved) reach = std::max(reach, r.end - r.begin);
    }
    s.ring = std::bit_ceil(std::size_t{reach} + 3);
    s.sets.resize(s.ring * set.words);
    s.behind.resize(s.ring * set.words);
    s.behind_at.resize(s.ring);
    // Only ever longer: what is in it is written before it is read.
    if (const std::size_t most = view.tokens->size() * (words.to - words.from) + 1; s.chosen.size() < most) s.chosen.resize(most);
    s.runs = 0;
    for (std::size_t w = words.from; w < words.to;) {
      const std::size_t left = words.to - w;
      if (left >= 8) {
        Places<8>(w), w += 8;
      } else if (left == 7) {
        Places<7>(w), w += 7;
      } else if (left >= 6) {
        Places<6>(w), w += 6;
      } else if (left >= 5) {
        Places<5>(w), w += 5;
      } else if (left >= 4) {
        Places<4>(w), w += 4;
      } else if (left >= 2) {
        Places<2>(w), w += 2;
      } else {
        Places<1>(w), w += 1;
      }
    }
  }

 private:
  // The same of kWords words from `from` on.
  template <std::size_t kWords>
  void Places(const std::size_t from) {
    using Lane = std::conditional_t<kWords % 2 == 0, Pair, std::uint64_t>;
    constexpr std::size_t kLanes = kWords * sizeof(std::uint64_t) / sizeof(Lane);
    using Words = std::array<Lane, kLanes>;
    constexpr std::size_t kAhead = 5;
    const std::size_t n = view.tokens->size();
    // Words of one row of a plain set, or of the set of a place.
    const std::size_t stride = set.words;
    const auto words_at = [](const std::uint64_t* sets) {
      Words loaded;
      std::memcpy(&loaded, sets, sizeof(loaded));
      return loaded;
    };
    const auto row = [from, stride, words_at](const std::uint64_t* sets, std::size_t number) {
      return words_at(sets + number * stride + from);
    };
    const std::size_t base = set.WordAt(0, from), place_stride = words.to - words.from;
    const auto load = [base, place_stride, words_at](const std::uint64_t* sets, std::size_t place) {
      return words_at(sets + base + place * place_stride);
    };
    const std::uint64_t* const place_rows = s.place_rows.data() + from;
    const auto set_of = [place_rows, words_at](const State::Profile& profile, Place place) {
      return words_at(place_rows + profile.at[place]);
    };
    const auto store = [from, stride](const Words& stored, std::uint64_t* sets, std::size_t number) {
      std::memcpy(sets + number * stride + from, &stored, sizeof(stored));
    };
    const auto both = [](const Words& x, const Words& y) {
      Words z;
      for (std::size_t w = 0; w < kLanes; ++w) z[w] = x[w] & y[w];
      return z;
    };
    const auto join = [](Words* x, const Words& y) {
      for (std::size_t w = 0; w < kLanes; ++w) (*x)[w] = (*x)[w] | y[w];
    };
    // Rules of `first` that need nothing behind, or something of `behind`.
    const auto begin = [](const Words& first, const Words& alone, const Words& behind) {
      Words z;
      for (std::size_t w = 0; w < kLanes; ++w) z[w] = first[w] & (alone[w] | behind[w]);
      return z;
    };
    const auto of_phase = static_cast<std::uint8_t>(1u << static_cast<unsigned>(phase));
    const Words mask = row(s.mask.data(), 0), crosses = row(set.crosses_lines.data(), 0);
    const Words no_third = load(set.nothing.data(), kThird), no_behind = load(set.nothing.data(), kThirdBehind);
    const std::size_t turn = s.ring - 1;  // rows are used in turn
    const std::uint64_t** const behind_at = s.behind_at.data();
    behind_at[n & turn] = set.nothing.data() + set.WordAt(kThirdBehind, from);
    store(Words{}, s.sets.data(), n & turn);
    Words after{}, next_third = no_third;  // of the token behind
    // Rules that have a kLater token ahead, where a match may go on to it, and those that need none.
    const Words needs_later = row(set.need_later.data(), 0);
    Words no_later;
    for (std::size_t w = 0; w < kLanes; ++w) no_later[w] = ~needs_later[w];
    Words later = no_later;
    const std::int32_t* const resolved_at = s.resolved_at.empty() ? nullptr : s.resolved_at.data();
    State::Chosen* run = s.chosen.data() + s.runs;
    const auto choose = [&](const Words& rules, std::size_t i) {
      const Words chosen = both(both(rules, mask), later);
      Lane some{};
      for (const Lane& lane : chosen) some = some | lane;
      if (IsEmpty(some)) return;
      std::array<std::uint64_t, kWords> each;
      std::memcpy(&each, &chosen, sizeof(each));
      // Nobody foretells which words hold something: all are written, and those that hold nothing are written over.
      for (std::size_t w = 0; w < kWords; ++w) {
        *run = {static_cast<std::uint32_t>(i), static_cast<std::uint32_t>(from + w), each[w]};
        run += each[w] != 0 ? 1 : 0;
      }
    };
    // From the end, since each token is asked what may stand behind it.
    for (std::size_t i = n; i-- > 0;) {
      const State::TokenState& own = s.tokens[i];
      const State::Profile& profile = s.profiles[own.profile];
      const std::int32_t entity = resolved_at != nullptr ? resolved_at[i] : -1;
      if (i >= 3 * kAhead) Prefetch(s.profiles.data() + s.tokens[i - 3 * kAhead].profile);
      if (i >= kAhead) {
        const State::Profile& ahead = s.profiles[s.tokens[i - kAhead].profile];
        for (const Place place : {kFirst, kLater, kSecond, kThird}) Prefetch(place_rows + ahead.at[place]);
      }

      // Rules that may match here, where it is known what may stand behind.
      Words chosen = begin(set_of(profile, kFirst), set_of(profile, kAlone), after);
      join(&later, set_of(profile, kLater));
      if (own.plain && entity < 0 && ((own.begins | own.goes_on) & of_phase) == 0) {
        // Nothing but its form says what it may be: so are most tokens.
        choose(chosen, i);
        after = both(set_of(profile, kSecond), next_third);
        next_third = set_of(profile, kThird);
        store(after, s.sets.data(), i & turn);
        behind_at[i & turn] = place_rows + profile.at[kThirdBehind];
        continue;
      }
      const token::Token& t = (*view.tokens)[i];
      const bool begins = (own.begins & of_phase) != 0, goes_on = (own.goes_on & of_phase) != 0;
      for (std::uint32_t m = s.stand_at[i]; begins && m < s.stand_at[i + 1]; ++m) {
        const State::Stand& stand = s.stands[m];
        if ((stand.begins & of_phase) == 0) continue;
        const State::Profile& kind = s.profiles[stand.profile];
        join(&chosen, begin(set_of(kind, kFirst), set_of(kind, kAlone), row(s.sets.data(), stand.end & turn)));
      }
      if (t.Has(token::kOpens)) {
        const std::size_t round = t.kind != token::Kind::kQuote ? 1 : 0;
        join(&chosen, load(set.opens[round].data(), kFirst));
        join(&chosen, both(row(set.sign_first[round].data(), 0), after));
        const auto close = static_cast<std::size_t>(std::max(t.pair, 0));
        if (close > i && close < n && close - i <= kMaxGroupTokens + 1) {
          const Words alone = load(set.opens[round].data(), kAlone);
          join(&chosen, begin(row(set.group_first[round].data(), 0), alone, row(s.sets.data(), (close + 1) & turn)));
        }
      }
      if (entity >= 0) {
        const View::Resolved& r = (*view.resolved)[static_cast<std::size_t>(entity)];
        const Words behind = row(s.sets.data(), r.end & turn);
        const Words alone = row(set.resolved_alone.data(), 0);
        join(&chosen, begin(row(set.resolved.data(), 0), alone, behind));
        join(&chosen, begin(row(set.resolved.data(), static_cast<std::size_t>(r.type)), alone, behind));
      }
      choose(chosen, i);

      // What it says to the tokens before it.
      Words sets{}, third = no_third, third_behind = no_behind;
      if (!t.Has(token::kBlockStart)) {  // else no match goes on here
        Words second = set_of(profile, kSecond);
        third = set_of(profile, kThird);
        third_behind = set_of(profile, kThirdBehind);
        const auto add = [&](const std::uint64_t* more) {
          join(&second, load(more, kSecond));
          join(&third, load(more, kThird));
          join(&third_behind, load(more, kThirdBehind));
        };
        if (t.Has(token::kOpens)) add(set.opens[t.kind != token::Kind::kQuote].data());
        if (t.Has(token::kCloses)) add(set.closes.data());
        sets = both(second, next_third);
        for (std::uint32_t m = s.stand_at[i]; goes_on && m < s.stand_at[i + 1]; ++m) {
          const State::Stand& stand = s.stands[m];
          if ((stand.goes_on & of_phase) == 0) continue;
          const State::Profile& kind = s.profiles[stand.profile];
          join(&sets, both(set_of(kind, kSecond), words_at(behind_at[stand.end & turn])));
          join(&third, set_of(kind, kThird));
          join(&third_behind, set_of(kind, kThirdBehind));
        }
        if (t.Has(token::kOpens)) join(&sets, row(set.groups[t.kind != token::Kind::kQuote].data(), 0));
        if (entity >= 0) {
          const Type type = (*view.resolved)[static_cast<std::size_t>(entity)].type;
          join(&sets, row(set.resolved_second.data(), 0));
          join(&sets, row(set.resolved_second.data(), static_cast<std::size_t>(type)));
        }
        if (t.Has(token::kSentenceStart)) {
          sets = both(sets, crosses), third = both(third, crosses), third_behind = both(third_behind, crosses);
          join(&third, no_third);
          join(&third_behind, no_behind);
        }
      }
      store(sets, s.sets.data(), i & turn);
      store(third_behind, s.behind.data(), i & turn);
      behind_at[i & turn] = s.behind.data() + (i & turn) * stride + from;
      if (t.Has(token::kSentenceStart | token::kBlockStart)) {
        later = t.Has(token::kBlockStart) ? Words{} : both(later, crosses);
        join(&later, no_later);
      }
      after = sets;
      next_third = third;
    }
    s.runs = static_cast<std::size_t>(run - s.chosen.data());
  }
};

}  // namespace

void ChooseRules(Run* run) { Chooser(*run).Places(); }

}  // namespace atau::rules
