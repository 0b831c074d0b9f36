// The best cover, against trying every set of candidates.
#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <vector>

#include "resolve/model.h"

namespace atau::resolve {
namespace {

float Best(const Scores& s) { return *std::max_element(s.begin(), s.end()); }

// The slow, obvious way.
float BestByTrying(const std::vector<Candidate>& candidates, const std::vector<Scores>& scores) {
  float best = 0;
  for (std::uint32_t set = 0; set < (1u << candidates.size()); ++set) {
    float sum = 0;
    bool overlaps = false;
    for (std::size_t i = 0; i < candidates.size() && !overlaps; ++i) {
      if ((set >> i & 1) == 0) continue;
      sum += Best(scores[i]);
      for (std::size_t j = 0; j < i; ++j) {
        if ((set >> j & 1) != 0 && candidates[j].begin < candidates[i].end && candidates[i].begin < candidates[j].end) overlaps = true;
      }
    }
    if (!overlaps) best = std::max(best, sum);
  }
  return best;
}

TEST_CASE("the cover is the best there is") {
  std::mt19937 random(5);
  for (int round = 0; round < 300; ++round) {
    constexpr std::uint32_t kTokens = 9;
    std::vector<Candidate> candidates;
    std::vector<Scores> scores;
    for (std::uint32_t begin = 0; begin < kTokens; ++begin) {
      for (std::uint32_t end = begin + 1; end <= std::min(kTokens, begin + 4); ++end) {
        if (random() % 3 != 0 || candidates.size() >= 12) continue;
        candidates.push_back({begin, end, 15});
        Scores s;
        for (float& x : s) x = static_cast<float>(static_cast<int>(random() % 41) - 20);
        scores.push_back(s);
      }
    }
    std::vector<Mention> found;
    BestCover(kTokens, candidates, scores, &found);
    float sum = 0;
    for (std::size_t i = 0; i < found.size(); ++i) {
      sum += found[i].score;
      CHECK(found[i].score > 0);
      if (i > 0) CHECK(found[i - 1].end <= found[i].begin);
    }
    CHECK(sum == BestByTrying(candidates, scores));
  }
}

TEST_CASE("nothing gains from scores of zero or less, and no text has no mentions") {
  std::vector<Mention> found = {{0, 1, 0, 1}};
  BestCover(0, {}, {}, &found);
  CHECK(found.empty());
  BestCover(2, {{0, 1, 15}, {1, 2, 15}}, {{0, 0, 0, 0}, {-1, -2, -3, -4}}, &found);
  CHECK(found.empty());
}

}  // namespace
}  // namespace atau::resolve
