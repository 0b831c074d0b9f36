#include "resolve/weights.h"

#include <algorithm>
#include <cstring>
#include <map>

#include "morph/form_table.h"
#include "resolve/evidence.h"

namespace atau::resolve {
namespace {

constexpr std::string_view kNames[] = {
#define X(id, name) name,
    ATAU_TEMPLATES(X)
#undef X
};

constexpr std::string_view kPartNames[kParts] = {"in", "begin", "end"};

// Section: u64 capacity (a power of two), u64 cells, u64 rows, u64 zero, then slots[capacity] (u64 key, u32 first, u32 count), cells.
constexpr std::size_t kHead = 4 * sizeof(std::uint64_t);

}  // namespace

std::string_view TemplateName(Template t) { return kNames[t]; }

std::uint64_t ValueKey(std::string_view value) { return morph::KeyOf(value); }

bool ParseEvidence(std::string_view evidence, Template* t, std::string_view* value) {
  const std::size_t eq = evidence.find('=');
  if (eq == std::string_view::npos) return false;
  for (int i = 0; i < kTemplateCount; ++i) {
    if (kNames[i] == evidence.substr(0, eq)) {
      *t = static_cast<Template>(i);
      *value = evidence.substr(eq + 1);
      return true;
    }
  }
  return false;
}

bool ParsePlace(std::string_view place, std::string_view type, std::uint32_t* slot) {
  const int index = IndexOf(TypeByName(type));
  if (index < 0) return false;
  if (place == "span") {
    *slot = kSpanSlot + static_cast<std::uint32_t>(index);
    return true;
  }
  for (int part = 0; part < kParts; ++part) {
    const std::string_view name = kPartNames[part];
    if (place.size() != name.size() + 2 || place.substr(0, name.size()) != name) continue;
    const char sign = place[name.size()], digit = place[name.size() + 1];
    if ((sign != '+' && sign != '-') || digit < '0' || digit > '2') return false;
    const int offset = sign == '-' ? -(digit - '0') : digit - '0';
    *slot = static_cast<std::uint32_t>((offset + 2) * kLane + part * kTypes + index);
    return true;
  }
  return false;
}

std::string PlaceName(std::uint32_t slot) {
  if (slot >= kSpanSlot) return "span";
  const int offset = static_cast<int>(slot) / kLane - 2;
  const std::string_view part = kPartNames[(slot % kLane) / kTypes];
  return std::string(part) + (offset < 0 ? "-" : "+") + std::to_string(offset < 0 ? -offset : offset);
}

std::string_view SlotType(std::uint32_t slot) { return TypeName(kCompeting[slot >= kSpanSlot ? slot - kSpanSlot : slot % kTypes]); }

std::string BuildWeights(const std::vector<WeightRow>& rows) {
  std::map<std::uint64_t, std::map<std::uint32_t, float>> table;
  for (const WeightRow& row : rows) {
    Template t;
    std::string_view value;
    if (!ParseEvidence(row.evidence, &t, &value)) continue;
    std::uint64_t key = EvidenceKey(t, SpanValueKey(t, value));
    if (key == 0) key = 1;
    table[key][row.slot] = row.weight;
  }
  std::uint64_t capacity = 16;
  while (capacity < table.size() * 2) capacity *= 2;
  struct Slot {
    std::uint64_t key = 0;
    std::uint32_t first = 0, count = 0;
  };
  std::vector<Slot> slots(capacity);
  std::vector<WeightCell> cells;
  for (const auto& [key, row] : table) {
    std::uint64_t at = key & (capacity - 1);
    while (slots[at].key != 0) at = (at + 1) & (capacity - 1);
    slots[at].key = key;
    slots[at].first = static_cast<std::uint32_t>(cells.size());
    for (const auto& [slot, weight] : row) cells.push_back({slot, weight});  // also zeros: they overrule the default weight of a rule
    slots[at].count = static_cast<std::uint32_t>(cells.size()) - slots[at].first;
  }
  const std::uint64_t head[4] = {capacity, cells.size(), table.size(), 0};
  std::string out;
  const auto append = [&out](const void* data, std::size_t size) { out.append(static_cast<const char*>(data), size); };
  append(head, sizeof head);
  append(slots.data(), slots.size() * sizeof(Slot));
  append(cells.data(), cells.size() * sizeof(WeightCell));
  return out;
}

Result<std::unique_ptr<WeightTable>> WeightTable::Open(std::span<const std::string_view> sections) {
  auto table = std::make_unique<WeightTable>();
  for (const std::string_view bytes : sections) {
    if (bytes.empty()) continue;
    const auto corrupt = [](std::string what) {
      return Error{Code::kCorrupt, "the weights section is damaged: " + what, {}, 0, 0, "compile the bundle again with `atau compile`"};
    };
    if (bytes.size() < kHead) return corrupt("it is too short");
    std::uint64_t head[4];
    std::memcpy(head, bytes.data(), sizeof head);
    const auto [capacity, cells, rows, zero] = head;
    if (capacity == 0 || (capacity & (capacity - 1)) != 0 || capacity > (1u << 28) || cells > (1u << 28) || rows >= capacity || zero != 0) {
      return corrupt("its sizes make no sense");
    }
    if (bytes.size() != kHead + capacity * sizeof(Slot) + cells * sizeof(WeightCell)) return corrupt("its size does not fit its header");
    Section s;
    s.slots = reinterpret_cast<const Slot*>(bytes.data() + kHead);
    s.cells = reinterpret_cast<const WeightCell*>(s.slots + capacity);
    s.mask = capacity - 1;
    std::uint64_t used = 0;
    for (std::uint64_t i = 0; i < capacity; ++i) {
      if (s.slots[i].key == 0) continue;
      ++used;
      if (std::uint64_t{s.slots[i].first} + s.slots[i].count > cells) return corrupt("a row points outside");
    }
    if (used >= capacity) return corrupt("its table is full");
    for (std::uint64_t i = 0; i < capacity; ++i) {
      const std::uint64_t bit = s.slots[i].key >> kFilterShift;
      if (s.slots[i].key != 0) table->filter_[bit / 64] |= std::uint64_t{1} << bit % 64;
    }
    for (std::uint64_t i = 0; i < cells; ++i) {
      const std::uint32_t slot = s.cells[i].slot;
      if (slot >= kBlock && (slot < kSpanSlot || slot >= kSpanSlot + kTypes)) return corrupt("a cell has no place");
    }
    table->rows_ += rows;
    for (std::uint64_t i = 0; i < capacity && !table->sections_.empty(); ++i) {
      if (s.slots[i].key == 0) continue;
      const std::span<const WeightCell> before = table->Find(s.slots[i].key);
      if (before.empty()) continue;
      std::map<std::uint32_t, float> row;
      for (const WeightCell& c : before) row[c.slot] = c.weight;
      for (std::uint32_t k = 0; k < s.slots[i].count; ++k) row[s.cells[s.slots[i].first + k].slot] = s.cells[s.slots[i].first + k].weight;
      std::vector<WeightCell> merged;
      for (const auto& [slot, weight] : row) merged.push_back({slot, weight});
      table->overruled_[s.slots[i].key] = std::move(merged);
    }
    table->sections_.push_back(s);
  }
  return table;
}

std::span<const WeightCell> WeightTable::FindIn(const Section& section, std::uint64_t key) {
  for (std::uint64_t at = key & section.mask; section.slots[at].key != 0; at = (at + 1) & section.mask) {
    if (section.slots[at].key == key) return {section.cells + section.slots[at].first, section.slots[at].count};
  }
  return {};
}

std::span<const WeightCell> WeightTable::Find(std::uint64_t key) const {
  if (key == 0) key = 1;
  if (!MayHave(key)) return {};
  if (!overruled_.empty()) {
    const auto it = overruled_.find(key);
    if (it != overruled_.end()) return it->second;
  }
  for (auto it = sections_.rbegin(); it != sections_.rend(); ++it) {
    const std::span<const WeightCell> found = FindIn(*it, key);
    if (!found.empty()) return found;
  }
  return {};
}

}  // namespace atau::resolve
