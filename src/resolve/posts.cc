#include "resolve/posts.h"

#include <algorithm>
#include <iterator>
#include <string>

#include "bundle/hash_index.h"
#include "gazetteer/entry_flags.h"
#include "morph/morph.h"

namespace atau::resolve {
namespace {

using gazetteer::HasFlag;
using token::Flag;
using token::Kind;
using token::Shape;

constexpr std::size_t kLongestTail = 16;          // tokens between a post and its body
constexpr std::size_t kAdjectives = 4;            // before a post
constexpr std::size_t kLongestAbbreviation = 10;  // bytes: five letters
constexpr morph::Agreement kAnyCase = 0xFFFFFF;   // what an abbreviation shows

// The flag of words of other kinds that are none either: honours, candidates.
constexpr std::string_view kNoPostFlag = "nopost";
// The flag of posts that somebody holds in a body.
constexpr std::string_view kOrgFlag = "org";
// The flag of posts that somebody holds with a person as well: «его помощник» says nothing about a body.
constexpr std::string_view kPersonalFlag = "personal";
constexpr std::string_view kRulerFlag = "ruler";  // of posts that head a state or a government
// The flag of posts that somebody holds in a region, not in its city.
constexpr std::string_view kRegionFlag = "region";
// The flag of posts whose tail is in the instrumental («заведующая отделом»).
constexpr std::string_view kInstrumentalFlag = "instrumental";
// The flag of class words that are no body by themselves: «председатель правления» is a post.
constexpr std::string_view kNeedsTailFlag = "needs_tail";
// The flag of posts that are written alike in all cases («замминистра»).
constexpr std::string_view kFixedFlag = "fixed";
// The flag of posts that head a body, whichever was spoken of last («В Сенате спорят: спикер Крот …»).
constexpr std::string_view kHeadsFlag = "heads";
// Kinds of callings: a place behind one is where somebody is from, not where he holds a post («шахматист Турции»).
constexpr std::string_view kCallings[] = {"art", "media", "profession", "science", "space", "sport"};

// Entries of one class stand in a row: their numbers themselves would crowd the map.
std::uint64_t KeyOfEntry(std::uint32_t entry) { return bundle::Mixed(0, entry); }

}  // namespace

PostReader::PostReader(const Analysis& a, const PostWords& words, const std::vector<Described>& mentions, PostScratch* scratch)
    : Sentence(a, words, &scratch->words),
      words_(words),
      mentions_(mentions),
      mention_at_(scratch->mention_at_),
      no_post_at_(scratch->no_post_at_),
      posts_(scratch->found_),
      role_(a.classes.role),
      org_head_(a.classes.org_head),
      inhabitant_(a.classes.inhabitant),
      scratch_(*scratch),
      dates_(scratch->dates_) {
  if (scratch->words_ != &words) scratch->posts_.Clear();
  scratch->words_ = &words;
  mention_at_.assign(a.tokens.size() + 1, -1);
  no_post_at_.assign(a.tokens.size() + 1, false);
  posts_.clear();
  dates_.clear();
  for (std::size_t m = 0; m < mentions.size(); ++m) {
    if (mentions[m].type == Type::kDate) dates_.emplace_back(mentions[m].begin, mentions[m].end);
    if (IndexOf(mentions[m].type) < 0) continue;
    std::fill(mention_at_.begin() + mentions[m].begin, mention_at_.begin() + mentions[m].end, static_cast<int>(m));
  }
}

void PostReader::ReadPosts() {
  // Most words are no posts, which needs no look at them.
  std::vector<std::uint32_t>&roles = scratch_.roles_, &compounds = scratch_.compounds_, &heads = scratch_.heads_;
  roles.clear(), compounds.clear(), heads.clear();
  for (std::size_t m = 0; m < a_.matches.size(); ++m) {
    const Analysis::Placed& word = a_.placed[m];
    if (word.class_id != role_ || !word.words || role_ == 0) continue;
    scratch_.posts_.Expect(KeyOfEntry(a_.matches[m].entry), false);
    roles.push_back(word.begin);
  }
  for (std::size_t i = 0; i < a_.tokens.size(); ++i) {
    if (a_.tokens[i].Has(Flag::kHyphen)) compounds.push_back(static_cast<std::uint32_t>(i));
  }
  std::merge(roles.begin(), roles.end(), compounds.begin(), compounds.end(), std::back_inserter(heads));
  for (const std::uint32_t i : heads) {
    for (std::size_t k = i == 0 ? 0 : i - 1; k < i + std::size_t{3}; ++k) Expect(k);
    for (const std::uint32_t m : a_.matches_at.At(i)) {
      if (a_.placed[m].class_id == role_) scratch_.posts_.Expect(KeyOfEntry(a_.matches[m].entry), true);
    }
  }
  std::size_t from = 0;
  for (const std::uint32_t i : heads) {
    if (i < from || mention_at_[i] >= 0 || !IsWord(i)) continue;
    Post post;
    std::size_t none = i;  // where a word that names no post ends
    if (!HeadAt(i, &post, &none)) {
      if (none > i) no_post_at_[i] = true;
      from = std::max<std::size_t>(i + 1, none);
      continue;
    }
    Adjectives(&post);
    Tail(&post);
    from = std::max<std::size_t>(post.end, i + 1);
    posts_.push_back(std::move(post));
  }
}

const PostScratch::Known& PostReader::KnownOf(const gazetteer::Match& m) const {
  PostScratch::Known& known = scratch_.posts_[KeyOfEntry(m.entry)];
  if (known.there) return known;
  known.there = true;
  const gazetteer::Entry e = a_.gazetteer->entry(m.entry);
  PostKind& post = known.kind;
  bool org = false;
  const std::pair<std::string_view, bool*> flags[] = {{kNoPostFlag, &known.flagged},           {kOrgFlag, &org},
                                                      {kPersonalFlag, &post.personal},         {kPresidentFlag, &post.president},
                                                      {kPremierFlag, &post.premier},           {kRulerFlag, &post.ruler},
                                                      {kRegionFlag, &post.of_region},          {kHeadsFlag, &post.heads},
                                                      {kInstrumentalFlag, &post.instrumental}, {kFixedFlag, &post.fixed}};
  gazetteer::EachFlag(e.slots, [&flags](std::string_view one) {
    for (const auto& [flag, has] : flags) *has |= one == flag;
    return true;
  });
  post.of_a_body = org || e.kind == "head_of_state";
  post.of_state = (e.kind == "head_of_state" || e.kind == "minister") && org;
  post.minister = e.kind == "minister";
  post.deputy = e.kind == "deputy";
  post.calling = !post.of_a_body && std::find(std::begin(kCallings), std::end(kCallings), e.kind) != std::end(kCallings);
  post.bodies = words_.BodiesOf(e.name);
  post.name = e.name;
  std::string folded;
  morph::Fold(e.name.substr(0, 2), &folded);
  post.lower_entry = folded == e.name.substr(0, 2);
  return known;
}

bool PostReader::HeadAt(std::size_t i, Post* post, std::size_t* none) const {
  bool no_post = false;
  std::size_t longest = 0;
  // «после» is hardly a form of «посол», but «и.о.» is no conjunction.
  const bool small = (BestOf(i) & (morph::kPREP | morph::kCONJ | morph::kPRCL | morph::kVERB | morph::kADVB)) != 0;
  const bool stop = i + 1 < a_.tokens.size() && Text(i + 1) == "." && a_.tokens[i].end == a_.tokens[i + 1].begin;
  if (small && !stop) return false;
  for (const std::uint32_t index : a_.matches_at.At(i)) {
    const gazetteer::Match& m = a_.matches[index];
    if (!a_.placed[index].words || a_.placed[index].class_id != role_ || m.end <= post->head_end) continue;
    bool free = true;
    for (std::size_t k = m.begin; k < m.end; ++k) free &= mention_at_[k] < 0;
    if (!free) continue;
    const PostScratch::Known& known = KnownOf(m);
    if (known.flagged || words_.IsNoPost(a_.placed[index].kind_id)) {
      no_post |= known.flagged || m.end == i + 1;
      // «чемпион мира», «кандидат в президенты»: the longest entry decides.
      if (known.flagged && m.end > longest) *none = longest = m.end, post->head_end = 0;
      continue;
    }
    if (m.end <= longest) continue;
    post->head = m.begin;
    post->head_end = m.end;
    static_cast<PostKind&>(*post) = known.kind;  // a longer entry overrules
  }
  if (post->head_end == 0 && !no_post) {
    // «экс-губернатор»: what the rules know of compounds.
    for (const std::uint32_t index : a_.hits_at.At(i)) {
      const rules::Hit& hit = a_.hits.hits[index];
      const rules::RuleInfo& info = a_.rules->rule(hit.rule);
      if (info.type != Type::kRole || info.weight <= 0 || hit.end != i + 1 || !a_.tokens[i].Has(Flag::kHyphen)) continue;
      post->head = i;
      post->head_end = i + 1;
      post->of_a_body = true;
    }
  }
  const bool abbreviation = stop && post->head_end > i + 1;
  if (post->head_end == 0 || (small && !abbreviation)) return false;
  post->begin = post->head;
  post->text_end = post->end = post->head_end;
  for (std::size_t k = post->head; k < post->head_end && post->agreement == 0; ++k) {
    if ((AnyOf(k) & morph::kNOUN) != 0) post->agreement = NounsOf(k);
    // «заведующая отделом»: the noun is not what the participle stands with.
    if (k > post->head && (AnyOf(post->head) & morph::kPRTF) != 0 && (post->agreement & NounsOf(post->head)) == 0)
      post->agreement = NounsOf(post->head);
  }
  if (post->agreement == 0) post->agreement = NounsOf(post->head);
  if (abbreviation || post->fixed) post->agreement = kAnyCase;
  return true;
}

void PostReader::Adjectives(Post* post) const {
  for (std::size_t n = 0; n < kAdjectives && post->begin > 0; ++n) {
    const std::size_t p = post->begin - 1;
    if (Breaks(post->begin) || !IsWord(p) || mention_at_[p] >= 0) return;
    const morph::Grammemes any = AnyOf(p);
    if ((any & (morph::kADJF | morph::kPRTF)) == 0 || (any & (morph::kApro | morph::kNPRO | morph::kPREP | morph::kVERB)) != 0) return;
    if ((NounsOf(p) & post->agreement) == 0) return;
    // «45-летний директор»
    if (p > 0 && IsDash(p - 1) && a_.tokens[p - 1].end == a_.tokens[p].begin) return;
    if (a_.tokens[p].shape != Shape::kLower && !a_.tokens[p].Has(Flag::kSentenceStart) && !a_.tokens[p].Has(Flag::kLineStart)) return;
    post->begin = p;
  }
}

void PostReader::Tail(Post* post) const {
  std::size_t i = post->head_end;
  bool behind_from = false;  // «от …»
  bool oblique = false;      // a preposition asks for another case, up to its noun
  bool governed = false;     // one did: «по стратегии и развитию»
  // «управляющий компанией», «зав. кафедрой»
  bool instrumental = post->instrumental || (AnyOf(post->head) & (morph::kPRTF | morph::kADJF)) != 0 || Text(post->head_end - 1) == ".";
  bool roles = true;                  // «заместитель министра»: posts may follow, until another word does
  std::size_t told = post->head_end;  // the last token that belongs to the post's text
  std::size_t inhabitants_end = 0;    // where those end whose post it is
  for (std::size_t steps = 0; i < a_.tokens.size() && steps < kLongestTail; ++steps) {
    if (Breaks(i)) break;
    const int m = mention_at_[i];
    if (m >= 0) {
      if (!IsBody(m) && !IsType(m, Type::kProgram)) break;
      if (IsBody(m) && (post->objects.empty() || (behind_from && IsType(m, Type::kOrganization))) &&
          !(post->calling && IsType(m, Type::kLocation) && roles && post->head_end == post->head + 1))
        post->objects.push_back(m);
      // «РКК «Энергия»»: the name in quotes is the body.
      if (i > 1 && IsQuote(i - 1) && IsType(m, Type::kOrganization) && post->objects.size() == 1 && post->objects[0] == mention_at_[i - 2])
        post->objects[0] = m;
      behind_from = oblique = false;
      i = EndOf(m);
      while (IsQuote(i) && a_.tokens[i].Has(Flag::kCloses)) ++i;
      post->end = i;
      continue;
    }
    if (IsQuote(i)) {
      ++i;
      continue;
    }
    if (!IsWord(i)) {
      // «Национального фронта (НФ)»
      if (Text(i) == "(" && !post->objects.empty() && i == post->end && a_.tokens[i].pair > 0 &&
          static_cast<std::size_t>(a_.tokens[i].pair) <= i + kShortBracket) {
        const std::size_t next = static_cast<std::size_t>(a_.tokens[i].pair) + 1;
        if (IsPerson(next)) post->end = next;
        break;
      }
      // «директор «Вымпела» в Омске, на Урале и в Сибири»
      if (IsComma(i) && IsPlaceAgain(*post, i + 1)) {
        i += 1 + (mention_at_[i + 1] < 0);
        continue;
      }
      // «развития, инноваций и промышленности»
      if (IsComma(i) && post->objects.empty() && i > post->head + 1 && i + 2 < a_.tokens.size() && IsTailWord(i + 1, morph::kgent) &&
          WordsAt(i + 1, role_) < 0 && (IsAnd(i + 2) || (i + 3 < a_.tokens.size() && IsAnd(i + 3)))) {
        ++i;
        continue;
      }
      break;
    }
    if (IsAnd(i)) {
      if (IsPlaceAgain(*post, i + 1)) {
        i += 1 + (mention_at_[i + 1] < 0);
        continue;
      }
      // «член Всемирной палаты и Омского союза»: a body in the genitive behind another is one of his too.
      if (i == post->end && post->objects.size() == 1 && IsType(post->objects[0], Type::kOrganization) && IsBodyInGenitive(i + 1)) {
        post->objects.push_back(mention_at_[i + 1]);
        i = post->end = EndOf(mention_at_[i + 1]);
        continue;
      }
      if (i + 1 >= a_.tokens.size() || (i == post->head_end && post->head_end == post->head + 1) || !post->objects.empty() ||
          !IsTailWord(i + 1, governed ? kOblique : morph::kgent) || WordsAt(i + 1, role_) >= 0)
        break;
      oblique = governed;
      ++i;
      continue;
    }
    if (const std::uint32_t uses = UsesAt(i); (uses & PostWords::kWithTail) != 0) {
      // «посол Японии в России»: behind the body another place, or a party.
      const std::size_t next = i + 1;
      if (next >= a_.tokens.size() || (mention_at_[next] < 0 && !IsQuote(next) && !IsTailWord(next, kOblique))) break;
      // «глава края в отпуске» is on holiday; what is told behind «в» is a body, a place, or stands before the person.
      if (post->objects.empty() && (uses & (PostWords::kField | PostWords::kParty)) == 0 && !LeadsToName(next)) break;
      behind_from = (uses & PostWords::kParty) != 0;
      oblique = governed = true;
      ++i;
      continue;
    }
    // «глава ОАО «Вымпел»»
    if (a_.tokens[i].shape != Shape::kLower && WordsAt(i, org_head_) >= 0 && post->objects.empty()) {
      i = a_.matches[static_cast<std::size_t>(WordsAt(i, org_head_))].end;
      // «директор ТОО Иван Крот»
      if (IsPerson(i) && !Breaks(i)) post->end = i;
      if (i < a_.tokens.size() && !IsPerson(i) && (mention_at_[i] >= 0 || IsQuote(i))) continue;
      break;
    }
    // «крайне правого фронта»
    if ((BestOf(i) & morph::kADVB) != 0 && i + 1 < a_.tokens.size() && (IsTailWord(i + 1, morph::kgent) || mention_at_[i + 1] >= 0)) {
      ++i;
      continue;
    }
    // «министр ЖКХ области»
    if (i == post->head_end && IsAbbreviationInTail(*post, i)) {
      told = post->end = ++i;
      roles = false;
      continue;
    }
    if (!IsTailWord(i, oblique ? kOblique : instrumental ? morph::kgent | morph::kablt : morph::kgent)) break;
    if (WordsAt(i, role_) >= 0 && (!roles || !post->objects.empty() || !IsTailWord(i, morph::kgent))) break;
    if ((BestOf(i) & morph::kNOUN) != 0) {
      oblique = instrumental = false;
      if (WordsAt(i, role_) < 0) roles = false;
    }
    ++i;
    // «тренер казахстанцев»: whose he is, not what.
    const int whose = WordsAt(i - 1, role_);
    const bool inhabitants = whose >= 0 && inhabitant_ != 0 && a_.placed[static_cast<std::size_t>(whose)].kind_id == inhabitant_;
    if (inhabitants) inhabitants_end = i;
    if (post->objects.empty() && !inhabitants) told = i;
    post->end = i;
  }
  // The class word before a quoted body is the body's: «директор компании «Вымпел»».
  post->text_end = std::max(told, post->head_end);
  const bool named = post->text_end < a_.tokens.size() && !Breaks(post->text_end) &&
                     (IsQuote(post->text_end) || IsType(mention_at_[post->text_end], Type::kOrganization) ||
                      IsType(mention_at_[post->text_end], Type::kProgram));
  if (named || (!post->objects.empty() && IsType(post->objects[0], Type::kOrganization))) {
    // The dictionaries have «директор завода» as a post too.
    for (std::size_t k = named ? post->head + 1 : post->head_end; k < post->text_end; ++k) {
      const int head = WordsAt(k, org_head_);
      if (head < 0 || a_.matches[static_cast<std::size_t>(head)].end != post->text_end || !IsClassWordOfNext(*post, head)) continue;
      post->text_end = k;
      post->head_end = std::min(post->head_end, k);
      break;
    }
  }
  // Adjectives before the body are the body's.
  while (post->text_end > post->head_end && (!IsWord(post->text_end - 1) || (BestOf(post->text_end - 1) & morph::kNOUN) == 0))
    --post->text_end;
  post->told_end = post->text_end;
  if (!post->objects.empty()) post->end = PastDate(post->end);
  // A tail that leads nowhere is kept while it is a genitive: «министр финансов».
  const bool before_person = IsPerson(post->end) && post->end > post->text_end;
  if (post->objects.empty() && !before_person) post->end = std::max(post->text_end, inhabitants_end);
}

bool PostReader::IsBodyInGenitive(std::size_t i) const {
  if (i >= a_.tokens.size() || Breaks(i) || !IsType(mention_at_[i], Type::kOrganization)) return false;
  const morph::Grammemes cases = AnyOf(i);
  return a_.FormOf(i).known && (cases & morph::kgent) != 0 && (cases & morph::knomn) == 0;
}

std::size_t PostReader::PastDate(std::size_t i) const {
  const auto it = std::lower_bound(dates_.begin(), dates_.end(), i, [](const auto& d, std::size_t at) { return d.first < at; });
  if (it == dates_.end() || it->first > i + 1 || Breaks(i)) return i;
  if (it->first == i + 1 && (!IsWord(i) || (AnyOf(i) & morph::kPREP) == 0)) return i;
  for (std::size_t k = i + 1; k < it->second; ++k) {
    if (Breaks(k)) return i;
  }
  return it->second;
}

bool PostReader::IsClassWordOfNext(const Post& p, int head) const {
  const gazetteer::Match& match = a_.matches[static_cast<std::size_t>(head)];
  const gazetteer::Entry word = a_.gazetteer->entry(match.entry);
  if (match.begin < p.head_end && (HasFlag(word.slots, kNeedsTailFlag) || (AnyOf(p.head) & morph::kPRTF) != 0))  // «заведующая отделом»
    return false;
  const std::size_t next = p.text_end;
  if (next >= a_.tokens.size() || mention_at_[next] < 0 || !IsType(mention_at_[next], Type::kOrganization)) return true;
  const Described& body = mentions_[static_cast<std::size_t>(mention_at_[next])];
  for (std::size_t i = body.begin; i < body.end; ++i) {
    if (WordsAt(i, org_head_) >= 0) return false;
  }
  return true;
}

bool PostReader::IsAbbreviationInTail(const Post& p, std::size_t i) const {
  return p.of_a_body && a_.tokens[i].shape == Shape::kUpper && a_.tokens[i].Has(Flag::kCyrillic) && mention_at_[i] < 0 &&
         a_.tokens[i].end - a_.tokens[i].begin <= kLongestAbbreviation && a_.tokens[p.head].shape != Shape::kUpper &&
         WordsAt(i, role_) < 0 && (AnyOf(i) & morph::kPREP) == 0;
}

bool PostReader::IsPlaceAgain(const Post& p, std::size_t i) const {
  if (i + 1 >= a_.tokens.size() || p.objects.empty() || p.end + 1 != i || !IsType(mention_at_[p.end - 1], Type::kLocation) ||
      mention_at_[p.end - 1] == p.objects[0])
    return false;
  if (IsType(mention_at_[i], Type::kLocation)) return true;
  return IsWord(i) && (AnyOf(i) & morph::kPREP) != 0 && IsType(mention_at_[i + 1], Type::kLocation);
}

bool PostReader::LeadsToName(std::size_t i) const {
  for (std::size_t n = 0; n < 5 && i < a_.tokens.size() && !Breaks(i); ++n, ++i) {
    if (mention_at_[i] >= 0 || IsQuote(i)) return true;
    if (!IsTailWord(i, kOblique) && WordsAt(i, org_head_) < 0) return false;
  }
  return false;
}

bool PostReader::IsTailWord(std::size_t i, morph::Grammemes cases) const {
  if (!IsWord(i) || a_.tokens[i].shape != Shape::kLower || mention_at_[i] >= 0) return false;
  const WordFacts& word = FactsOf(i);
  if ((word.any & (morph::kNPRO | morph::kApro)) != 0 || (word.best & (morph::kPREP | morph::kCONJ)) != 0) return false;
  return (word.cases & cases) != 0;
}

}  // namespace atau::resolve
