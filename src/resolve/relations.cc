#include "resolve/relations.h"

#include <algorithm>
#include <set>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>

#include "gazetteer/entry_flags.h"
#include "gazetteer/entry_slots.h"
#include "morph/morph.h"
#include "resolve/memory.h"
#include "resolve/posts.h"

namespace atau::resolve {
namespace {

using gazetteer::HasFlag;
using token::Flag;
using token::Kind;
using token::Shape;

constexpr std::size_t kVerbReach = 6;  // tokens between a post and its verb, or a verb and its person
constexpr std::size_t kPrefix = 8;     // bytes: four letters that an adjective and its place share
constexpr std::size_t kPlacesOfPrefix = 16;
constexpr std::size_t kApposition = 7;        // tokens of what is told of a person before his post
constexpr std::size_t kPossessiveReach = 40;  // tokens back from «его» to whose it is
constexpr std::size_t kNounReach = 256;       // mentions back to what a noun stands for
constexpr std::size_t kLongestList = 8;       // people of one post

// Whether a post without its body is told as a relation too («адвокат Ковалёв»); a mention of it is found in any case. Those of a state
// («президент Обама») always are, since it is understood which. On factRuEval's occupations, which all have a body, `true` costs nine
// points of F1; on NEREL it finds 63 % instead of 37 % of professions.
constexpr bool kPostsAlone = false;

// The flag of verbs whose object gets the post («назначил»).
constexpr std::string_view kAppointFlag = "appoint";
// The flag of nouns of the class `body_noun` that stand only for names that have this noun themselves («правительство»).
constexpr std::string_view kOwnFlag = "own";

class Finder : private PostReader {
 public:
  Finder(const Analysis& a, const PostWords& words, const std::vector<Described>& mentions, PostScratch* scratch, Arena* arena,
         std::vector<FoundRelation>* out, std::vector<FoundPost>* posts)
      : PostReader(a, words, mentions, scratch), arena_(arena), out_(*out), told_(*posts) {}

  void Run() {
    ReadPosts();
    if (posts_.empty()) return;
    for (std::size_t m = 0; m < mentions_.size(); ++m) {
      if (mentions_[m].type != Type::kLocation || mentions_[m].kind != "country") continue;
      const std::string_view code = SlotOf(mentions_[m], "country");
      if (!code.empty()) MentionsOf(code).push_back(static_cast<int>(m));
    }
    for (std::size_t p = posts_.size(); p-- > 0;) Behind(p);
    for (std::size_t p = 0; p < posts_.size(); ++p) {
      if (!posts_[p].direct) Before(p);
      if (posts_[p].people.empty()) OverVerb(p);
      if (posts_[p].people.empty()) OfPronoun(p);
    }
    for (Post& p : inner_) posts_.push_back(std::move(p));
    for (const Post& p : posts_) Tell(p);
    Statesmen();
    FromAdjectives();
    FromElsewhere();
    for (const Post& p : posts_) Emit(p);
  }

 private:
  // ---- the people of a post ----

  bool IsPlural(const Post& p) const { return (p.agreement & 0x888888u) != 0 && (p.agreement & 0x777777u) == 0; }

  // «… Иван Крот», «… генерал Иван Крот», «…, Иван Крот, …».
  void Behind(std::size_t index) {
    Post& p = posts_[index];
    std::size_t i = p.end;
    while (IsQuote(i)) ++i;
    // «премьера фильма «Иван Крот»»: the whole quotation is a name in quotes, that of no holder.
    if (IsPerson(i) && i > p.end && a_.tokens[i - 1].Has(Flag::kOpens)) {
      const std::size_t end = EndOf(mention_at_[i]);
      if (a_.tokens[i - 1].pair == static_cast<std::int32_t>(end)) return;
    }
    if (i < a_.tokens.size() && !Breaks(i)) {
      const int title = mention_at_[i] < 0 && IsWord(i) ? WordsAt(i, role_) : -1;
      if (title >= 0 && words_.IsNoPost(a_.placed[static_cast<std::size_t>(title)].kind_id))
        i = a_.matches[static_cast<std::size_t>(title)].end;
    }
    if (i >= a_.tokens.size() || Breaks(i)) return;
    if (IsPerson(i)) {
      if (SameCase(p, mention_at_[i])) {
        List(i, IsPlural(p), &p);
        p.direct = true;
        return;
      }
      // «помощник президента США Барака Обамы Иван Крот»: the post in the genitive is that of the one, the whole that of the other.
      Post of_other;
      if (!InnerPost(p, mention_at_[i], &of_other)) return;
      inner_.push_back(std::move(of_other));
      p.objects.clear();
      i = p.end = EndOf(mention_at_[i]);
      if (IsPerson(i) && SameCase(p, mention_at_[i])) {
        p.people = {mention_at_[i]};
        p.direct = true;
        return;
      }
      if (i >= a_.tokens.size() || Breaks(i)) return;
    }
    // The next post holds for the same person.
    std::size_t next = i;
    if (IsComma(next)) {
      ++next;
      if (next + 1 < a_.tokens.size() && Has(next, PostWords::kBefore) && Has(next + 1, PostWords::kAlso)) next += 2;
    } else if (IsAnd(next)) {
      ++next;
    } else if (IsDash(next)) {
      ++next;
    }
    // «Иван Крот, мэр Омска, министр Пётр Зимин»: the post after a person and a comma is that person's.
    const bool taken = next != i && p.begin > 1 && IsComma(p.begin - 1) && IsPerson(p.begin - 2) && !Breaks(p.begin);
    if (index + 1 < posts_.size() && !taken) {
      const Post& q = posts_[index + 1];
      if (q.begin == next && q.direct && !Breaks(next) &&
          ((q.agreement & p.agreement) != 0 || (IsComma(i) && ShareCase(q.agreement, p.agreement)))) {
        p.people = q.people;
        p.direct = true;
        if (IsAnd(i)) Share(q, &p);
        return;
      }
    }
    // «Автор картины — Иван Крот»: a dash where the post begins the sentence.
    const bool dash = IsDash(i) && (!p.objects.empty() || Breaks(p.begin));
    // «с музыкантами «Вымпела» — Иваном Кротом и Петром Зиминым»
    if (IsPlural(p) && !p.objects.empty() && (IsDash(i) || Text(i) == ":") && i + 1 < a_.tokens.size() && IsPerson(i + 1) &&
        !Breaks(i + 1)) {
      List(i + 1, true, &p);
      p.direct = p.people.size() > 1;
      if (p.direct) return;
      p.people.clear();
    }
    if ((IsComma(i) || dash) && IsPerson(i + 1) && !Breaks(i + 1)) {
      const std::size_t end = EndOf(mention_at_[i + 1]);
      if (end >= a_.tokens.size() || Breaks(end) || IsComma(end) || Text(end) == "." || Text(end) == ")" ||
          (dash && Has(end, PostWords::kOutOf)))
        List(i + 1, false, &p);
    }
  }

  // «социолог Иван Крот из центра «Вымпел»», «… (агентство «Вымпел»)»: the body stands behind the person.
  void FromBody(Post* p) const {
    const std::size_t after = EndOf(p->people.back());
    if (mentions_[static_cast<std::size_t>(p->people.back())].begin < p->begin) return;
    if (after + 1 >= a_.tokens.size() || Breaks(after)) return;
    const bool from = Has(after, PostWords::kOutOf);
    if (!from && Text(after) != "(") return;
    std::size_t i = after + 1;
    for (std::size_t n = 0; n < 4 && i < a_.tokens.size() && mention_at_[i] < 0 && !Breaks(i); ++n) {
      if (!IsQuote(i) && !IsTailWord(i, from ? morph::kgent : morph::knomn) && (from || WordsAt(i, org_head_) < 0)) return;
      ++i;
    }
    if (i >= a_.tokens.size() || Breaks(i) || !IsType(mention_at_[i], Type::kOrganization)) return;
    std::size_t end = EndOf(mention_at_[i]);
    while (IsQuote(end)) ++end;
    if (!from && (end >= a_.tokens.size() || Text(end) != ")")) return;
    // «мэр Иван Крот из партии «Рассвет»» is mayor of no party.
    if (p->of_a_body && !p->deputy && mentions_[static_cast<std::size_t>(mention_at_[i])].kind == "party") return;
    p->objects.push_back(mention_at_[i]);
  }

  // Whether a person behind a post can be the one who holds it: «адвокат Ивана Крота» is somebody else. Names whose case is in doubt may.
  bool SameCase(const Post& p, int person) const {
    const Described& d = mentions_[static_cast<std::size_t>(person)];
    if (IsOfKin(p)) {
      // «дочь президента Анна Крот»: the post is of her father, unless the name is in the genitive as he is.
      Post of_kin;
      of_kin.agreement = p.agreement & morph::AgreementOfCase(1);
      if (of_kin.agreement != 0 && !ShareCase(of_kin, d)) return false;
    }
    if (!ShareCase(p, d)) return false;
    const bool nominative = (p.agreement & morph::AgreementOfCase(0)) != 0;
    if (!IsNominative(d)) {
      morph::Agreement oblique = 0;
      for (int c = 1; c < 6; ++c) oblique |= morph::AgreementOfCase(c);
      return p.agreement == 0 || (p.agreement & oblique) != 0;
    }
    // A man's name in a consonant is no other case than the nominative.
    static constexpr std::string_view kConsonants[] = {"б", "в", "г", "д", "ж", "з", "к", "л", "м", "н",
                                                       "п", "р", "с", "т", "ф", "х", "ц", "ч", "ш", "щ"};
    const bool man = d.gender == morph::Gender::kMasculine &&
                     std::any_of(std::begin(kConsonants), std::end(kConsonants), [&d](std::string_view c) { return d.text.ends_with(c); });
    return !man || nominative || p.agreement == 0;
  }

  // Whether a name is written as in the nominative.
  static bool IsNominative(const Described& d) {
    if (d.text == d.normal) return true;
    std::string text, normal;
    morph::Fold(d.text, &text);
    morph::Fold(d.normal, &normal);
    return text == normal;
  }

  // «дочь президента», «дочери бывшего президента»
  bool IsOfKin(const Post& p) const {
    if (p.begin == 0 || Breaks(p.begin)) return false;
    for (const std::uint32_t index : a_.matches_at.At(p.begin - 1)) {
      const Analysis::Placed& word = a_.placed[index];
      if (word.words && word.class_id == role_ && word.kind_id == words_.kinship && words_.kinship != 0) return true;
    }
    return false;
  }

  // Whether the case of a name, as far as its first word is known, is one of the post's: «супруга президента Ливия Крот» is no president.
  bool ShareCase(const Post& p, const Described& name) const {
    // «один из основателей Иван Крот»
    if (p.agreement == 0 || (p.begin > 1 && Has(p.begin - 1, PostWords::kOutOf))) return true;
    std::string first;
    morph::Fold(name.normal.substr(0, name.normal.find(' ')), &first);
    const std::uint64_t lemma = morph::KeyOf(first);
    morph::Agreement cases = 0;
    for (const morph::Reading& r : a_.forms->ReadingsOf(a_.FormOf(name.begin))) {
      if (r.lemma_key == lemma && (r.tag & morph::kName) != 0) cases |= morph::AgreementOf(r.tag);
    }
    if (cases == 0) return true;
    constexpr morph::Agreement kOneCase = 0xF;
    for (unsigned c = 0; c < 24; c += 4) {
      if ((cases >> c & kOneCase) != 0 && (p.agreement >> c & kOneCase) != 0) return true;
    }
    return false;
  }

  // Whether two posts can be those of one person: in one case and number, whatever their genders («ректор, скрипачка»).
  static bool ShareCase(morph::Agreement one, morph::Agreement other) {
    constexpr morph::Agreement kSingular = 0x7, kPlural = 0x8;
    for (unsigned c = 0; c < 24; c += 4) {
      for (const morph::Agreement number : {kSingular, kPlural}) {
        if ((one >> c & number) != 0 && (other >> c & number) != 0) return true;
      }
    }
    return false;
  }

  // The post in the genitive inside another's tail.
  bool InnerPost(const Post& outer, int person, Post* inner) const {
    bool noun = false;  // «бывшего президента» has no other post inside, unlike «помощника президента»
    for (std::size_t k = outer.head + 1; k < outer.text_end; ++k) {
      noun |= (BestOf(k - 1) & morph::kNOUN) != 0;
      if (!noun || WordsAt(k, role_) < 0) continue;
      std::size_t none = k;
      if (!MayHead(k) || !HeadAt(k, inner, &none) || (inner->agreement & morph::AgreementOfCase(1)) == 0) return false;
      inner->text_end = std::max(inner->head_end, outer.text_end);
      inner->end = outer.end;
      inner->objects = outer.objects;
      inner->people = {person};
      inner->direct = true;
      return true;
    }
    return false;
  }

  // Whether a verb or predicate follows a post without a sign between them.
  bool Acts(std::size_t index) const {
    const std::size_t i = posts_[index].end;
    if (i >= a_.tokens.size() || Breaks(i) || !IsWord(i) || mention_at_[i] >= 0) return false;
    if (index + 1 < posts_.size() && posts_[index + 1].begin == i) return false;
    return (BestOf(i) & (morph::kVERB | morph::kADJS | morph::kPRTS | morph::kPRED)) != 0 || Has(i, PostWords::kNot);
  }

  // «директор и совладелец «Вымпела»»: both are of the body behind the second.
  void Share(const Post& second, Post* first) const {
    if (first->objects.empty() && first->end == first->head_end && (first->of_a_body || first->calling)) first->objects = second.objects;
  }

  void List(std::size_t i, bool many, Post* p) const {
    p->people.push_back(mention_at_[i]);
    for (std::size_t n = 1; many && n < kLongestList; ++n) {
      std::size_t next = EndOf(p->people.back());
      if (next < a_.tokens.size() && Text(next) == "(" && a_.tokens[next].pair > static_cast<std::int32_t>(next))
        next = static_cast<std::size_t>(a_.tokens[next].pair) + 1;
      if (!IsComma(next) && !IsAnd(next)) return;
      ++next;
      if (IsAnd(next)) ++next;
      if (!IsPerson(next) || Breaks(next)) return;
      p->people.push_back(mention_at_[next]);
    }
  }

  // «Иван Крот, …», «Иван Крот — …», «Иван Крот (…)», and the posts after such a one.
  void Before(std::size_t index) {
    Post& p = posts_[index];
    if (p.begin > 0 && IsPerson(p.begin - 1) && !Breaks(p.begin) && a_.tokens[p.begin].shape == Shape::kCap && !p.objects.empty()) {
      // A caption: «Иван Крот Президент ФИДЕ».
      p.people = {mention_at_[p.begin - 1]};
      return;
    }
    // «Иван Крот, один из директоров …»
    const bool one_of = OneOf(p.begin);
    const std::size_t start = one_of ? p.begin - 2 : p.begin;
    if (start < 2 || Breaks(start)) return;
    bool also = false;
    std::size_t i = start - 1;  // the sign
    while (IsQuote(i) && i > 1) --i;
    // «…, 45-летний директор», «…, это директор», «…, а также директор».
    for (std::size_t n = 0; n < 3 && i > 1 && !IsComma(i) && !IsDash(i) && Text(i) != "("; ++n) {
      const std::uint32_t uses = UsesAt(i);
      const bool small = (uses & PostWords::kBefore) != 0 || (IsWord(i) && (AnyOf(i) & morph::kADJF) != 0 && mention_at_[i] < 0) ||
                         a_.tokens[i].kind == Kind::kNumber;
      if (!small || Breaks(i)) break;
      if ((uses & PostWords::kAnd) != 0 && index > 0 && posts_[index - 1].end == i) break;
      also |= (uses & PostWords::kAlso) != 0;
      --i;
    }
    if (!(IsComma(i) || IsDash(i) || Text(i) == "(" || IsAnd(i)) || Breaks(i)) return;
    if (index > 0 && posts_[index - 1].end == i && !posts_[index - 1].people.empty() && !posts_[index - 1].direct &&
        (posts_[index - 1].agreement & p.agreement) != 0) {
      p.people = posts_[index - 1].people;
      if (IsAnd(i)) Share(p, &posts_[index - 1]);
      return;
    }
    if (IsAnd(i)) return;
    if (IsComma(i) && !p.objects.empty()) i = BeforeApposition(p, i);
    const int m = mention_at_[i - 1];
    if (IsType(m, Type::kPerson) && !Breaks(i)) {
      // «Иван Крот, а также директор …» is somebody else, and so is who does something («по словам Крота, мэр Омска доволен»).
      if (also || (IsComma(i) && (Acts(index) || (!one_of && !AgreesBehindComma(p, m))))) return;
      std::vector<int> people{m};
      if (IsPlural(p) && !one_of) {
        // «Иван Крот и Пётр Зимин, депутаты …»
        for (std::size_t n = 1; n < kLongestList; ++n) {
          const std::size_t begin = mentions_[static_cast<std::size_t>(people.back())].begin;
          if (begin < 2 || Breaks(begin) || !(IsAnd(begin - 1) || IsComma(begin - 1)) || !IsPerson(begin - 2)) break;
          people.push_back(mention_at_[begin - 2]);
        }
        std::reverse(people.begin(), people.end());
        if (people.size() < 2) return;
      }
      if (p.people.empty() || !p.objects.empty()) p.people = std::move(people);
      return;
    }
    // «Иван Крот (Россия), …»
    if (Text(i - 1) == ")" && a_.tokens[i - 1].pair > 0) {
      const int before = mention_at_[static_cast<std::size_t>(a_.tokens[i - 1].pair) - 1];
      if (IsType(before, Type::kPerson) && p.people.empty()) p.people = {before};
    }
  }

  // Whether a post behind a person and a comma can be his: «ушёл от Ивана Крота, директор доволен» is somebody else.
  bool AgreesBehindComma(const Post& p, int person) const {
    return p.agreement == 0 || (p.agreement & ~morph::AgreementOfCase(0)) != 0 || IsNominative(mentions_[static_cast<std::size_t>(person)]);
  }

  // «Иван Крот, известный борец с коррупцией, член …»: the comma behind the person, or else the same one.
  std::size_t BeforeApposition(const Post& p, std::size_t comma) const {
    bool agrees = false;
    for (std::size_t i = comma, n = 0; n < kApposition && i > 1 && !Breaks(i); ++n) {
      --i;
      if (IsComma(i)) return agrees && IsPerson(i - 1) && !Breaks(i) ? i : comma;
      if (!IsWord(i) || mention_at_[i] >= 0 || a_.tokens[i].shape != Shape::kLower) return comma;
      const morph::Grammemes best = BestOf(i);
      if ((best & (morph::kNOUN | morph::kADJF | morph::kPRTF | morph::kPREP)) == 0) return comma;
      agrees |= (best & morph::kNOUN) != 0 && (NounsOf(i) & p.agreement) != 0;
    }
    return comma;
  }

  // «назначил», unlike «назначен» and «назначили».
  bool Appoints(std::size_t i) const {
    const int m = WordsAt(i, words_.verb);
    if (m < 0 || !HasFlag(a_.gazetteer->entry(a_.matches[static_cast<std::size_t>(m)].entry).slots, kAppointFlag)) return false;
    const std::span<const morph::Reading> readings = a_.forms->ReadingsOf(a_.FormOf(i));
    return !readings.empty() && (readings[0].tag & morph::kVERB) != 0 && (readings[0].tag & morph::ksing) != 0;
  }

  // «Иван Крот назначен …», «занимает пост …»; «… стал Иван Крот», «на пост … избран Иван Крот».
  void OverVerb(std::size_t index) {
    Post& p = posts_[index];
    bool post_word = false, verb = false, appoints = false;
    std::size_t i = p.begin;
    int person = -1;
    for (std::size_t n = 0; n < 2 * kVerbReach && i > 0 && !Breaks(i); ++n) {
      --i;
      if (IsType(mention_at_[i], Type::kPerson)) {
        person = mention_at_[i];
        break;
      }
      if (mention_at_[i] >= 0 && !verb && !IsQuote(i)) {
        if (n > kVerbReach) break;
        continue;
      }
      if (!IsWord(i)) {
        if (verb && IsComma(i)) continue;
        if (IsQuote(i)) continue;
        break;
      }
      if (index > 0 && i < posts_[index - 1].end) break;
      if (no_post_at_[i]) return;  // «стал кандидатом на пост главы»
      const std::uint16_t kind = VerbKind(i);
      post_word |= (kind == words_.post_kind && kind != 0) || WordsAt(i, words_.post_noun) >= 0;
      verb |= kind == words_.become_kind && kind != 0;
      appoints |= Appoints(i);
    }
    // «Пётр Зимин назначил Ивана Крота директором»
    if (person >= 0 && !verb) {
      const std::size_t begin = mentions_[static_cast<std::size_t>(person)].begin;
      for (std::size_t k = begin, n = 0; k > 0 && n < kVerbReach && !Breaks(k) && IsWord(k - 1) && mention_at_[k - 1] < 0; ++n) {
        if (Appoints(--k)) verb = true;
      }
    } else if (appoints) {
      person = -1;  // who appoints is not who holds the post
    }
    const bool one_of = OneOf(p.begin);  // «стал одним из директоров»
    const bool ablative =
        one_of ? (a_.FormOf(p.begin - 2).agreement & morph::AgreementOfCase(4)) != 0 : (p.agreement & morph::AgreementOfCase(4)) != 0;
    const bool genitive = post_word && (p.agreement & morph::AgreementOfCase(1)) != 0;
    if (!ablative && !genitive) return;
    if (person >= 0 && (verb || (post_word && genitive))) {
      p.people = {person};
      return;
    }
    // To the right.
    bool right = appoints;
    i = p.end;
    for (std::size_t n = 0; n < kVerbReach && i < a_.tokens.size() && !Breaks(i); ++n) {
      // «главой Всемирной палаты (ВП) стал Иван Крот»
      if (Text(i) == "(" && i == p.end && a_.tokens[i].pair > 0 && static_cast<std::size_t>(a_.tokens[i].pair) <= i + kShortBracket) {
        i = static_cast<std::size_t>(a_.tokens[i].pair) + 1;
        continue;
      }
      if (IsPerson(i)) {
        if (right || (verb && post_word)) p.people = {mention_at_[i]};
        return;
      }
      // «… стал глава «Вымпела» Иван Крот», «… занял республиканец Иван Крот»
      if (index + 1 < posts_.size() && posts_[index + 1].begin == i) {
        if (posts_[index + 1].direct && (right || (verb && post_word))) p.people = posts_[index + 1].people;
        return;
      }
      if (IsBody(mention_at_[i]) && !right) {
        i = EndOf(mention_at_[i]);
        continue;
      }
      if (mention_at_[i] >= 0 || (!IsWord(i) && !IsQuote(i))) return;
      const int title = WordsAt(i, role_);
      if (right && title >= 0) {
        i = a_.matches[static_cast<std::size_t>(title)].end;
        continue;
      }
      right |= VerbKind(i) == words_.become_kind && VerbKind(i) != 0;
      ++i;
    }
  }

  // «Иван Крот ушёл. Он был директором «Вымпела»»: the only person of the sentence before, and the first word that is not small.
  void OfPronoun(std::size_t index) {
    Post& p = posts_[index];
    const bool ablative = (p.agreement & morph::AgreementOfCase(4)) != 0, genitive = (p.agreement & morph::AgreementOfCase(1)) != 0;
    if (!ablative && !genitive) return;
    std::size_t i = p.begin;
    bool post_word = false;
    std::size_t verb = 0;  // where it stands
    std::size_t n = 0;
    for (; n < kVerbReach && i > 0 && !Breaks(i); ++n) {
      --i;
      if (!IsWord(i) || mention_at_[i] >= 0 || no_post_at_[i]) return;
      if (Has(i, PostWords::kHe | PostWords::kShe)) break;
      const std::uint16_t kind = VerbKind(i);
      if (kind == words_.become_kind && kind != 0) verb = i;
      post_word |= (kind == words_.post_kind && kind != 0) || WordsAt(i, words_.post_noun) >= 0;
    }
    if (verb == 0 || !IsWord(i) || !(ablative || (genitive && post_word))) return;
    const std::uint32_t pronoun = UsesAt(i);
    morph::Gender other = (pronoun & PostWords::kHe) != 0 ? morph::Gender::kFeminine : morph::Gender::kMasculine;
    if ((pronoun & (PostWords::kHe | PostWords::kShe)) == 0) {
      // «До этого был директором «Вымпела»»: the sentence names nobody, and its verb shows who is meant.
      if (!Breaks(i) || NamesSubject(p, i)) return;
      const morph::Grammemes best = BestOf(verb);
      if ((best & morph::kVERB) == 0 || (best & morph::ksing) == 0 || (best & (morph::kmasc | morph::kfemn)) == 0) return;
      other = (best & morph::kmasc) != 0 ? morph::Gender::kFeminine : morph::Gender::kMasculine;
    }
    int person = -1;
    std::size_t sentences = 0;
    for (n = 0; n < kPossessiveReach && i > 0; ++n) {
      if (a_.tokens[i].Has(Flag::kBlockStart)) break;
      if (a_.tokens[i].Has(Flag::kSentenceStart) && ++sentences > 1) break;
      --i;
      if (!IsType(mention_at_[i], Type::kPerson)) continue;
      const Described& d = mentions_[static_cast<std::size_t>(mention_at_[i])];
      i = d.begin;
      if (d.gender == other) continue;
      if (person >= 0 && NameKey(person) != NameKey(mention_at_[i])) return;
      person = mention_at_[i];
    }
    if (person >= 0) p.people.assign(1, person);
  }

  // Whether a sentence that begins at a token has a subject besides a post: a person, or a noun in the nominative up to the post.
  bool NamesSubject(const Post& p, std::size_t begin) const {
    for (std::size_t i = begin; i < p.begin; ++i) {
      const morph::Grammemes best = BestOf(i);
      if ((best & (morph::kNOUN | morph::kNPRO)) != 0 && (best & morph::knomn) != 0) return true;
    }
    for (std::size_t i = p.end; i < a_.tokens.size() && !Breaks(i); ++i) {
      if (IsPerson(i)) return true;
    }
    return false;
  }

  // The mentions of the state with this code, in the order of the text.
  std::vector<int>& MentionsOf(std::string_view code) {
    const auto same = std::find_if(countries_.begin(), countries_.end(), [code](const auto& c) { return c.first == code; });
    return same != countries_.end() ? same->second : countries_.emplace_back(code, std::vector<int>()).second;
  }

  // The mention of a state with this code that stands nearest before a token, or else the first one; -1 where the text has none.
  int CountryBefore(std::string_view code, std::size_t token) const {
    const auto it = std::find_if(countries_.begin(), countries_.end(), [code](const auto& c) { return c.first == code; });
    if (it == countries_.end()) return -1;
    const std::vector<int>& all = it->second;
    const auto after =
        std::partition_point(all.begin(), all.end(), [this, token](int m) { return mentions_[static_cast<std::size_t>(m)].begin < token; });
    return after == all.begin() ? all.front() : *(after - 1);
  }

  // «британский премьер», «омский губернатор»: the state by its adjective, other places by the same beginning, where the text names them.
  void FromAdjectives() {
    const auto lacks = [this](const Post& p) {
      if (!p.objects.empty() || p.people.empty() || !p.of_a_body) return false;
      for (std::size_t i = p.begin; i < p.text_end; ++i) {
        if (IsWord(i) && (AnyOf(i) & morph::kADJF) != 0) return true;
      }
      return false;
    };
    if (std::none_of(posts_.begin(), posts_.end(), lacks)) return;
    std::unordered_map<std::string, std::vector<int>> places;  // by their first letters
    for (std::size_t m = 0; m < mentions_.size(); ++m) {
      if (mentions_[m].type != Type::kLocation) continue;
      std::string folded;
      morph::Fold(mentions_[m].normal, &folded);
      if (folded.size() < kPrefix) continue;
      const std::size_t space = folded.find(' ');
      if (space != std::string::npos && (mentions_[m].kind != "region" || folded.substr(0, space).rfind("ск") == std::string::npos))
        continue;
      std::vector<int>& same = places[folded.substr(0, kPrefix)];
      if (same.size() < kPlacesOfPrefix) same.push_back(static_cast<int>(m));
    }
    for (Post& p : posts_) {
      if (!lacks(p)) continue;
      for (std::size_t i = p.begin; i < p.text_end && p.objects.empty(); ++i) {
        const morph::Form& form = a_.FormOf(i);
        if (!IsWord(i) || (form.any & morph::kADJF) == 0) continue;
        if (const int state = WordsAt(i, words_.place_adjective); state >= 0) {
          const int m = CountryBefore(a_.gazetteer->entry(a_.matches[static_cast<std::size_t>(state)].entry).kind, p.begin);
          if (m >= 0) p.objects.assign(1, m), p.place_adjective = i;
          continue;
        }
        const std::size_t sk = std::min(form.folded.rfind("ск"), form.folded.rfind("цк"));
        if (sk == std::string_view::npos || sk < kPrefix || form.folded.size() > sk + 12) continue;
        const std::string_view base = form.folded.substr(0, sk);
        const auto it = places.find(std::string(base.substr(0, kPrefix)));
        if (it == places.end()) continue;
        std::size_t best = 0;
        for (const int m : it->second) {
          std::string folded;
          morph::Fold(mentions_[static_cast<std::size_t>(m)].normal, &folded);
          // «омский губернатор» is of the region, «омский мэр» of the city.
          if (const std::size_t space = folded.find(' '); space != std::string::npos) {
            if (!p.of_region || !folded.starts_with(form.folded.substr(0, sk))) continue;
            p.objects.assign(1, m);
            break;
          }
          std::size_t common = 0;
          while (common < std::min(base.size(), folded.size()) && base[common] == folded[common]) ++common;
          // All but the last letters of both are equal.
          if (common + 6 < base.size() || common + 6 < folded.size() || common <= best) continue;
          best = common;
          p.objects.assign(1, m);
        }
        if (!p.objects.empty()) p.place_adjective = i;
      }
    }
  }

  // «глава партии Иван Крот», «мэр города Крот»: the noun stands for the last body or place before that has it as its class word, or is of
  // its kind.
  void FromNoun(Post* p) const {
    std::size_t i = p->head_end;
    while (i < p->text_end && IsWord(i) && (BestOf(i) & (morph::kADJF | morph::kPRTF)) != 0) ++i;
    if (p->text_end != p->end) return;
    // «глава региона» may be one entry of the dictionary.
    const bool within = p->text_end == p->head_end && p->head_end > p->head + 1;
    if (within) i = p->head_end - 1;
    if (i + 1 != p->text_end) return;
    std::string_view noun;
    std::vector<std::string_view> kinds;
    for (const std::uint32_t index : a_.matches_at.At(i)) {
      const std::uint16_t cls = a_.placed[index].class_id;
      if (!a_.placed[index].words || a_.matches[index].end != i + 1 || (cls != org_head_ && cls != words_.body_noun)) continue;
      const gazetteer::Entry e = a_.gazetteer->entry(a_.matches[index].entry);
      noun = e.name;
      if (cls == words_.body_noun && !HasFlag(e.slots, kOwnFlag)) kinds.push_back(e.kind);
    }
    // «глава государства» is of the person's, not of the state that was named last.
    if (noun.empty() || (within && std::find(kinds.begin(), kinds.end(), "country") != kinds.end())) return;
    const auto after = std::partition_point(mentions_.begin(), mentions_.end(), [p](const Described& d) { return d.begin < p->begin; });
    auto m = static_cast<std::size_t>(after - mentions_.begin());
    for (std::size_t n = 0; n < kNounReach && m-- > 0; ++n) {
      const Described& d = mentions_[m];
      if (!IsBody(static_cast<int>(m))) continue;
      const std::string_view own = SlotOf(d, "head");
      // An authority with a class word of its own is no other authority: «министерство» is not the government.
      const bool same = own.ends_with(noun) && (own.size() == noun.size() || own[own.size() - noun.size() - 1] == ' ');
      if (!same && (std::find(kinds.begin(), kinds.end(), d.kind) == kinds.end() || (d.kind == "government" && !own.empty()))) continue;
      p->objects.assign(1, static_cast<int>(m));
      if (!within) p->text_end = p->head_end;
      return;
    }
  }

  // «Завод «Вымпел» закрыт. Его директор Иван Крот …»: the body that was named last.
  void FromPossessive(Post* p) const {
    if (p->begin == 0 || !Has(p->begin - 1, PostWords::kWhose) || p->end != p->text_end) return;
    std::size_t sentences = 0;
    for (std::size_t i = p->begin - 1, n = 0; n < kPossessiveReach && i > 0; ++n) {
      if (a_.tokens[i].Has(Flag::kBlockStart)) return;
      if (a_.tokens[i].Has(Flag::kSentenceStart) && ++sentences > 1) return;
      --i;
      if (!IsType(mention_at_[i], Type::kOrganization)) continue;
      p->objects.assign(1, mention_at_[i]);
      return;
    }
  }

  // «Его основатель Иван Крот и директор Пётр Зимин»: both are of the same body.
  void FromOther(const Post& other, Post* p) const {
    if (!other.direct || other.begin == 0 || !Has(other.begin - 1, PostWords::kWhose) || other.objects.size() != 1) return;
    if (p->begin == 0 || !IsAnd(p->begin - 1) || Breaks(p->begin) || EndOf(other.people.back()) + 1 != p->begin) return;
    if (p->end == p->text_end) p->objects = other.objects;
  }

  // «НБУ взял паузу: директор Иван Крот …»: the only body of the sentence so far, or of the one before it.
  void FromSubject(Post* p) const {
    if (!p->direct || p->end != p->text_end || p->begin != p->head) return;
    int body = -1;
    std::size_t sentences = 0;
    for (std::size_t i = p->begin, n = 0; n < kPossessiveReach && i > 0; ++n) {
      if (a_.tokens[i].Has(Flag::kBlockStart)) break;
      if (a_.tokens[i].Has(Flag::kSentenceStart) && ++sentences > 1) break;
      --i;
      if (mention_at_[i] < 0) continue;
      const Described& d = mentions_[static_cast<std::size_t>(mention_at_[i])];
      i = d.begin;
      if (d.type == Type::kPerson) return;
      if (d.type != Type::kOrganization || d.kind == "media") continue;
      if (body >= 0 && mentions_[static_cast<std::size_t>(body)].normal != d.normal) return;
      body = mention_at_[i];
    }
    if (body >= 0) p->objects.assign(1, body);
  }

  // «Суд решил … Судья Крот …»: the last body that can have such a post.
  void FromKindOfBody(Post* p) const {
    if (p->bodies == nullptr || p->end != p->head_end) return;
    const auto after = std::partition_point(mentions_.begin(), mentions_.end(), [p](const Described& d) { return d.begin < p->begin; });
    auto m = static_cast<std::size_t>(after - mentions_.begin());
    for (std::size_t n = 0; n < kNounReach && m-- > 0; ++n) {
      const Described& d = mentions_[m];
      if (d.type != Type::kOrganization) continue;
      const std::string_view own = SlotOf(d, "head");
      const bool has = std::any_of(p->bodies->begin(), p->bodies->end(), [own](std::string_view body) {
        return own.ends_with(body) && (own.size() == body.size() || own[own.size() - body.size() - 1] == ' ');
      });
      if (!has) continue;
      p->objects.assign(1, static_cast<int>(m));
      return;
    }
  }

  // The code of the state that the dictionaries know for a person; empty where they know none.
  std::string_view CountryOf(int person) const {
    const Described& d = mentions_[static_cast<std::size_t>(person)];
    std::uint32_t index = 0;
    if (d.gazetteer.empty() || !a_.gazetteer->FindId(d.gazetteer, &index)) return {};
    return gazetteer::ValueOfSlot(a_.gazetteer->entry(index).slots, "country");
  }

  // Mentions of one person, roughly: by the surname, or the only name.
  std::string_view NameKey(int person) const {
    const Described& d = mentions_[static_cast<std::size_t>(person)];
    const std::string_view last = SlotOf(d, "last");
    return last.empty() ? d.normal : last;
  }

  // «Премьер-министр Израиля отказался» is the one of this state whom the text names, where it names one that the dictionaries know.
  void Statesmen() {
    // The subject of its sentence, and neither «бывший» nor «пост президента».
    const auto may_be = [this](const Post& p) {
      return p.people.empty() && (p.president || p.premier || p.ruler) && !IsPlural(p) && (p.agreement & morph::AgreementOfCase(0)) != 0 &&
             (p.begin == 0 || Breaks(p.begin) || !IsWord(p.begin - 1) || (BestOf(p.begin - 1) & morph::kNOUN) == 0);
    };
    if (std::none_of(posts_.begin(), posts_.end(), may_be)) return;
    struct Known {
      std::string_view code;
      int person = -1;
      bool president = false, premier = false;
    };
    std::vector<Known> all;
    for (std::size_t m = 0; m < mentions_.size(); ++m) {
      const Described& d = mentions_[m];
      if (d.type != Type::kPerson || d.gazetteer.empty()) continue;
      for (std::size_t i = d.begin; i < d.end; ++i) {
        for (const std::uint32_t index : a_.matches_at.At(i)) {
          if (!a_.placed[index].words || a_.placed[index].class_id != words_.statesman || words_.statesman == 0) continue;
          const gazetteer::Entry e = a_.gazetteer->entry(a_.matches[index].entry);
          const bool again = std::any_of(all.begin(), all.end(), [&](const Known& k) {
            return mentions_[static_cast<std::size_t>(k.person)].gazetteer == d.gazetteer && k.code == e.kind;
          });
          if (again || CountryOf(static_cast<int>(m)) != e.kind) continue;
          all.push_back({e.kind, static_cast<int>(m), HasFlag(e.slots, kPresidentFlag), HasFlag(e.slots, kPremierFlag)});
        }
      }
    }
    if (all.empty()) return;
    for (Post& p : posts_) {
      if (!may_be(p)) continue;
      std::string_view code;
      bool plain = true;
      for (std::size_t i = p.begin; i < p.text_end; ++i) {
        if (i >= p.head && i < p.head_end) continue;
        if (const int state = WordsAt(i, words_.place_adjective); state >= 0) {
          code = a_.gazetteer->entry(a_.matches[static_cast<std::size_t>(state)].entry).kind;
        } else if (i < p.head || !HasInAnyForm(i, PostWords::kStateNoun)) {
          plain = false;
        }
      }
      if (code.empty() && p.objects.size() == 1 && mentions_[static_cast<std::size_t>(p.objects[0])].kind == "country")
        code = SlotOf(mentions_[static_cast<std::size_t>(p.objects[0])], "country");
      if (!plain || code.empty()) continue;
      // «глава российского МВД», «президент российской компании»
      if (!p.objects.empty() && mentions_[static_cast<std::size_t>(p.objects[0])].kind != "country") continue;
      int person = -1, count = 0;
      for (const Known& k : all) {
        if (k.code != code || !(p.ruler || (p.president && k.president) || (p.premier && k.premier))) continue;
        person = k.person;
        ++count;
      }
      if (count == 1) p.people.assign(1, person);
    }
  }

  // Equal for the forms of one post: the stems of its head.
  std::string KeyOf(const Post& p) const {
    std::string key;
    for (std::size_t k = p.head; k < p.head_end; ++k) key.append(StemOf(a_.FormOf(k).folded)).push_back(' ');
    return key;
  }

  // A post without its body has that of its noun («глава партии»), of the person, or of the same post elsewhere in the text.
  void FromElsewhere() {
    for (Post& p : posts_) {
      if (p.objects.empty() && !p.people.empty() && p.of_a_body) FromNoun(&p);
      if (p.objects.empty() && p.direct && !p.of_state) FromBody(&p);
      if (p.objects.empty() && !p.people.empty() && p.of_a_body && !p.personal) FromPossessive(&p);
      if (p.objects.empty() && p.direct && p.of_a_body && !p.personal && &p != posts_.data()) FromOther(*(&p - 1), &p);
      if (p.objects.empty() && !p.people.empty() && p.heads) FromSubject(&p);
      if (p.objects.empty() && !p.people.empty()) FromKindOfBody(&p);
    }
    // Where nobody lacks a state, nobody is asked for his.
    std::unordered_map<std::string, std::set<std::string_view>> bodies;  // by posts
    std::unordered_map<std::string, int> body;
    std::unordered_map<std::string_view, int> state_of;  // by people's names: the state whose post they hold
    const bool lacks =
        std::any_of(posts_.begin(), posts_.end(), [](const Post& p) { return p.of_state && p.objects.empty() && !p.people.empty(); });
    for (const Post& p : posts_) {
      if (!lacks) break;
      if (p.objects.empty()) continue;
      const Described& object = mentions_[static_cast<std::size_t>(p.objects[0])];
      if (object.kind == "party") continue;  // «премьер-министр» is of no party
      const std::string key = KeyOf(p);
      if (bodies[key].insert(object.normal).second) body[key] = p.objects[0];
      if (!p.of_state || object.type != Type::kLocation || object.kind != "country") continue;
      for (const int person : p.people) state_of.try_emplace(NameKey(person), p.objects[0]);
    }
    // A president is that of the only state in the text.
    const int land = countries_.size() == 1 ? countries_.front().second.front() : -1;
    for (Post& p : posts_) {
      if (!p.objects.empty() || p.people.empty()) continue;
      // «архиепископ Лонгин Клинский (РПЦ)»
      const std::size_t bracket = EndOf(p.people[0]);
      if (p.direct && bracket + 1 < a_.tokens.size() && Text(bracket) == "(" && IsType(mention_at_[bracket + 1], Type::kOrganization) &&
          EndOf(mention_at_[bracket + 1]) == static_cast<std::size_t>(std::max(a_.tokens[bracket].pair, 0))) {
        p.objects.push_back(mention_at_[bracket + 1]);
        continue;
      }
      if (!p.of_state && !p.deputy) continue;
      // «британский премьер» is of no other state, also where the text does not name his.
      bool told = false;
      for (std::size_t i = p.begin; i < p.head; ++i) told |= WordsAt(i, words_.place_adjective) >= 0;
      if (told) continue;
      int state = CountryBefore(CountryOf(p.people[0]), p.begin);
      if (!p.of_state) {
        if (state >= 0) p.objects.push_back(state);
        continue;
      }
      if (const auto other = state_of.find(NameKey(p.people[0])); state < 0 && other != state_of.end()) state = other->second;
      if (state < 0 && !CountryOf(p.people[0]).empty()) continue;  // his own state is not in the text
      if (state < 0 && p.text_end == p.head_end) {
        const auto it = bodies.find(KeyOf(p));
        if (it != bodies.end() && it->second.size() == 1) state = body[it->first];
      }
      // «первый секретарь обкома» is none of a state, unlike «министр финансов».
      // And «наш первый президент» is that of the speaker's state.
      if (state < 0 && land >= 0 && (p.text_end == p.head_end || p.minister) &&
          (p.begin == 0 || !HasInAnyForm(p.begin - 1, PostWords::kSpeaker)))
        state = land;
      if (state >= 0) p.objects.push_back(state);
    }
  }

  // A post of somebody who is named is a mention of its own, without the adjectives that say where or when its holder holds it.
  void Tell(const Post& p) {
    if (p.people.empty()) return;
    std::size_t begin = p.begin;
    while (begin < p.head &&
           (WordsAt(begin, words_.place_adjective) >= 0 || WordsAt(begin, words_.passing_adjective) >= 0 || IsOfPlace(begin)))
      ++begin;
    told_.push_back({static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(std::max(p.told_end, p.head_end)), p.lower_entry});
  }

  // «омский», «столичный» … as far as the form tells.
  bool IsOfPlace(std::size_t i) const {
    const std::string_view folded = a_.FormOf(i).folded;
    const std::size_t sk = folded.rfind("ск");
    return sk != std::string_view::npos && sk + 10 >= folded.size() && !folded.substr(0, sk).ends_with("че");  // «технический»
  }

  // «нынешний», «новый», «известный», unlike «прежний»
  bool IsOfNow(std::size_t i) const {
    const int m = WordsAt(i, words_.passing_adjective);
    return m >= 0 && a_.placed[static_cast<std::size_t>(m)].kind_id != words_.another_time;
  }

  // Without what says only that it is held now, or in which place where the place is told.
  std::string_view RoleText(const Post& p) const {
    std::size_t begin = p.begin;
    while (begin < p.head && (begin == p.place_adjective || IsOfNow(begin))) ++begin;
    std::string_view role;
    if (p.fixed && begin == p.head) {
      // «замдиректору» is said, and no other nominative than «замдиректора».
      const std::string_view tail = p.text_end > p.head_end ? a_.TextOf(p.head_end, p.text_end) : std::string_view();
      ArenaText text(arena_, p.name.size() + 1 + tail.size());
      text.Append(p.name);
      if (p.text_end > p.head_end) text.Append(' ');
      text.Append(tail);
      role = text.Done();
    } else {
      role = PostNominative(a_, begin, p.head_end, p.text_end, false, arena_);
    }
    return p.lower_entry ? LowerFirst(role, arena_) : role;  // the first word of a sentence is no name
  }

  void Emit(const Post& p) {
    if (p.people.empty()) return;
    const std::string_view role = RoleText(p);
    for (const int person : p.people) {
      const Described& who = mentions_[static_cast<std::size_t>(person)];
      FoundRelation r;
      r.label = "WORKS_AS";
      r.subject = person;
      r.role = role;
      r.weight = 2;
      r.begin = std::min<std::uint32_t>(who.begin, static_cast<std::uint32_t>(p.begin));
      r.end = std::max<std::uint32_t>(who.end, static_cast<std::uint32_t>(p.end));
      if (p.objects.empty() && ((p.of_state && (p.text_end == p.head_end || p.minister)) || kPostsAlone)) out_.push_back(r);
      for (const int object : p.objects) {
        r.object = object;
        out_.push_back(r);
      }
    }
  }

  Arena* const arena_;
  std::vector<FoundRelation>& out_;
  std::vector<FoundPost>& told_;
  std::vector<Post> inner_;                                               // inside the tails of those
  std::vector<std::pair<std::string_view, std::vector<int>>> countries_;  // codes of states (few) and their mentions
};

}  // namespace

std::string_view LowerFirst(std::string_view name, Arena* arena) {
  std::size_t n = 1;
  while (n < name.size() && (static_cast<unsigned char>(name[n]) & 0xC0) == 0x80) ++n;
  std::string first;
  morph::Fold(name.substr(0, n), &first);
  if (name.starts_with(first)) return name;
  ArenaText text(arena, first.size() + name.size());
  text.Append(first);
  if (n < name.size()) text.Append(name.substr(n));
  return text.Done();
}

void FindPosts(const Analysis& a, const PostWords& words, const std::vector<Described>& mentions, PostScratch* scratch, Arena* arena,
               std::vector<FoundRelation>* out, std::vector<FoundPost>* posts) {
  // A post that nobody holds is told by nobody.
  const bool people = std::any_of(mentions.begin(), mentions.end(), [](const Described& d) { return d.type == Type::kPerson; });
  if (people) Finder(a, words, mentions, scratch, arena, out, posts).Run();
}

}  // namespace atau::resolve
