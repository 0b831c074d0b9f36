#include <algorithm>
#include <string_view>

#include "cli/cli.h"
#include "cli/files.h"
#include "cli/gold.h"
#include "cli/jsonl.h"
#include "text/utf8.h"

namespace atau::cli {
namespace {

struct Tag {
  char place = 'O';  // of BIOES: B, I, E, S, or O
  std::string type;
};

// "B-PER", "PER" (IO), "O" or "_". False for anything else.
bool ReadTag(const std::string& tag, Tag* out) {
  *out = {};
  if (tag == "O" || tag == "_" || tag.empty()) return !tag.empty();
  if (tag.size() > 2 && (tag[1] == '-' || tag[1] == '_') && std::string_view("BIESLU").find(tag[0]) != std::string_view::npos) {
    out->place = tag[0] == 'L' ? 'E' : tag[0] == 'U' ? 'S' : tag[0];
    out->type = tag.substr(2);
    return true;
  }
  out->place = 'I';
  out->type = tag;
  return std::all_of(tag.begin(), tag.end(),
                     [](char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' || c == '-'; });
}

// Joins tokens to a text again: blanks between them, but not before signs that end something or after signs that begin it.
class TextMaker {
 public:
  // The code points that the token takes.
  Point Add(const std::string& token, std::u32string* text) {
    const std::u32string points = ToPoints(token);
    constexpr std::u32string_view kEnding = U".,:;!?…)]}»”%", kBeginning = U"([{«„“№";
    const bool ends = points.size() == 1 && kEnding.find(points[0]) != std::u32string_view::npos;
    const bool straight = points == U"\"";
    const bool closes = straight && quoted_;
    if (straight) quoted_ = !quoted_;
    if (!text->empty() && text->back() != '\n' && !glue_ && !ends && !closes) *text += ' ';
    const std::size_t start = text->size();
    *text += points;
    glue_ = (points.size() == 1 && kBeginning.find(points[0]) != std::u32string_view::npos) || (straight && quoted_);
    return {start, text->size()};
  }
  void EndSentence(std::u32string* text) {
    if (!text->empty() && text->back() != '\n') *text += '\n';
    glue_ = quoted_ = false;
  }

 private:
  bool glue_ = false, quoted_ = false;
};

}  // namespace

bool ReadConllGold(const std::string& file, std::vector<GoldDocument>* out) {
  std::string content;
  if (!ReadFile(file, &content)) return false;
  if (content.starts_with("\xEF\xBB\xBF")) content.erase(0, 3);
  GoldDocument d;
  TextMaker maker;
  GoldMention* open = nullptr;
  std::string open_type;
  std::size_t number = 0, at = 0, documents = 0;
  const auto finish = [&] {
    maker.EndSentence(&d.points);
    open = nullptr;
    if (!d.points.empty()) {
      d.id = JsonString(file + "#" + std::to_string(++documents));
      for (const char32_t c : d.points) text::Append(c, &d.text);
      out->push_back(std::move(d));
    }
    d = {};
  };
  std::string line;
  while (NextLine(content, &at, &line)) {
    ++number;
    const std::size_t last = line.find_last_not_of(" \t");
    if (last == std::string::npos) {
      maker.EndSentence(&d.points);
      open = nullptr;
      continue;
    }
    line.resize(last + 1);
    if (line.starts_with("-DOCSTART-") || line.starts_with("# newdoc")) {
      finish();
      continue;
    }
    // Columns are parted by tabs, or else by blanks.
    const char* signs = line.find('\t') != std::string::npos ? "\t" : " ";
    const std::size_t first = line.find_first_of(signs), tag_at = line.find_last_of(signs);
    if (line.starts_with("# ") && signs[0] == ' ' && line.find(" = ") != std::string::npos) continue;
    Tag tag;
    if (first == std::string::npos || !ReadTag(line.substr(tag_at + 1), &tag)) {
      Complain(file + ":" + std::to_string(number) + ": " + T("a line is a token and, last, its tag such as B-PER or O"));
      return false;
    }
    const Point span = maker.Add(line.substr(0, first), &d.points);
    if (tag.place == 'O') {
      open = nullptr;
    } else if (open != nullptr && open_type == tag.type && (tag.place == 'I' || tag.place == 'E')) {
      open->span.second = span.second;
      if (tag.place == 'E') open = nullptr;
    } else {
      GoldMention mention;
      mention.span = span;
      mention.type = GoldType(tag.type);
      d.mentions.push_back(mention);
      open = tag.place == 'S' ? nullptr : &d.mentions.back();
      open_type = tag.type;
    }
  }
  finish();
  return true;
}

}  // namespace atau::cli
