// Documents as JSON, HTML, brat and CoNLL: hostile text included.
#include <atau/document.h>
#include <doctest/doctest.h>

#include <cstdio>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace atau {
namespace {

Document Sample() {
  Document d;
  d.text = "Глава «Роскосмоса» Дмитрий Рогозин.";
  Entity e;
  e.span = {std::string("Глава «").size(), std::string("Глава «Роскосмоса").size()};
  e.code_points = {7, 17};
  e.type = Type::kOrganization;
  e.kind = "government";
  e.text = "Роскосмоса";
  e.normal = "Роскосмос";
  e.slots = {{"head", "глава"}};
  e.entity = 0;
  e.gazetteer = "org.ru.roskosmos";
  e.score = 3.14159;
  e.rule = "gazetteer";
  d.entities = {e};
  d.nested = {e};
  d.document_entities = {{"e1", Type::kOrganization, "Роскосмос", "org.ru.roskosmos", {0}}};
  d.relations = {{"WORKS_AS", -1, "глава", 0, {0, 4}, {0, 2}}};
  return d;
}

TEST_CASE("JSON follows the contract") {
  CHECK(ToJson(Sample(), "a1") ==
        "{\"id\":\"a1\",\"entities\":[{\"start\":7,\"end\":17,\"type\":\"ORGANIZATION\",\"kind\":\"government\",\"text\":\"Роскосмоса\","
        "\"normal\":\"Роскосмос\","
        "\"slots\":{\"head\":\"глава\"},\"entity\":\"e1\",\"gazetteer\":\"org.ru.roskosmos\",\"score\":3.14,\"rule\":\"gazetteer\"}],"
        "\"nested\":[{\"start\":7,\"end\":17,"
        "\"type\":\"ORGANIZATION\",\"kind\":\"government\",\"text\":\"Роскосмоса\",\"normal\":\"Роскосмос\",\"slots\":{\"head\":\"глава\"},"
        "\"entity\":\"e1\","
        "\"gazetteer\":\"org.ru.roskosmos\",\"score\":3.14,\"rule\":\"gazetteer\",\"parent\":null}],\"document_entities\":[{\"id\":\"e1\","
        "\"type\":\"ORGANIZATION\","
        "\"normal\":\"Роскосмос\",\"gazetteer\":\"org.ru.roskosmos\",\"mentions\":[0]}],\"relations\":[{\"type\":\"WORKS_AS\",\"subject\":"
        "null,\"role\":\"глава\","
        "\"object\":\"e1\",\"start\":0,\"end\":2}]}");
}

TEST_CASE("an empty document is an object with empty lists") {
  CHECK(ToJson(Document{}) == "{\"entities\":[],\"nested\":[],\"document_entities\":[],\"relations\":[]}");
}

TEST_CASE("strings are JSON strings whatever they hold") {
  const struct {
    std::string text, json;
  } cases[] = {
      {"\"\\\n\t\r", "\\\"\\\\\\n\\t\\r"},
      {std::string("a\0b", 3), "a\\u0000b"},
      {"\x1f", "\\u001f"},
      {"\xff\xfe", "\xEF\xBF\xBD\xEF\xBF\xBD"},
      {"\xD0", "\xEF\xBF\xBD"},
      {"\xED\xA0\x80", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"},  // a lone surrogate
      {"\xF0\x9F\x9A\x80", "\xF0\x9F\x9A\x80"},
  };
  for (const auto& c : cases) {
    Document d = Sample();
    d.entities[0].text = c.text;
    CHECK(ToJson(d).find("\"text\":\"" + c.json + "\"") != std::string::npos);
  }
}

TEST_CASE("runs of plain characters are no different from single ones") {
  // One odd character at each place of a text that is else copied eight bytes at a time.
  const std::string plains[] = {"Роскосмос и космонавты летают", "plain ascii text of some length", "Союз-2.1а и ещё «Протон»"};
  const std::pair<std::string, std::string> odds[] = {{"\"", "\\\""},          {"\\", "\\\\"},   {"\n", "\\n"},
                                                      {"\x01", "\\u0001"},     {"\x7f", "\x7f"}, {"\xD0", "\xEF\xBF\xBD"},
                                                      {"\xFF", "\xEF\xBF\xBD"}};
  for (const std::string& plain : plains) {
    for (const auto& [odd, json] : odds) {
      for (std::size_t at = 0; at <= plain.size(); ++at) {
        if (at < plain.size() && (static_cast<unsigned char>(plain[at]) & 0xC0) == 0x80) continue;
        Document d = Sample();
        d.entities[0].text = plain.substr(0, at) + odd + plain.substr(at);
        CHECK(ToJson(d).find("\"text\":\"" + plain.substr(0, at) + json + plain.substr(at) + "\"") != std::string::npos);
      }
    }
  }
}

TEST_CASE("scores are rounded as printf rounds them") {
  std::mt19937 random(7);
  std::uniform_real_distribution<float> wide(-100, 100);
  std::vector<double> scores = {0, -0.0, 0.004, -0.004, 0.005, 0.125, -0.125, 2.675, 1e5, 999999.9, 1e9, -1e12, 3.14159};
  for (int i = 0; i < 5000; ++i) scores.push_back(static_cast<double>(wide(random)));
  for (int i = -400; i <= 400; ++i) scores.push_back(i / 8.0);  // halves of the last digit
  for (const double score : scores) {
    Document d = Sample();
    d.entities[0].score = score;
    char text[64];
    std::snprintf(text, sizeof text, "%.2f", score);
    const std::string expected = std::string(text) == "-0.00" ? "0.00" : text;
    CHECK(ToJson(d).find("\"score\":" + expected + ",\"rule\":\"gazetteer\"}],\"nested\"") != std::string::npos);
  }
}

TEST_CASE("JSON is added to what a buffer holds") {
  std::string out = "before ";
  AppendJson(Sample(), "a1", &out);
  AppendJson(Document{}, {}, &out);
  CHECK(out == "before " + ToJson(Sample(), "a1") + ToJson(Document{}));
}

TEST_CASE("HTML lets no markup of the text through") {
  Document d;
  d.text = "<script>alert(1)</script> & \"'<img src=x onerror=alert(1)>";
  Entity e;
  e.span = {0, 8};
  e.type = Type::kPerson;
  e.text = "<script>";
  e.normal = "<b onmouseover=\"x\">";
  e.kind = "\"><i>";
  e.rule = "'</mark>";
  d.entities = {e};
  d.nested = {e};
  for (const bool page : {false, true}) {
    const std::string html = ToHtml(d, page, "<title>");
    CHECK(html.find("<script") == std::string::npos);
    CHECK(html.find("<img") == std::string::npos);
    CHECK(html.find("<b ") == std::string::npos);
    CHECK(html.find("<i>") == std::string::npos);
    CHECK(html.find("<title><title>") == std::string::npos);
    CHECK(html.find("&lt;script&gt;") != std::string::npos);
  }
}

TEST_CASE("brat and CoNLL show the flat view") {
  const std::string brat = ToBrat(Sample());
  CHECK(brat.starts_with("T1\tORGANIZATION 7 17\tРоскосмоса\n"));
  const std::string conll = ToConll(Sample());
  CHECK(conll.find("Роскосмоса\tB-ORGANIZATION") != std::string::npos);
  CHECK(conll.find("Дмитрий\tO") != std::string::npos);
}

}  // namespace
}  // namespace atau
