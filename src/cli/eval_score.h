// Comparison of found mentions with annotated ones.
#ifndef ATAU_CLI_EVAL_SCORE_H_
#define ATAU_CLI_EVAL_SCORE_H_

#include <array>
#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "cli/gold.h"

namespace atau::cli {

struct Counts {
  std::size_t tp = 0, fp = 0, fn = 0;
  double precision() const;
  double recall() const;
  double f1() const;
  void operator+=(const Counts& c) { tp += c.tp, fp += c.fp, fn += c.fn; }
};

// What can be wrong with a mention. Gold and found mentions are paired one to one: first equal spans, then those that share most.
enum class Fault {
  kMissed,      // nothing was found there
  kSpurious,    // found where there is nothing
  kType,        // the right span, another type
  kShortLeft,   // the right type; the found span begins too late
  kShortRight,  //   … ends too early
  kShortBoth,
  kLongLeft,   //   … begins too early
  kLongRight,  //   … ends too late
  kLongBoth,
  kShifted,        //   … too long on one side, too short on the other
  kTypeAndBounds,  // another type and another span
  kMerged,         // missed inside a found span that is another mention's pair
  kSplit,          // found inside a gold span that is another mention's pair
};
inline constexpr std::size_t kFaults = 13;
// The name in results ("short_left"), and the words for a person, in the chosen language.
std::string FaultName(Fault fault);
std::string FaultWords(Fault fault);

struct Mistake {
  Fault fault = Fault::kMissed;
  std::size_t document = 0;  // index into the gold
  Point gold, found;         // empty where there is none
  Type gold_type = Type::kNone, found_type = Type::kNone;
};

struct Scores {
  std::size_t documents = 0, missing = 0;  // documents, and those without a prediction
  std::vector<Type> types;                 // that the gold has, in the order in which they are shown
  std::map<Type, Counts> token, exact;
  Counts micro_token, micro_exact;
  // [gold][found]; kNone is "nothing there". Found types that the gold does not have count only where they lie on a gold mention.
  std::array<std::array<std::size_t, kTypeCount>, kTypeCount> confusion{};
  std::map<Type, std::array<std::size_t, kFaults>> faults;  // by the gold type, of spurious and split ones by the found type
  std::vector<Mistake> mistakes;                            // in the order of the texts
  // Normal forms of exactly found mentions of the right type: how many of how many are right.
  std::map<Type, std::pair<std::size_t, std::size_t>> normals;
  struct WrongNormal {
    std::size_t document;
    Type type;
    std::string gold, found;
  };
  std::vector<WrongNormal> wrong_normals;
  // B-cubed over pairs of overlapping gold and found mentions.
  bool has_entities = false;
  double entity_precision = 0, entity_recall = 0;
  std::size_t entity_mentions = 0;
  // Occupations: who and where; who and position; all of it.
  bool has_facts = false;
  std::array<Counts, 3> facts;
  std::map<std::string, Counts> relations;
};
inline constexpr std::array<const char*, 3> kFactNames = {"who_where", "who_position", "whole"};

// `found` has the same ids, in any order. Token scores count tokens as razdel splits them; of all spans, quotes, brackets and blanks at the
// edges are left out first.
Scores Score(const std::vector<GoldDocument>& gold, const std::vector<GoldDocument>& found);

// A piece of a text by code points, as UTF-8; for many pieces of one text.
class Pieces {
 public:
  explicit Pieces(const std::u32string& text) : text_(text) {}
  std::string operator()(std::size_t begin, std::size_t end) const;

 private:
  const std::u32string& text_;
};

// For tests of the program, and for the above.
std::vector<Point> Tokens(const std::u32string& text);
std::string FoldNormal(const std::string& name);

}  // namespace atau::cli

#endif  // ATAU_CLI_EVAL_SCORE_H_
