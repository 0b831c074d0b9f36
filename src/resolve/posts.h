// The posts that a text names: their words, and the bodies and places that stand among them. Who holds them is told in relations.cc.
#ifndef ATAU_RESOLVE_POSTS_H_
#define ATAU_RESOLVE_POSTS_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "resolve/describe.h"
#include "resolve/key_map.h"
#include "resolve/post_words.h"
#include "resolve/sentence.h"

namespace atau::resolve {

// Posts that head a state, and a government; statesmen of the class `statesman` have these flags too.
inline constexpr std::string_view kPresidentFlag = "president", kPremierFlag = "premier";

inline constexpr std::size_t kShortBracket = 8;  // tokens
inline constexpr morph::Grammemes kOblique = morph::kCases & ~morph::knomn;

// What the dictionaries say of a post.
struct PostKind {
  bool lower_entry = true;
  bool of_state = false;   // a head of state or a minister
  bool deputy = false;     // of a parliament: its state is understood only where the dictionaries know the person's
  bool of_a_body = false;  // nobody holds it without a body or place («директор», unlike «поэт»)
  bool minister = false;   // of those of a state, the ones with a field: «министр обороны»
  bool president = false, premier = false, ruler = false;  // whom a statesman of the text may be: «глава» may be either
  bool of_region = false;                                  // «губернатор»
  bool heads = false;                                      // whose body is the one spoken of: «спикер»
  bool personal = false;                                   // held with a person as well as with a body: «его помощник»
  bool calling = false;                                    // «поэт»
  bool fixed = false;                                      // written alike in all cases
  bool instrumental = false;                               // «заведующая отделом»
  std::string_view name;                                   // as the dictionaries have the head
  const std::vector<std::string_view>* bodies = nullptr;   // the class words of the bodies that alone have it; null: of any
};

struct Post : PostKind {
  std::size_t begin = 0, head = 0, head_end = 0, text_end = 0, end = 0;  // adjectives, head, the tail that is told, all with bodies
  std::size_t told_end = 0;  // where the post ends as the text tells it: «глава партии», also where the party is known
  std::size_t place_adjective = SIZE_MAX;  // the one that told the place: «омский»
  std::vector<int> objects;
  std::vector<int> people;
  morph::Agreement agreement = 0;
  bool direct = false;  // its people stand right behind it
};

// What was read of the dictionaries' posts, remembered between documents, and lists that keep their room. Not thread-safe: one a scratch,
// and one PostReader at a time.
class PostScratch {
 public:
  WordTable words;  // which others may use between two readers

 private:
  friend class PostReader;
  struct Known {
    bool there = false, flagged = false;  // `flagged`: it is none, as its flags say
    PostKind kind;
  };
  const PostWords* words_ = nullptr;  // which those below are read with
  KeyMap<Known> posts_;               // by the key of the entry, as many as the dictionaries have

  // Of the document.
  std::vector<int> mention_at_;
  std::vector<bool> no_post_at_;
  std::vector<std::uint32_t> roles_, compounds_, heads_;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> dates_;
  std::vector<Post> found_;
};

// Reads the posts of one text; the base of what tells who holds them.
class PostReader : protected Sentence {
 protected:
  // All must live as long as this.
  PostReader(const Analysis& a, const PostWords& words, const std::vector<Described>& mentions, PostScratch* scratch);

  bool IsType(int m, Type type) const { return m >= 0 && mentions_[static_cast<std::size_t>(m)].type == type; }
  bool IsPerson(std::size_t i) const { return i < a_.tokens.size() && IsType(mention_at_[i], Type::kPerson); }
  bool IsBody(int m) const { return IsType(m, Type::kOrganization) || IsType(m, Type::kLocation); }
  std::size_t EndOf(int m) const { return mentions_[static_cast<std::size_t>(m)].end; }
  bool IsComma(std::size_t i) const { return i < a_.tokens.size() && Text(i) == ","; }
  bool IsDash(std::size_t i) const { return i < a_.tokens.size() && a_.tokens[i].Has(token::Flag::kDash); }
  bool IsAnd(std::size_t i) const { return i < a_.tokens.size() && Has(i, PostWords::kAnd); }
  bool IsQuote(std::size_t i) const { return i < a_.tokens.size() && a_.tokens[i].kind == token::Kind::kQuote; }

  bool HasInAnyForm(std::size_t i, std::uint32_t uses) const {
    return IsWord(i) && (words_.UsesOfAnyForm(*a_.forms, a_.FormOf(i)) & uses) != 0;
  }
  // Whether «один из» stands before a token.
  bool OneOf(std::size_t i) const {
    return i > 1 && !Breaks(i) && !Breaks(i - 1) && Has(i - 1, PostWords::kOutOf) && HasInAnyForm(i - 2, PostWords::kOneOf);
  }

  // The word of a class that begins at a token: the longest one, -1 where there is none.
  int WordsAt(std::size_t i, std::uint16_t cls) const {
    int best = -1;
    for (const std::uint32_t index : a_.matches_at.At(i)) {
      if (!a_.placed[index].words || a_.placed[index].class_id != cls) continue;
      if (best < 0 || a_.matches[index].end > a_.matches[static_cast<std::size_t>(best)].end) best = static_cast<int>(index);
    }
    return best;
  }
  std::uint16_t VerbKind(std::size_t i) const {
    const int m = WordsAt(i, words_.verb);
    return m < 0 ? std::uint16_t{0} : a_.placed[static_cast<std::size_t>(m)].kind_id;
  }

  morph::Agreement NounsOf(std::size_t i) const { return FactsOf(i).nouns; }
  morph::Grammemes BestOf(std::size_t i) const { return FactsOf(i).best; }
  morph::Grammemes AnyOf(std::size_t i) const { return FactsOf(i).any; }

  // Fills `posts_` (without people) and `no_post_at_`.
  void ReadPosts();
  // Whether a post may begin at a word.
  bool MayHead(std::size_t i) const { return a_.tokens[i].Has(token::Flag::kHyphen) || a_.BeginsClass(i, role_); }
  // The post whose head begins at a word that may head one.
  bool HeadAt(std::size_t i, Post* post, std::size_t* none) const;
  // A lower-case noun or adjective in one of the cases.
  bool IsTailWord(std::size_t i, morph::Grammemes cases) const;

  const PostWords& words_;
  const std::vector<Described>& mentions_;
  // In the scratch.
  std::vector<int>& mention_at_;   // by token, -1 for none
  std::vector<bool>& no_post_at_;  // where a word begins that looks like a post and is none
  std::vector<Post>& posts_;
  std::uint16_t role_ = 0, org_head_ = 0, inhabitant_ = 0;

 private:
  // The adjectives before the head.
  void Adjectives(Post* post) const;
  // What follows a post: its tail in the genitive or behind a preposition, and the bodies and places among it.
  void Tail(Post* post) const;
  // Whether an organization's name begins at a token and shows the genitive, which is no nominative.
  bool IsBodyInGenitive(std::size_t i) const;
  // «премьер Франции с 1991 по 1992 год», «… в 1988—1998 годах»: where the date behind a post ends, or the post does.
  std::size_t PastDate(std::size_t i) const;
  // Whether a class word at the end of a post is that of the body behind it, unlike «председатель правления», «начальник пресс-службы».
  bool IsClassWordOfNext(const Post& p, int head) const;
  // An abbreviation in capitals that is no name («ЖКХ»), behind a post that is not shouted itself.
  bool IsAbbreviationInTail(const Post& p, std::size_t i) const;
  // Whether a list of places goes on: after a place behind the body, «, на Урале» or «, Урале».
  bool IsPlaceAgain(const Post& p, std::size_t i) const;
  // Whether a name stands behind a few words of a tail.
  bool LeadsToName(std::size_t i) const;

  // What the dictionaries say of the word of a match.
  const PostScratch::Known& KnownOf(const gazetteer::Match& m) const;

  PostScratch& scratch_;
  std::vector<std::pair<std::uint32_t, std::uint32_t>>& dates_;  // in the order of the text
};

}  // namespace atau::resolve

#endif  // ATAU_RESOLVE_POSTS_H_
