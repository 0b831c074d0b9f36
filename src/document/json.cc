#include <atau/document.h>

#include <array>
#include <charconv>
#include <cstdio>
#include <string>

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

class Writer {
 public:
  void String(std::string_view s) {
    out_ += '"';
    std::size_t plain = 0;
    for (std::size_t i = 0; i < s.size();) {
      const auto c = static_cast<unsigned char>(s[i]);
      if (c >= 0x20 && c != '"' && c != '\\' && c < 0x80) {
        ++i;
        continue;
      }
      if (c >= 0xC2 && c <= 0xDF && i + 1 < s.size() && (static_cast<unsigned char>(s[i + 1]) & 0xC0) == 0x80) {  // most letters
        i += 2;
        continue;
      }
      if (c >= 0x80) {
        const std::size_t n = SequenceAt(s, i);
        if (n != kBad) {
          i += n;
          continue;
        }
      }
      out_.append(s.substr(plain, i - plain));
      switch (c) {
        case '"':
          out_ += "\\\"";
          break;
        case '\\':
          out_ += "\\\\";
          break;
        case '\n':
          out_ += "\\n";
          break;
        case '\t':
          out_ += "\\t";
          break;
        case '\r':
          out_ += "\\r";
          break;
        default:
          if (c >= 0x80) {
            out_ += "\xEF\xBF\xBD";  // JSON is UTF-8: what is no UTF-8 becomes U+FFFD
          } else {
            std::array<char, 8> text;
            std::snprintf(text.data(), text.size(), "\\u%04x", c);
            out_ += text.data();
          }
      }
      plain = ++i;
    }
    out_.append(s.substr(plain));
    out_ += '"';
  }
  void Key(std::string_view key) {
    String(key);
    out_ += ':';
  }
  void Integer(long long x) {
    std::array<char, 24> text;
    out_.append(text.data(), std::to_chars(text.data(), text.data() + text.size(), x).ptr);
  }
  // Two decimals are what a person can compare; the same everywhere.
  void Number(double x) {
    std::array<char, 328> text;  // the longest double
    const char* end = std::to_chars(text.data(), text.data() + text.size(), x, std::chars_format::fixed, 2).ptr;
    const std::string_view v(text.data(), static_cast<std::size_t>(end - text.data()));
    out_ += v == "-0.00" ? "0.00" : v;
  }
  void Raw(std::string_view s) { out_ += s; }
  void Reserve(std::size_t size) { out_.reserve(size); }
  std::string Take() { return std::move(out_); }

 private:
  std::string out_;
};

void WriteEntity(const Document& d, const Entity& e, bool nested, Writer* w) {
  w->Raw("{\"start\":");
  w->Integer(static_cast<long long>(e.code_points.start));
  w->Raw(",\"end\":");
  w->Integer(static_cast<long long>(e.code_points.end));
  w->Raw(",\"type\":");
  w->String(TypeName(e.type));
  w->Raw(",\"kind\":");
  w->String(e.kind);
  w->Raw(",\"text\":");
  w->String(e.text);
  w->Raw(",\"normal\":");
  w->String(e.normal);
  w->Raw(",\"slots\":{");
  for (std::size_t i = 0; i < e.slots.size(); ++i) {
    if (i > 0) w->Raw(",");
    w->Key(e.slots[i].first);
    w->String(e.slots[i].second);
  }
  w->Raw("},\"entity\":");
  if (e.entity < 0) {
    w->Raw("null");
  } else {
    w->String(d.document_entities[static_cast<std::size_t>(e.entity)].id);
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
  if (nested) {
    w->Raw(",\"parent\":");
    if (e.parent < 0) {
      w->Raw("null");
    } else {
      w->Integer(e.parent);
    }
  }
  w->Raw("}");
}

}  // namespace

std::string ToJson(const Document& d, std::string_view id) {
  constexpr std::size_t kEntity = 384, kOther = 192;  // bytes of most; the rest grows
  Writer w;
  w.Reserve((d.entities.size() + d.nested.size()) * kEntity + (d.document_entities.size() + d.relations.size()) * kOther + 128);
  w.Raw("{");
  if (!id.empty()) {
    w.Key("id");
    w.String(id);
    w.Raw(",");
  }
  w.Raw("\"entities\":[");
  for (std::size_t i = 0; i < d.entities.size(); ++i) {
    if (i > 0) w.Raw(",");
    WriteEntity(d, d.entities[i], false, &w);
  }
  w.Raw("],\"nested\":[");
  for (std::size_t i = 0; i < d.nested.size(); ++i) {
    if (i > 0) w.Raw(",");
    WriteEntity(d, d.nested[i], true, &w);
  }
  w.Raw("],\"document_entities\":[");
  for (std::size_t i = 0; i < d.document_entities.size(); ++i) {
    const DocumentEntity& e = d.document_entities[i];
    if (i > 0) w.Raw(",");
    w.Raw("{\"id\":");
    w.String(e.id);
    w.Raw(",\"type\":");
    w.String(TypeName(e.type));
    w.Raw(",\"normal\":");
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
    const Relation& r = d.relations[i];
    if (i > 0) w.Raw(",");
    w.Raw("{\"type\":");
    w.String(r.type);
    const auto entity = [&](std::string_view key, int index) {
      w.Raw(",");
      w.Key(key);
      if (index < 0) {
        w.Raw("null");
      } else {
        w.String(d.document_entities[static_cast<std::size_t>(index)].id);
      }
    };
    entity("subject", r.subject);
    w.Raw(",\"role\":");
    w.String(r.role);
    entity("object", r.object);
    w.Raw(",\"start\":");
    w.Integer(static_cast<long long>(r.code_points.start));
    w.Raw(",\"end\":");
    w.Integer(static_cast<long long>(r.code_points.end));
    w.Raw("}");
  }
  w.Raw("]}");
  return w.Take();
}

}  // namespace atau
