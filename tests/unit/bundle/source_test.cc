#include "bundle/source.h"

#include <doctest/doctest.h>

#include <deque>
#include <string>

namespace atau::bundle {
namespace {

// What a file's diagnostics say, a line each; hints are left out, for they are prose.
std::string Said(std::string_view content, bool hints = false) {
  Diagnostics diagnostics;
  ReadSource("f.tsv", content, &diagnostics);
  std::string out;
  for (Diagnostic d : diagnostics.Take()) {
    CHECK((d.severity == Diagnostic::Severity::kWarning || !d.message.empty()));
    if (!hints) d.hint.clear();
    out += d.ToString() + "\n";
  }
  return out;
}

const std::string kEntities =
    "#! entities type=ORGANIZATION source=\"own knowledge\" licence=Apache-2.0\nid\tkind\tname\tvariants\ttier\tslots\n";
const std::string kWords = "#! words class=org_head\nword\tkind\tflags\n";
const std::string kNames = "#! names mark=surname\nname\tgender\ttier\tcount\n";
const std::string kWeights = "#! weights\nevidence\tplace\ttype\tweight\n";

TEST_CASE("rows, cells and attributes come as they stand in the file") {
  const std::string content = "# A comment.\n" + kEntities +
                              "org.a\tgovernment\tМинистерство обороны\tМинобороны|?=МО\talone\tcountry=RU;head=министерство\n"
                              "#\n"
                              "org.b\tmedia\tТруд\t\tsupport\n";
  Diagnostics diagnostics;
  const SourceFile file = ReadSource("organizations.tsv", content, &diagnostics);
  CHECK(diagnostics.all().empty());
  CHECK(file.kind() == FileKind::kEntities);
  CHECK(!file.faulty());
  CHECK(file.Attribute("type") == "ORGANIZATION");
  CHECK(file.Attribute("source") == "own knowledge");
  CHECK(file.Attribute("licence") == "Apache-2.0");
  CHECK(file.Attribute("class") == "");
  REQUIRE(file.rows() == 2);
  CHECK(file.Cell(0, column::kId) == "org.a");
  CHECK(file.Cell(0, column::kSlots) == "country=RU;head=министерство");
  CHECK(file.Line(0) == 4);
  CHECK(file.ColumnOf(0, file.Cell(0, column::kVariants)) == 39);
  CHECK(file.Cell(1, column::kTier) == "support");
  CHECK(file.Cell(1, column::kSlots) == "");
  CHECK(file.Line(1) == 6);
}

TEST_CASE("columns may stand in any order, and optional ones may be missing") {
  Diagnostics diagnostics;
  const SourceFile file = ReadSource("f.tsv", "#! entities type=LOCATION\nname\tid\tkind\nМосква\tm\tcity\n", &diagnostics);
  CHECK(diagnostics.all().empty());
  REQUIRE(file.rows() == 1);
  CHECK(file.Cell(0, column::kName) == "Москва");
  CHECK(file.Cell(0, column::kId) == "m");
  CHECK(file.Cell(0, column::kTier) == "");
}

TEST_CASE("every mistake is reported with its place") {
  struct Case {
    std::string content;
    std::string said;
  };
  const Case cases[] = {
      // The bytes.
      {"\xEF\xBB\xBF" + kWords, "f.tsv:1:1: error: the file begins with a byte order mark\n"},
      {"\xFF\xFE#\0!\0", "f.tsv:1:1: error: the file is in UTF-16\n"},
      {kWords + "газе\xF2\xE0\t\t\n", "f.tsv:3:5: error: the bytes here are not valid UTF-8\n"},
      {kWords + "газета\t\t\r\nжурнал\t\t\r\n", "f.tsv:3:9: error: the line ends with CR LF\n"},
      {kWords + "га\rзета\t\t\n", "f.tsv:3:3: error: a CR character inside the line\n"},
      {kWords + std::string("га\0зета\t\t\n", 15), "f.tsv:3:3: error: a NUL character\n"},
      {kWords + "газета\u00A0дня\t\t\n", "f.tsv:3:7: error: an invisible character (U+00A0)\n"},
      {kWords + "и\u0306од\t\t\n", "f.tsv:3:2: warning: a combining mark (U+0306)\n"},
      {kWords + std::string(70000, 'a') + "\n", "f.tsv:3:1: error: the line is longer than 64 KiB\n"},
      {kWords + "\nгазета\t\t\n", "f.tsv:3:1: error: the line is empty\n"},
      // The directive.
      {"", "f.tsv: error: the file has no directive and no rows\n"},
      {"# Only a comment.\n", "f.tsv: error: the file has no directive and no rows\n"},
      {"word\tkind\n", "f.tsv:1:1: error: the directive is missing\n"},
      {"#! entitys type=PERSON\n", "f.tsv:1:4: error: unknown kind of file 'entitys'\n"},
      {"#! words class=org_head colour=red\nword\n", "f.tsv:1:25: error: unknown key 'colour' in the directive\n"},
      {"#! words class=a class=b\nword\n", "f.tsv:1:18: error: the key 'class' stands twice\n"},
      {"#! words class=a source=\"own\nword\n", "f.tsv:1:25: error: the value's closing quote is missing\n"},
      {"#! words class=a own knowledge\nword\n", "f.tsv:1:18: error: here a `key=value` is expected\n"},
      {"#! words\nword\n", "f.tsv:1:1: error: the directive lacks 'class'\n"},
      {"#! words class=Head\nword\n", "f.tsv:1:16: error: the class 'Head' is no lower-case word of a-z, 0-9 and _\n"},
      {"#! entities type=CITY\nid\tkind\tname\n", "f.tsv:1:18: error: unknown type 'CITY'\n"},
      {"#! entities type=ORG\nid\tkind\tname\n", "f.tsv:1:18: error: unknown type 'ORG'\n"},
      {"#! names mark=sirname\nname\n", "f.tsv:1:15: error: unknown mark 'sirname'\n"},
      {"#! words class=a\n", "f.tsv:1: error: the header row is missing\n"},
      {kWords + "#! words class=b\n", "f.tsv:3:1: error: a second directive\n"},
      // The header row.
      {"#! words class=a\nkind\tflags\n", "f.tsv:2:1: error: the column 'word' is missing from the header row\n"},
      {"#! words class=a\nword\tkinds\n", "f.tsv:2:6: error: unknown column 'kinds'\n"},
      {"#! words class=a\nword\tkind\tkind\n", "f.tsv:2:11: error: the column 'kind' stands twice\n"},
      // The cells.
      {kWords + "газета\tmedia\t\t\n", "f.tsv:3:15: error: the row has more cells than the header's 3\n"},
      {kWords + "газета \tmedia\n", "f.tsv:3:1: error: a blank at the end of the cell\n"},
      {kWords + "газета\t media\n", "f.tsv:3:8: error: a blank at the start of the cell\n"},
      {kWords + "\tmedia\n", "f.tsv:3:1: error: the cell of column 'word' is empty\n"},
      {kWords + "газета  дня\n", "f.tsv:3:7: error: two blanks in a row\n"},
      {kWords + "доллар\tUSD\n", ""},
      {kWords + "газета\tпресса\n", "f.tsv:3:8: error: the kind 'пресса' has other characters than a-z, A-Z, 0-9, '.', '_', '-' and ':'\n"},
      {kWords + "газета\tmedia\tkeep,,drop\n", "f.tsv:3:19: error: the flag '' is no lower-case word of a-z, 0-9 and _\n"},
      // Entities.
      {kEntities + "org.я\tx\tИмя\t\talone\n",
       "f.tsv:3:1: error: the id 'org.я' has other characters than a-z, A-Z, 0-9, '.', '_', '-' and ':'\n"},
      {kEntities + "a\tx\tИмя\t\talon\n", "f.tsv:3:10: error: unknown tier 'alon'\n"},
      {kEntities + "a\tx\tИмя\t\t\n", "f.tsv:3:10: error: the cell of column 'tier' is empty\n"},
      {kEntities + "a\tx\t\t\talone\n", "f.tsv:3:5: error: the cell of column 'name' is empty\n"},
      {kEntities + "a\tx\tИмя\tА||Б\talone\n", "f.tsv:3:11: error: an empty variant\n"},
      {kEntities + "a\tx\tИмя\tА| Б\talone\n", "f.tsv:3:11: error: a blank at the start of the name\n"},
      {kEntities + "a\tx\tИмя\t?\talone\n", "f.tsv:3:9: error: a prefix without a name\n"},
      {kEntities + "a\tx\tИмя\t??МО\talone\n", "f.tsv:3:10: error: the prefix '?' stands twice\n"},
      {kEntities + "a\tx\tИмя\t= МО\talone\n", "f.tsv:3:10: error: a blank at the start of the name\n"},
      {kEntities + "a\tx\tИмя\tИмя\talone\n", "f.tsv:3:9: warning: the variant is the same as the name\n"},
      {kEntities + "a\tx\tИмя\tБ|Б\talone\n", "f.tsv:3:11: warning: the variant stands twice\n"},
      {kEntities + "a\tx\t«Имя»\t\talone\n", "f.tsv:3:5: warning: the whole name stands in quotes\n"},
      {kEntities + "a\tx\tФонд \"Имя\"\t\talone\n", "f.tsv:3:10: warning: a straight quote in a name\n"},
      {kEntities + "a\tx\tИмя\t\talone\tcountry\n", "f.tsv:3:16: error: the slot 'country' has no `=`\n"},
      {kEntities + "a\tx\tИмя\t\talone\tcountry=RU;\n", "f.tsv:3:27: error: an empty slot\n"},
      {kEntities + "a\tx\tИмя\t\talone\tcountry=\n", "f.tsv:3:16: error: the slot 'country' has an empty value or blanks around it\n"},
      {kEntities + "a\tx\tИмя\t\talone\ta=1;a=2\n", "f.tsv:3:20: error: the slot 'a' stands twice\n"},
      {kEntities + "a\tx\tИмя\t\talone\tCountry=RU\n",
       "f.tsv:3:16: error: the slot's key 'Country' is no lower-case word of a-z, 0-9 and _\n"},
      // Look-alikes: here the Latin «о» and «a», and the Cyrillic «С».
      {kEntities + "a\tx\tМoсква\t\talone\n",
       "f.tsv:3:6: warning: the Latin letter 'o' (U+006F) in the Cyrillic word 'Мoсква' looks like 'о'\n"},
      {kEntities + "a\tx\tСоюз-2.1a\t\talone\n", ""},
      {kEntities + "a\tx\tСNN\t\talone\n", "f.tsv:3:5: warning: the Cyrillic letter 'С' (U+0421) in the Latin word 'СNN' looks like 'C'\n"},
      {kEntities + "a\tx\tЯndex\t\talone\n", "f.tsv:3:5: warning: the word 'Яndex' mixes alphabets: 'Я' (U+042F) is Cyrillic\n"},
      {kEntities + "a\tx\tIT-парк Astana Hub\t\talone\n", ""},
      // Names and weights.
      {kNames + "Иванов\tmale\talone\t\n", "f.tsv:3:8: error: unknown gender 'male'\n"},
      {kNames + "Иванов\tboth\talone\tmany\n", "f.tsv:3:19: error: the count 'many' is no number\n"},
      {kNames + "Иванов\tboth\talone\t1\nИванов\tboth\talone\t2\n", "f.tsv:4:1: warning: the name 'Иванов' stands twice\n"},
      {kWeights + "lemma=город\tin+0\tLOCATION\t1,5\n", "f.tsv:3:27: error: the weight '1,5' is no number\n"},
      {kWeights + "lemma=город\tin+0\tLOCATION\t-1.5\n", ""},
      // Order.
      {kWords + "б\nа\nв\nа\n", "f.tsv:4:1: warning: the rows are not sorted: 'а' stands after 'б', and 1 more rows are out of order\n"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.content.substr(0, 200));
    CHECK(Said(c.content) == c.said);
  }
}

TEST_CASE("several mistakes of one file are reported in one run, and every error has a hint") {
  const std::string content = kEntities + "a\tx\tИмя\t\talon\tcountry\n" + "b\tx\tИмя \t\talone\n" + "c\tX\tИмя\t\talone\n";
  CHECK(Said(content) ==
        "f.tsv:3:10: error: unknown tier 'alon'\n"
        "f.tsv:3:15: error: the slot 'country' has no `=`\n"
        "f.tsv:4:5: error: a blank at the end of the cell\n"
        "f.tsv:5:3: error: the kind 'X' is no lower-case word of a-z, 0-9 and _\n");
  Diagnostics diagnostics;
  ReadSource("f.tsv", content, &diagnostics);
  for (const Diagnostic& d : diagnostics.all()) CHECK(!d.hint.empty());
}

TEST_CASE("files are compared with each other") {
  const std::deque<std::string> contents = {
      kEntities + "a\tcity\tГород\t\talone\tcountry=RU\n" + "b\tcity\tГород\t\talone\tcountry=KZ\n" +
          "c\tcity\tГород\t\talone\tcountry=RU\n",
      kEntities + "a\tcity\tДругой\t\talone\n",
      kWords + "газета\tmedia\nгазета\tpaper\n",
      kWords + "газета\tmedia\n",
  };
  Diagnostics diagnostics;
  std::vector<SourceFile> files;
  const std::deque<std::string> names = {"1.tsv", "2.tsv", "3.tsv", "4.tsv"};
  for (std::size_t i = 0; i < contents.size(); ++i) files.push_back(ReadSource(names[i], contents[i], &diagnostics));
  CheckTogether(files, &diagnostics);
  std::string all;
  for (const Diagnostic& d : diagnostics.Take()) all += d.ToString() + "\n";
  CHECK(all ==
        "1.tsv:5:8: warning: another city has the name 'Город' in 1.tsv:3; merge the rows if they are one thing\n"
        "2.tsv:3:1: error: the id 'a' stands already in 1.tsv:3; ids are unique over all files: rename or merge\n"
        "4.tsv:3:1: warning: the word 'газета' of this class and kind stands already in 3.tsv:3; remove one row\n");
}

TEST_CASE("a rare kind that is nearly a frequent one is asked about") {
  std::string content = kEntities;
  for (char c = 'a'; c < 'm'; ++c) content += std::string(1, c) + "\tgovernment\tИмя " + c + "\t\talone\n";
  content += "x\tgoverment\tИмя\t\talone\ny\tmedia\tИмя\t\talone\n";
  Diagnostics diagnostics;
  const SourceFile file = ReadSource("f.tsv", content, &diagnostics);
  CheckTogether({&file, 1}, &diagnostics);
  REQUIRE(diagnostics.all().size() == 1);
  CHECK(diagnostics.all()[0].ToString() == "f.tsv:15:3: warning: the kind 'goverment' is rare; did you mean 'government'?");
}

TEST_CASE("prefixes come off in any order") {
  CHECK(ParseName("МО").text == "МО");
  for (const std::string_view cell : {"?=АП", "=?АП"}) {
    CHECK(ParseName(cell).text == "АП");
    CHECK(ParseName(cell).exact);
    CHECK(ParseName(cell).support);
  }
  CHECK(!ParseName("?МО").exact);
}

TEST_CASE("a directive's kind can be told without reading the file") {
  CHECK(KindInDirective("# A\n#\n#! names mark=given\n") == "names");
  CHECK(KindInDirective("#! weights\r\n") == "weights");
  CHECK(KindInDirective("id\tkind\n") == "");
  CHECK(KindInDirective("# A") == "");
}

TEST_CASE("morphology files are left to the morphology, but their bytes are checked") {
  CHECK(Said("#! lexemes source=x licence=y\nlemma\tparadigms\nя\t1\nа\t2\n") == "");
  CHECK(Said("#! lexemes source=x licence=y\nlemma\tparadigms\n\xFF\t1\n") == "f.tsv:3:1: error: the bytes here are not valid UTF-8\n");
}

}  // namespace
}  // namespace atau::bundle
