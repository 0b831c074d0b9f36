// Who holds which post where, from the posts that a text names.
//
// The dictionaries say which words are posts (class `role`) and which verbs and nouns go with them (class `post_verb`). A post takes its
// adjectives before it («бывший генеральный директор»), its tail («министр цифрового развития»), and the body or place behind it; then it
// looks for its person: right behind («… Иван Крот»), before a comma, dash or bracket («Иван Крот, …»), or over a verb («Иван Крот назначен
// …», «… стал Иван Крот»). Other families are rules (dictionaries/rules/relations.rules).
//
// A post without a body has that of what its noun stands for («глава партии», class `body_noun`), of the post coordinated with it, or the
// state that its adjective (class `place_adjective`), the person's entry in the dictionaries, the person's other post, or the rest of the
// text tells.
#ifndef ATAU_RESOLVE_RELATIONS_H_
#define ATAU_RESOLVE_RELATIONS_H_

#include <string_view>
#include <vector>

#include "resolve/arena.h"
#include "resolve/describe.h"
#include "resolve/post_words.h"
#include "resolve/posts.h"

namespace atau::resolve {

struct FoundRelation {
  std::string_view label;            // WORKS_AS, …
  int subject = -1, object = -1;     // mentions; -1 where there is none
  std::string_view role;             // in the arena
  std::uint32_t begin = 0, end = 0;  // tokens from the first to the last that show it
  float weight = 0;
};

// The words of a post that a named person holds, with its tail and without its body: tokens, half-open.
struct FoundPost {
  std::uint32_t begin = 0, end = 0;
  bool lower = true;  // it is written small, save where it begins a sentence
};

// A name with its first letter small.
std::string_view LowerFirst(std::string_view name, Arena* arena);

// Appends the WORKS_AS relations of the text, and the posts that its people hold (also those without a relation, «поэт Иван Крот»), in no
// order. `mentions`: the flat view, in the order of the text. Linear in tokens and mentions.
void FindPosts(const Analysis& a, const PostWords& words, const std::vector<Described>& mentions, PostScratch* scratch, Arena* arena,
               std::vector<FoundRelation>* out, std::vector<FoundPost>* posts);

}  // namespace atau::resolve

#endif  // ATAU_RESOLVE_RELATIONS_H_
