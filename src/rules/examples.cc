#include "rules/examples.h"

#include <algorithm>

#include "rules/compiler.h"

namespace atau::rules {
namespace {

constexpr std::uint32_t kNoToken = 0xFFFFFFFF;

std::string_view Trim(std::string_view s) {
  while (!s.empty() && (s.front() == ' ' || s.front() == '\t')) s.remove_prefix(1);
  while (!s.empty() && (s.back() == ' ' || s.back() == '\t')) s.remove_suffix(1);
  return s;
}

// The marks of an example may hold the outer quotes; spans leave them out.
std::string_view WithoutQuotes(std::string_view s) {
  constexpr std::string_view kQuotes[] = {"«", "»", "„", "“", "”", "\"", "'"};
  for (std::string_view q : kQuotes) {
    if (s.substr(0, q.size()) == q) {
      for (std::string_view r : kQuotes) {
        if (s.size() > q.size() + r.size() && s.substr(s.size() - r.size()) == r) return s.substr(q.size(), s.size() - q.size() - r.size());
      }
    }
  }
  return s;
}

std::string_view TextOf(const View& view, std::uint32_t begin, std::uint32_t end) {
  if (begin >= end || end > view.tokens->size()) return {};
  const std::size_t b = (*view.tokens)[begin].begin;
  return view.clean.substr(b, (*view.tokens)[end - 1].end - b);
}

}  // namespace

MarkedText ParseMarked(std::string_view example) {
  MarkedText out;
  const std::size_t arrow = example.find(" -> ");
  if (arrow != std::string_view::npos) {
    std::string_view rest = example.substr(arrow + 4);
    while (true) {
      const std::size_t bar = rest.find('|');
      out.parts.emplace_back(Trim(rest.substr(0, bar)));
      if (bar == std::string_view::npos) break;
      rest.remove_prefix(bar + 1);
    }
    example = Trim(example.substr(0, arrow));
  }
  std::vector<std::size_t> open;
  for (std::size_t i = 0; i < example.size(); ++i) {
    const char c = example[i];
    if (c == '\\' && i + 1 < example.size() && (example[i + 1] == '[' || example[i + 1] == ']' || example[i + 1] == '\\')) {
      out.text.push_back(example[++i]);
    } else if (c == '[') {
      open.push_back(out.text.size());
    } else if (c == ']') {
      if (open.empty()) {
        out.error = "a `]` without its `[`";
        return out;
      }
      MarkedText::Mark mark{open.back(), out.text.size(), Type::kNone};
      open.pop_back();
      std::size_t e = i + 1;
      while (e < example.size() && example[e] >= 'A' && example[e] <= 'Z') ++e;
      if (e > i + 1) {
        mark.type = TypeByName(example.substr(i + 1, e - i - 1));
        if (mark.type != Type::kNone) i = e - 1;
      }
      if (mark.begin == mark.end) {
        out.error = "an empty mark";
        return out;
      }
      out.marks.push_back(mark);
    } else {
      out.text.push_back(c);
    }
  }
  if (!open.empty()) out.error = "a `[` without its `]`";
  return out;
}

std::size_t RunExamples(const RuleSet& rules, const AnalyzeExample& analyze, bundle::Diagnostics* diagnostics) {
  std::size_t failures = 0;
  Hits hits;
  std::uint32_t rule = 0;
  for (const RuleExample& example : rules.examples()) {
    // Examples stand in the order of their rules.
    while (rule < rules.size() && (rules.rule(rule).name != example.rule || rules.rule(rule).file != example.file)) ++rule;
    if (rule == rules.size()) break;
    const RuleInfo& info = rules.rule(rule);
    const auto fail = [&](std::string message, std::string hint = {}) {
      ++failures;
      diagnostics->Error(example.file, example.line, 0, "rule " + example.rule + ": " + message, std::move(hint));
    };
    const MarkedText marked = ParseMarked(example.text);
    View view = analyze(marked.text);
    if (view.tokens == nullptr || view.clean != marked.text) {
      fail("the example cannot be placed: its clean view differs from it", "write examples without invisible characters and look-alikes");
      continue;
    }
    std::vector<View::Resolved> resolved;
    if (info.phase == Phase::kRelations) {
      bool placed = true;
      for (const MarkedText::Mark& mark : marked.marks) {
        View::Resolved r;
        r.type = mark.type;
        r.index = static_cast<std::uint32_t>(resolved.size());
        r.begin = r.end = kNoToken;
        for (std::uint32_t i = 0; i < view.tokens->size(); ++i) {
          if ((*view.tokens)[i].begin == mark.begin) r.begin = i;
          if ((*view.tokens)[i].end == mark.end) r.end = i + 1;
        }
        if (mark.type == Type::kNone || r.begin == kNoToken || r.end == kNoToken) {
          fail(mark.type == Type::kNone ? "a mark of an example of a relation has its type behind it"
                                        : "a mark does not stand between tokens",
               "[Дмитрий Рогозин]PERSON");
          placed = false;
          break;
        }
        resolved.push_back(r);
      }
      if (!placed) continue;
      std::sort(resolved.begin(), resolved.end(), [](const auto& a, const auto& b) { return a.begin < b.begin; });
      view.resolved = &resolved;
    } else {
      view.resolved = nullptr;
    }
    // The caller may analyse each text with a form table of its own, so nothing is kept from the last one.
    MatchScratch scratch;
    hits.Clear();
    rules.MatchRule(rule, view, &scratch, &hits);
    std::string found;
    for (const Hit& hit : hits.hits) {
      if (!found.empty()) found += ", ";
      found += "[" + std::string(TextOf(view, hit.begin, hit.end)) + "]";
    }
    if (!example.yes) {
      if (!hits.hits.empty()) fail("it fires in «" + marked.text + "», where it must not: " + found);
      continue;
    }
    if (hits.hits.empty()) {
      fail("it does not fire in «" + marked.text + "»");
      continue;
    }
    if (info.phase == Phase::kRelations) {
      if (marked.parts.empty()) continue;
      const char* keys[] = {"subject", "role", "object"};
      bool good = false;
      std::string shown;
      for (const Hit& hit : hits.hits) {
        bool same = true;
        std::string line;
        for (std::size_t i = 0; i < 3; ++i) {
          const std::string value = rules.Attribute(view, hits, hit, keys[i]);
          line += (i == 0 ? "" : " | ") + value;
          if (i < marked.parts.size() && value != marked.parts[i]) same = false;
        }
        if (same) good = true;
        shown += (shown.empty() ? "" : "; ") + line;
      }
      if (!good) fail("the example gives other parts: " + shown);
      continue;
    }
    for (const MarkedText::Mark& mark : marked.marks) {
      const std::string_view wanted = std::string_view(marked.text).substr(mark.begin, mark.end - mark.begin);
      bool good = false;
      for (const Hit& hit : hits.hits) {
        const std::string_view text = TextOf(view, hit.begin, hit.end);
        const std::size_t at = static_cast<std::size_t>(text.data() - view.clean.data());
        if (at == mark.begin && text == wanted) good = true;
        if (at > mark.begin && at + text.size() < mark.end && text == WithoutQuotes(wanted)) good = true;
      }
      if (!good) fail("it does not emit [" + std::string(wanted) + "] in «" + marked.text + "», but " + found);
    }
  }
  return failures;
}

}  // namespace atau::rules
