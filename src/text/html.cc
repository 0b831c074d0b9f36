// HTML to text: what a reader of the page would see, with line breaks where blocks part.
#include <algorithm>
#include <array>
#include <cstring>

#include "text/html_entities.h"
#include "text/stages.h"
#include "text/utf8.h"

namespace atau::text {
namespace {

constexpr std::size_t kNone = std::string_view::npos;

bool IsAsciiLetter(char c) { return static_cast<unsigned char>((c | 0x20) - 'a') < 26; }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsBlank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f'; }

// How far a tag (or a blank) parts the text around it.
enum Break : int { kNoBreak, kBlank, kLine, kParagraph };

struct Element {
  std::string_view name;
  Break breaks;
};
// Sorted. Elements that are not here stand inside a line.
constexpr Element kElements[] = {
    {"address", kParagraph}, {"article", kParagraph}, {"aside", kParagraph},  {"blockquote", kParagraph},
    {"body", kParagraph},    {"button", kLine},       {"caption", kLine},     {"center", kLine},
    {"dd", kLine},           {"details", kParagraph}, {"dialog", kParagraph}, {"dir", kParagraph},
    {"div", kLine},          {"dl", kParagraph},      {"dt", kLine},          {"fieldset", kParagraph},
    {"figcaption", kLine},   {"figure", kParagraph},  {"footer", kParagraph}, {"form", kParagraph},
    {"h1", kParagraph},      {"h2", kParagraph},      {"h3", kParagraph},     {"h4", kParagraph},
    {"h5", kParagraph},      {"h6", kParagraph},      {"head", kParagraph},   {"header", kParagraph},
    {"hr", kParagraph},      {"html", kParagraph},    {"iframe", kLine},      {"legend", kLine},
    {"li", kLine},           {"main", kParagraph},    {"menu", kParagraph},   {"nav", kParagraph},
    {"ol", kParagraph},      {"optgroup", kLine},     {"option", kLine},      {"p", kParagraph},
    {"pre", kParagraph},     {"section", kParagraph}, {"select", kLine},      {"summary", kLine},
    {"table", kParagraph},   {"tbody", kLine},        {"td", kLine},          {"textarea", kLine},
    {"tfoot", kLine},        {"th", kLine},           {"thead", kLine},       {"title", kParagraph},
    {"tr", kLine},           {"ul", kParagraph},
};
static_assert(std::is_sorted(std::begin(kElements), std::end(kElements),
                             [](const Element& a, const Element& b) { return a.name < b.name; }));
// Elements whose content is not text of the page.
constexpr std::string_view kHidden[] = {"noscript", "script", "style", "template"};

Break BreakOf(std::string_view name) {
  const auto* e =
      std::lower_bound(std::begin(kElements), std::end(kElements), name, [](const Element& a, std::string_view n) { return a.name < n; });
  return e != std::end(kElements) && e->name == name ? e->breaks : kNoBreak;
}

// What numeric references to the C1 range mean on the web: windows-1252.
constexpr std::array<char16_t, 32> kWindows1252 = {0x20AC, 0x81,   0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
                                                   0x2039, 0x0152, 0x8D,   0x017D, 0x8F,   0x90,   0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
                                                   0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D,   0x017E, 0x0178};

class HtmlReducer {
 public:
  HtmlReducer(std::string_view in, Editor* editor) : in_(in), editor_(editor) {
    // Known beforehand, so that a search that cannot succeed is never made: this keeps hostile pages linear.
    last_gt_ = in.rfind('>');
    last_quote_[0] = in.rfind('"');
    last_quote_[1] = in.rfind('\'');
    last_comment_end_ = in.rfind("-->");
    last_cdata_end_ = in.rfind("]]>");
  }

  void Run() {
    std::size_t p = 0;
    while (p < in_.size()) {
      const char c = in_[p];
      if (c == '<') {
        const std::size_t after = Markup(p);
        if (after != kNone) {
          p = after;
          continue;
        }
        Text();
        ++p;
      } else if (c == '&') {
        p = Reference(p);
      } else if (IsBlank(c)) {
        const bool line_end = preformatted_ > 0 && c == '\n';
        Gap(p, p + 1, line_end ? kLine : kBlank);
        if (line_end) LineBreak();
        ++p;
      } else {
        while (p < in_.size() && in_[p] != '<' && in_[p] != '&' && !IsBlank(in_[p])) ++p;
        Text();
      }
    }
    // Blanks and tags behind the last text go.
    if (gap_begin_ != kNone) editor_->Replace(RepairKind::kHtml, gap_begin_, gap_end_, "");
  }

 private:
  // Tags and blanks that follow one another are one gap, written when text follows it.
  void Gap(std::size_t begin, std::size_t end, Break breaks) {
    if (gap_begin_ == kNone) {
      gap_begin_ = begin;
      gap_break_ = kNoBreak;
      line_breaks_ = 0;
    }
    gap_end_ = end;
    gap_break_ = std::max(gap_break_, breaks);
  }
  void LineBreak() {
    if (++line_breaks_ >= 2) gap_break_ = kParagraph;
  }
  void FlushGap() {
    if (gap_begin_ == kNone) return;
    constexpr std::string_view kBreaks[] = {"", " ", "\n", "\n\n"};
    editor_->Replace(RepairKind::kHtml, gap_begin_, gap_end_, any_text_ ? kBreaks[gap_break_] : "");
    gap_begin_ = kNone;
  }
  void Text() {
    FlushGap();
    any_text_ = true;
  }

  // The end of the markup that starts at `p` (a «<»), or kNone where it is only a sign.
  std::size_t Markup(std::size_t p) {
    if (p + 1 >= in_.size()) return kNone;
    const char c = in_[p + 1];
    if (c == '!') return Declaration(p);
    if (c == '?') return ToSign(p);
    if (!IsAsciiLetter(c) && !(c == '/' && p + 2 < in_.size() && IsAsciiLetter(in_[p + 2]))) return kNone;
    const bool closing = c == '/';
    char name[16];
    std::size_t length = 0, q = p + 1 + closing;
    for (; q < in_.size() && (IsAsciiLetter(in_[q]) || IsDigit(in_[q])); ++q) {
      if (length < sizeof name) name[length] = static_cast<char>(IsAsciiLetter(in_[q]) ? in_[q] | 0x20 : in_[q]);
      ++length;
    }
    const std::size_t end = TagEnd(q);
    if (end == kNone) return kNone;
    const std::string_view tag = length <= sizeof name ? std::string_view(name, length) : std::string_view();
    std::size_t after = end;
    if (!closing && in_[end - 2] != '/') after = HiddenEnd(tag, end);
    if (tag == "br") {
      Gap(p, after, kLine);
      LineBreak();
    } else {
      Gap(p, after, BreakOf(tag));
      if (tag == "pre" || tag == "textarea") preformatted_ = std::max(0, preformatted_ + (closing ? -1 : 1));
    }
    return after;
  }

  // Behind the «>» that ends the tag whose name ends at `p`; quotes after an equals sign hide it.
  std::size_t TagEnd(std::size_t p) {
    if (last_gt_ == kNone || last_gt_ < p) return kNone;
    if (quotes_matter_) {
      bool equals = false;
      for (std::size_t q = p; q < in_.size(); ++q) {
        const char c = in_[q];
        if (c == '>') return q + 1;
        if ((c == '"' || c == '\'') && equals) {
          const std::size_t last = last_quote_[c == '\''];
          if (last > q) q = in_.find(c, q + 1);
          equals = false;
        } else if (c == '=') {
          equals = true;
        } else if (!IsBlank(c)) {
          equals = false;
        }
      }
      // The tag ran over the end of the page: its quotes are broken. From here on they are ordinary signs.
      quotes_matter_ = false;
    }
    const std::size_t q = in_.find('>', p);
    return q == kNone ? kNone : q + 1;
  }

  std::size_t ToSign(std::size_t p) {
    if (last_gt_ == kNone || last_gt_ < p) return kNone;
    const std::size_t end = in_.find('>', p) + 1;
    Gap(p, end, kNoBreak);
    return end;
  }

  std::size_t Declaration(std::size_t p) {
    if (in_.substr(p, 4) == "<!--") {
      if (last_comment_end_ == kNone || last_comment_end_ < p + 2) return ToSign(p);
      // «<!-->» is a whole comment.
      const std::size_t end = in_.find("-->", p + 2) + 3;
      Gap(p, end, kNoBreak);
      return end;
    }
    if (in_.substr(p, 9) == "<![CDATA[") {
      if (last_cdata_end_ == kNone || last_cdata_end_ < p + 9) return ToSign(p);
      const std::size_t end = in_.find("]]>", p + 9);
      Gap(p, p + 9, kNoBreak);
      for (std::size_t q = p + 9; q < end; ++q) {
        if (IsBlank(in_[q])) {
          Gap(q, q + 1, kBlank);
        } else {
          Text();
        }
      }
      Gap(end, end + 3, kNoBreak);
      return end + 3;
    }
    return ToSign(p);
  }

  // Behind the end tag of a hidden element whose start tag ends at `p`; `p` for other elements, or where it is never closed.
  std::size_t HiddenEnd(std::string_view tag, std::size_t p) {
    const auto* hidden = std::find(std::begin(kHidden), std::end(kHidden), tag);
    if (hidden == std::end(kHidden)) return p;
    bool& never = never_closed_[hidden - std::begin(kHidden)];
    if (never) return p;
    for (std::size_t q = in_.find("</", p); q != kNone; q = in_.find("</", q + 2)) {
      if (q + 2 + tag.size() > in_.size()) break;
      bool same = true;
      for (std::size_t i = 0; same && i < tag.size(); ++i) same = (in_[q + 2 + i] | 0x20) == tag[i];
      if (!same) continue;
      const std::size_t end = in_.find('>', q);
      return end == kNone ? in_.size() : end + 1;
    }
    never = true;
    return p;
  }

  // A character reference at `p` (an «&»); returns its end, or p + 1 where it is only a sign.
  std::size_t Reference(std::size_t p) {
    std::size_t q = p + 1;
    char32_t code = 0;
    if (q < in_.size() && in_[q] == '#') {
      ++q;
      const bool hex = q < in_.size() && (in_[q] | 0x20) == 'x';
      if (hex) ++q;
      const std::size_t digits = q;
      for (; q < in_.size(); ++q) {
        const char c = in_[q];
        const int digit = IsDigit(c) ? c - '0' : hex && (c | 0x20) >= 'a' && (c | 0x20) <= 'f' ? (c | 0x20) - 'a' + 10 : -1;
        if (digit < 0) break;
        code = std::min<char32_t>(code * (hex ? 16 : 10) + static_cast<char32_t>(digit), 0x110000);
      }
      if (q == digits) return Sign(p);
      if (code >= 0x80 && code < 0xA0) code = kWindows1252[code - 0x80];
      if (code == 0 || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) code = kReplacement;
      if (q < in_.size() && in_[q] == ';') ++q;
    } else {
      while (q < in_.size() && q - p <= 32 && (IsAsciiLetter(in_[q]) || IsDigit(in_[q]))) ++q;
      const std::string_view name = in_.substr(p + 1, q - p - 1);
      const bool closed = q < in_.size() && in_[q] == ';';
      const auto* e = std::lower_bound(std::begin(kHtmlEntities), std::end(kHtmlEntities), name,
                                       [](const HtmlEntity& a, std::string_view n) { return a.name < n; });
      if (e == std::end(kHtmlEntities) || e->name != name || (!closed && (!e->bare || (q < in_.size() && in_[q] == '=')))) return Sign(p);
      code = e->code;
      if (closed) ++q;
    }
    if (code == ' ' || code == '\t' || code == '\n' || code == '\r') {
      Gap(p, q, kBlank);
      return q;
    }
    Text();
    one_.clear();
    Append(code, &one_);
    editor_->Replace(RepairKind::kHtml, p, q, one_);
    return q;
  }
  std::size_t Sign(std::size_t p) {
    Text();
    return p + 1;
  }

  const std::string_view in_;
  Editor* editor_;
  std::size_t gap_begin_ = kNone, gap_end_ = 0;
  Break gap_break_ = kNoBreak;
  int line_breaks_ = 0;
  int preformatted_ = 0;
  bool any_text_ = false;
  bool quotes_matter_ = true;
  bool never_closed_[std::size(kHidden)] = {};
  std::size_t last_gt_, last_quote_[2], last_comment_end_, last_cdata_end_;
  std::string one_;
};

}  // namespace

bool ReduceHtml(std::string_view in, std::string* out, std::vector<Change>* changes) {
  Editor editor(in, out, changes);
  HtmlReducer(in, &editor).Run();
  return editor.Finish();
}

}  // namespace atau::text
