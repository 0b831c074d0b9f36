#include <atau/document.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "document/draft.h"
#include "text/buffer.h"
#include "text/json_plain.h"

namespace atau {
namespace {

constexpr std::size_t kBad = 0xFFFFFFFF;

// The length of the well-formed UTF-8 sequence at `i`, or kBad.
std::size_t SequenceAt(std::string_view s, std::size_t i) {
  const auto at = [&](std::size_t k) -> unsigned { return k < s.size() ? static_cast<unsigned char>(s[k]) : 0u; };
  const unsigned c = at(i);
  const auto tail = [&](std::size_t k) { return (at(k) & 0xC0) == 0x80; };
  if (c < 0x80) return 1;
  if (c >= 0xC2 && c <= 0xDF) return tail(i + 1) ? 2 : kBad;
  if (c >= 0xE0 && c <= 0xEF) {
    if (!tail(i + 1) || !tail(i + 2)) return kBad;
    if ((c == 0xE0 && at(i + 1) < 0xA0) || (c == 0xED && at(i + 1) > 0x9F)) return kBad;
    return 3;
  }
  if (c >= 0xF0 && c <= 0xF4) {
    if (!tail(i + 1) || !tail(i + 2) || !tail(i + 3)) return kBad;
    if ((c == 0xF0 && at(i + 1) < 0x90) || (c == 0xF4 && at(i + 1) > 0x8F)) return kBad;
    return 4;
  }
  return kBad;
}

// Scores are floats as a rule, so that a hundred times one is exact in a double, and rounding that gives the same digits as the slow way.
constexpr double kLargestQuick = 1e6;

// Writes behind what a buffer holds. Each write asks for the room that it may need at most, and then only moves a pointer; the buffer knows
// of it after Finish().
class Writer {
 public:
  Writer(text::Buffer* out, std::size_t expected) : out_(*out), at_(out->Room(0)) { Grow(expected); }

  // A JSON string; what is no UTF-8 becomes U+FFFD.
  void String(std::string_view s) {
    constexpr std::size_t kAtOnce = 16;  // bytes that CopyJsonPlain writes
    char* p = Room(s.size() * kLongestEscape + 2 + kAtOnce);
    *p++ = '"';
    const char* const end = s.data() + s.size();
    for (const char* q = s.data(); q < end;) {
      const std::size_t n = text::CopyJsonPlain(q, static_cast<std::size_t>(end - q), p);
      p += n, q += n;
      if (n < kAtOnce - 1 && q < end) p = Character(s, &q, p);
    }
    *p++ = '"';
    Done(p);
  }
  void Key(std::string_view key) {
    String(key);
    Raw(":");
  }
  void Integer(long long x) {
    char* p = Room(kLongestInteger);
    Done(std::to_chars(p, p + kLongestInteger, x).ptr);
  }
  // Two decimals are what a person can compare; the same everywhere.
  void Number(double x) {
    const double hundred = x * 100;
    if (std::abs(x) < kLargestQuick && static_cast<double>(static_cast<float>(x)) == x) {
      const auto rounded = static_cast<long long>(std::nearbyint(hundred));
      char* p = Room(kLongestInteger);
      if (rounded < 0) *p++ = '-';
      const long long whole = std::abs(rounded) / 100, rest = std::abs(rounded) % 100;
      p = std::to_chars(p, p + kLongestInteger - 1, whole).ptr;
      *p++ = '.';
      *p++ = static_cast<char>('0' + rest / 10);
      *p++ = static_cast<char>('0' + rest % 10);
      Done(p);
      return;
    }
    std::array<char, 328> text;  // the longest double
    const char* end = std::to_chars(text.data(), text.data() + text.size(), x, std::chars_format::fixed, 2).ptr;
    const std::string_view v(text.data(), static_cast<std::size_t>(end - text.data()));
    Raw(v == "-0.00" ? "0.00" : v);
  }
  // JSON as it stands.
  void Raw(std::string_view s) {
    char* p = Room(s.size());
    std::memcpy(p, s.data(), s.size());
    Done(p + s.size());
  }
  template <std::size_t n>
  void Raw(const char (&literal)[n]) {
    char* const p = Room(n - 1);
    std::memcpy(p, literal, n - 1);
    Done(p + n - 1);
  }
  // What was written from `begin` to `end` (see Size), once more.
  void Again(std::size_t begin, std::size_t end) {
    char* p = Room(end - begin);
    Done(std::copy_n(first_ + begin, end - begin, p));
  }
  std::size_t Size() const { return static_cast<std::size_t>(at_ - first_); }
  void Finish() { out_.End(at_); }

 private:
  static constexpr std::size_t kLongestEscape = 6;  // "\u001f"
  static constexpr std::size_t kLongestInteger = 24;
  static constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

  // Writes the character of `s` at `q`, and moves behind both.
  static char* Character(std::string_view s, const char** q, char* p) {
    const auto c = static_cast<unsigned char>(**q);
    if (c < 0x80) {
      ++*q;
      if (c < 0x20 || c == '"' || c == '\\') return Escape(c, p);
      *p = static_cast<char>(c);
      return p + 1;
    }
    const std::size_t n = SequenceAt(s, static_cast<std::size_t>(*q - s.data()));
    if (n == kBad) {
      ++*q;
      return std::copy_n(kReplacement.data(), kReplacement.size(), p);
    }
    p = std::copy_n(*q, n, p);
    *q += n;
    return p;
  }
  static char* Escape(unsigned char c, char* p) {
    *p++ = '\\';
    switch (c) {
      case '"':
      case '\\':
        *p++ = static_cast<char>(c);
        return p;
      case '\n':
        *p++ = 'n';
        return p;
      case '\t':
        *p++ = 't';
        return p;
      case '\r':
        *p++ = 'r';
        return p;
      default:
        constexpr std::string_view kHex = "0123456789abcdef";
        p = std::copy_n("u00", 3, p);
        *p++ = kHex[c >> 4];
        *p++ = kHex[c & 15];
        return p;
    }
  }
  char* Room(std::size_t bytes) {
    if (static_cast<std::size_t>(end_ - at_) < bytes) Grow(bytes);
    return at_;
  }
  void Grow(std::size_t bytes) {
    out_.End(at_);
    at_ = out_.Room(bytes);
    first_ = at_ - out_.size();
    end_ = first_ + out_.Most();
  }
  void Done(char* end) { at_ = end; }

  text::Buffer& out_;
  char* at_;               // where the next byte goes
  char* first_ = nullptr;  // of the buffer
  char* end_ = nullptr;    // of its memory
};

// Whether two entities have the same members, but for the parent.
bool Same(const Entity& x, const Entity& y) {
  return x.code_points == y.code_points && x.type == y.type && x.entity == y.entity && x.score == y.score && x.kind == y.kind &&
         x.text == y.text && x.normal == y.normal && x.slots == y.slots && x.gazetteer == y.gazetteer && x.rule == y.rule;
}

// What follows writes documents and drafts, whose members have the same names.

// The id of a document entity; that of a draft needs no escapes.
void WriteId(const DocumentEntity& e, Writer* w) { w->String(e.id); }
void WriteId(const document::DocumentEntityDraft& e, Writer* w) {
  w->Raw("\"");
  w->Raw(e.id);
  w->Raw("\"");
}

// All members but the parent, and no closing brace.
template <class D, class E>
void WriteEntity(const D& d, const E& e, Writer* w) {
  w->Raw("{\"start\":");
  w->Integer(static_cast<long long>(e.code_points.start));
  w->Raw(",\"end\":");
  w->Integer(static_cast<long long>(e.code_points.end));
  w->Raw(",\"type\":\"");
  w->Raw(TypeName(e.type));  // which needs no escapes
  w->Raw("\",\"kind\":");
  w->String(e.kind);
  w->Raw(",\"text\":");
  w->String(e.text);
  w->Raw(",\"normal\":");
  w->String(e.normal);
  w->Raw(",\"slots\":{");
  for (std::size_t i = 0; i < e.slots.size(); ++i) {
    if (i > 0) w->Raw(",");
    const auto& [key, value] = e.slots[i];
    w->Key(key);
    w->String(value);
  }
  w->Raw("},\"entity\":");
  if (e.entity < 0) {
    w->Raw("null");
  } else {
    WriteId(d.document_entities[static_cast<std::size_t>(e.entity)], w);
  }
  w->Raw(",\"gazetteer\":");
  if (e.gazetteer.empty()) {
    w->Raw("null");
  } else {
    w->String(e.gazetteer);
  }
  w->Raw(",\"score\":");
  w->Number(e.score);
  w->Raw(",\"rule\":");
  w->String(e.rule);
}

// Which of the flat view's mentions one of the nested view is again, -1 where it is none. Called in the order of the nested view; `flat` is
// kept between the calls.
int FlatOf(const Document& d, const Entity& e, std::size_t* flat) {
  while (*flat < d.entities.size() && d.entities[*flat].code_points.start < e.code_points.start) ++*flat;
  return *flat < d.entities.size() && Same(d.entities[*flat], e) ? static_cast<int>(*flat) : -1;
}
int FlatOf(const document::Draft&, const document::EntityDraft& e, std::size_t*) { return e.flat; }

template <class D>
void Append(const D& d, std::string_view id, text::Buffer* out) {
  constexpr std::size_t kEntity = 384, kOther = 192;  // bytes of most; the rest grows
  Writer w(out, (d.entities.size() + d.nested.size()) * kEntity + (d.document_entities.size() + d.relations.size()) * kOther + 128);
  w.Raw("{");
  if (!id.empty()) {
    w.Raw("\"id\":");
    w.String(id);
    w.Raw(",");
  }
  std::vector<std::pair<std::size_t, std::size_t>> written;  // where the members of each stand
  written.reserve(d.entities.size());
  w.Raw("\"entities\":[");
  for (std::size_t i = 0; i < d.entities.size(); ++i) {
    if (i > 0) w.Raw(",");
    const std::size_t begin = w.Size();
    WriteEntity(d, d.entities[i], &w);
    written.emplace_back(begin, w.Size());
    w.Raw("}");
  }
  w.Raw("],\"nested\":[");
  std::size_t flat = 0;
  for (std::size_t i = 0; i < d.nested.size(); ++i) {
    const auto& e = d.nested[i];
    if (i > 0) w.Raw(",");
    // Most are those of the flat view again.
    if (const int same = FlatOf(d, e, &flat); same >= 0) {
      w.Again(written[static_cast<std::size_t>(same)].first, written[static_cast<std::size_t>(same)].second);
    } else {
      WriteEntity(d, e, &w);
    }
    w.Raw(",\"parent\":");
    if (e.parent < 0) {
      w.Raw("null");
    } else {
      w.Integer(e.parent);
    }
    w.Raw("}");
  }
  w.Raw("],\"document_entities\":[");
  for (std::size_t i = 0; i < d.document_entities.size(); ++i) {
    const auto& e = d.document_entities[i];
    if (i > 0) w.Raw(",");
    w.Raw("{\"id\":");
    WriteId(e, &w);
    w.Raw(",\"type\":\"");
    w.Raw(TypeName(e.type));
    w.Raw("\",\"normal\":");
    w.String(e.normal);
    w.Raw(",\"gazetteer\":");
    if (e.gazetteer.empty()) {
      w.Raw("null");
    } else {
      w.String(e.gazetteer);
    }
    w.Raw(",\"mentions\":[");
    for (std::size_t m = 0; m < e.mentions.size(); ++m) {
      if (m > 0) w.Raw(",");
      w.Integer(e.mentions[m]);
    }
    w.Raw("]}");
  }
  w.Raw("],\"relations\":[");
  for (std::size_t i = 0; i < d.relations.size(); ++i) {
    const auto& r = d.relations[i];
    if (i > 0) w.Raw(",");
    w.Raw("{\"type\":");
    w.String(r.type);
    const auto entity = [&](int index) {
      if (index < 0) {
        w.Raw("null");
      } else {
        WriteId(d.document_entities[static_cast<std::size_t>(index)], &w);
      }
    };
    w.Raw(",\"subject\":");
    entity(r.subject);
    w.Raw(",\"role\":");
    w.String(r.role);
    w.Raw(",\"object\":");
    entity(r.object);
    w.Raw(",\"start\":");
    w.Integer(static_cast<long long>(r.code_points.start));
    w.Raw(",\"end\":");
    w.Integer(static_cast<long long>(r.code_points.end));
    w.Raw("}");
  }
  w.Raw("]}");
  w.Finish();
}

}  // namespace

std::string ToJson(const Document& document, std::string_view id) {
  std::string out;
  AppendJson(document, id, &out);
  return out;
}

void AppendJson(const Document& document, std::string_view id, std::string* out) {
  text::Buffer buffer(std::move(*out));
  Append(document, id, &buffer);
  *out = buffer.Take();
}

void document::AppendJson(const Draft& draft, std::string_view id, text::Buffer* out) { Append(draft, id, out); }

}  // namespace atau
