#include "rules/machine.h"

#include <algorithm>
#include <array>
#include <bit>

#include "bundle/prefetch.h"
#include "morph/morph.h"

namespace atau::rules {
namespace {

using bundle::Prefetch;

constexpr std::uint32_t kUndo = 0x80000000;

class Machine : public Run {
 public:
  explicit Machine(const Run& run) : Run(run) {}

  // Runs all that was chosen. Each rule goes through the text from its beginning.
  void All() {
    // What is asked of a rule, and its code, are seldom in the cache: they are on their way while those before them run.
    constexpr std::size_t kAhead = 3;
    for (std::size_t left = s.runs; left > 0;) {
      std::size_t tries = 0;
      for (; left > 0 && tries + 64 <= tries_.size(); --left) {
        const State::Chosen& chosen = s.chosen[left - 1];
        for (std::uint64_t bits = chosen.rules; bits != 0; bits &= bits - 1) {
          const Start* const start = set.starts.data() + chosen.word * std::size_t{64} + static_cast<std::size_t>(std::countr_zero(bits));
          Prefetch(start);
          tries_[tries++] = {start, chosen.token};
        }
      }
      for (std::size_t k = 0; k < tries; ++k) {
        if (k + kAhead < tries) {
          const Start& ahead = *tries_[k + kAhead].start;
          Prefetch(set.steps.data() + ahead.start);
          Prefetch(set.checks.data() + ahead.first.a);
        }
        Try(*tries_[k].start, tries_[k].token);
      }
    }
  }

 private:
  // Not set to anything at first, since most texts need few of them.
  struct Tried {
    const Start* start;
    std::uint32_t token;
  };
  std::array<Tried, 256> tries_;

  void Try(const Start& start, std::uint32_t i) {
    if (start.anchor != kNoIndex && !AnchorHolds(start.anchor, i)) return;
    if (!start.sure && !MayStand(start.first, i)) return;
    if (start.needs.count != 0) {
      // No match goes over the end of its sentence.
      const std::uint32_t end = s.walls[i * std::size_t{2} + (start.crosses_lines ? 1 : 0)];
      for (std::uint32_t k = start.needs.first; k < start.needs.first + start.needs.count; ++k) {
        if (!Finds(set.needs[k], k, start.rule, i, end)) return;
      }
    }
    Match(start, i);
  }

  // Whether an entity that a rule needs begins behind the one that begins at `i`.
  bool FindsEntity(const Need& need, std::uint32_t i) const {
    const std::uint32_t behind = (*view.resolved)[static_cast<std::size_t>(s.resolved_at[i])].end;
    const std::size_t to = std::min<std::size_t>(std::size_t{behind} + need.max + need.classes * s.widest + 1, s.resolved_at.size());
    for (std::size_t at = behind + need.min; at < to; ++at) {
      if (const std::int32_t index = s.resolved_at[at]; index >= 0) {
        if (need.entity == 0 || (*view.resolved)[static_cast<std::size_t>(index)].type == static_cast<Type>(need.entity)) return true;
      }
    }
    return false;
  }

  bool Finds(const Need& need, std::uint32_t number, std::uint32_t rule, std::uint32_t i, std::uint32_t end) {
    if (need.entity != kNoIndex) return FindsEntity(need, i);
    const std::uint32_t to = std::min(i + need.max + need.classes * s.widest + 1, end);
    if (need.required != kNoIndex) {
      const auto& list = s.required_at[need.required];
      std::uint32_t& cursor = s.need_cursor[number];
      while (cursor < list.size() && list[cursor] < i + need.min) ++cursor;
      return cursor < list.size() && list[cursor] < to;
    }
    const std::uint32_t bit = set.bit_of[rule];
    const std::uint64_t* rows = s.place_rows.data() + bit / 64;
    const State::Profile* profiles = s.profiles.data();
    const State::TokenState* tokens = s.tokens.data();
    // Starts only move on, so that what was looked at for the start before is known to hold none, but for its last token.
    std::uint32_t& cursor = s.need_cursor[number];
    std::uint32_t at = std::max(i + need.min, cursor);
    for (; at < to; ++at) {
      if (((rows[profiles[tokens[at].profile].at[kLater]] >> (bit % 64)) & 1) != 0) break;
    }
    cursor = std::max(cursor, at);
    return at < to;
  }

  void Match(const Start& rule, std::uint32_t i) {
    std::size_t found = 0;
    int before = -1;  // whether the contexts in front hold; looked at when the first match is found
    const auto on_match = [&](std::uint32_t end) {
      if (end == i) return false;
      if (before < 0) before = !rule.contexts || Before(rule, i) ? 1 : 0;
      if (before == 0) return true;
      if (!rule.each_length && found != 0 && s.found[0].end >= end) return false;
      if (rule.each_length) {
        for (std::size_t k = 0; k < found; ++k) {
          if (s.found[k].end == end) return false;
        }
      }
      if (rule.whole != Step::kNoCapture) s.main.slots[rule.whole].begin = i, s.main.slots[rule.whole].end = end;
      if ((rule.agrees && !Agrees(rule)) || (rule.contexts && !After(rule, end))) return false;
      const std::size_t at = rule.each_length ? found : 0;
      if (s.found.size() <= at) s.found.resize(at + 1);
      s.found[at].end = end;
      s.found[at].slots.assign(s.main.slots.begin(), s.main.slots.end());
      found = at + 1;
      return false;
    };
    if (rule.single == kNoIndex) {
      const std::uint32_t first = rule.whole == Step::kNoCapture ? rule.start : rule.start + 1;
      Execute(s.main, rule, first, i, i, !rule.agrees, rule.entry, on_match);
    } else {
      Single(s.main, rule, i, on_match);
    }
    for (std::size_t k = 0; k < found; ++k) Report(rule, i, s.found[k].end, s.found[k].slots);
  }

  // What Execute does, for a rule of one element.
  template <class F>
  void Single(State::Machine& machine, const Start& rule, std::uint32_t i, F on_match) {
    const std::uint32_t element = rule.single;
    const Step* const code = set.steps.data();
    const Step& in = code[element];
    // MayStand said that the token test holds.
    const auto at = [&](std::uint32_t end, std::int32_t match) {
      machine.slots.assign(rule.captures, CaptureSlot{});
      for (std::uint32_t pc = rule.start; code[pc].op != Op::kMatch; ++pc) {
        const Step& save = code[pc];
        if (pc == element && in.op == Op::kClass && in.capture != Step::kNoCapture) machine.slots[in.capture].match = match;
        if (save.op != Op::kSave) continue;
        if (save.b == 0) {
          const std::uint32_t from = pc < element ? i : end;
          machine.slots[save.a] = {from, from, -1, -1};
        } else {
          machine.slots[save.a].end = pc < element ? i : end;
        }
      }
      return on_match(end);
    };
    if (in.op == Op::kToken) {
      at(i + 1, -1);
      return;
    }
    if (!MayBegin(in.a, i)) return;
    // The longest match comes first in the view.
    std::uint32_t longest = 0;
    for (std::uint32_t m = s.match_at[i]; m < s.match_at[i + 1]; ++m) {
      const std::uint32_t end = (*view.matches)[m].end;
      if (!Fits(in.a, m) || end > view.tokens->size() || end - i > kMaxMatchTokens || end == longest) continue;
      if (at(end, static_cast<std::int32_t>(m))) return;
      if (longest == 0) longest = end;
    }
  }

  void Report(const Start& rule, std::uint32_t begin, std::uint32_t end, const std::vector<CaptureSlot>& slots) {
    const auto set_ = [](const CaptureSlot& c) { return c.begin != kNoIndex && c.end > c.begin; };
    Hit hit;
    hit.rule = rule.rule;
    hit.begin = begin;
    hit.end = end;
    if (rule.from != Step::kNoCapture) {
      const CaptureSlot& from = slots[rule.from];
      const CaptureSlot& to = rule.to != Step::kNoCapture && set_(slots[rule.to]) ? slots[rule.to] : from;
      const CaptureSlot& first = set_(from) ? from : to;
      if (!set_(first)) return;
      hit.begin = std::min(first.begin, to.begin);
      hit.end = std::max(first.end, to.end);
    }
    hit.first_capture = static_cast<std::uint32_t>(out.captures.size());
    for (std::uint32_t k = 0; k < rule.captures; ++k) {
      const std::uint16_t name = set.capture_ids[rule.first_capture + k];
      if (name == RuleTables::kNoName || !set_(slots[k])) continue;
      out.captures.push_back({name, slots[k].begin, slots[k].end, slots[k].match, slots[k].resolved});
    }
    hit.captures = static_cast<std::uint32_t>(out.captures.size()) - hit.first_capture;
    out.hits.push_back(hit);
  }

  // Flags of the tokens with which a match may not go on.
  static std::uint16_t WallOf(const Start& rule) {
    return rule.crosses_lines ? token::kBlockStart : token::kSentenceStart | token::kBlockStart;
  }

  bool Before(const Start& rule, std::uint32_t begin) {
    const Range contexts = set.program.rules[rule.rule].contexts;
    for (std::uint32_t k = 0; k < contexts.count; ++k) {
      const ContextCode& c = set.program.contexts[contexts.first + k];
      if (c.before == 0) continue;
      bool holds = false;
      if (begin > 0 && !(*view.tokens)[begin].Has(WallOf(rule))) {
        for (std::uint32_t width = c.min; width <= c.max && width <= begin && !holds; ++width) {
          Execute(s.context, rule, c.start, begin - width, begin - width, true, kNoIndex,
                  [&](std::uint32_t end) { return holds = holds || end == begin; });
        }
      }
      if (holds == (c.negated != 0)) return false;
    }
    return true;
  }

  bool After(const Start& rule, std::uint32_t end) {
    const Range contexts = set.program.rules[rule.rule].contexts;
    for (std::uint32_t k = 0; k < contexts.count; ++k) {
      const ContextCode& c = set.program.contexts[contexts.first + k];
      if (c.before != 0) continue;
      bool holds = false;
      Execute(s.context, rule, c.start, end, end - 1, true, kNoIndex, [&](std::uint32_t) { return holds = true; });
      if (holds == (c.negated != 0)) return false;
    }
    return true;
  }

  bool Agrees(const Start& rule) {
    const RuleCode& r = set.program.rules[rule.rule];
    for (std::uint32_t k = 0; k < r.agree.count; ++k) {
      const Range parts = set.program.agrees[r.agree.first + k];
      morph::Agreement common = morph::kAllAgreement;
      for (std::uint32_t j = 0; j < parts.count; ++j) {
        common &= AgreementOf(parts.first + j, s.main.slots[set.program.agree_parts[parts.first + j].capture]);
      }
      if (common == 0) return false;
    }
    return true;
  }

  // The cases, numbers and genders in which a part may stand; a part that is missing or shows none agrees with everything.
  morph::Agreement AgreementOf(std::uint32_t part, const CaptureSlot& c) {
    if (c.begin == kNoIndex || c.end <= c.begin) return morph::kAllAgreement;
    if (c.match >= 0) {
      const gazetteer::Match& m = (*view.matches)[static_cast<std::size_t>(c.match)];
      if (m.begin == c.begin && m.end == c.end && m.agreement != 0) return m.agreement;
    }
    morph::Agreement common = morph::kAllAgreement;
    for (std::uint32_t i = c.begin; i < c.end; ++i) {
      const morph::Agreement mask = AgreementOf(part, s.tokens[i].form);
      // A tail in another case («генеральный директор Роскосмоса») does not take part.
      if (mask != 0 && (common & mask) != 0) common &= mask;
    }
    return common;
  }

  // What the readings of a form that a part asks for agree with; all of its readings where it has none of these. Looked at once a form.
  morph::Agreement AgreementOf(std::uint32_t part, std::uint32_t form) {
    State::FormState& state = s.forms[form];
    const std::uint32_t kind = set.agree_kinds[part];
    const std::size_t word = set.own_words * 2 + kind / 2;
    const std::uint32_t shift = kind % 2 * 32;
    const auto known = static_cast<std::uint32_t>(s.rows[state.row * set.form_words + word] >> shift);
    if (known != 0) return known & ~State::kAgreementKnown;
    const AgreePart& asked = set.program.agree_parts[part];
    const morph::Form& of = (*view.forms)[form];
    morph::Agreement mask = 0;
    for (const morph::Reading& reading : view.forms->ReadingsOf(of)) {
      if ((reading.tag & asked.need) == asked.need && (reading.tag & asked.forbid) == 0) mask |= morph::AgreementOf(reading.tag);
    }
    if (mask == 0 || (asked.need | asked.forbid) == 0) mask = of.agreement;
    OwnRow(&state)[word] |= std::uint64_t{mask | State::kAgreementKnown} << shift;
    return mask;
  }

  // Whether one of the checks holds of a token. Most say so by a look at its flags and its signature.
  bool TokenHolds(std::uint32_t first, std::uint32_t count, std::uint32_t pos) {
    const State::TokenState& t = s.tokens[pos];
    const TokenCheck* c = set.checks.data() + first;
    for (const TokenCheck* const end = c + count; c != end; ++c) {
      if ((t.mask & c->asked) != c->need) continue;
      if (c->rest == TokenCheck::kNothing) return true;
      if (c->rest == TokenCheck::kKey) {
        if (((t.keyed >> (c->number % 64)) & 1) != 0 && HoldsKeyed(c->number, t.form)) return true;
      } else if (c->number == TokenCheck::kNoNumber || SignatureHolds(c->number, t)) {
        if (c->rest == TokenCheck::kSignature || HoldsMore(set.more[static_cast<std::size_t>(c - set.checks.data())], pos)) return true;
      }
    }
    return false;
  }

  bool SignatureHolds(std::uint32_t place, const State::TokenState& t) const {
    return ((s.signature_tests[t.tests + place / 64] >> (place % 64)) & 1) != 0;
  }

  // Whether the rest of a check of kMore holds, of which the signature says that it may.
  [[gnu::noinline]] bool HoldsMore(const MoreCheck& c, std::uint32_t pos) {
    const std::uint32_t form = s.tokens[pos].form;
    if (c.own != kNoIndex) {
      if (!Holds(c, form)) return false;
    } else if (c.test != kNoIndex && c.place == kNoIndex && !HoldsKeyed(c.test, form)) {
      return false;
    }
    return c.not_classes.count == 0 || !BeginsOneOf(c.not_classes, pos);
  }

  // Whether an element (an instruction without its capture) may stand at a token, as far as a short look tells; true of an end, which
  // stands for what is no element.
  bool MayStand(const Step& in, std::uint32_t pos) {
    switch (in.op) {
      case Op::kToken:
        return TokenHolds(in.a, in.count, pos);
      case Op::kClass:
        return MayBegin(in.a, pos) && (in.count == 0 || TokenHolds(in.b, in.count, pos));
      case Op::kMatch:
        return true;
      case Op::kResolved:
        return !s.resolved_at.empty() && s.resolved_at[pos] >= 0;
      case Op::kOpen:
        return Opens(in, pos);
      case Op::kClose:
        return (*view.tokens)[pos].Has(token::kCloses);
      default:
        return (*view.tokens)[pos].Has(token::kOpens);
    }
  }

  // Whether a sign at a token opens a group as an instruction asks for it: of its kind, and of as many tokens as may stand inside.
  bool Opens(const Step& in, std::uint32_t pos) const {
    const token::Token& t = (*view.tokens)[pos];
    return t.Has(token::kOpens) && t.pair > static_cast<std::int32_t>(pos) && (t.kind == token::Kind::kQuote) == (in.a == 0) &&
           Inside::Allows(in.count, static_cast<std::uint32_t>(t.pair) - pos - 1);
  }

  // Whether some match that begins at a token may be what a class test asks for.
  bool MayBegin(std::uint32_t test, std::uint32_t pos) const { return ((s.tokens[pos].classes >> (test % 64)) & 1) != 0; }

  bool BeginsOneOf(Range tests, std::uint32_t pos) const {
    for (std::uint32_t test = tests.first; test < tests.first + tests.count; ++test) {
      if (!MayBegin(test, pos)) continue;
      for (std::uint32_t m = s.match_at[pos]; m < s.match_at[pos + 1]; ++m) {
        if (Fits(test, m)) return true;
      }
    }
    return false;
  }

  bool AnchorHolds(std::uint32_t anchor, std::uint32_t pos) const {
    const std::size_t n = view.tokens->size();
    const auto has = [&](std::uint16_t flag) { return pos < n && (pos == 0 || (*view.tokens)[pos].Has(flag)); };
    switch (anchor) {
      case Node::kLineBegin:
        return has(token::kLineStart | token::kBlockStart);
      case Node::kBlockBegin:
        return has(token::kBlockStart);
      case Node::kSentenceBegin:
        return has(token::kSentenceStart | token::kBlockStart);
      case Node::kLineEnd:
        return pos == n || has(token::kLineStart | token::kBlockStart);
      default:
        return pos == n || has(token::kSentenceStart | token::kBlockStart);
    }
  }

  // Runs code from `pos`, all ways in the order of preference, and calls `on_match` at each end until it returns true. With `remember`
  // each step is taken once at each token, so that the time is bounded by the size of the code times the tokens; without it (rules with
  // agreement, where another way to the same place may agree) by the limit of steps. `held`: an element that MayStand found at `pos`, or
  // kNoIndex.
  template <class F>
  void Execute(State::Machine& machine, const Start& rule, std::uint32_t start, std::uint32_t pos, const std::uint32_t origin,
               const bool remember, std::uint32_t held, F on_match) {
    std::uint32_t held_at = pos;
    const Step* const code = set.steps.data();
    const token::Token* const tokens = view.tokens->data();
    const auto n = static_cast<std::uint32_t>(view.tokens->size());
    // No element goes over the end of a sentence, and none beyond the longest match.
    const std::uint32_t limit = std::min(n, origin + static_cast<std::uint32_t>(kMaxMatchTokens) - 1);
    // A match of several tokens may lead over the end of a sentence; until then no element stands from `stop` on.
    const std::uint16_t wall = WallOf(rule);
    const std::uint32_t stop = std::min(limit, s.walls[origin * std::size_t{2} + (rule.crosses_lines ? 1 : 0)]);
    // Inside of quotes or brackets the sign that closes the innermost ones, where it is known: what goes past it never gets out of them.
    std::uint32_t fence = kNoIndex;
    const auto may_go_on = [&](Op op, std::uint32_t at) {
      return (at < fence || (at == fence && op == Op::kClose)) && (at < stop || (at != stop && at < limit && !tokens[at].Has(wall)));
    };
    if (machine.jobs.empty()) machine.jobs.resize(64);
    std::size_t jobs = 0;  // those that are left
    machine.slots.assign(rule.captures, CaptureSlot{});
    if (machine.visited.size() < rule.size) machine.visited.resize(rule.size);
    CaptureSlot* const slots = machine.slots.data();
    State::Machine::Visit* const visited = machine.visited.data();
    const std::uint64_t number = ++machine.run;
    State::Machine::Job* left = machine.jobs.data();
    const auto push = [&](std::uint32_t what, std::uint32_t at) -> State::Machine::Job& {
      if (jobs == machine.jobs.size()) machine.jobs.resize(jobs * 2), left = machine.jobs.data();
      State::Machine::Job& job = left[jobs++];
      job.pc = what, job.pos = at, job.fence = fence, job.held = kNoIndex;
      return job;
    };
    const auto change = [&](std::uint32_t slot) -> CaptureSlot& {
      // Only where there is a way back to take is there something to undo.
      if (jobs != 0) push(kUndo | slot, 0).slot = slots[slot];
      return slots[slot];
    };
    const auto seen = [&](const Step& in, std::uint32_t at) {
      if (!remember || in.once) return false;
      State::Machine::Visit& visit = visited[at - rule.start];
      if (visit.run != number) visit = {number, 0};
      const std::uint64_t bit = std::uint64_t{1} << ((pos - origin) & 63);
      if ((visit.bits & bit) != 0) return true;
      visit.bits |= bit;
      return false;
    };
    const auto take = [&](const Step& in, std::uint32_t match) {
      if (in.capture != Step::kNoCapture) change(in.capture).match = static_cast<std::int32_t>(match);
      pos = (*view.matches)[match].end;
    };
    std::uint32_t pc = start;
    // At a split: goes the first way whose element may stand, and leaves the others for later; false where there is none. Most ways end at
    // their first element, and what comes behind one is another split as a rule.
    const auto part = [&] {
      const Step* split = code + pc;
      if (seen(*split, pc)) return false;
      const std::size_t bottom = jobs;
      std::uint32_t first = kNoIndex, first_held = kNoIndex;
      for (std::uint32_t to = pc + 1, element = split->b;;) {
        if (element == kNoIndex || (may_go_on(code[element].op, pos) && MayStand(code[element], pos))) {
          if (first == kNoIndex) {
            first = to, first_held = element;
          } else {
            push(to, pos).held = element;
          }
        }
        if (split == nullptr) break;
        to = split->a;
        // Behind a way that may lead to the next split without a token that one is looked at in its turn.
        if (code[to].op != Op::kSplit || (split->b == kNoIndex && first != kNoIndex)) {
          element = split->count == 0 ? kNoIndex : static_cast<std::uint32_t>(split - code) + split->count;
          split = nullptr;
        } else {
          split = code + to;
          if (seen(*split, to)) break;
          element = split->b;
          ++to;
        }
      }
      if (first == kNoIndex) return false;
      std::reverse(left + bottom, left + jobs);
      pc = first, held = first_held, held_at = pos;
      return true;
    };
    for (std::uint64_t steps = std::uint64_t{rule.size} * kMaxMatchTokens; steps != 0; --steps) {
      const Step& in = code[pc];
      bool alive = in.op > Op::kAny || may_go_on(in.op, pos);
      if (alive) {
        switch (in.op) {
          case Op::kAny:
            ++pos, ++pc;
            break;
          case Op::kToken:
            alive = (pc == held && pos == held_at) || TokenHolds(in.a, in.count, pos);
            ++pos, ++pc;
            break;
          case Op::kClass: {
            alive = false;
            if (!MayBegin(in.a, pos) || seen(in, pc) ||
                (in.count != 0 && !(pc == held && pos == held_at) && !TokenHolds(in.b, in.count, pos)))
              break;
            // The longest match comes first in the view; shorter ones are ways back.
            std::uint32_t chosen = kNoIndex;
            const std::size_t bottom = jobs;
            for (std::uint32_t m = s.match_at[pos]; m < s.match_at[pos + 1]; ++m) {
              if (!Fits(in.a, m) || (*view.matches)[m].end > n || (*view.matches)[m].end - origin > kMaxMatchTokens) continue;
              if (chosen == kNoIndex) {
                chosen = m;
              } else if ((*view.matches)[m].end != (*view.matches)[chosen].end) {
                push(kUndo | (kUndo >> 1) | pc, m);
              }
            }
            if (chosen == kNoIndex) break;
            std::reverse(left + bottom, left + jobs);
            take(in, chosen);
            ++pc;
            alive = true;
            break;
          }
          case Op::kResolved: {
            const std::int32_t index = s.resolved_at.empty() ? -1 : s.resolved_at[pos];
            alive = false;
            if (index < 0) break;
            const View::Resolved& e = (*view.resolved)[static_cast<std::size_t>(index)];
            if ((in.a != 0 && e.type != static_cast<Type>(in.a)) || e.end - origin > kMaxMatchTokens) break;
            if (in.capture != Step::kNoCapture) change(in.capture).resolved = index;
            pos = e.end;
            ++pc;
            alive = true;
            break;
          }
          case Op::kGroup: {
            const token::Token& t = tokens[pos];
            alive = t.Has(token::kOpens) && t.pair > static_cast<std::int32_t>(pos) && (t.kind == token::Kind::kQuote) == (in.a == 0);
            if (!alive) break;
            const auto close = static_cast<std::uint32_t>(t.pair);
            alive = close < n && close - pos >= 2 && close - pos <= kMaxGroupTokens + 1 && close - origin < kMaxMatchTokens;
            for (std::uint32_t k = pos + 1; alive && k <= close; ++k) alive = !tokens[k].Has(token::kBlockStart);
            if (!alive) break;
            if (in.capture != Step::kNoCapture) change(in.capture) = {pos + 1, close, -1, -1};
            pos = close + 1;
            ++pc;
            break;
          }
          case Op::kOpen:
            alive = Opens(in, pos);
            if (!alive) break;
            change(in.b).begin = pos;
            fence = std::min(fence, static_cast<std::uint32_t>(tokens[pos].pair));
            ++pos, ++pc;
            break;
          case Op::kClose: {
            const token::Token& t = tokens[pos];
            alive = t.Has(token::kCloses) && t.pair >= 0 && static_cast<std::uint32_t>(t.pair) == slots[in.b].begin;
            fence = kNoIndex;
            ++pos, ++pc;
            break;
          }
          case Op::kSplit:
            alive = part();
            break;
          case Op::kJump:
            pc = in.a;
            break;
          case Op::kSave:
            // Several of them stand together as a rule.
            for (const Step* save = &in; save->op == Op::kSave; save = code + ++pc) {
              if (save->b == 0) {
                change(save->a) = {pos, pos, -1, -1};
              } else {
                change(save->a).end = pos;
              }
            }
            break;
          case Op::kAnchor:
            alive = AnchorHolds(in.a, pos);
            ++pc;
            break;
          case Op::kMatch:
            if (on_match(pos)) return;
            alive = false;
            break;
        }
      }
      if (alive) continue;
      // Back to the last choice that is left.
      while (true) {
        if (jobs == 0) return;
        const State::Machine::Job& job = left[--jobs];
        if ((job.pc & kUndo) == 0) {
          pc = job.pc;
          pos = job.pos;
          fence = job.fence;
          held = job.held;
          held_at = pos;
          break;
        }
        if ((job.pc & (kUndo >> 1)) != 0) {
          pc = job.pc & ~(kUndo | (kUndo >> 1));
          fence = job.fence;
          take(code[pc], job.pos);
          ++pc;
          break;
        }
        slots[job.pc & ~kUndo] = job.slot;
      }
    }
  }

  std::uint64_t* OwnRow(State::FormState* form) {
    const std::size_t size = set.form_words;
    if (form->row == 0) {
      form->row = static_cast<std::uint32_t>(s.rows.size() / size);
      s.rows.resize(s.rows.size() + size);
    }
    return s.rows.data() + form->row * size;
  }

  // Whether a test holds of a form that is found by its key.
  bool HoldsKeyed(std::uint32_t test, std::uint32_t form) const {
    const State::FormState& state = s.forms[form];
    if (((state.keyed >> (test % 64)) & 1) == 0) return false;
    const std::uint32_t* held = s.held.data() + state.held;
    while (*held != test && *held != kNoIndex) ++held;
    return *held == test;
  }

  // Whether a test of kTagsNot or kRegex, which the signature allows, holds of a form: looked at once a form.
  bool Holds(const MoreCheck& c, std::uint32_t form) {
    const State::FormState& state = s.forms[form];
    const std::uint64_t* row = s.rows.data() + state.row * set.form_words + c.own / 64 * 2;
    if (((row[0] >> (c.own % 64)) & 1) == 0) return HoldsNow(c, form);
    return ((row[1] >> (c.own % 64)) & 1) != 0;
  }

  bool HoldsNow(const MoreCheck& c, std::uint32_t form) {
    State::FormState& state = s.forms[form];
    std::uint64_t* row = OwnRow(&state) + c.own / 64 * 2;
    const std::uint64_t bit = std::uint64_t{1} << (c.own % 64);
    row[0] |= bit;
    const bool holds = set.Evaluate(set.program.form_tests[c.test], *view.forms, (*view.forms)[form]);
    if (holds) row[1] |= bit;
    return holds;
  }
};

}  // namespace

void RunRules(Run* run) { Machine(*run).All(); }

}  // namespace atau::rules
