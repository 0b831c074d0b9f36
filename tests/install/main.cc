// What a user's own program looks like; built against an installed atau by CMake and by pkg-config.
#include <atau/atau.h>

#include <iostream>

int main(int argc, char** argv) {
  const auto extractor = atau::Extractor::Load(argc > 1 ? argv[1] : atau::DefaultBundlePath());
  if (!extractor.ok()) {
    std::cerr << extractor.error().ToString() << '\n';
    return 1;
  }
  const auto doc = extractor->Extract("Гендиректор Роскосмоса Дмитрий Рогозин прилетел в Казахстан.");
  if (!doc.ok()) {
    std::cerr << doc.error().ToString() << '\n';
    return 1;
  }
  bool person = false, place = false;
  for (const atau::Entity& e : doc->entities) {
    std::cout << atau::TypeName(e.type) << ' ' << e.text << " = " << e.normal << '\n';
    person |= e.type == atau::Type::kPerson && e.text == "Дмитрий Рогозин";
    place |= e.type == atau::Type::kLocation && e.normal == "Казахстан";
  }
  return person && place ? 0 : 1;
}
