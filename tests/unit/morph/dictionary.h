// The dictionary that morphology's tests look at: the repository's sources, compiled once a run.
#ifndef ATAU_TESTS_UNIT_MORPH_DICTIONARY_H_
#define ATAU_TESTS_UNIT_MORPH_DICTIONARY_H_

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "bundle/diagnostics.h"
#include "morph/builder.h"
#include "morph/form_table.h"
#include "morph/morph.h"
#include "token/token.h"

namespace atau::morph::testing {

inline std::string ReadFile(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

// …/dictionaries of the source tree that this file belongs to.
inline std::filesystem::path Dictionaries() {
  return std::filesystem::path(__FILE__).parent_path().parent_path().parent_path().parent_path() / "dictionaries";
}

struct Dictionary {
  std::string section;
  std::unique_ptr<Morph> morph;
};

inline Dictionary Compile(Builder* builder) {
  Dictionary out;
  auto built = builder->Build();
  if (!built.ok()) {
    std::fprintf(stderr, "%s\n", built.error().ToString().c_str());
    return out;
  }
  out.section = std::move(built).value();
  const std::string_view sections[] = {out.section};
  auto opened = OpenMorph(sections);
  if (opened.ok()) {
    out.morph = std::move(opened).value();
  } else {
    std::fprintf(stderr, "%s\n", opened.error().ToString().c_str());
  }
  return out;
}

// OpenCorpora, the models and the names.
inline const Dictionary& FullDictionary() {
  static const Dictionary dictionary = [] {
    bundle::Diagnostics diagnostics;
    Builder builder(&diagnostics);
    std::vector<std::filesystem::path> files;
    for (const char* folder : {"morphology", "people"}) {
      for (const auto& entry : std::filesystem::recursive_directory_iterator(Dictionaries() / folder)) {
        if (entry.path().extension() == ".tsv") files.push_back(entry.path());
      }
    }
    std::sort(files.begin(), files.end());
    for (const auto& file : files) {
      const std::string content = ReadFile(file);
      const std::size_t directive = content.find("#! ");
      if (directive == std::string::npos) continue;
      const std::string_view kind = std::string_view(content).substr(directive + 3, content.find(' ', directive + 3) - directive - 3);
      if (Builder::Accepts(kind)) builder.Add(file.string(), content);
    }
    Dictionary out = Compile(&builder);
    for (const Diagnostic& d : diagnostics.Take()) {
      if (d.severity == Diagnostic::Severity::kError) std::fprintf(stderr, "%s\n", d.ToString().c_str());
    }
    return out;
  }();
  return dictionary;
}
inline const Morph& Full() { return *FullDictionary().morph; }

// A handful of lexemes, for tests that damage or combine sections.
inline constexpr std::string_view kSmallParadigms =
    "#! paradigms source=test licence=test\n"
    "paradigm\tforms\n"
    "a\t:NOUN,inan,masc sing,nomn|а:NOUN,inan,masc sing,gent|у:NOUN,inan,masc sing,datv|:NOUN,inan,masc sing,accs|ом:NOUN,inan,masc "
    "sing,ablt|"
    "е:NOUN,inan,masc sing,loct|ы:NOUN,inan,masc plur,nomn|ов:NOUN,inan,masc plur,gent\n"
    "b\tый:ADJF,Qual masc,sing,nomn|ого:ADJF,Qual masc,sing,gent|ая:ADJF,Qual femn,sing,nomn|ее:COMP,Qual|по+ее:COMP,Qual Cmp2\n"
    "c\t:NOUN,anim,masc,Sgtm,Surn sing,nomn|а:NOUN,anim,masc,Sgtm,Surn sing,gent|а:NOUN,anim,femn,Sgtm,Surn sing,nomn|"
    "ой:NOUN,anim,femn,Sgtm,Surn sing,gent\n";
inline constexpr std::string_view kSmallLexemes =
    "#! lexemes source=test licence=test\n"
    "lemma\tparadigms\n"
    "иванов\tc\nкороб\ta\nновый\tb\nпетров\tc\nпрестол\ta\nсамолёт\ta\nсидоров\tc\nстол\ta\nуглов\tc\nчёрный\tb\nшкаф\ta\n";
inline constexpr std::string_view kSmallNames =
    "#! names mark=surname source=test licence=test\n"
    "name\tgender\ttier\tcount\n"
    "Иванов\tboth\talone\t10\nКоролёв\tboth\talone\t3\nМоржов\tboth\tsupport\t3\n";

inline Dictionary Small() {
  bundle::Diagnostics diagnostics;
  Builder builder(&diagnostics);
  builder.Add("paradigms.tsv", kSmallParadigms);
  builder.Add("lexemes.tsv", kSmallLexemes);
  builder.Add("names.tsv", kSmallNames);
  return Compile(&builder);
}

// A text with its tokens and forms.
struct Text {
  explicit Text(std::string_view text, const Morph& morph = Full()) : clean(text), forms(&morph) {
    token::Tokenize(clean, &morph, &tokens);
    forms.InternAll(clean, &tokens);
  }
  std::string clean;
  std::vector<token::Token> tokens;
  FormTable forms;
};

}  // namespace atau::morph::testing

#endif  // ATAU_TESTS_UNIT_MORPH_DICTIONARY_H_
