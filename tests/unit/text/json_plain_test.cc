// Many bytes at once are no different from one at a time.
#include "text/json_plain.h"

#include <doctest/doctest.h>

#include <array>
#include <random>
#include <string>
#include <string_view>

namespace atau::text {
namespace {

TEST_CASE("what is skipped and copied is what is plain, wherever it stands") {
  constexpr std::string_view kPieces[] = {"a",    "Z",    "~", "я", "Ж", "ё", " ",    "0",    "\"",   "\\",       "\n",
                                          "\x7F", "\x1F", "é", "«", "€", "😀", "\xD0", "\x80", "\xFF", "\xD2\x80", "ѿ"};
  std::mt19937 random(7);
  for (int round = 0; round < 20000; ++round) {
    std::string text;
    // Long runs of plain characters, and a few others among them.
    for (int k = static_cast<int>(random() % 40); k > 0; --k) text += kPieces[random() % (random() % 8 == 0 ? std::size(kPieces) : 8)];
    const std::size_t plain = PlainBytes(text.data(), text.size());
    CHECK(SkipJsonPlain(text.data(), text.data() + text.size()) == text.data() + plain);
    for (std::size_t i = 0; i < plain; ++i) REQUIRE((static_cast<unsigned char>(text[i]) >= 0x20 && text[i] != '"' && text[i] != '\\'));
    if (text.empty()) continue;
    std::array<char, 16> copy{};
    const std::size_t n = CopyJsonPlain(text.data(), text.size(), copy.data());
    REQUIRE(n <= plain);
    CHECK((n == plain || n >= 15));
    CHECK(std::string_view(copy.data(), n) == std::string_view(text).substr(0, n));
  }
}

TEST_CASE("characters that are not plain end a run") {
  for (const std::string_view other : {"\"", "\\", "\n", "\x1F", "é", "«", "\xD0", "\x80", "\xD2\x80"}) {
    const std::string text = "слово word слово " + std::string(other) + "x";
    CHECK(PlainBytes(text.data(), text.size()) == text.size() - other.size() - 1);
  }
  CHECK(PlainBytes("\x7Fя", 3) == 3);
}

}  // namespace
}  // namespace atau::text
