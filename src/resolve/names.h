// What the people of a text are called: the nominatives of their names, decided for all mentions together.
//
// «Асии Биби» alone may stand for Асий or for Асия; a text that also has «Асию» and «Асией» leaves no doubt. So each word of a name has
// hypotheses (a nominative with the cases and genders it would stand in) from the dictionaries and, weaker, from the declensions
// themselves; the words of one mention must agree in case and gender; and the forms of a word elsewhere in the text vote for the
// nominatives that explain them.
#ifndef ATAU_RESOLVE_NAMES_H_
#define ATAU_RESOLVE_NAMES_H_

#include <array>
#include <cstdint>
#include <deque>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "morph/inflect.h"
#include "resolve/analysis.h"
#include "resolve/arena.h"
#include "resolve/key_map.h"

namespace atau::resolve {

// One word of a name as it was decided.
struct NameWord {
  std::uint32_t token = 0;
  std::string_view nominative;                    // in letter case, with its ё
  double given = 0, surname = 0, patronymic = 0;  // how much the dictionaries say for each part
};

// Its words and texts live in the scratch of the PersonNames that decided it, until that is given to another one.
struct PersonForm {
  std::span<NameWord> words;  // without initials
  std::string_view normal;    // the whole name in the nominative
  morph::Gender gender = morph::Gender::kUnknown;
  bool family = false;   // «Скрипали», «супруги Обама»
  bool eastern = false;  // «Ким Чен Ын»: the surname comes first
};

// What words may stand for, remembered between documents, and the memory for the names of one. Not thread-safe: one a scratch.
class NameScratch;

class PersonNames {
 public:
  // One at a time uses a scratch; what the one before decided is lost.
  PersonNames(const Analysis& a, NameScratch* scratch);

  // Tells that a mention at the tokens [begin, end) will be added soon, and, called once more a little later with `known`, that what is
  // known of its words will be: both are far away in memory.
  void Expect(std::uint32_t begin, std::uint32_t end, bool known) const;
  // Adds the mention of a person at the tokens [begin, end), in the order of the text; returns its number. `votes`: whether it counts for
  // others.
  std::size_t Add(std::uint32_t begin, std::uint32_t end, bool votes = true);
  // Decides all. `mention_of`: for each token the number of the mention (of any type) around it or -1; may be empty.
  void Solve(const std::vector<std::int32_t>& mention_of);
  const PersonForm& form(std::size_t mention) const { return mentions_[mention].form; }

 private:
  friend class NameScratch;
  static constexpr std::size_t kBits = 24;
  struct Hypothesis {
    std::string nominative;  // in letter case
    std::string folded;      // of the nominative
    std::string lemma;       // folded nominative of the singular; what votes are counted for
    std::array<float, kBits> weight{};
    float given = 0, surname = 0, patronymic = 0;
  };
  // What voting asks of a hypothesis: those of a word stand together.
  struct Odds {
    std::uint64_t lemma_key = 0;
    std::uint32_t places = 0;  // where its weight is above zero, as bits
    float given = 0, surname = 0;
    bool of_ov = false;  // whether the lemma is a surname in -ов, -ин, -ова, …
  };
  // The likeliest hypothesis of a word in each place of the paradigm, and how likely it is.
  struct Likeliest {
    std::array<double, kBits> weight{};
    std::array<std::uint16_t, kBits> pick{};
  };
  // Where a word may stand in a name.
  enum Position : std::size_t { kOnly, kFront, kBack, kMiddle, kPositions };
  static Position PositionOf(std::size_t word, std::size_t words) {
    return words == 1 ? kOnly : word == 0 ? kFront : word + 1 == words ? kBack : kMiddle;
  }
  // The hypotheses of a word; the last one is «as it stands».
  struct Choice {
    const Hypothesis* hypotheses = nullptr;  // null: not looked at yet
    const Odds* odds = nullptr;
    const float* weights = nullptr;         // all of the last one, and behind them those above zero of each other one in turn
    const Likeliest** likeliest = nullptr;  // by position, where nothing but that tells; null where they were not asked for yet
    std::uint32_t count = 0;
    bool given = false;  // one of them is surely a given name
  };
  // What is asked of a word each time that it stands in a name: a line of memory.
  struct alignas(64) Known {
    Choice choice;
    std::uint64_t stem_key = 0, key = 0;  // of the folded word
    std::uint8_t vowels = 0;
    bool listed = false;  // as a name by the dictionaries
  };
  struct Word {
    std::uint32_t token = 0, part = 0;  // the part of a word with hyphens
    Choice choice;
    std::uint32_t group = 0;  // the forms that may be of one name
    std::uint32_t form = 0;   // into the forms of all groups
    float fixed = 0;          // how readily the word stays as it is in any case
    float family = 0;         // the same as the name of a family
    std::uint16_t pick = 0;   // the hypothesis that was decided for
  };
  struct Mention {
    std::uint32_t begin = 0, end = 0;
    bool votes = true;
    bool eastern = false;
    std::span<Word> words;
    std::array<double, kBits> context{};
    std::uint32_t places = 0;           // where the context is above zero, as bits
    std::span<std::string_view> known;  // folded words of a dictionary's whole name
    PersonForm form;
    std::uint8_t slot = 255;
    double sure = 0;
  };
  static constexpr std::uint32_t kNone = 0xFFFFFFFF;
  struct FormVotes {
    std::uint64_t key = 0;  // of the folded form
    std::uint32_t count = 0;
    std::uint32_t next = kNone;                           // form of the group
    std::vector<std::pair<std::uint64_t, double>> share;  // keys of lemmas with their summed shares
  };
  struct Group {
    // Few: a stem has no more forms than there are endings, and they no more lemmas than hypotheses.
    std::uint32_t first_form = kNone, last_form = kNone;
    std::uint32_t words = 0;                              // of all mentions
    std::vector<std::pair<std::uint64_t, double>> score;  // of lemmas, after counting: how likely each is beside the best one
    std::vector<std::uint64_t> sure;                      // surnames of people named in full
    double worst = 0;                                     // the same of lemmas that nothing votes for
    std::uint8_t last_slot = 255;                         // gender of the last full name with this word
    std::uint8_t first_slot = 255;
  };
  // A list whose items keep their own lists' memory when it is cleared.
  template <class T>
  class Kept {
   public:
    std::size_t size() const { return size_; }
    T& operator[](std::size_t i) { return items_[i]; }
    const T& operator[](std::size_t i) const { return items_[i]; }
    T* begin() { return items_.data(); }
    T* end() { return items_.data() + size_; }
    // As an earlier document left it.
    T& Add() {
      if (size_ == items_.size()) items_.emplace_back();
      return items_[size_++];
    }
    void Clear() {
      if (items_.size() > kMostKept) items_ = {};
      size_ = 0;
    }

   private:
    static constexpr std::size_t kMostKept = 4096;
    std::vector<T> items_;
    std::size_t size_ = 0;
  };

  // The word of a token, remembered by its form, and part of a word with hyphens.
  const Known& KnownOf(std::uint32_t token);
  const Known& KnownPart(std::string_view surface);
  // Remembers the hypotheses.
  Choice Keep(std::vector<Hypothesis> hypotheses);
  std::vector<Hypothesis> MakeHypotheses(std::string_view surface, const morph::Form* form) const;
  void Rare(std::uint32_t token, std::vector<Hypothesis>* hypotheses) const;
  bool IsGiven(std::string_view folded) const;
  void AddWord(std::uint32_t token, std::uint32_t part, const Known& known, float fixed);
  bool IsParticle(std::uint32_t token) const;
  void Context(const std::vector<std::int32_t>& mention_of, Mention* m) const;
  void Vote(const Mention& m);
  void Count();
  // Picks the hypotheses of the words and the gender, and then writes the words.
  void Decide(Mention* m);
  void Write(Mention* m);
  void Introduce(const Mention& m);
  static void WeighAsItStands(const Word& w, std::array<double, kBits>* out);
  // Whether the forms of a word elsewhere in the text have a say in it.
  bool IsVoted(const Word& w) const;
  // By word of a mention; `voted`: whether the votes count where a word has any. Valid until the next call.
  std::span<const Likeliest* const> LikeliestOf(const Mention& m, bool voted);
  void Weigh(const Mention& m, const Word& w, bool voted, Likeliest* out) const;
  double Factor(const Mention& m, const Word& w, std::size_t hypothesis, bool voted) const;

  const Analysis& a_;
  // All in the scratch.
  NameScratch* scratch_;
  std::vector<Mention>& mentions_;
  KeyMap<std::uint32_t>& group_of_;  // by the key of a stem, counted from 1
  Kept<Group>& groups_;
  Kept<FormVotes>& forms_;
};

class NameScratch {
 private:
  friend class PersonNames;
  // Forgets what was found in the document before, and the words too when the table was cleared or too many are remembered.
  void Follow(const morph::FormTable& forms);

  const morph::FormTable* forms_ = nullptr;
  std::uint64_t generation_ = 0;
  // Of words with a form of their own, and of parts of them by surface. Few forms ever stand in a name.
  std::vector<std::uint32_t> known_of_;  // by form: into known_, counted from 1; 0 for none
  std::deque<PersonNames::Known> known_;
  std::deque<std::vector<PersonNames::Hypothesis>> whole_;
  std::unordered_map<std::string, PersonNames::Known> parts_;
  Arena odds_;

  // Of the document.
  Arena arena_;
  std::vector<PersonNames::Mention> mentions_;
  KeyMap<std::uint32_t> group_of_;
  PersonNames::Kept<PersonNames::Group> groups_;
  PersonNames::Kept<PersonNames::FormVotes> votes_;
  // Of the mention that is looked at.
  std::vector<PersonNames::Word> words_;
  std::vector<std::array<double, PersonNames::kBits>> stays_;
  std::vector<PersonNames::Likeliest> weighed_;
  std::vector<const PersonNames::Likeliest*> likeliest_;
  std::vector<double> factors_, shares_;
  std::string folded_;
};

}  // namespace atau::resolve

#endif  // ATAU_RESOLVE_NAMES_H_
