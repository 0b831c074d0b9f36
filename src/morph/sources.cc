#include "morph/sources.h"

#include <algorithm>

namespace atau::morph {

namespace {

std::string_view TrimLine(std::string_view line) {
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  return line;
}

// Calls `use(number, line)` until it returns false.
template <class F>
void ForEachLine(std::string_view content, F&& use) {
  if (content.substr(0, 3) == "\xEF\xBB\xBF") content.remove_prefix(3);
  std::uint32_t number = 0;
  for (std::size_t begin = 0; begin < content.size();) {
    std::size_t end = content.find('\n', begin);
    if (end == std::string_view::npos) end = content.size();
    if (!use(++number, TrimLine(content.substr(begin, end - begin)))) return;
    begin = end + 1;
  }
}

bool IsComment(std::string_view line) { return line.empty() || line == "#" || line.substr(0, 2) == "# "; }

// The first byte that is not valid UTF-8, or npos.
std::size_t FirstBadByte(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  for (std::size_t i = 0; i < text.size();) {
    const unsigned char lead = byte(i);
    const std::size_t size = lead < 0x80 ? 1 : lead < 0xC2 ? 0 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : lead < 0xF5 ? 4 : 0;
    if (size == 0 || i + size > text.size()) return i;
    for (std::size_t j = 1; j < size; ++j) {
      if ((byte(i + j) & 0xC0) != 0x80) return i;
    }
    if ((lead == 0xE0 && byte(i + 1) < 0xA0) || (lead == 0xED && byte(i + 1) > 0x9F) || (lead == 0xF0 && byte(i + 1) < 0x90) ||
        (lead == 0xF4 && byte(i + 1) > 0x8F)) {
      return i;
    }
    i += size;
  }
  return std::string_view::npos;
}

std::uint32_t CodePoints(std::string_view text) {
  return static_cast<std::uint32_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

Directive ParseDirective(std::string_view line, std::uint32_t number) {
  Directive out;
  out.line = number;
  std::size_t at = 2;
  const auto skip = [&] {
    while (at < line.size() && (line[at] == ' ' || line[at] == '\t')) ++at;
  };
  skip();
  const std::size_t end = std::min(line.find_first_of(" \t", at), line.size());
  out.kind = line.substr(at, end - at);
  at = end;
  for (skip(); at < line.size(); skip()) {
    const std::size_t equals = line.find('=', at);
    if (equals == std::string_view::npos) break;
    std::string key(line.substr(at, equals - at));
    at = equals + 1;
    std::size_t stop;
    if (at < line.size() && line[at] == '"') {
      ++at;
      stop = std::min(line.find('"', at), line.size());
    } else {
      stop = std::min(line.find_first_of(" \t", at), line.size());
    }
    out.values.emplace_back(std::move(key), std::string(line.substr(at, stop - at)));
    at = stop < line.size() ? stop + 1 : stop;
  }
  return out;
}

}  // namespace

std::string_view Directive::Get(std::string_view key) const {
  for (const auto& [k, v] : values) {
    if (k == key) return v;
  }
  return {};
}

Directive ReadDirective(std::string_view content) {
  Directive out;
  ForEachLine(content, [&out](std::uint32_t number, std::string_view line) {
    if (IsComment(line)) return true;
    if (line.substr(0, 2) == "#!") out = ParseDirective(line, number);
    return false;
  });
  return out;
}

std::uint32_t Row::ColumnOf(std::string_view piece) const {
  if (piece.data() < text.data() || piece.data() > text.data() + text.size()) return 0;
  return CodePoints(text.substr(0, static_cast<std::size_t>(piece.data() - text.data()))) + 1;
}

void ReadRows(std::string_view file, std::string_view content, const std::vector<std::string_view>& columns,
              bundle::Diagnostics* diagnostics, const std::function<void(const Row&)>& use) {
  bool directive = false;
  bool header = false;
  std::size_t width = 0;
  std::vector<std::size_t> places;  // where the asked columns stand
  std::vector<std::string_view> cells;
  Row row;
  row.file = file;
  ForEachLine(content, [&](std::uint32_t number, std::string_view line) {
    if (IsComment(line)) return true;
    if (const std::size_t bad = FirstBadByte(line); bad != std::string_view::npos) {
      diagnostics->Error(file, number, CodePoints(line.substr(0, bad)) + 1, "the line is not valid UTF-8", "save the file as UTF-8");
      return true;
    }
    if (!directive) {
      directive = true;
      if (line.substr(0, 2) == "#!") return true;
      diagnostics->Error(file, number, 1, "no directive before the first row", "begin the file with a line like `#! names mark=surname`");
      return false;
    }
    cells.clear();
    ForEachPiece(line, '\t', [&cells](std::string_view cell) { cells.push_back(cell); });
    if (!header) {
      header = true;
      width = cells.size();
      bool complete = true;
      for (std::string_view column : columns) {
        const auto found = std::find(cells.begin(), cells.end(), column);
        if (found == cells.end()) {
          diagnostics->Error(file, number, 1, "the header has no column `" + std::string(column) + "`");
          complete = false;
        }
        places.push_back(static_cast<std::size_t>(found - cells.begin()));
      }
      return complete;
    }
    if (cells.size() > width) {
      diagnostics->Error(file, number, 0, "the row has " + std::to_string(cells.size()) + " cells, the header " + std::to_string(width),
                         "separate cells by exactly one tab");
      return true;
    }
    row.line = number;
    row.text = line;
    row.cells.clear();
    for (std::size_t place : places) row.cells.push_back(place < cells.size() ? cells[place] : line.substr(line.size()));
    use(row);
    return true;
  });
  if (directive && !header) diagnostics->Error(file, 0, 0, "no header row after the directive");
  if (!directive) diagnostics->Error(file, 0, 0, "the file is empty", "begin it with a line like `#! names mark=surname`");
}

}  // namespace atau::morph
