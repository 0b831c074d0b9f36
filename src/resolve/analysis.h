// What the earlier rooms found in one document, indexed the way resolution asks for it. Per-call memory, reused.
#ifndef ATAU_RESOLVE_ANALYSIS_H_
#define ATAU_RESOLVE_ANALYSIS_H_

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "gazetteer/gazetteer.h"
#include "morph/form_table.h"
#include "resolve/weights.h"
#include "rules/rules.h"
#include "token/token.h"

namespace atau::resolve {

// Compressed rows: for each token the items that begin (or end) there.
class ByToken {
 public:
  template <class Items, class KeyOf>
  void Build(const Items& items, std::size_t tokens, KeyOf key) {
    first_.assign(tokens + 2, 0);
    for (std::size_t i = 0; i < items.size(); ++i) ++first_[key(items[i]) + 1];
    for (std::size_t t = 1; t < first_.size(); ++t) first_[t] += first_[t - 1];
    order_.resize(items.size());
    next_.assign(first_.begin(), first_.end());
    for (std::size_t i = 0; i < items.size(); ++i) order_[next_[key(items[i])]++] = static_cast<std::uint32_t>(i);
  }
  std::span<const std::uint32_t> At(std::size_t token) const {
    return {order_.data() + first_[token], order_.data() + first_[token + 1]};
  }

 private:
  std::vector<std::uint32_t> first_, next_, order_;
};

struct Analysis {
  std::string_view clean;
  std::vector<token::Token> tokens;
  const morph::FormTable* forms = nullptr;
  const gazetteer::Gazetteer* gazetteer = nullptr;
  const rules::RuleSet* rules = nullptr;
  std::vector<gazetteer::Match> matches;
  rules::Hits hits;
  bool caseless = false;   // the document (or nearly all of it) is in one letter case: shapes say nothing

  // What resolution asks most often of a match, beside `matches`.
  struct MatchInfo {
    std::int8_t type = -1;        // index into kCompeting, -1 for others
    std::uint8_t tier = 0;        // 0 alone, 1 support; +2 where the letter case differs
    std::uint16_t class_id = 0, kind_id = 0;
    bool words = false;           // a word class, not an entity
  };
  std::vector<MatchInfo> infos;

  ByToken matches_at, matches_end, hits_at;

  // Call after matches and hits are there.
  void Index() {
    const std::size_t n = tokens.size();
    infos.clear();
    for (const gazetteer::Match& m : matches) {
      const gazetteer::EntryInfo e = gazetteer->Info(m.entry);
      MatchInfo info;
      info.words = (m.flags & gazetteer::kWords) != 0;
      info.type = info.words ? std::int8_t{-1} : static_cast<std::int8_t>(IndexOf(e.type));
      info.tier = static_cast<std::uint8_t>(((m.flags & gazetteer::kSupport) != 0 ? 1 : 0) + ((m.flags & gazetteer::kOtherCase) != 0 ? 2 : 0));
      info.class_id = e.class_id;
      info.kind_id = e.kind_id;
      infos.push_back(info);
    }
    matches_at.Build(matches, n, [](const gazetteer::Match& m) { return m.begin; });
    matches_end.Build(matches, n, [](const gazetteer::Match& m) { return m.end; });
    hits_at.Build(hits.hits, n, [](const rules::Hit& h) { return h.begin; });
  }
  const morph::Form& FormOf(std::size_t token) const { return (*forms)[tokens[token].form]; }
  std::string_view TextOf(std::size_t begin, std::size_t end) const {
    return clean.substr(tokens[begin].begin, tokens[end - 1].end - tokens[begin].begin);
  }
};

}  // namespace atau::resolve

#endif  // ATAU_RESOLVE_ANALYSIS_H_
