#include "text/clean.h"

#include <algorithm>

#include "text/stages.h"

namespace atau::text {

std::string_view RepairName(RepairKind kind) {
  constexpr std::string_view kNames[kRepairKinds] = {"invalid_utf8", "normalized", "soft_hyphen", "invisible",
                                                     "space",        "look_alike", "joined_line", "html"};
  return kNames[static_cast<int>(kind)];
}

namespace {

// Composes the changes of two stages, first: A → B and second: B → C, into one list A → C. Changes that meet in B become one change of the
// first one's kind. What the first stage dropped at the edge of a second change stays a change of its own, so that spans do not grow over
// it.
void ComposeChanges(const std::vector<Change>& first, const std::vector<Change>& second, std::vector<Change>* out) {
  out->clear();
  std::size_t i = 0, j = 0;
  std::int64_t to_original = 0;  // B + to_original = A, in front of first[i]
  std::int64_t to_clean = 0;     // B + to_clean = C, in front of second[j]
  const auto after_first = [&](const Change& c) { to_original = std::int64_t{c.end} - c.clean_end; };
  const auto after_second = [&](const Change& c) { to_clean = std::int64_t{c.clean_end} - c.end; };
  const auto at = [](std::uint32_t position, std::int64_t delta) { return static_cast<std::uint32_t>(position + delta); };
  while (i < first.size() || j < second.size()) {
    const bool take_first = j == second.size() || (i < first.size() && first[i].clean_end <= second[j].begin);
    if (take_first) {
      const Change& c = first[i++];
      out->push_back({c.kind, c.begin, c.end, at(c.clean_begin, to_clean), at(c.clean_end, to_clean)});
      after_first(c);
      continue;
    }
    if (i == first.size() || second[j].end <= first[i].clean_begin) {
      const Change& c = second[j++];
      out->push_back({c.kind, at(c.begin, to_original), at(c.end, to_original), c.clean_begin, c.clean_end});
      after_second(c);
      continue;
    }
    // They meet: grow one group that ends at `high` in B until nothing reaches into it any more.
    const std::uint32_t low = std::min(first[i].clean_begin, second[j].begin);
    std::uint32_t high = std::max(first[i].clean_end, second[j].end);
    Change merged{first[i].kind, at(low, to_original), 0, at(low, to_clean), 0};
    after_first(first[i++]);
    after_second(second[j++]);
    for (;;) {
      if (i < first.size() && first[i].clean_begin < high) {
        high = std::max(high, first[i].clean_end);
        after_first(first[i++]);
      } else if (j < second.size() && second[j].begin < high) {
        high = std::max(high, second[j].end);
        after_second(second[j++]);
      } else {
        break;
      }
    }
    merged.end = at(high, to_original);
    merged.clean_end = at(high, to_clean);
    out->push_back(merged);
  }
}

}  // namespace

void CleanText::Assign(std::string_view original, const CleanOptions& options) {
  original_ = original.substr(0, kMaxBytes);
  view_ = original_;
  changes_.clear();
  // Each stage reads view_ and writes spare_; where it changed anything, its text becomes the view and its changes join the others.
  const auto adopt = [&](bool changed) {
    if (!changed) return;
    if (changes_.empty()) {
      changes_.swap(stage_);
    } else {
      ComposeChanges(changes_, stage_, &merged_);
      changes_.swap(merged_);
    }
    buffer_.swap(spare_);
    view_ = buffer_;
  };
  if (options.html) adopt(ReduceHtml(view_, &spare_, &stage_));
  bool compose = false;
  adopt(CleanCharacters(view_, options, &spare_, &stage_, &compose));
  if (compose) adopt(Compose(view_, &spare_, &stage_));
  adopt(RepairWords(view_, options, &spare_, &stage_));
}

// The changes are in ascending order in both texts, and between them the two texts are the same.

std::size_t CleanText::OriginalBegin(std::size_t clean_begin) const {
  // What ends at the offset (also what was dropped there) lies before the character that starts at it.
  const auto next = std::partition_point(changes_.begin(), changes_.end(), [&](const Change& c) { return c.clean_end <= clean_begin; });
  if (next != changes_.end() && next->clean_begin <= clean_begin) return next->begin;
  if (next == changes_.begin()) return clean_begin;
  const Change& last = *std::prev(next);
  return last.end + (clean_begin - last.clean_end);
}

std::size_t CleanText::OriginalEnd(std::size_t clean_end) const {
  // What starts at the offset lies behind the character that ends at it.
  const auto next = std::partition_point(changes_.begin(), changes_.end(), [&](const Change& c) { return c.clean_begin < clean_end; });
  if (next == changes_.begin()) return clean_end;
  const Change& last = *std::prev(next);
  return clean_end <= last.clean_end ? last.end : last.end + (clean_end - last.clean_end);
}

std::size_t CleanText::CleanOffset(std::size_t original) const {
  const auto next = std::partition_point(changes_.begin(), changes_.end(), [&](const Change& c) { return c.begin <= original; });
  if (next == changes_.begin()) return original;
  const Change& last = *std::prev(next);
  return original < last.end ? last.clean_begin : last.clean_end + (original - last.end);
}

}  // namespace atau::text
