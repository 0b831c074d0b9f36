// Documents as JSON, HTML, brat and CoNLL: hostile text included.
#include <atau/document.h>
#include <doctest/doctest.h>

#include <string>

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
