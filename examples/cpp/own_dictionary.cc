// An application with names and rules of its own: rows that it makes in memory (they could come from a database), and a file of rules
// beside it. Both are compiled on top of the bundle when the extractor is loaded; a mistake is told with its file and line.
//
//     own_dictionary buildings.rules
#include <atau/atau.h>

#include <fstream>
#include <iostream>
#include <iterator>
#include <string>

namespace {

// What the application knows: a project under a name of two words. Written once, in the nominative, it is found in every case.
std::string Rows() {
  std::string rows = "#! entities type=PROGRAM source=\"own\" licence=Apache-2.0\n";
  rows += "id\tkind\tname\tvariants\ttier\tslots\n";
  rows += "own.zarya_stepi\tprogramme\tЗаря степи\tZarya Stepi\talone\trun_by=own.fund\n";
  return rows;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: own_dictionary FILE.rules\n";
    return 2;
  }
  std::ifstream file(argv[1], std::ios::binary);
  if (!file) {
    std::cerr << argv[1] << ": the file cannot be read\n";
    return 1;
  }
  const std::string rules{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};

  atau::LoadOptions options;
  options.extra_sources = {{"own.tsv", Rows()}, {argv[1], rules}};
  const auto extractor = atau::Extractor::Load(atau::DefaultBundlePath(), options);
  if (!extractor.ok()) {
    std::cerr << extractor.error().ToString() << '\n';  // "buildings.rules:3:10: …"
    return 1;
  }

  const std::string text = "Участники «Зари степи» осмотрели павильон 12 и вернулись в Караганду.";
  const auto document = extractor->Extract(text);
  if (!document.ok()) {
    std::cerr << document.error().ToString() << '\n';
    return 1;
  }
  for (const atau::Entity& mention : document->entities) {
    if (mention.type == atau::Type::kRole) continue;
    std::cout << atau::TypeName(mention.type) << '\t' << mention.text << '\t' << mention.normal << '\t' << mention.gazetteer << '\n';
  }

  // Why is the pavilion a place?
  const std::size_t start = text.find("павильон"), end = text.find(" и вернулись");
  const auto why = extractor->Explain(text, {start, end});
  if (why.ok()) std::cerr << why->ToText();
}
