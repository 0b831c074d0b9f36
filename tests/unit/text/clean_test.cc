// The clean view: what is repaired, what is left alone, and where its bytes come from.
#include "text/clean.h"

#include <doctest/doctest.h>
#include <unicode/normalizer2.h>
#include <unicode/unistr.h>

#include <random>
#include <set>
#include <string>

#include "text/letters.h"
#include "text/utf8.h"

namespace {

using atau::text::Change;
using atau::text::CleanOptions;
using atau::text::CleanText;
using atau::text::RepairKind;

constexpr std::uint32_t Bit(RepairKind kind) { return 1u << static_cast<int>(kind); }
constexpr std::uint32_t kAll = 0xFF;

std::string Clean(std::string_view text, CleanOptions options = {}) {
  CleanText clean;
  clean.Assign(text, options);
  return std::string(clean.view());
}

// Everything that must hold for every text: the changes rebuild the view, and every offset maps into the original, in order.
void CheckAlignment(std::string_view text, const CleanOptions& options) {
  CleanText clean;
  clean.Assign(text, options);
  const std::string_view view = clean.view();
  std::size_t original = 0, at = 0;
  for (const Change& c : clean.changes()) {
    REQUIRE(c.begin >= original);
    REQUIRE(c.begin < c.end);
    REQUIRE(c.end <= text.size());
    REQUIRE(c.clean_end <= view.size());
    REQUIRE(c.begin - original == c.clean_begin - at);
    REQUIRE(text.substr(original, c.begin - original) == view.substr(at, c.clean_begin - at));
    original = c.end;
    at = c.clean_end;
  }
  REQUIRE(text.substr(original) == view.substr(at));
  std::size_t last_begin = 0, last_end = 0;
  for (std::size_t k = 0; k < view.size();) {
    std::size_t size = 0;
    REQUIRE(atau::text::Decode(view.data() + k, view.data() + view.size(), &size) != atau::text::kInvalid);
    const std::size_t begin = clean.OriginalBegin(k);
    const std::size_t end = clean.OriginalEnd(k + size);
    REQUIRE(begin < end);
    REQUIRE(end <= text.size());
    REQUIRE(begin >= last_begin);
    REQUIRE(end >= last_end);
    REQUIRE(clean.CleanOffset(begin) <= k);
    last_begin = begin;
    last_end = end;
    k += size;
  }
  std::size_t last = 0;
  for (std::size_t k = 0; k <= text.size(); ++k) {
    REQUIRE(clean.CleanOffset(k) >= last);
    last = clean.CleanOffset(k);
  }
  REQUIRE(last <= view.size());
}

struct Case {
  const char* text;
  const char* clean;
};

void CheckCases(std::initializer_list<Case> cases, const CleanOptions& options = {}) {
  for (const Case& c : cases) {
    CAPTURE(c.text);
    CHECK(Clean(c.text, options) == c.clean);
    CheckAlignment(c.text, options);
  }
}

TEST_CASE("clean text is left where it is") {
  const std::string text = "Президент Казахстана — Касым-Жомарт Токаев.\r\n\tAstana, «Байтерек» № 5 … 25 °C, ҚазМұнайГаз, café";
  CleanText clean;
  clean.Assign(text, {});
  CHECK(clean.view().data() == text.data());
  CHECK(clean.changes().empty());
  CHECK(clean.OriginalBegin(7) == 7);
  CHECK(clean.OriginalEnd(7) == 7);
  CHECK(clean.CleanOffset(7) == 7);
  clean.Assign("", {});
  CHECK(clean.view().empty());
  CHECK(clean.OriginalBegin(0) == 0);
}

TEST_CASE("invalid UTF-8: each maximal subpart becomes one U+FFFD") {
  CheckCases({
      {"а\xFFб", "а\uFFFDб"},
      {"\xC0\x80", "\uFFFD\uFFFD"},                      // overlong
      {"\xED\xA0\x80", "\uFFFD\uFFFD\uFFFD"},            // a surrogate
      {"\xE2\x82 x", "\uFFFD x"},                        // cut
      {"\xF0\x9F\x98", "\uFFFD"},                        // cut at the end
      {"\xF4\x90\x80\x80", "\uFFFD\uFFFD\uFFFD\uFFFD"},  // beyond U+10FFFF
      {"\xD0", "\uFFFD"},
      {"\xD0\xD0\xB0", "\uFFFDа"},
      {"\x80\x80", "\uFFFD\uFFFD"},
      {"0123456789abcd\xD0", "0123456789abcd\uFFFD"},
      {"0123456789abcd \xD0\xB0\xB0", "0123456789abcd а\uFFFD"},
  });
}

TEST_CASE("characters that nobody sees, and blanks") {
  CheckCases({
      {"пра\u00ADви\u00ADтельство", "правительство"},
      {"\uFEFFМосква\u200B", "Москва"},
      {"Мо\u2060ск\u200Dва\u200E", "Москва"},
      {"1\u00A0марта\u2009—\u202Fсреда", "1 марта — среда"},
      {"а\x01\x1Fб\x7Fв\u0085г", "абв\nг"},
      {"а\u2028б\vв\fг", "а\nб\nв\nг"},
      {"Нур\u2011Султан, премьер\u2010министр", "Нур-Султан, премьер-министр"},
  });
  CHECK(Clean(std::string_view("а\0б", 5)) == "а б");
}

TEST_CASE("decomposed letters") {
  CheckCases({
      {"и\u0306ога Че\u0308рный", "йога Чёрный"},
      {"Андреи\u0306", "Андрей"},
      {"Влади\u0301мир Пу\u0301тин", "Владимир Путин"},  // stress marks
      {"cafe\u0301", "café"},
      {"\u212B", "Å"},
      {"Казахстан \u041A\u0301", "Казахстан Ќ"},
      {"Ι\u0308", "Ϊ"},
  });
}

TEST_CASE("look-alike letters") {
  CheckCases({
      {"Kазахстан", "Казахстан"},
      {"Роcкоcмос", "Роскосмос"},
      {"HУР-CУЛТАН", "НУР-СУЛТАН"},
      {"МTC и МТС", "МТС и МТС"},
      {"Cу-57", "Су-57"},
      {"Microsоft", "Microsoft"},  // a Cyrillic о
      {"Еxpo 2017", "Expo 2017"},
      {"Украiна, бiлiм", "Украіна, білім"},
      {"Қaзaқстaн", "Қазақстан"},
      {"SputnikПрезидeнт", "SputnikПрезидент"},
      // A word of its own script, mixed brands, model indices stay.
      {"Windows, iPhone, eBay, CCCP, BBC", "Windows, iPhone, eBay, CCCP, BBC"},
      {"YouTube-канал, IT-компания, Hi-Fi", "YouTube-канал, IT-компания, Hi-Fi"},
      {"Ту-154M, Су-57E, МС-21", "Ту-154M, Су-57E, МС-21"},
      {"Яndex, PRщик, VKонтакте", "Яndex, PRщик, VKонтакте"},
      {"XIXвека, XXвека", "XIXвека, XXвека"},
      {"Tengrinews.kzсо ссылкой", "Tengrinews.kzсо ссылкой"},
  });
}

TEST_CASE("single letters") {
  CheckCases({
      {"C помощью", "С помощью"},
      {"B 2019 году. C «Байконура»", "В 2019 году. С «Байконура»"},
      {"Да. B Москве", "Да. В Москве"},
      {"вместе c ним", "вместе с ним"},
      {"Он, a также она", "Он, а также она"},
      {"«O чём» и (K сожалению)", "«О чём» и (К сожалению)"},
      {"— A также", "— А также"},
      {"Снова\nY нас", "Снова\nУ нас"},
      {"ПОЕЗД B МОСКВУ", "ПОЕЗД В МОСКВУ"},
      {"Президент A. Мамин, H. A. Назарбаев", "Президент А. Мамин, Н. А. Назарбаев"},
      {"Назарбаев H.A. сказал", "Назарбаев Н.А. сказал"},
      // Names of things.
      {"Vitamin C and", "Vitamin C and"},
      {"Витамин C полезен", "Витамин C полезен"},
      {"План B сработал", "План B сработал"},
      {"класс «A» и группа B", "класс «A» и группа B"},
      {"John A. Smith", "John A. Smith"},
      {"vitamin c это", "vitamin c это"},
      {"C", "C"},
      {"R&B B, AT&T", "R&B B, AT&T"},
  });
}

struct Words : atau::text::KnownWords {
  std::set<std::string, std::less<>> words;
  bool IsKnownWord(std::string_view word) const override {
    const std::size_t hyphen = word.find('-');
    return IsListedWord(word) ||
           (hyphen != std::string_view::npos && IsListedWord(word.substr(0, hyphen)) && IsListedWord(word.substr(hyphen + 1)));
  }
  bool IsListedWord(std::string_view word) const override { return words.find(word) != words.end(); }
};

TEST_CASE("words torn at line ends") {
  CheckCases({
      {"прави-\nтельство", "правительство"},
      {"прави- \r\n  тельство", "правительство"},
      {"прави\u00AD\nтельство", "правительство"},
      {"прави¬\nтельство", "правительство"},
      {"Нур-\nСултан", "Нур-Султан"},
      {"Санкт-\nПетербург", "Санкт-Петербург"},
      {"inter-\nnational", "international"},
      {"IT-\nкомпания", "IT-компания"},
      {"г-\nжа", "г-жа"},
      // No word is torn here.
      {"теле-\nи радио", "теле-\nи радио"},
      {"он сказал -\nи ушёл", "он сказал -\nи ушёл"},
      {"Итог-\n1. Первое", "Итог-\n1. Первое"},
      {"прави-\n\nтельство", "прави-\n\nтельство"},
      {"-\nтельство", "-\nтельство"},
      {"слово -", "слово -"},
  });
  Words words;
  words.words = {"премьер-министр", "премьер",   "министр", "правительство", "ПРАВИТЕЛЬСТВО",
                 "НУР-СУЛТАН",      "НУРСУЛТАН", "экспорт", "экс",           "порт"};
  CleanOptions options;
  options.words = &words;
  CheckCases(
      {
          {"премьер-\nминистр", "премьер-министр"},
          {"прави-\nтельство", "правительство"},
          {"ПРАВИ-\nТЕЛЬСТВО", "ПРАВИТЕЛЬСТВО"},
          {"НУР-\nСУЛТАН", "НУР-СУЛТАН"},
          {"экс-\nпорт", "экспорт"},
          {"порт-\nпремьер", "порт-премьер"},
          {"неизве-\nстное", "неизвестное"},
          {"Нур-\nСултан", "Нур-Султан"},
      },
      options);
}

TEST_CASE("each repair can be switched off") {
  const struct {
    RepairKind kind;
    const char* text;
  } cases[] = {
      {RepairKind::kNormalized, "и\u0306"}, {RepairKind::kSoftHyphen, "а\u00ADб"}, {RepairKind::kInvisible, "а\u200Bб\x01"},
      {RepairKind::kSpace, "а\u00A0б"},     {RepairKind::kLookAlike, "Kазахстан"}, {RepairKind::kJoinedLine, "прави-\nтельство"},
  };
  for (const auto& c : cases) {
    CAPTURE(c.text);
    CleanOptions off;
    off.disabled = Bit(c.kind);
    CHECK(Clean(c.text, off) == c.text);
    CleanText on;
    on.Assign(c.text, {});
    REQUIRE(!on.changes().empty());
    CHECK(on.changes()[0].kind == c.kind);
  }
}

TEST_CASE("spans point into the original") {
  const std::string text = "глава Рос\u00ADкоcмоса\u00AD Дмитрия";
  CleanText clean;
  clean.Assign(text, {});
  CHECK(clean.view() == "глава Роскосмоса Дмитрия");
  const std::size_t begin = clean.view().find("Роскосмоса");
  const std::size_t end = begin + std::string_view("Роскосмоса").size();
  CHECK(text.substr(clean.OriginalBegin(begin), clean.OriginalEnd(end) - clean.OriginalBegin(begin)) == "Рос\u00ADкоcмоса");
  CHECK(clean.CleanOffset(text.find("Дмитрия")) == clean.view().find("Дмитрия"));
}

TEST_CASE("html") {
  CleanOptions html;
  html.html = true;
  CheckCases(
      {
          {"<p>Первый</p><p>Второй</p>", "Первый\n\nВторой"},
          {"<p>Один <b>два</b>, <i>три</i></p>", "Один два, три"},
          {"пре<b>зид</b>ент", "президент"},
          {"  много \n\n пробелов  ", "много пробелов"},
          {"строка<br>другая<br/><br>третья", "строка\nдругая\n\nтретья"},
          {"<ul><li>раз<li>два</ul>", "раз\nдва"},
          {"<table><tr><td>a</td><td>b</td></tr></table>", "a\nb"},
          {"до<script>var x = '<p>';</script>после", "допосле"},
          {"<STYLE>p{}</Style><p>x", "x"},
          {"a<!-- <p>скрыто</p> -->b<noscript><p>n</p></noscript>c", "abc"},
          {"a<!-- не закрыт b", "a<!-- не закрыт b"},
          {"a &lt;b&gt; &amp;amp; &laquo;в&raquo;&mdash;&#1076;&#x434;&#150;", "a <b> &amp; «в»—дд–"},
          {"&Acy;&bcy;&IOcy; &numero; &hellip; &nosuch; &laquo без &amp", "АбЁ № … &nosuch; « без &"},
          {"1&nbsp;марта, до&shy;ма", "1 марта, дома"},
          {"<a title=\"a > b\" href='x'>ссылка</a>", "ссылка"},
          {"<a href=\"незакрыт>ссылка</a> конец", "ссылка конец"},
          {"5 < 6 и 7 <8", "5 < 6 и 7 <8"},
          {"хвост <p", "хвост <p"},
          {"<![CDATA[a < b &amp;]]>!", "a < b &amp;!"},
          {"<!DOCTYPE html><?xml?><html><head><title>Имя</title></head><body>т", "Имя\n\nт"},
          {"<pre>a\nb\n\nc</pre>", "a\nb\n\nc"},
          {"&#0;&#xD800;&#99999999;&#;&#x;", "\uFFFD\uFFFD\uFFFD&#;&#x;"},
          {"<img alt='x'>&nbsp;Kазахстан<div>дом</div>", " Казахстан\nдом"},
      },
      html);
}

TEST_CASE("offsets in code points and UTF-16") {
  const std::string text = "aж😀\xFF€";
  std::vector<std::size_t> points = {0, 1, 3, 7, 8, 11}, units = points;
  atau::text::ToCodePoints(text, &points);
  atau::text::ToUtf16(text, &units);
  CHECK(points == std::vector<std::size_t>{0, 1, 2, 3, 4, 5});
  CHECK(units == std::vector<std::size_t>{0, 1, 2, 4, 5, 6});
  points.push_back(99);
  atau::text::FromCodePoints(text, &points);
  CHECK(points == std::vector<std::size_t>{0, 1, 3, 7, 8, 11, 11});
  // A cut sequence is several bytes that count one each, and an offset may lie between them.
  const std::string cut = "x\xF0\x9F\x98";
  std::vector<std::size_t> inside = {0, 1, 2, 3, 4, 5};
  atau::text::FromCodePoints(cut, &inside);
  CHECK(inside == std::vector<std::size_t>{0, 1, 2, 3, 4, 4});
  std::string long_text;
  for (int i = 0; i < 500; ++i) long_text += "ж😀a";
  std::vector<std::size_t> ends = {long_text.size() / 2, long_text.size(), long_text.size()}, wide = ends;
  atau::text::ToCodePoints(long_text, &ends);
  atau::text::ToUtf16(long_text, &wide);
  CHECK(ends == std::vector<std::size_t>{750, 1500, 1500});
  CHECK(wide == std::vector<std::size_t>{1000, 2000, 2000});
}

TEST_CASE("code points before offsets in any order are those of the one pass") {
  std::string long_text;
  for (int i = 0; i < 100; ++i) long_text += "ж😀a, €";
  std::string broken = long_text;
  for (std::size_t i = 5; i < broken.size(); i += 61) broken[i] = '\xF0';
  atau::text::CodePoints points;
  for (const std::string& text : {std::string(), std::string("x"), long_text, broken}) {
    std::vector<std::size_t> offsets(text.size() + 2);
    for (std::size_t i = 0; i < offsets.size(); ++i) offsets[i] = i;
    atau::text::ToCodePoints(text, &offsets);
    points.Assign(text);
    for (std::size_t i = offsets.size(); i-- > 0;) CHECK(points.Before(i) == offsets[i]);
    for (std::size_t begin = 0; begin < offsets.size(); begin += 7) {
      for (std::size_t end = begin; end < offsets.size(); end += 1 + (end - begin) / 3)
        CHECK(points.Within(begin, end) == offsets[end] - offsets[begin]);
    }
  }
}

// The slow twin of the character stages: decode everything, treat one character after the other, let ICU compose the whole.
std::string SlowCharacters(std::string_view text) {
  std::u32string out;
  for (std::size_t i = 0; i < text.size();) {
    std::size_t size = 0;
    const char32_t c = atau::text::Decode(text.data() + i, text.data() + text.size(), &size);
    i += size;
    if (c == atau::text::kInvalid)
      out += U'\uFFFD';
    else if (c == 0)
      out += U' ';
    else if (c == 0xA0 || c == 0x2009 || c == 0x202F || c == 0x3000)
      out += U' ';
    else if (c == 0x85 || c == 0x2028 || c == '\v')
      out += U'\n';
    else if (c == 0x2011)
      out += U'-';
    else if (c == 0xAD || c == 0x200B || c == 0x200D || c == 0xFEFF || c == 0x7F || c == 0x202E ||
             (c < 32 && c != '\n' && c != '\r' && c != '\t'))
      continue;
    else
      out += c;
  }
  UErrorCode status = U_ZERO_ERROR;
  const auto wide = icu::UnicodeString::fromUTF32(reinterpret_cast<const UChar32*>(out.data()), static_cast<std::int32_t>(out.size()));
  const icu::UnicodeString normal = icu::Normalizer2::getNFCInstance(status)->normalize(wide, status);
  std::string composed, result;
  normal.toUTF8String(composed);
  atau::text::Letter before = atau::text::Letter::kNone;
  for (std::size_t i = 0, size = 0; i < composed.size(); i += size) {
    const char32_t c = atau::text::Decode(composed.data() + i, composed.data() + composed.size(), &size);
    if (c == 0x301 && atau::text::IsCyrillic(before)) continue;
    if (atau::text::LetterOf(c) != atau::text::Letter::kMark) before = atau::text::LetterOf(c);
    atau::text::Append(c, &result);
  }
  return result;
}

const char* const kPieces[] = {"а",
                               "К",
                               "и",
                               "e",
                               "C",
                               "x",
                               "й",
                               "ё",
                               " ",
                               "\n",
                               "-",
                               "-\n",
                               "\r\n",
                               "\u0306",
                               "\u0308",
                               "\u0301",
                               "\u0323",
                               "\u00AD",
                               "\u200B",
                               "\u200D",
                               "\uFEFF",
                               "\u00A0",
                               "\u2009",
                               "\u2011",
                               "\u2028",
                               "\x01",
                               "\x7F",
                               "\xFF",
                               "\xD0",
                               "\xE2\x80",
                               "\xED\xA0\x80",
                               "\xF0\x9F",
                               "😀",
                               "«",
                               "»",
                               "—",
                               "№",
                               "é",
                               "\u212B",
                               "가",
                               "\u11A8",
                               "ი",
                               ".",
                               "<p>",
                               "<b x='",
                               "&nbsp;",
                               "&#x433;",
                               "<",
                               ">",
                               "\"",
                               "&",
                               "<!--",
                               "-->",
                               "<script>",
                               "</script>",
                               "<br>",
                               "привет ",
                               "Москва",
                               "қ",
                               "1",
                               "¬"};

TEST_CASE("random text: the twin, the alignment, and no dependence on what stands around") {
  std::mt19937 random(7);
  for (int round = 0; round < 20000; ++round) {
    std::string text;
    const int length = static_cast<int>(random() % 24);
    for (int i = 0; i < length; ++i) text += kPieces[random() % std::size(kPieces)];
    if (round % 10 == 0) {
      for (char& c : text) {
        if (random() % 8 == 0) c = static_cast<char>(random());
      }
    }
    CAPTURE(text);
    CleanOptions characters;
    characters.disabled = Bit(RepairKind::kLookAlike) | Bit(RepairKind::kJoinedLine);
    if (round % 10 != 0) REQUIRE(Clean(text, characters) == SlowCharacters(text));
    CleanOptions html;
    html.html = true;
    CheckAlignment(text, {});
    CheckAlignment(text, html);
    CleanOptions off;
    off.disabled = kAll;
    const std::string valid = Clean(text, off);
    REQUIRE(Clean(valid, off) == valid);
    CleanText clean;
    clean.Assign(valid, off);
    REQUIRE(clean.changes().empty());
    const std::string pad = std::string(random() % 40, 'q') + "\n\n";
    REQUIRE(Clean(pad + text).substr(pad.size()) == Clean(text));
  }
}

TEST_CASE("hostile text is cleaned in linear time") {
  const std::size_t n = 300000;
  const auto repeat = [&](std::string_view s) {
    std::string out;
    while (out.size() < n) out += s;
    return out;
  };
  CleanOptions html;
  html.html = true;
  for (const char* piece : {"\u0301",
                            "\u0323\u0301",
                            "\u0301\u0323",
                            "и\u0306",
                            "-\n",
                            "а-",
                            "a",
                            "аa",
                            "a-\n",
                            " ",
                            "\n",
                            "<",
                            "<a b=\"",
                            "<a b='>",
                            "<!--",
                            "<![CDATA[",
                            "<script>",
                            "</script",
                            "&",
                            "&#",
                            "&amp",
                            "\xFF",
                            "\xF0\x9F",
                            "C ",
                            "A. ",
                            "X",
                            "< a=\"><a=\">'",
                            "가\u11A8",
                            "<script><"}) {
    const std::string text = repeat(piece);
    CAPTURE(piece);
    CHECK(Clean(text).size() <= 3 * text.size());
    CHECK(Clean(text, html).size() <= 3 * text.size());
  }
  std::mt19937 random(11);
  std::string bytes(n, ' ');
  for (char& c : bytes) c = static_cast<char>(random());
  CheckAlignment(bytes, {});
}

}  // namespace
