// Normal forms of word groups: the nominative of «Министерства обороны РФ», «Анны Ивановой», «Нидерландах».
#ifndef ATAU_MORPH_INFLECT_H_
#define ATAU_MORPH_INFLECT_H_

#include <span>
#include <string>
#include <string_view>

#include "morph/form_table.h"
#include "token/token.h"

namespace atau::morph {

enum class Gender : unsigned char { kUnknown, kMasculine, kFeminine };

struct GroupOptions {
  // PERSON groups: all words agree; surnames follow the gender of the given name or patronymic; foreign women's surnames in a consonant
  // stay.
  bool person = false;
  Gender gender = Gender::kUnknown;  // for a person, where it is known from elsewhere
  bool keep_number = true;           // plural names stay plural («Нидерланды»)
};

// The nominative of the tokens [begin, end): the head noun and what agrees with it is put into the nominative, the rest (genitive tail,
// text in quotes, Latin, numbers) stays as it is. Letter case is kept a letter at a time («НУР-СУЛТАНА» → «НУР-СУЛТАН»; see RestoreCase for
// more), ё is restored where the dictionary has it, signs and blanks between the tokens are kept (runs of blanks as one).
std::string NominativeOf(std::string_view clean, std::span<const token::Token> tokens, std::size_t begin, std::size_t end,
                         const FormTable& forms, const GroupOptions& options);

// The same words as they are written, with each run of blanks as one.
std::string WrittenGroup(std::string_view clean, std::span<const token::Token> tokens, std::size_t begin, std::size_t end,
                         const FormTable& forms);

// Gives the letters of `word` (lower case) the letter case of `pattern`, each part between hyphens for itself: («Рутта», «рутт») → «Рутт».
std::string WithCaseOf(std::string_view pattern, std::string_view word);

// The gender that the words of a person's name show, kUnknown where they do not.
Gender GenderOf(std::span<const token::Token> tokens, std::size_t begin, std::size_t end, const FormTable& forms);

}  // namespace atau::morph

#endif  // ATAU_MORPH_INFLECT_H_
