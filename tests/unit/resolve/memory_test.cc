// What a document teaches about its names, and stems of words within one document.
#include "resolve/memory.h"

#include <doctest/doctest.h>

#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "marked.h"

namespace atau::resolve {
namespace {

// The slow twin: every ending in turn, the longest first.
std::string_view SlowStem(std::string_view word) {
  for (const std::string_view ending :
       {"ого", "его", "ому", "ему", "ыми", "ими", "ами", "ями", "ой", "ей", "ою", "ею", "ом", "ем", "ым", "им", "ых", "их", "ах",
        "ях",  "ам",  "ям",  "ую",  "юю",  "ая",  "яя",  "ый",  "ий", "а",  "я",  "о",  "е",  "и",  "ы",  "у",  "ю",  "ь",  "й"}) {
    if (word.size() >= 6 + ending.size() && word.ends_with(ending)) return word.substr(0, word.size() - ending.size());
  }
  return word;
}

TEST_CASE("stems") {
  CHECK(StemOf("иванова") == "иванов");
  CHECK(StemOf("красного") == "красн");
  CHECK(StemOf("оно") == "оно");
  CHECK(StemOf("") == "");
  CHECK(StemOf("nasa") == "nasa");
}

TEST_CASE("random words have the stem of the slow twin") {
  std::mt19937 random(3);
  const std::string letters[] = {"а", "я", "о", "е", "и", "ы", "у", "ю", "ь", "й", "г", "м", "х", "н", "a", "0", "-"};
  for (int round = 0; round < 50000; ++round) {
    std::string word;
    for (std::size_t n = random() % 9; n > 0; --n) word += letters[random() % std::size(letters)];
    CAPTURE(word);
    CHECK(StemOf(word) == SlowStem(word));
  }
}

// The tokens that are surnames of somebody whom the text names in full elsewhere.
std::string Surnames(std::string_view marked) {
  const testing::Marked m(marked);
  const std::vector<Mention> mentions = testing::MentionsOf(m);
  Memory memory;
  memory.Learn(m.analysis(), mentions);
  std::string found;
  for (std::size_t i = 0; i < m.analysis().tokens.size(); ++i) {
    if (!memory.IsSurnameElsewhere(m.analysis(), i)) continue;
    CHECK(memory.MayBeSurname(m.analysis(), i));
    if (!found.empty()) found += ' ';
    found += m.analysis().TextOf(i, i + 1);
  }
  return found;
}

TEST_CASE("a surname is known from a full name elsewhere") {
  CHECK(Surnames("Приехал [Сергей Жук]PERSON. Жук привёз Жуку письмо от Сергея.") == "Жук Жуку");
  CHECK(Surnames("[Жук Сергей Иванович]PERSON уехал. Жука ждут, Сергей Иванович!") == "Жука");
  CHECK(Surnames("[Жук С. И.]PERSON уехал. Жука ждут.") == "Жука");
  CHECK(Surnames("[Татьяна Толстая]PERSON и [Алексей Толстой]PERSON") == "Толстая Толстой");
}

TEST_CASE("a text in small letters teaches its names too") {
  CHECK(Surnames("вчера в город приехал [сергей жуков]PERSON и рассказал всем о своей новой книге, потом жуков уехал домой") == "жуков");
}

TEST_CASE("a full name teaches nothing about itself, and one word or another type nothing at all") {
  CHECK(Surnames("Приехал [Сергей Жук]PERSON. Встречали Сергея.") == "");
  CHECK(Surnames("Приехал [Жук]PERSON. Жук привёз письмо.") == "");
  CHECK(Surnames("Компания «[Майский Жук]ORGANIZATION». Жук на гербе.") == "");
}

}  // namespace
}  // namespace atau::resolve
