#include <atau/document.h>

#include <string>
#include <vector>

#include "text/utf8.h"

namespace atau {
namespace {

// brat knows no line breaks within a text column.
std::string OneLine(std::string_view text) {
  std::string out;
  const char* const end = text.data() + text.size();
  for (const char* p = text.data(); p < end;) {
    std::size_t size = 0;
    const char32_t c = text::Decode(p, end, &size);
    if (c == text::kInvalid) {
      for (std::size_t i = 0; i < size; ++i) text::Append(text::kReplacement, &out);
    } else if (c == '\n' || c == '\r' || c == '\t' || c == 0) {
      out += ' ';
    } else {
      out.append(p, size);
    }
    p += size;
  }
  return out;
}

// A span that goes over a line end is written as its pieces, "0 5;6 9", as brat wants it.
std::string Pieces(std::string_view text, const Entity& e) {
  std::vector<Span> pieces;
  std::size_t point = e.code_points.start, begin = point;
  const char* const end = text.data() + e.span.end;
  for (const char* p = text.data() + e.span.start; p < end;) {
    std::size_t size = 0;
    const char32_t c = text::Decode(p, end, &size);
    if (c == '\n') {
      if (point > begin) pieces.push_back({begin, point});
      begin = point + 1;
    }
    point += c == text::kInvalid ? size : 1;
    p += size;
  }
  if (e.code_points.end > begin) pieces.push_back({begin, e.code_points.end});
  std::string out;
  for (const Span& s : pieces) out += (out.empty() ? "" : ";") + std::to_string(s.start) + " " + std::to_string(s.end);
  return out;
}

}  // namespace

std::string ToBrat(const Document& d) {
  std::string out;
  std::size_t note = 0, relation = 0;
  for (std::size_t i = 0; i < d.entities.size(); ++i) {
    const Entity& e = d.entities[i];
    const std::string id = "T" + std::to_string(i + 1);
    const std::string_view words = std::string_view(d.text).substr(e.span.start, e.span.end - e.span.start);
    out += id + "\t" + std::string(TypeName(e.type)) + " " + Pieces(d.text, e) + "\t" + OneLine(words) + "\n";
    std::string about = e.normal;
    if (!e.kind.empty()) about += " (" + e.kind + ")";
    if (!e.gazetteer.empty()) about += " " + e.gazetteer;
    if (!about.empty()) out += "#" + std::to_string(++note) + "\tAnnotatorNotes " + id + "\t" + OneLine(about) + "\n";
  }
  for (const DocumentEntity& e : d.document_entities) {
    if (e.mentions.size() < 2) continue;
    out += "*\tEquiv";
    for (const int m : e.mentions) out += " T" + std::to_string(m + 1);
    out += "\n";
  }
  // brat's relations join mentions: the first ones of their document entities stand for them.
  const auto mention = [&d](int entity) { return d.document_entities[static_cast<std::size_t>(entity)].mentions.front() + 1; };
  for (const Relation& r : d.relations) {
    if (r.subject < 0 || r.object < 0) continue;
    const std::string id = "R" + std::to_string(++relation);
    out += id + "\t" + r.type + " Arg1:T" + std::to_string(mention(r.subject)) + " Arg2:T" + std::to_string(mention(r.object)) + "\n";
    if (!r.role.empty()) out += "#" + std::to_string(++note) + "\tAnnotatorNotes " + id + "\t" + OneLine(r.role) + "\n";
  }
  return out;
}

}  // namespace atau
