// Tokens joined by «|», sentences by « / »; flags where they matter.
#include "token/token.h"

#include <doctest/doctest.h>

#include <random>
#include <set>
#include <string>
#include <vector>

#include "token/stages.h"

namespace {

using namespace atau::token;

// A small oracle: known words in lower case, camel names as written, abbreviations.
struct Words : WordOracle {
  std::set<std::string, std::less<>> known, camel, short_forms, into_latin, into_cyrillic, states;
  bool IsKnownWord(std::string_view word) const override { return known.count(std::string(word)) != 0; }
  bool IsCamelName(std::string_view word) const override { return camel.count(std::string(word)) != 0; }
  bool IsAbbreviation(std::string_view word) const override { return short_forms.count(std::string(word)) != 0; }
  bool RunsOn(std::string_view word, RunOn what) const override {
    return (what == RunOn::kLatin ? into_latin : what == RunOn::kCyrillic ? into_cyrillic : states).count(std::string(word)) != 0;
  }
};

std::vector<Token> Tokens(std::string_view text, const WordOracle* oracle = nullptr) {
  std::vector<Token> tokens;
  Tokenize(text, oracle, &tokens);
  return tokens;
}

std::string Joined(std::string_view text, const WordOracle* oracle = nullptr) {
  std::string out;
  for (const Token& t : Tokens(text, oracle)) {
    if (!out.empty()) out += "|";
    out += text.substr(t.begin, t.end - t.begin);
  }
  return out;
}

std::string Sentences(std::string_view text, const WordOracle* oracle = nullptr) {
  std::string out;
  const std::vector<Token> tokens = Tokens(text, oracle);
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (i > 0 && tokens[i].Has(kSentenceStart))
      out += " / ";
    else if (tokens[i].Has(kSpaceBefore) && i > 0)
      out += " ";
    out += text.substr(tokens[i].begin, tokens[i].end - tokens[i].begin);
  }
  return out;
}

// Each pair as its text, outer ones first.
std::string Pairs(std::string_view text) {
  std::string out;
  const std::vector<Token> tokens = Tokens(text);
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const Token& t = tokens[i];
    if (!t.Has(kOpens)) continue;
    const Token& close = tokens[static_cast<std::size_t>(t.pair)];
    REQUIRE(close.Has(kCloses));
    REQUIRE(close.pair == static_cast<std::int32_t>(i));
    if (!out.empty()) out += " + ";
    out += text.substr(t.begin, close.end - t.begin);
  }
  return out;
}

struct Case {
  const char* text;
  const char* expected;
};

TEST_CASE("tokens") {
  const Case cases[] = {
      {"Президент Казахстана подписал указ.", "Президент|Казахстана|подписал|указ|."},
      {"НУР-СУЛТАН, 1 мар — Sputnik.", "НУР-СУЛТАН|,|1|мар|—|Sputnik|."},
      {"Ростов-на-Дону, О'Нил, Д’Артаньян", "Ростов-на-Дону|,|О'Нил|,|Д’Артаньян"},
      {"ракета \"Союз-2.1а\"", "ракета|\"|Союз|-|2.1а|\""},
      {"Ту-154М, Falcon 9, COVID-19, МС-21", "Ту|-|154М|,|Falcon|9|,|COVID|-|19|,|МС|-|21"},
      {"30-летний, 2011-го, Т14, Ан-124-100", "30|-|летний|,|2011|-|го|,|Т14|,|Ан|-|124|-|100"},
      {"1,5 10.30 10:30 01.03.2021 1000", "1,5|10.30|10:30|01.03.2021|1000"},
      {"№5, $30, 30%, 5 000", "№|5|,|$|30|,|30|%|,|5|000"},
      {"А. С. Пушкин и А.С.Пушкин", "А|.|С|.|Пушкин|и|А|.|С|.|Пушкин"},
      {"т.е. и т. д.", "т|.|е|.|и|т|.|д|."},
      {"г.Алматы, г.Москва,потом", "г|.|Алматы|,|г|.|Москва|,|потом"},
      {"https://tengrinews.kz/news/1?a=b. Да", "https://tengrinews.kz/news/1?a=b|.|Да"},
      {"Lenta.ru, zakon.kz и www.site.com/path/ (см. site.kz)", "Lenta.ru|,|zakon.kz|и|www.site.com/path/|(|см|.|site.kz|)"},
      {"Газета.ру, Мейл.ру, кремль.рф", "Газета.ру|,|Мейл.ру|,|кремль.рф"},
      {"«Лента.Ру», LENTA.RU", "«|Лента|.|Ру|»|,|LENTA.RU"},
      {"ivan.petrov@mail.ru, press-x@a-b.kz!", "ivan.petrov@mail.ru|,|press-x@a-b.kz|!"},
      {"@tokayev_online #Казахстан #5", "@tokayev_online|#Казахстан|#|5"},
      {"конец.Then, U.S. и vs.", "конец|.|Then|,|U|.|S|.|и|vs|."},
      {"eBay iPhone КамАЗ YouTube-канал", "eBay|iPhone|КамАЗ|YouTube-канал"},
      {"«внешние „внутренние“»…", "«|внешние|„|внутренние|“|»|…"},
      {"слово -слово- слово-", "слово|-|слово|-|слово|-"},
      {"ivan_petrov a_b", "ivan|_|petrov|a|_|b"},
      {"😀 ½ ©", "😀|½|©"},
      {"ҚазМұнайГаз Әлия", "ҚазМұнайГаз|Әлия"},
      {"Lenta.ru/РИА Новости", "Lenta.ru|/|РИА|Новости"},
      {"передаётTengrinews.kz, Tengrinews.kzсо ссылкой", "передаёт|Tengrinews.kz|,|Tengrinews.kz|со|ссылкой"},
      {"", ""},
      {" \n\t ", ""},
  };
  for (const Case& c : cases) {
    CAPTURE(c.text);
    CHECK(Joined(c.text) == c.expected);
  }
}

TEST_CASE("glued words, by shapes alone") {
  const Case cases[] = {
      {"КазахстанаПремьер-министр", "Казахстана|Премьер-министр"},
      {"фотобанкРакета-носитель", "фотобанк|Ракета-носитель"},
      {"SputnikПрезидент, НовостиFacebook", "Sputnik|Президент|,|Новости|Facebook"},
      {"марта2021, 2021Президент, 2021года", "марта|2021|,|2021|Президент|,|2021|года"},
      {"Т14 МС21 64bit 154М 10км", "Т14|МС21|64bit|154М|10км"},
      // Names.
      {"eBay МакДональд ВКонтакте КамАЗ КазМунайГаз РусГидро ЕвроХим ВымпелКом СевКавГЭС",
       "eBay|МакДональд|ВКонтакте|КамАЗ|КазМунайГаз|РусГидро|ЕвроХим|ВымпелКом|СевКавГЭС"},
      {"iPhone YouTube МГУшник ЖЭКа НПЗов SMSками iPhoneом", "iPhone|YouTube|МГУшник|ЖЭКа|НПЗов|SMSками|iPhoneом"},
      {"PowerPoint", "PowerPoint"},
      // Small words are those that the oracle names.
      {"выступленияВ Москве, КоммерсантЪ", "выступленияВ|Москве|,|КоммерсантЪ"},
      {"ссылкой наRanking.kz", "ссылкой|наRanking|.|kz"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.text);
    CHECK(Joined(c.text) == c.expected);
  }
  const std::vector<Token> tokens = Tokens("г.Алматы КазахстанаПремьер А.С.Пушкин");
  CHECK(tokens[2].Has(kGlued));
  CHECK(tokens[2].Has(kSpaceBefore) == false);
  CHECK(!tokens[3].Has(kGlued));
  CHECK(tokens[4].Has(kGlued));
  CHECK(!tokens.back().Has(kGlued));
}

TEST_CASE("Latin words with a Russian ending") {
  CHECK(LatinStem("Boeing'ом") == 6);
  CHECK(LatinStem("IBM\u2019у") == 3);
  CHECK(LatinStem("T-Mobile'а") == 8);
  for (const char* other : {"Boeing", "д'Артаньяна", "O'Neil", "Boeing'", "Boeing'истами", "'ом", "Boeing'ОМ", "Г'ом"})
    CHECK(LatinStem(other) == 0);
  const std::vector<Token> tokens = Tokens("Boeing'ом IBM'у");
  REQUIRE(tokens.size() == 2);
  CHECK(tokens[0].Has(kLatin));
  CHECK(tokens[0].Has(kEnding));
  CHECK(tokens[0].shape == Shape::kCap);
  CHECK(tokens[1].shape == Shape::kUpper);
}

TEST_CASE("small words that ran into the next one part from it") {
  Words words;
  words.known = {"выступления", "Дархана"};
  words.into_latin = {"в", "к", "на", "с"};
  words.into_cyrillic = {"и", "В"};
  CHECK(Joined("ссылкой наRanking.kz, наDW, вFacebook", &words) == "ссылкой|на|Ranking.kz|,|на|DW|,|в|Facebook");
  CHECK(Joined("сPA кС ВFacebook наmail", &words) == "сPA|кС|ВFacebook|наmail");
  CHECK(Joined("выступленияВ Москве, иДархана, иСуслика", &words) == "выступления|В|Москве|,|и|Дархана|,|иСуслика");
  words.states = {"РК"};
  words.known.insert("Фото");
  CHECK(Joined("МЧС РКФото, РКФотон, УКФото", &words) == "МЧС|РК|Фото|,|РКФотон|,|УКФото");
}

TEST_CASE("glued words, with an oracle") {
  Words words;
  words.known = {"слова",   "Слово", "Ещё", "Казахстана", "Премьер-министр", "фотобанк", "Ракета", "ТАСС",  "Президент", "Металл", "Инвест",
                 "области", "МЧС",   "газ", "Газ",        "Алматы",          "года",     "Рус",    "Гидро", "Каз"};
  words.camel = {"МеталлИнвест", "КазМунайГаз"};
  words.into_cyrillic = {"в", "и"};
  const Case cases[] = {
      {"словаСловоЕщё", "слова|Слово|Ещё"},
      {"КазахстанаПремьер-министр", "Казахстана|Премьер-министр"},
      {"фотобанкРакета-носитель", "фотобанк|Ракета-носитель"},
      {"ТАССПрезидент", "ТАСС|Президент"},
      {"иПрезидент вКазахстана", "и|Президент|в|Казахстана"},
      {"областиМЧС", "области|МЧС"},
      {"АлматыТокаев", "Алматы|Токаев"},
      {"годаЖээнбеков", "года|Жээнбеков"},
      {"МеталлИнвест КазМунайГаз РусГидро ГазПром", "МеталлИнвест|КазМунайГаз|РусГидро|ГазПром"},
      {"ФСБшник МГУшник СевКавГЭС", "ФСБшник|МГУшник|СевКавГЭС"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.text);
    CHECK(Joined(c.text, &words) == c.expected);
  }
}

TEST_CASE("shapes and flags") {
  const struct {
    const char* text;
    Kind kind;
    Shape shape;
    int flags;
  } cases[] = {
      {"газета", Kind::kWord, Shape::kLower, kCyrillic},
      {"Газета", Kind::kWord, Shape::kCap, kCyrillic},
      {"Нур-Султан", Kind::kWord, Shape::kCap, kCyrillic | kHyphen},
      {"Ростов-на-Дону", Kind::kWord, Shape::kCap, kCyrillic | kHyphen},
      {"О'Нил", Kind::kWord, Shape::kCap, kCyrillic},
      {"НУР-СУЛТАН", Kind::kWord, Shape::kUpper, kCyrillic | kHyphen},
      {"МИД", Kind::kWord, Shape::kUpper, kCyrillic},
      {"А", Kind::kWord, Shape::kInitial, kCyrillic},
      {"а", Kind::kWord, Shape::kLower, kCyrillic},
      {"КамАЗ", Kind::kWord, Shape::kMixed, kCyrillic},
      {"eBay", Kind::kWord, Shape::kMixed, kLatin},
      {"IT-компания", Kind::kWord, Shape::kMixed, kHyphen},
      {"Т14", Kind::kWord, Shape::kUpper, kCyrillic | kDigits},
      {"2.1а", Kind::kWord, Shape::kLower, kCyrillic | kDigits},
      {"2021", Kind::kNumber, Shape::kNone, kDigits},
      {"Әлия", Kind::kWord, Shape::kCap, kCyrillic},
      {"Lenta.ru", Kind::kWord, Shape::kCap, kLatin | kUrl},
      {"—", Kind::kPunct, Shape::kNone, kDash},
      {"-", Kind::kPunct, Shape::kNone, kDash},
      {"«", Kind::kQuote, Shape::kNone, 0},
      {"$", Kind::kOther, Shape::kNone, 0},
      {"Αθήνα", Kind::kWord, Shape::kLower, 0},
  };
  for (const auto& c : cases) {
    CAPTURE(c.text);
    const std::vector<Token> tokens = Tokens(c.text);
    REQUIRE(tokens.size() == 1);
    CHECK(tokens[0].kind == c.kind);
    CHECK(tokens[0].shape == c.shape);
    CHECK(tokens[0].flags == (c.flags | kLineStart | kBlockStart | kSentenceStart | kSentenceEnd));
  }
}

TEST_CASE("lines and blocks") {
  const std::vector<Token> tokens = Tokens("один два\r\nтри\n \nчетыре");
  REQUIRE(tokens.size() == 4);
  CHECK(!tokens[1].Has(kLineStart));
  CHECK(tokens[1].Has(kSpaceBefore));
  CHECK(tokens[2].Has(kLineStart));
  CHECK(!tokens[2].Has(kBlockStart));
  CHECK(tokens[3].Has(kBlockStart));
  CHECK(tokens[3].Has(kSentenceStart));
  CHECK(tokens[2].Has(kSentenceEnd));
  CHECK(tokens[3].sentence == tokens[2].sentence + 1);
}

TEST_CASE("quotes and brackets") {
  const Case cases[] = {
      {"«внешние „внутренние“»", "«внешние „внутренние“» + „внутренние“"},
      {"ООО «Ромашка»", "«Ромашка»"},
      {"«ООО «Ромашка»", "«Ромашка»"},
      {"«ООО «Ромашка»»", "«ООО «Ромашка»» + «Ромашка»"},
      {"\"АО \"Ромашка\"\"", "\"АО \"Ромашка\"\" + \"Ромашка\""},
      {"\"АО \"Ромашка\" и", "\"Ромашка\""},
      {"(\"Назарбаевский старт\")", "(\"Назарбаевский старт\") + \"Назарбаевский старт\""},
      {"ООО\"Ромашка\", \"Да\",\"нет\"", "\"Ромашка\" + \"Да\" + \"нет\""},
      {"“Sputnik” и „Спутник“", "“Sputnik” + „Спутник“"},
      {"„Спутник” и 'Мир'", "„Спутник” + 'Мир'"},
      {"(а [б] в) г) (д", "(а [б] в) + [б]"},
      {"(«Ромашка)", "(«Ромашка)"},
      {"«одно\n\nдругое»", ""},
      {"19\" и 20\"", ""},
      {"rock 'n roll don't", ""},
  };
  for (const Case& c : cases) {
    CAPTURE(c.text);
    CHECK(Pairs(c.text) == c.expected);
  }
  // A quote that was never closed does not swallow the text.
  std::string text = "\"Начало";
  for (int i = 0; i < 70; ++i) text += " слово";
  CHECK(Pairs(text + "\" и \"Ромашка\"") == "\"Ромашка\"");
}

TEST_CASE("sentences") {
  Words words;
  words.short_forms = {"ул", "им", "обл", "т.е", "и.о", "акад"};
  const Case cases[] = {
      {"Он пришёл. Она ушла! Куда? Домой… Да.", "Он пришёл. / Она ушла! / Куда? / Домой… / Да."},
      {"Президент К. Токаев и Н.А. Назарбаев. Потом", "Президент К. Токаев и Н.А. Назарбаев. / Потом"},
      {"Живёт в г. Алматы на ул. Абая. Там", "Живёт в г. Алматы на ул. Абая. / Там"},
      {"В 2021 г. Президент сказал", "В 2021 г. / Президент сказал"},
      {"Стоит 5 млн. Затем 10 млн. рублей", "Стоит 5 млн. / Затем 10 млн. рублей"},
      {"Яблоки, груши и т. д. Потом", "Яблоки, груши и т. д. / Потом"},
      {"Он, т. е. Иванов, и.о. Премьера", "Он, т. е. Иванов, и.о. Премьера"},
      {"«Я приду», — сказал он. «Жди». Всё", "«Я приду», — сказал он. / «Жди». / Всё"},
      {"«Стой!» — крикнул он. Тот встал", "«Стой!» — крикнул он. / Тот встал"},
      {"Что?! Да... Нет!!! Ага", "Что?! / Да... / Нет!!! / Ага"},
      {"Он сказал (см. Рис. 1. Выше) всё", "Он сказал (см. Рис. 1. Выше) всё"},
      {"1. Первое дело. 2. Второе", "1. Первое дело. / 2. Второе"},
      {"Фильм \"Ёлки!\" Бекмамбетова вышел", "Фильм \"Ёлки!\" Бекмамбетова вышел"},
      {"Он сказал.Потом ушёл", "Он сказал. / Потом ушёл"},
      {"Он сказал.В Алматы прошёл «Саммит».США против", "Он сказал. / В Алматы прошёл «Саммит». / США против"},
      {"Заголовок новости\nПремьер сказал", "Заголовок новости / Премьер сказал"},
      {"© Sputnik / Имя Фамилия\nГод президентства", "© Sputnik / Имя Фамилия / Год президентства"},
      {"Архивное фото\n© ПРЕСС-СЛУЖБА", "Архивное фото / © ПРЕСС-СЛУЖБА"},
      {"в размере\n500 тысяч тенге", "в размере 500 тысяч тенге"},
      {"сообщил президент,\nТокаев", "сообщил президент, Токаев"},
      {"Премьер\nсказал", "Премьер сказал"},
      {"Один\n- Два\n- три", "Один / - Два / - три"},
      {"Министр иностранных дел страны заявил на встрече, что президент\nКазахстана посетит Москву в марте этого года, а потом поедет "
       "в\nАстану и другие города",
       "Министр иностранных дел страны заявил на встрече, что президент Казахстана посетит Москву в марте этого года, а потом поедет в "
       "Астану и другие города"},
      {"Разговор.\n\nновый блок", "Разговор. / новый блок"},
      {"Он живёт в США. Она тоже", "Он живёт в США. / Она тоже"},
      {"В 10.30 на zakon.kz вышла новость. Да", "В 10.30 на zakon.kz вышла новость. / Да"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.text);
    CHECK(Sentences(c.text, &words) == c.expected);
  }
}

const char* const kPieces[] = {"а", "Слово", "слово", "МИД", "С",    "x",    "Word", "1",  "20",  ".",      ",",    "-",
                               "—", "\"",    "«",     "»",   "'",    "(",    ")",    "@",  "#",   "/",      ":",    "://",
                               " ", " ",     " ",     "\n",  "\n\n", "\r\n", "т.",   "ru", ".ru", "\u0301", "😀",    "…",
                               "!", "?",     "„",     "“",   "”",    "ё",    "қ",    "α",  "_",   "%",      "\xFF", "\u02BC"};

TEST_CASE("random text: tokens cover all that is not blank, in order, and their links hold") {
  Words words;
  words.known = {"слово", "Слово", "МИД", "Word"};
  std::mt19937 random(5);
  for (int round = 0; round < 30000; ++round) {
    std::string text;
    const int length = static_cast<int>(random() % 30);
    for (int i = 0; i < length; ++i) text += kPieces[random() % std::size(kPieces)];
    CAPTURE(text);
    const std::vector<Token> tokens = Tokens(text, round % 2 == 0 ? &words : nullptr);
    std::size_t at = 0;
    std::uint32_t sentence = 0;
    for (std::size_t i = 0; i < tokens.size(); ++i) {
      const Token& t = tokens[i];
      REQUIRE(t.begin >= at);
      REQUIRE(t.begin < t.end);
      REQUIRE(t.end <= text.size());
      REQUIRE(text.substr(at, t.begin - at).find_first_not_of(" \t\r\n") == std::string::npos);
      REQUIRE(t.Has(kSpaceBefore) == (t.begin > at && (i > 0 || at < t.begin)));
      REQUIRE((t.pair >= 0) == t.Has(kOpens | kCloses));
      if (t.pair >= 0) REQUIRE(tokens[static_cast<std::size_t>(t.pair)].pair == static_cast<std::int32_t>(i));
      if (t.Has(kBlockStart)) REQUIRE(t.Has(kSentenceStart));
      if (t.Has(kSentenceStart) && i > 0) ++sentence;
      REQUIRE(t.sentence == sentence);
      REQUIRE(t.Has(kSentenceEnd) == (i + 1 == tokens.size() || tokens[i + 1].Has(kSentenceStart)));
      at = t.end;
    }
    REQUIRE(text.substr(at).find_first_not_of(" \t\r\n") == std::string::npos);
  }
}

TEST_CASE("words of plain Cyrillic letters are no different from others") {
  // A combining mark says nothing of a word, but keeps it from the quick way.
  std::mt19937 random(11);
  const std::string letters[] = {"а", "б", "я", "ё", "ә", "ѐ", "А", "Я", "Ё", "Қ", "-", "5", "s", "S", "Ѳ", "ҙ"};
  for (int round = 0; round < 20000; ++round) {
    std::string word;
    const std::size_t plain = random() % 2 == 0 ? 3 : std::size(letters);
    for (std::size_t n = 1 + random() % 6; n > 0; --n) word += letters[random() % (word.empty() ? std::size(letters) : plain)];
    const Letters quick = LettersOf(word), slow = LettersOf(word + "\u0301");
    CAPTURE(word);
    CHECK(quick.shape == slow.shape);
    CHECK(quick.flags == slow.flags);
    CHECK(quick.letters == slow.letters);
    CHECK(quick.may_be_glued == slow.may_be_glued);
  }
}

TEST_CASE("hostile text takes linear time") {
  Words words;
  for (const char* piece :
       {"«", "\"",  "(",       "'",  "\"а ", "a.",  "a.a@", "a-",     "а-", "аА", "Аа", "СловоСлово", "1.",   "1a", "а1", "@",
        "#", "://", "http://", "\n", "a\n",  "А. ", "т.е.", "\u0301", "“",  "„“", ")(", "«)",         "www.", "a_", "a+"}) {
    std::string text;
    while (text.size() < 300000) text += piece;
    CAPTURE(piece);
    CHECK(Tokens(text, &words).size() <= text.size());
  }
}

}  // namespace
