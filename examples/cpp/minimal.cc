// The smallest program: names in a text.
//
//     minimal ['another text']
#include <atau/atau.h>

#include <iostream>

int main(int argc, char** argv) {
  const auto extractor = atau::Extractor::Load(atau::DefaultBundlePath());
  if (!extractor.ok()) {
    std::cerr << extractor.error().ToString() << '\n';
    return 1;
  }
  const auto document = extractor->Extract(argc > 1 ? argv[1] : "Гендиректор Роскосмоса Дмитрий Рогозин прилетел в Казахстан.");
  if (!document.ok()) {
    std::cerr << document.error().ToString() << '\n';
    return 1;
  }
  for (const atau::Entity& mention : document->entities) {
    std::cout << atau::TypeName(mention.type) << '\t' << mention.text << '\t' << mention.normal << '\n';
  }
}
