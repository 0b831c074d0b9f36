// Chains: noun phrases that a class word heads («управление по контролю за оборотом наркотиков МВД», «философский факультет МГУ»).
//
// A chain is a head with the adjectives before it and what depends on it behind. Whether a span is a well-formed one, what it ends with,
// and whether the phrase goes on behind it, decides where the name of a body ends.
#ifndef ATAU_RESOLVE_CHAINS_H_
#define ATAU_RESOLVE_CHAINS_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace atau::resolve {

struct Analysis;
enum Cat : std::uint8_t;

class Chains {
 public:
  // How a span's words hang together, as small numbers; their names are in chains.cc.
  struct Chain {
    std::uint16_t kind = 0;  // of the head: its word class's kind
    std::uint8_t start = 0;  // letter case of the first word, and whether an adjective stands before the head
    std::uint8_t body = 0;   // genitives only, with prepositions, with conjunctions, broken
    std::uint8_t end = 0;    // what the last word is
    std::uint8_t next = 0;   // what follows: something that the phrase may go on with, or not
  };

  // Call once a document, after the categories of its tokens are known. Linear.
  void Build(const Analysis& a, const std::vector<Cat>& cats);

  // Whether a chain begins at a token.
  bool Begins(std::size_t begin) const { return head_[begin] != 0; }
  // The chain of tokens [begin, end); false where the span has no head.
  bool Of(const Analysis& a, const std::vector<Cat>& cats, std::size_t begin, std::size_t end, Chain* chain) const;

  // The kind of the word that heads the list in which a mention that begins at `token` would stand («группы Radiohead, Elbow и …»); 0 where
  // there is none or where it stands right before.
  std::uint16_t ListHead(std::size_t token) const { return list_[token]; }

  // The chain that a mention which begins at `token` would be cut out of («управление [МВД]»): its head's kind, start and body so far;
  // false where there is none.
  bool Around(const Analysis& a, std::size_t token, Chain* chain) const;

  // Where the head of that chain stands.
  std::size_t HeadAround(std::size_t token) const { return around_[token] - 1; }

  // Keys of the pieces of evidence, and their values as the table of weights writes them: "government+lower+gent+Place" and
  // "government+gent+goes_on". `kind_key` is the ValueKey of the kind's name.
  static std::uint64_t Key(const Chain& chain, std::uint64_t kind_key);
  static std::uint64_t NextKey(const Chain& chain, std::uint64_t kind_key);
  static std::uint64_t AroundKey(const Chain& chain, std::uint64_t kind_key);
  static std::string Name(const Chain& chain, std::string_view kind);
  static std::string NextName(const Chain& chain, std::string_view kind);
  static std::string AroundName(const Chain& chain, std::string_view kind);
  // The key of any of these values written as text.
  static std::uint64_t KeyOfName(std::string_view value);

 private:
  void BuildAround(const Analysis& a, const std::vector<Cat>& cats);
  void BuildLists(const Analysis& a, const std::vector<Cat>& cats);

  std::vector<std::uint64_t> counts_;    // before each token: four counters of 16 bits, see chains.cc
  std::vector<std::uint32_t> head_;      // by token: 1 + the token where the head of a chain that begins here stands, 0: none
  std::vector<std::uint32_t> head_end_;  // by token of a head: behind its last token
  std::vector<std::uint32_t> around_;    // by token: 1 + the head of the chain that reaches to it, 0: none
  std::vector<std::uint16_t> list_;      // by token
  std::vector<std::uint16_t> kind_;      // by token of a head
  std::vector<std::uint32_t> heads_;     // the tokens of heads
};

}  // namespace atau::resolve

#endif  // ATAU_RESOLVE_CHAINS_H_
