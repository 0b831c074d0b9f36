#include "morph/form_table.h"

#include <doctest/doctest.h>

#include <chrono>
#include <ostream>
#include <random>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "dictionary.h"
#include "morph/letters.h"

namespace atau::morph::testing {
namespace {

std::string Folded(std::string_view word) {
  std::string out;
  Fold(word, &out);
  return out;
}

TEST_CASE("folding: lower case, ё as е, plain apostrophes and hyphens") {
  struct {
    const char* word;
    const char* folded;
  } rows[] = {
      {"Орёл", "орел"},
      {"ЁЛКА", "елка"},
      {"Нур-Султан", "нур-султан"},
      {"Нур‑Султан", "нур-султан"},
      {"О’Нил", "о'нил"},
      {"ӘҒҚҢӨҰҮҺІ", "әғқңөұүһі"},
      {"NASA", "nasa"},
      {"Škoda", "škoda"},
      {"ÉCOLE", "école"},
      {"Їжак Ґанок Є", "їжак ґанок є"},
      {"ЎЗБЕК", "ўзбек"},
      {"2.1А", "2.1а"},
      {"", ""},
      {"ЙОД", "йод"},
      {"Ünal Ø Þ ×", "ünal ø þ ×"},
      {"Łódź", "łódź"},
      {"İstanbul", "İstanbul"},
      {"日本", "日本"},
      {"😀", "😀"},
  };
  for (const auto& row : rows) CHECK(Folded(row.word) == std::string(row.folded));
  // Folding twice changes nothing more.
  for (char32_t c = 1; c < 0x600; ++c) {
    std::string text;
    AppendCodePoint(c, &text);
    CHECK(Folded(Folded(text)) == Folded(text));
  }
  std::string lower;
  LowerKeepingYo("ОРЁЛ", &lower);
  CHECK(lower == "орёл");
  // Broken UTF-8 comes through.
  for (const char* bytes : {"\xD0", "\xFF\xFE", "а\xD1", "\xE2\x80"}) CHECK(Folded(bytes) == std::string(bytes));
}

TEST_CASE("letters have codes and come back") {
  std::set<int> codes;
  for (char32_t c = 0; c < 0x500; ++c) {
    const std::uint8_t code = CodeOf(c);
    if (code == 0) continue;
    CHECK(LetterOf(code) == c);
    CHECK(codes.insert(code).second);
  }
  for (char32_t c : std::u32string_view(U"абвгдежзийклмнопрстуфхцчшщъыьэюяёәғқңөұүһіїєґў-'0123456789")) CHECK(CodeOf(c) != 0);
  Letters letters;
  CHECK_FALSE(Encode("", &letters));
  CHECK_FALSE(Encode("école", &letters));
  CHECK(Encode(std::string(63, 'a'), &letters));
  CHECK_FALSE(Encode(std::string(64, 'a'), &letters));
}

TEST_CASE("keys differ") {
  // The format's fixed points: another hash is another format version.
  CHECK(KeyOf("") == KeyOf(std::string_view()));
  std::set<std::uint64_t> keys;
  std::string text;
  for (int i = 0; i < 200'000; ++i) keys.insert(KeyOf(text = "слово" + std::to_string(i)));
  for (int i = 1; i < 100; ++i) keys.insert(KeyOf(std::string(static_cast<std::size_t>(i), '\0')));
  CHECK(keys.size() == 200'099);
}

TEST_CASE("a form is analysed once, and found again") {
  Text t("Роскосмос и Дмитрий Рогозин. Рогозин — РОГОЗИН, 2.1а hello «Рогозина»");
  const Form& first = t.forms[t.tokens[3].form];
  CHECK(first.surface == "Рогозин");
  CHECK(first.folded == "рогозин");
  CHECK(first.key == KeyOf("рогозин"));
  CHECK(first.known);
  CHECK((first.any & kSurn) != 0);
  CHECK((first.agreement & 1) != 0);
  CHECK(t.tokens[5].form == t.tokens[3].form);
  std::set<std::string_view> surfaces;
  for (const token::Token& token : t.tokens) {
    const Form& form = t.forms[token.form];
    CHECK(form.surface == std::string_view(t.clean).substr(token.begin, token.end - token.begin));
    CHECK(form.readings >= 1);
    CHECK(t.forms.ReadingsOf(form).size() == form.readings);
    surfaces.insert(form.surface);
  }
  CHECK(t.forms.size() == surfaces.size());
  CHECK((t.forms[t.tokens[0].form].any & kPos) != 0);
  const std::uint64_t generation = t.forms.generation();
  t.forms.Clear();
  CHECK(t.forms.size() == 0);
  CHECK(t.forms.generation() != generation);
  t.forms.InternAll(t.clean, &t.tokens);
  CHECK(t.forms.size() == surfaces.size());
}

TEST_CASE("a surface with ё finds only words with ё") {
  Text t("все всё");
  CHECK(t.forms[t.tokens[0].form].key == t.forms[t.tokens[1].form].key);
  CHECK(t.forms[t.tokens[0].form].readings > t.forms[t.tokens[1].form].readings);
}

TEST_CASE("many forms stay where they are") {
  FormTable forms(&Full());
  std::unordered_map<std::string, std::uint32_t> twin;
  std::vector<std::pair<const Form*, std::string>> seen;
  std::mt19937 random(7);
  token::Token token;
  token.kind = token::Kind::kWord;
  token.shape = token::Shape::kLower;
  token.flags = token::kCyrillic;
  for (int i = 0; i < 60'000; ++i) {
    std::string word;
    const auto letters = 1 + random() % 3;
    for (unsigned j = 0; j < letters; ++j) AppendCodePoint(U'а' + random() % 32, &word);
    if (i % 5'000 == 0) word.append(40'000, 'x');
    const std::uint32_t form = forms.Intern(word, token);
    const auto [it, added] = twin.try_emplace(word, form);
    REQUIRE(it->second == form);
    if (added) seen.emplace_back(&forms[form], word);
  }
  for (const auto& [form, word] : seen) CHECK(form->surface == word);
  CHECK(forms.size() == twin.size());
}

TEST_CASE("trimming forgets the forms of one text, and keeps what is known of the others") {
  FormTable forms(&Full());
  const auto read = [&forms](std::string text) {
    std::vector<token::Token> tokens;
    token::Tokenize(text, nullptr, &tokens);
    forms.InternAll(text, &tokens);
    return tokens;
  };
  const std::string monster(40'000, 'x');
  read("Завод открыл Касымов, завод построил Ветров " + monster);
  read("В городе открыл двери Завод");
  read("Новый завод пуст " + monster);
  const std::size_t all = forms.size();
  const std::uint64_t generation = forms.generation();
  forms.Trim();
  CHECK(forms.generation() != generation);
  CHECK(all == 13);
  CHECK(forms.size() == 4);  // «Завод», «завод», «открыл» and the monster; «завод» twice in one text would not do
  const auto again = read("завод открыл Ветров " + monster);
  CHECK(forms.size() == 5);
  for (const token::Token& t : again) {
    const Form& form = forms[t.form];
    FormTable other(&Full());
    token::Token copy = t;
    const Form& same = other[other.Intern(form.surface, copy)];
    CAPTURE(form.surface);
    CHECK(form.folded == same.folded);
    CHECK(form.key == same.key);
    CHECK(form.any == same.any);
    CHECK(form.agreement == same.agreement);
    REQUIRE(form.readings == same.readings);
    for (std::size_t r = 0; r < form.readings; ++r) {
      CHECK(forms.ReadingsOf(form)[r].tag == other.ReadingsOf(same)[r].tag);
      CHECK(forms.ReadingsOf(form)[r].lemma_key == other.ReadingsOf(same)[r].lemma_key);
    }
  }
  // What was kept needs one text to be kept again.
  forms.Trim();
  CHECK(forms.size() == 3);
  forms.Trim();
  CHECK(forms.size() == 0);
}

}  // namespace
}  // namespace atau::morph::testing
