#include "text/charset.h"

#include <doctest/doctest.h>

#include <string>

namespace {

using atau::text::DetectCharset;
using atau::text::FromUtf8;
using atau::text::ToUtf8;

constexpr const char* kTexts[] = {
    "Правительство утвердило программу развития космической отрасли до две тысячи тридцатого года.",
    "Премьер-министр Казахстана Аскар Мамин провёл совещание в Нур-Султане. В нём участвовали главы министерств.",
    "Сегодня в Москве ожидается небольшой снег",
    "Запуск ракеты перенесли",
    "ПРЕЗИДЕНТ ПОДПИСАЛ УКАЗ О НАГРАЖДЕНИИ УЧЕНЫХ",
    "Дмитрий Рогозин, генеральный директор Роскосмоса (www.roscosmos.ru), 57 лет: Ёлка выросла ещё больше!",
    "объявление о собрании",
};

TEST_CASE("single-byte charsets are told apart, also in short texts") {
  for (const char* charset : {"windows-1251", "koi8-r", "cp866", "iso-8859-5", "x-mac-cyrillic"}) {
    for (const char* text : kTexts) {
      CAPTURE(charset);
      CAPTURE(text);
      const auto bytes = FromUtf8(text, charset);
      REQUIRE(bytes.ok());
      // Small letters but я are the same in two of them.
      const std::string found = DetectCharset(*bytes);
      const auto back = ToUtf8(*bytes, "auto");
      REQUIRE(back.ok());
      CHECK(*back == text);
      if (std::string(charset) != "x-mac-cyrillic") CHECK(found == charset);
    }
  }
}

TEST_CASE("unicode") {
  const std::string text = "Москва и Astana 😀";
  CHECK(DetectCharset("") == "utf-8");
  CHECK(DetectCharset("plain ascii") == "utf-8");
  CHECK(DetectCharset(text) == "utf-8");
  CHECK(DetectCharset("\xEF\xBB\xBFтекст") == "utf-8");
  CHECK(DetectCharset("Правительство утвердило \xFF программу") == "utf-8");
  CHECK(*ToUtf8("\xEF\xBB\xBFтекст\xFF", "utf-8") == "текст\uFFFD");
  for (const char* charset : {"utf-16le", "utf-16be"}) {
    const auto bytes = FromUtf8(text, charset);
    REQUIRE(bytes.ok());
    CHECK(DetectCharset(*bytes) == charset);
    CHECK(*ToUtf8(*bytes, charset) == text);
    CHECK(*ToUtf8(*bytes, "auto") == text);
  }
  CHECK(*ToUtf8(std::string_view("\xFF\xFE\x10\x04", 4), "utf-16") == "А");
  CHECK(*ToUtf8(std::string_view("\xFE\xFF\x04\x10", 4), "auto") == "А");
  CHECK(*ToUtf8(std::string_view("\x00\xD8\x41\x00\x42", 5), "utf-16le") == "\uFFFDA\uFFFD");
}

TEST_CASE("a page names its charset") {
  const std::string page = "<html><head><meta http-equiv=\"Content-Type\" content=\"text/html; charset=KOI8-R\"></head><p>";
  CHECK(DetectCharset(page + "\xF0\xD2\xC9") == "koi8-r");
  CHECK(DetectCharset("<meta charset='windows-1251'>\xCF\xF0\xE8") == "windows-1251");
  CHECK(DetectCharset("<?xml version='1.0' encoding='cp866'?>\x8F") == "cp866");
  CHECK(DetectCharset("<meta charset='nonsense'>\xCF\xF0\xE8\xE2\xE5\xF2") == "windows-1251");
}

TEST_CASE("names and errors") {
  CHECK(*ToUtf8("\xCF", "CP1251") == "П");
  CHECK(*ToUtf8("\xCF", "Windows-1251") == "П");
  CHECK(*FromUtf8("Привет, 😀!", "windows-1251") == "\xCF\xF0\xE8\xE2\xE5\xF2, ?!");
  CHECK(*FromUtf8("ж\xFF", "utf-8") == "ж\uFFFD");
  CHECK(ToUtf8("\x82\xA0", "shift_jis").value() == "あ");
  CHECK(ToUtf8("\xFF\x82\xA0", "shift_jis").value().find("あ") != std::string::npos);  // goes on behind what is invalid
  for (const char* name : {"no-such-charset", "", "\x01"}) {
    const auto in = ToUtf8("x", name);
    REQUIRE(!in.ok());
    CHECK(in.error().code == atau::Code::kInvalidArgument);
    CHECK(!in.error().hint.empty());
    CHECK(!FromUtf8("x", name).ok());
  }
}

}  // namespace
