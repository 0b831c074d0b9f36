#include "rules/tables.h"

#include <algorithm>
#include <map>

#include "gazetteer/entry_flags.h"

namespace atau::rules {

using bundle::Mixed;

void RuleTables::Bind(const gazetteer::Gazetteer& gazetteer) {
  std::map<std::string_view, std::uint16_t> ids;
  for (std::uint32_t name : program.capture_names) {
    const auto [it, added] = ids.emplace(program.strings[name], static_cast<std::uint16_t>(names.size()));
    if (added) names.push_back(program.strings[name]);
    capture_ids.push_back(it->first.empty() ? kNoName : it->second);
  }
  for (const ClassTest& t : program.class_tests) {
    BoundClass b;
    b.entity = t.entity != 0;
    b.type = static_cast<Type>(t.type);
    b.tier = t.tier;
    if (t.flag != kNoIndex) {
      const auto at = std::find(flags.begin(), flags.end(), program.strings[t.flag]);
      if (at == flags.end() && flags.size() == 64) {
        b.flag = program.strings[t.flag];
      } else {
        b.flags = std::uint64_t{1} << (at - flags.begin());
        if (at == flags.end()) flags.emplace_back(program.strings[t.flag]);
      }
    }
    if (t.cls != kNoIndex) b.cls = gazetteer.ClassId(program.strings[t.cls]);
    if (t.cls != kNoIndex && t.kind != kNoIndex) b.kind = gazetteer.KindId(program.strings[t.cls], program.strings[t.kind]);
    b.never = (!b.entity && b.cls == 0) || (t.kind != kNoIndex && b.kind == 0);
    classes.push_back(b);
  }
  fit_words = (classes.size() + 63) / 64;
  // A way that leads to a jump leads to where that jumps to.
  for (Instruction& in : program.code) {
    if (in.op != Op::kSplit && in.op != Op::kJump) continue;
    while (program.code[in.a].op == Op::kJump) in.a = program.code[in.a].a;
  }
  // The element that a way begins with, for a look at it before the way is taken.
  entry.assign(program.code.size(), kNoIndex);
  for (std::uint32_t pc = static_cast<std::uint32_t>(program.code.size()); pc-- > 0;) {
    const Op op = program.code[pc].op;
    if (op < Op::kAny) {
      entry[pc] = pc;
    } else if (op == Op::kSave || op == Op::kJump) {
      entry[pc] = entry[op == Op::kSave ? pc + 1 : program.code[pc].a];
    }
  }
  MakeSteps();
  required_index.assign(program.class_tests.size(), kNoIndex);
  PlaceBits();
  for (auto& set : of_phase) set.assign(words, 0);
  crosses_lines.assign(words, 0);
  resolved_alone.assign(words, 0);
  anything.assign(words * kPlaces, 0);
  nothing.assign(words * kPlaces, 0);
  for (auto* sets : {&opens[0], &opens[1], &closes}) sets->assign(words * kPlaces, 0);
  for (auto* set : {&sign_first[0], &sign_first[1], &group_first[0], &group_first[1]}) set->assign(words, 0);
  class_sets.assign(program.class_tests.size() * words * kPlaces, 0);
  resolved.assign(kTypeCount * words, 0);
  resolved_second.assign(kTypeCount * words, 0);
  for (auto& set : groups) set.assign(words, 0);
  for (std::uint32_t i = 0; i < program.rules.size(); ++i) {
    const RuleCode& r = program.rules[i];
    RuleInfo info;
    info.name = program.strings[r.name];
    info.file = program.strings[r.file];
    info.line = r.line;
    info.type = static_cast<Type>(r.type);
    info.vetoes = static_cast<std::uint16_t>(r.vetoes);
    info.label = program.strings[r.label];
    info.phase = static_cast<Phase>(r.phase);
    info.weight = r.weight;
    for (std::uint32_t j = 0; j < r.emits.count; ++j) {
      const Emit& e = program.emits[r.emits.first + j];
      info.emits.emplace_back(program.strings[e.key], program.strings[e.expression]);
    }
    infos.push_back(std::move(info));
    AddRule(i, r);
    Start& start = starts[bit_of[i]];
    start.crosses_lines = r.crosses_lines != 0, start.each_length = r.each_length != 0, start.agrees = r.agree.count != 0;
    start.start = r.start, start.size = r.size, start.entry = entry[r.start], start.single = SingleOf(r);
    start.first_capture = r.captures.first, start.captures = static_cast<std::uint16_t>(r.captures.count);
    if (r.from != kNoIndex) start.from = r.from & Step::kNoCapture;
    if (r.to != kNoIndex) start.to = r.to & Step::kNoCapture;
    start.contexts = r.contexts.count != 0;
    start.whole = WholeOf(r);
    if (program.code[r.start].op == Op::kAnchor) start.anchor = program.code[r.start].a;
    if (entry[r.start] != kNoIndex) start.first = steps[entry[r.start]];
    start.needs.first = static_cast<std::uint32_t>(needs.size());
    AddNeeds(i, r);
    start.needs.count = static_cast<std::uint32_t>(needs.size()) - start.needs.first;
  }
  for (std::uint32_t test = 0; test < classes.size(); ++test) {
    const BoundClass& b = classes[test];
    const auto sets = class_sets.begin() + static_cast<std::ptrdiff_t>(test * words * kPlaces);
    const auto end = sets + static_cast<std::ptrdiff_t>(words * kPlaces);
    if (b.never || (required_index[test] == kNoIndex && std::all_of(sets, end, [](std::uint64_t word) { return word == 0; }))) continue;
    if (by_class.size() <= b.cls) by_class.resize(b.cls + 1u);
    by_class[b.cls].push_back(test);
  }
  if (by_class.empty()) by_class.resize(1);
  need_class.assign(required.size() * words, 0);
  need_later.assign(words, 0);
  for (std::uint32_t i = 0; i < program.rules.size(); ++i) {
    const Range own = starts[bit_of[i]].needs;
    for (std::uint32_t k = own.first; k < own.first + own.count; ++k) {
      if (needs[k].entity != kNoIndex) continue;
      const std::uint32_t cls = needs[k].required;
      Set(i, cls == kNoIndex ? need_later.data() : need_class.data() + cls * words);
    }
  }
  SortTests();
  std::map<std::pair<morph::Grammemes, morph::Grammemes>, std::uint32_t> kinds;
  for (const AgreePart& part : program.agree_parts) {
    agree_kinds.push_back(kinds.try_emplace({part.need, part.forbid}, static_cast<std::uint32_t>(kinds.size())).first->second);
  }
  form_words = own_words * 2 + (kinds.size() + 1) / 2;
  for (Start& start : starts) start.sure = start.first.op == Op::kToken && IsSure(program.rules[start.rule]);
  for (const RuleCode& r : program.rules) {
    for (std::uint32_t j = 0; j < r.emits.count; ++j) expressions.resize(std::max<std::size_t>(expressions.size(), r.emits.first + j + 1));
  }
  for (const RuleCode& r : program.rules) {
    for (std::uint32_t j = 0; j < r.emits.count; ++j) {
      const std::string_view text = program.strings[program.emits[r.emits.first + j].expression];
      Expression& e = expressions[r.emits.first + j];
      if (text.size() >= 2 && text.front() == '\'') {
        e.literal = true;
        e.text = text.substr(1, text.size() - 2);
        continue;
      }
      const std::size_t dot = text.find('.');
      const auto it = ids.find(text.substr(0, dot));
      e.capture = it == ids.end() ? kNoIndex : it->second;
      e.what = dot == std::string_view::npos ? std::string_view("text") : text.substr(dot + 1);
    }
  }
}

void RuleTables::PlaceBits() {
  bit_of.resize(program.rules.size());
  for (const Phase phase : {Phase::kCandidates, Phase::kRelations}) {
    const std::size_t first = starts.size() / 64;
    for (std::uint32_t rule = 0; rule < program.rules.size(); ++rule) {
      if (static_cast<Phase>(program.rules[rule].phase) != phase) continue;
      bit_of[rule] = static_cast<std::uint32_t>(starts.size());
      starts.emplace_back().rule = rule;
    }
    starts.resize((starts.size() + 63) / 64 * 64);
    words_of_phase[static_cast<int>(phase)] = {first, starts.size() / 64};
  }
  words = starts.size() / 64;
  row_words = (words + 7) / 8 * 8;
}

void RuleTables::AddRule(std::uint32_t rule, const RuleCode& r) {
  std::vector<std::uint32_t> first, alone, second, third, behind;
  Reach(r, r.start, &first);
  // A token test may ask for an opening sign too; then the sign alone says whether the rule is worth a look.
  const bool groups_only = std::all_of(first.begin(), first.end(), [&](std::uint32_t pc) {
    const Op op = program.code[pc].op;
    return op == Op::kOpen || op == Op::kGroup || op == Op::kClass || op == Op::kResolved;
  });
  for (const std::uint32_t pc : first) {
    const Instruction& in = program.code[pc];
    if (groups_only && in.op == Op::kOpen) Set(rule, sign_first[in.a == 1].data());
    if (groups_only && in.op == Op::kGroup) Set(rule, group_first[in.a == 1].data());
  }
  Set(rule, of_phase[r.phase].data());
  if (r.crosses_lines != 0) Set(rule, crosses_lines.data());
  for (std::uint32_t j = 0; j < r.triggers.count; ++j) {
    const Trigger& t = program.triggers[r.triggers.first + j];
    switch (t.kind) {
      case Trigger::kForm:
        AddAtom(rule, kFirst, {t.index, t.need, t.forbid});
        break;
      case Trigger::kClass:
        Set(rule, kFirst, class_sets.data() + t.index * words * kPlaces);
        break;
      case Trigger::kResolved:
        Set(rule, resolved.data() + t.index * words);
        break;
      case Trigger::kQuote:
      case Trigger::kBracket:
        if (!groups_only) Set(rule, kFirst, opens[t.kind == Trigger::kBracket].data());
        break;
      default:
        Set(rule, kFirst, anything.data());
    }
  }
  for (std::uint32_t pc : first) {
    std::vector<std::uint32_t> next;
    Reach(r, pc + 1, &next);
    const bool stands_alone = std::any_of(next.begin(), next.end(), [&](std::uint32_t n) { return program.code[n].op == Op::kMatch; });
    if (stands_alone && program.code[pc].op == Op::kResolved) {
      Set(rule, resolved_alone.data());
    } else if (stands_alone) {
      alone.push_back(pc);
    }
    for (const std::uint32_t n : next) {
      const Instruction& in = program.code[n];
      if (in.op == Op::kGroup) Set(rule, groups[in.a == 1].data());
      if (in.op == Op::kResolved) Set(rule, resolved_second.data() + in.a * words);
    }
    Reach(r, pc + 1, &second);
  }
  AddPlace(rule, kAlone, alone);
  // What follows an entity or a group is not looked at.
  std::erase_if(second, [&](std::uint32_t pc) {
    const Op op = program.code[pc].op;
    return op == Op::kMatch || op == Op::kResolved || op == Op::kGroup;
  });
  AddPlace(rule, kSecond, second);
  for (std::uint32_t pc : second) {
    const Op op = program.code[pc].op;
    Reach(r, pc + 1, op == Op::kClass ? &behind : &third);
  }
  AddPlace(rule, kThird, third);
  AddPlace(rule, kThirdBehind, behind);
}

std::uint32_t RuleTables::SingleOf(const RuleCode& r) const {
  std::uint32_t element = kNoIndex;
  for (std::uint32_t pc = r.start; program.code[pc].op != Op::kMatch; ++pc) {
    const Op op = program.code[pc].op;
    if (op == Op::kSave) continue;
    if ((op != Op::kToken && op != Op::kClass) || element != kNoIndex) return kNoIndex;
    element = pc;
  }
  return element;
}

void RuleTables::AddNeeds(std::uint32_t rule, const RuleCode& r) {
  struct Spot {
    std::uint32_t dominator = kNoIndex, depth = 0;  // the last instruction that every way to this one passes
    std::uint32_t min = 0, max = 0, classes = 0;    // what may stand before it
  };
  std::vector<Spot> spots(r.size);
  spots[0].dominator = 0;
  // Code runs forward only, so that all ways to an instruction are known when it is reached.
  const auto reach = [&](std::uint32_t from, std::uint32_t to, std::uint32_t min, std::uint32_t max, std::uint32_t matches) {
    const Spot& before = spots[from];
    Spot& spot = spots[to];
    if (spot.dominator == kNoIndex) {
      spot = {from, before.depth + 1, before.min + min, before.max + max, before.classes + matches};
      return;
    }
    spot.min = std::min(spot.min, before.min + min);
    spot.max = std::max(spot.max, before.max + max);
    spot.classes = std::max(spot.classes, before.classes + matches);
    std::uint32_t a = spot.dominator, b = from;
    while (a != b) {
      std::uint32_t& deeper = spots[a].depth > spots[b].depth ? a : b;
      deeper = spots[deeper].dominator;
    }
    spot.dominator = a;
    spot.depth = spots[a].depth + 1;
  };
  std::uint32_t at = 0;
  for (; program.code[r.start + at].op != Op::kMatch; ++at) {
    if (spots[at].dominator == kNoIndex) continue;
    const Instruction& in = program.code[r.start + at];
    const std::uint32_t matches = in.op == Op::kClass ? 1 : 0;
    const std::uint32_t min = in.op <= Op::kAny ? 1 : 0;
    std::uint32_t max = matches != 0 ? 0 : min;
    if (in.op == Op::kResolved) max = kMaxMatchTokens;
    if (in.op == Op::kGroup) max = kMaxGroupTokens + 2;
    if (in.op == Op::kSplit || in.op == Op::kJump) reach(at, in.a - r.start, min, max, matches);
    if (in.op != Op::kJump) reach(at, at + 1, min, max, matches);
  }
  std::uint32_t best = kNoIndex, best_score = 0;
  std::vector<std::uint32_t> best_elements;
  for (at = spots[at].dominator; at != kNoIndex && at != 0; at = spots[at].dominator) {
    const Instruction& in = program.code[r.start + at];
    const Spot& spot = spots[at];
    if (spot.max + spot.classes == 0) continue;  // that is what triggers look at
    if (in.op == Op::kClass) {
      if (required_index[in.a] == kNoIndex) {
        required_index[in.a] = static_cast<std::uint32_t>(required.size());
        required.push_back(in.a);
      }
      needs.push_back({spot.min, spot.max, spot.classes, required_index[in.a], kNoIndex});
    } else if (in.op == Op::kResolved) {
      // Only behind another one it is known to be near enough for a look.
      const std::uint32_t first = entry[r.start];
      constexpr std::uint32_t kNear = 8;
      if (first == kNoIndex || program.code[first].op != Op::kResolved || spot.max > kMaxMatchTokens + kNear) continue;
      needs.push_back({spot.min - 1, spot.max - kMaxMatchTokens, spot.classes, kNoIndex, in.a});
    } else if (in.op == Op::kToken || in.op == Op::kSplit) {
      // Where ways part, each goes on with one of these.
      std::vector<std::uint32_t> elements;
      Reach(r, r.start + at, &elements);
      std::uint32_t score = kNoIndex;
      for (const std::uint32_t pc : elements) {
        score = std::min(score, program.code[pc].op == Op::kToken ? Telling(program.code[pc]) : 0);
      }
      if (score > best_score) best = at, best_score = score, best_elements = std::move(elements);
    }
  }
  if (best == kNoIndex) return;
  needs.push_back({spots[best].min, spots[best].max, spots[best].classes, kNoIndex, kNoIndex});
  AddPlace(rule, kLater, best_elements);
}

bool RuleTables::IsSure(const RuleCode& r) const {
  const Instruction& first = program.code[entry[r.start]];
  if (r.triggers.count != first.b) return false;
  for (std::uint32_t k = 0; k < first.b; ++k) {
    const ConjunctionTest& c = program.conjunctions[first.a + k];
    const Trigger& t = program.triggers[r.triggers.first + k];
    if (t.kind != Trigger::kForm || t.index != c.form_test || t.need != c.need || t.forbid != c.forbid) return false;
    if (((c.need | c.forbid) & ~kFormMask) != 0 || c.not_classes.count != 0) return false;
    if (c.form_test == kNoIndex) continue;
    if (test_kinds[c.form_test] != TestKind::kTags && test_kinds[c.form_test] != TestKind::kKeyed) return false;
  }
  return true;
}

void RuleTables::MakeSteps() {
  const std::vector<Instruction>& code = program.code;
  std::vector<bool> reached(code.size());       // some way leads there
  std::vector<std::uint8_t> ways(code.size());  // steps that lead there; 2 = several
  std::vector<bool> alone(code.size());         // the only one of them, where there is no other, is taken once at each token
  for (const Instruction& in : code) {
    Step& step = steps.emplace_back();
    step.op = in.op, step.a = in.a, step.b = in.b;
    if (in.d != kNoIndex) step.capture = in.d & Step::kNoCapture;
    if (in.op == Op::kToken) step.count = in.b & 0xFFFF;
    if (in.op == Op::kClass) step.count = in.c & 0xFFFF;
  }
  const auto enter = [&](std::uint32_t pc, bool from_one) {
    reached[pc] = true;
    alone[pc] = from_one;
    if (ways[pc] < 2) ++ways[pc];
  };
  for (const RuleCode& r : program.rules) {
    enter(r.start, true);
    for (std::uint32_t k = 0; k < r.contexts.count; ++k) enter(program.contexts[r.contexts.first + k].start, true);
    // Code runs forward only.
    for (std::uint32_t pc = r.start; pc < r.start + r.size; ++pc) {
      if (!reached[pc]) continue;
      const bool once = ways[pc] == 1 && alone[pc];
      steps[pc].once = once ? 1 : 0;
      if (code[pc].op == Op::kSplit) {
        const std::uint32_t other = entry[code[pc].a];
        steps[pc].b = entry[pc + 1];
        steps[pc].count = other == kNoIndex ? 0 : (other - pc) & 0xFFFF;
      }
      if (code[pc].op == Op::kOpen) steps[pc].count = InsideOf(r, pc).Packed() & 0xFFFF;
      const Instruction& in = code[pc];
      // Matches and groups may lead from two tokens to one. Of splits a second visit is turned back.
      const bool goes_once = in.op == Op::kSplit || (once && in.op != Op::kClass && in.op != Op::kResolved && in.op != Op::kGroup);
      if (in.op == Op::kSplit || in.op == Op::kJump) enter(in.a, goes_once);
      if (in.op != Op::kJump && in.op != Op::kMatch) enter(pc + 1, goes_once);
    }
  }
}

std::uint8_t RuleTables::WholeOf(const RuleCode& r) {
  const std::vector<Instruction>& code = program.code;
  const std::uint32_t capture = code[r.start].a;
  if (code[r.start].op != Op::kSave || code[r.start].b != 0 || capture >= Step::kNoCapture) return Step::kNoCapture;
  std::uint32_t end = r.start + 1, furthest = 0;  // to where a way leads
  for (; code[end].op != Op::kMatch; ++end) {
    if (code[end].op == Op::kSplit || code[end].op == Op::kJump) furthest = std::max(furthest, code[end].a);
    if (code[end].op == Op::kSave && code[end].a == capture && code[end + 1].op != Op::kMatch) return Step::kNoCapture;
    if (code[end].op == Op::kGroup && code[end].d == capture) return Step::kNoCapture;
  }
  const Instruction& last = code[end - 1];
  if (furthest == end || last.op != Op::kSave || last.a != capture || last.b != 1) return Step::kNoCapture;
  steps[end - 1].op = Op::kMatch;
  return capture & Step::kNoCapture;
}

Inside RuleTables::InsideOf(const RuleCode& r, std::uint32_t open) const {
  std::vector<Inside> before(r.size, Inside{Inside::kAnyNumber, 0});  // what may stand between the sign and each instruction
  const auto reach = [&](std::uint32_t from, std::uint32_t to, std::uint32_t min, std::uint32_t max) {
    const Inside& old = before[from - r.start];
    Inside& now = before[to - r.start];
    now.min = std::min(now.min, std::min(old.min + min, Inside::kAnyNumber));
    now.max = std::max(now.max, std::min(old.max + max, Inside::kAnyNumber));
  };
  before[open + 1 - r.start] = {0, 0};
  // Code runs forward only, and all of a group stands between its signs.
  for (std::uint32_t pc = open + 1; pc < r.start + r.size; ++pc) {
    const Instruction& in = program.code[pc];
    if (in.op == Op::kClose && in.b == program.code[open].b) return before[pc - r.start];
    const bool reached = before[pc - r.start].min <= before[pc - r.start].max;
    if (!reached) continue;
    const bool wide = in.op == Op::kClass || in.op == Op::kResolved || in.op == Op::kGroup;
    const std::uint32_t min = in.op <= Op::kAny ? 1 : 0;
    const std::uint32_t max = wide ? Inside::kAnyNumber : min;
    if (in.op == Op::kSplit || in.op == Op::kJump) reach(pc, in.a, min, max);
    if (in.op != Op::kJump && pc + 1 < r.start + r.size) reach(pc, pc + 1, min, max);
  }
  return {};
}

std::uint32_t RuleTables::Telling(const Instruction& in) const {
  std::uint32_t least = 5;
  for (std::uint32_t k = in.a; k < in.a + in.b; ++k) {
    const ConjunctionTest& c = program.conjunctions[k];
    std::uint32_t score = (c.need & kFormMask) != 0 ? 1 : 0;
    if (c.form_test != kNoIndex) {
      const FormTest& t = program.form_tests[c.form_test];
      // Words that are asked for as they stand are prepositions and the like as a rule.
      score = (t.has & 1) != 0 ? 5 : (t.has & 7) != 0 ? 4 : t.regexes.count != 0 ? 3 : 2;
    }
    least = std::min(least, score);
  }
  return least;
}

void RuleTables::Reach(const RuleCode& r, std::uint32_t pc, std::vector<std::uint32_t>* out) const {
  std::vector<bool> seen(r.size);
  std::vector<std::uint32_t> left{pc};
  while (!left.empty()) {
    pc = left.back();
    left.pop_back();
    while (!seen[pc - r.start]) {
      seen[pc - r.start] = true;
      const Instruction& in = program.code[pc];
      if (in.op <= Op::kAny || in.op == Op::kMatch) {
        if (std::find(out->begin(), out->end(), pc) == out->end()) out->push_back(pc);
        break;
      }
      if (in.op == Op::kSplit) left.push_back(in.a);
      pc = in.op == Op::kJump ? in.a : pc + 1;
    }
  }
}

void RuleTables::AddPlace(std::uint32_t rule, Place place, const std::vector<std::uint32_t>& pcs) {
  for (std::uint32_t pc : pcs) {
    const Instruction& in = program.code[pc];
    switch (in.op) {
      case Op::kToken:
        for (std::uint32_t k = in.a; k < in.a + in.b; ++k) {
          const ConjunctionTest& c = program.conjunctions[k];
          AddAtom(rule, place, {c.form_test, c.need & kFormMask, c.forbid & kFormMask});
        }
        break;
      case Op::kClass:
        Set(rule, place, class_sets.data() + in.a * words * kPlaces);
        break;
      case Op::kGroup:
      case Op::kOpen:
        Set(rule, place, opens[in.a == 1].data());
        break;
      case Op::kClose:
        Set(rule, place, closes.data());
        break;
      case Op::kMatch:
        Set(rule, place, nothing.data());
        break;
      default:
        Set(rule, place, anything.data());
    }
  }
}

void RuleTables::AddAtom(std::uint32_t rule, Place place, const Atom& atom) {
  if (atom.form_test == kNoIndex && atom.need == 0 && atom.forbid == 0) {
    Set(rule, place, anything.data());
    return;
  }
  std::uint32_t& index = atom_index.At(Mixed(Mixed(Mixed(0, atom.form_test), atom.need), atom.forbid));
  if (index == kNoIndex) {
    index = static_cast<std::uint32_t>(atoms.size());
    atoms.push_back(atom);
    atom_sets.resize(atom_sets.size() + words * kPlaces);
  }
  Set(rule, place, atom_sets.data() + index * words * kPlaces);
}

std::uint64_t RuleTables::FlagsOf(std::string_view slots) const {
  std::uint64_t bits = 0;
  gazetteer::EachFlag(slots, [&](std::string_view one) {
    const auto at = std::find(flags.begin(), flags.end(), one);
    if (at != flags.end()) bits |= std::uint64_t{1} << (at - flags.begin());
    return true;
  });
  return bits;
}
}  // namespace atau::rules
