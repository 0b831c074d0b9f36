// What those who read relations off a text ask of its tokens.
#ifndef ATAU_RESOLVE_SENTENCE_H_
#define ATAU_RESOLVE_SENTENCE_H_

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "bundle/prefetch.h"
#include "morph/by_form.h"
#include "resolve/analysis.h"
#include "resolve/post_words.h"

namespace atau::resolve {

// What is asked of a form again and again: its readings are far away in memory, these stand together.
struct WordFacts {
  morph::Grammemes any = 0;    // the tags of all readings
  morph::Grammemes best = 0;   // the tag of the likeliest; a surname may be read into nearly every word
  morph::Grammemes cases = 0;  // in which it is a noun or adjective that is no surname
  morph::Agreement nouns = 0;  // how the nouns and adjectives that it may be agree; those that are names only where there are no others
  std::uint32_t uses : 31 = 0;
  std::uint32_t there : 1 = 0;
};

// The facts of forms, remembered between documents. Not thread-safe: one a scratch.
class WordTable {
 public:
  // By form; those that are not `there` are to be filled. Forgets when the table was cleared. Valid until the next call.
  WordFacts* Follow(const morph::FormTable& forms, const PostWords& words) {
    if (forms_ != &forms || generation_ != forms.generation() || words_ != &words) facts_.clear();
    forms_ = &forms;
    generation_ = forms.generation();
    words_ = &words;
    morph::GrowByForm(&facts_, forms.size());
    return facts_.data();
  }

 private:
  const morph::FormTable* forms_ = nullptr;
  std::uint64_t generation_ = 0;
  const PostWords* words_ = nullptr;
  std::vector<WordFacts> facts_;
};

class Sentence {
 public:
  // All must live as long as this.
  Sentence(const Analysis& a, const PostWords& words, WordTable* table) : a_(a), small_(words), facts_(table->Follow(*a.forms, words)) {}

  std::string_view Text(std::size_t i) const { return a_.TextOf(i, i + 1); }
  bool IsWord(std::size_t i) const { return a_.tokens[i].kind == token::Kind::kWord; }
  // Whether a sentence or block begins at a token, or the text has ended.
  bool Breaks(std::size_t i) const {
    return i >= a_.tokens.size() || a_.tokens[i].Has(token::Flag::kSentenceStart) || a_.tokens[i].Has(token::Flag::kBlockStart);
  }
  // What the token's form is known for.
  const WordFacts& FactsOf(std::size_t i) const {
    WordFacts& facts = facts_[a_.tokens[i].form];
    if (!facts.there) Fill(a_.FormOf(i), &facts);
    return facts;
  }
  // The facts of a token, if there is such a one, will be asked for soon.
  void Expect(std::size_t i) const {
    if (i < a_.tokens.size()) bundle::Prefetch(&facts_[a_.tokens[i].form]);
  }
  // What a small word does, as it is written.
  std::uint32_t UsesAt(std::size_t i) const { return IsWord(i) ? FactsOf(i).uses : 0; }
  bool Has(std::size_t i, std::uint32_t uses) const { return (UsesAt(i) & uses) != 0; }

 protected:
  const Analysis& a_;

 private:
  void Fill(const morph::Form& form, WordFacts* facts) const {
    const auto readings = a_.forms->ReadingsOf(form);
    facts->there = 1;
    facts->uses = small_.UsesOf(form);
    facts->any = form.any;
    facts->best = readings.empty() ? 0 : readings[0].tag;
    morph::Agreement names = 0;
    for (const morph::Reading& r : readings) {
      if ((r.tag & (morph::kNOUN | morph::kADJF | morph::kPRTF)) == 0) continue;
      ((r.tag & (morph::kSurn | morph::kName)) != 0 ? names : facts->nouns) |= morph::AgreementOf(r.tag);
      if ((r.tag & morph::kSurn) == 0) facts->cases |= r.tag & morph::kCases;
    }
    if (facts->nouns == 0) facts->nouns = names;
  }

  const PostWords& small_;
  WordFacts* const facts_;
};

}  // namespace atau::resolve

#endif  // ATAU_RESOLVE_SENTENCE_H_
