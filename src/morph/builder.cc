#include "morph/builder.h"

#include <algorithm>
#include <array>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <vector>

#include "bundle/binary.h"
#include "morph/section.h"
#include "morph/sources.h"

namespace atau::morph {

namespace {

constexpr std::uint16_t kNone16 = 0xFFFF;
constexpr std::size_t kMaxRecords = (std::size_t{1} << 27) - 2;
constexpr std::size_t kAnalogy = 6;  // letters of a lemma's end that an analogy may share
constexpr std::size_t kEnding = 5;   // letters of a form's end that the guesser looks at
constexpr std::uint8_t kYeCode = CodeOf(U'е');

// Kinds in the order in which they need each other.
constexpr std::string_view kKinds[] = {"tags", "paradigms", "lexemes", "probabilities", "models", "affixes", "names"};

int KindOrder(std::string_view kind) {
  for (int i = 0; i < static_cast<int>(std::size(kKinds)); ++i) {
    if (kKinds[i] == kind) return i;
  }
  return -1;
}

// A lower-case text as folded letters and the places of its ё.
struct Folded {
  std::string codes;
  std::uint64_t yo = 0;
};

std::optional<Folded> FoldText(std::string_view text) {
  Folded out;
  if (text.empty()) return out;
  Letters letters;
  if (!Encode(text, &letters)) return std::nullopt;
  out.codes = letters.view();
  for (std::size_t i = 0; i < out.codes.size(); ++i) {
    if (static_cast<std::uint8_t>(out.codes[i]) == kYo) {
      out.codes[i] = static_cast<char>(kYeCode);
      out.yo |= std::uint64_t{1} << i;
    }
  }
  return out;
}

bool EndsWith(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

struct Source {
  int order;
  std::string file;
  std::string content;
  Directive directive;
};

struct FormData {
  std::uint16_t suffix;
  std::uint16_t tag;
  std::uint16_t prefix;
};

struct SuffixData {
  std::string codes;
  std::uint32_t yo;
};

struct LexemeData {
  std::string stem;
  std::string yo;  // distances from the stem's end
  std::uint16_t paradigm;
  Origin origin;
  std::uint8_t list;
};

enum class NameGender : std::uint8_t { kMale, kFemale, kBoth };

// The gender column, and the marks of the tags.
enum class Mark : std::uint8_t { kGiven, kSurname, kPatronymic, kNickname, kWord, kPlace };

std::optional<Mark> MarkByName(std::string_view name) {
  if (name == "given") return Mark::kGiven;
  if (name == "surname") return Mark::kSurname;
  if (name == "patronymic") return Mark::kPatronymic;
  if (name == "nickname") return Mark::kNickname;
  if (name == "word") return Mark::kWord;
  if (name == "place") return Mark::kPlace;
  return std::nullopt;
}

std::optional<NameGender> GenderByName(std::string_view name) {
  if (name == "m") return NameGender::kMale;
  if (name == "f") return NameGender::kFemale;
  if (name == "both") return NameGender::kBoth;
  return std::nullopt;
}

Grammemes GrammemeOf(Mark mark) {
  switch (mark) {
    case Mark::kGiven:
    case Mark::kNickname:
      return kName;
    case Mark::kSurname:
      return kSurn;
    case Mark::kPatronymic:
      return kPatr;
    case Mark::kPlace:
      return kGeox;
    case Mark::kWord:
      break;
  }
  return 0;
}

std::uint8_t ListBit(Mark mark, bool support) {
  switch (mark) {
    case Mark::kGiven:
      return support ? kListGivenSupport : kListGiven;
    case Mark::kSurname:
      return support ? kListSurnameSupport : kListSurname;
    case Mark::kPatronymic:
      return support ? kListPatronymicSupport : kListPatronymic;
    case Mark::kNickname:
      return support ? kListNicknameSupport : kListNickname;
    case Mark::kWord:
    case Mark::kPlace:
      break;
  }
  return 0;
}

// The group of lemmas among which a new word looks for the most similar ones.
enum class Group : std::uint8_t {
  kMale,
  kFemale,
  kSurname,
  kFemaleSurname,
  kPatronymicMale,
  kPatronymicFemale,
  kPlace,
  kThing,
  kBeing,
  kQuality,
  kNone
};

Group GroupOf(Grammemes lemma) {
  const bool female = (lemma & kfemn) != 0;
  if (lemma & (kAbbr | kErro)) return Group::kNone;
  if ((lemma & kNOUN) == 0) return (lemma & kADJF) && (lemma & kApro) == 0 ? Group::kQuality : Group::kNone;
  if (lemma & kSurn) return female ? Group::kFemaleSurname : Group::kSurname;
  if (lemma & kPatr) return female ? Group::kPatronymicFemale : Group::kPatronymicMale;
  if (lemma & kName) return female ? Group::kFemale : Group::kMale;
  if (lemma & kGeox) return Group::kPlace;
  return lemma & kinan ? Group::kThing : Group::kBeing;
}

std::vector<Group> GroupsOf(Mark mark, NameGender gender) {
  const bool female = gender == NameGender::kFemale;
  switch (mark) {
    case Mark::kGiven:
    case Mark::kNickname:
      return {female ? Group::kFemale : Group::kMale};
    case Mark::kSurname:
      return female ? std::vector{Group::kFemaleSurname, Group::kSurname} : std::vector{Group::kSurname};
    case Mark::kPatronymic:
      return {female ? Group::kPatronymicFemale : Group::kPatronymicMale};
    case Mark::kPlace:
      return {Group::kPlace, Group::kThing};
    case Mark::kWord:
      break;
  }
  return {Group::kThing, Group::kQuality, Group::kBeing};
}

struct HashOfString {
  using is_transparent = void;
  std::size_t operator()(std::string_view s) const { return static_cast<std::size_t>(HashLetters(s)); }
};

template <class T>
void Put(T value, std::string* out) {
  for (std::size_t i = 0; i < sizeof(T); ++i) out->push_back(static_cast<char>(value >> (8 * i) & 0xFF));
}

std::size_t SlotsFor(std::size_t entries) {
  std::size_t slots = 16;
  while (slots * 2 < entries * 3) slots *= 2;
  return slots;
}

}  // namespace

struct Builder::State {
  bundle::Diagnostics* diagnostics = nullptr;
  std::vector<Source> sources;
  std::set<std::tuple<std::string, Grammemes, bool>> words;  // as written; the hint; whether a known form does not matter
  std::optional<Section> base;

  std::vector<std::string> tags;
  std::vector<Grammemes> tag_bits;
  std::unordered_map<std::string, std::uint16_t> tag_ids;      // by text
  std::unordered_map<std::string, std::uint16_t> tag_numbers;  // by the number that tags.tsv gives
  std::vector<std::string> prefixes{""};
  std::vector<SuffixData> suffixes;
  std::map<std::pair<std::string, std::uint32_t>, std::uint16_t> suffix_ids;
  std::vector<std::vector<FormData>> paradigms;
  std::map<std::vector<std::tuple<std::uint16_t, std::uint16_t, std::uint16_t>>, std::uint16_t> paradigm_ids;
  std::unordered_map<std::string, std::uint16_t> paradigm_names;
  std::vector<LexemeData> lexemes;
  std::unordered_map<std::string, std::vector<std::uint32_t>, HashOfString, std::equal_to<>> by_lemma;  // folded
  struct Shares {
    std::string form;  // letters, ё kept
    std::vector<std::pair<std::uint16_t, std::uint16_t>> rows;
  };
  std::vector<Shares> shares;
  struct Model {
    std::string ending;
    std::uint16_t paradigm;
  };
  std::map<std::pair<Mark, NameGender>, std::vector<Model>> models;
  std::set<std::pair<std::uint8_t, std::string>> affixes;
  std::set<std::uint64_t> camels;
  struct Similar {
    std::uint64_t key;  // group, length, letters
    std::uint16_t paradigm;
    std::uint32_t count;
  };
  std::vector<Similar> similar;
  bool too_large = false;

  // Tables that grow with the sources.
  std::uint16_t TagId(const std::string& text);
  std::uint16_t SuffixId(const Folded& suffix);
  std::uint16_t PrefixId(const std::string& codes);
  std::uint16_t ParadigmId(std::vector<FormData> forms);
  void AddLexeme(const Folded& lemma, std::uint16_t paradigm, Origin origin, std::uint8_t list);
  const FormData& LemmaForm(std::uint16_t paradigm) const { return paradigms[paradigm][0]; }
  Grammemes LemmaTag(std::uint16_t paradigm) const { return tag_bits[LemmaForm(paradigm).tag]; }
  bool Fits(std::string_view lemma, std::uint16_t paradigm) const;
  bool HasForm(std::uint16_t paradigm, Grammemes grammemes) const;
  std::uint16_t Import(std::uint32_t base_paradigm);

  void ReadTags(const Source& source);
  void ReadParadigms(const Source& source);
  void ReadLexemes(const Source& source);
  void ReadProbabilities(const Source& source);
  void ReadModels(const Source& source);
  void ReadAffixes(const Source& source);
  void ReadNames(const Source& source);

  void CountSimilar();
  static std::uint64_t SimilarKey(Group group, std::string_view ending);
  std::optional<std::uint16_t> Analogy(std::string_view lemma, Mark mark, NameGender gender);
  std::optional<std::uint16_t> BaseAnalogy(std::string_view lemma, Mark mark, NameGender gender);
  std::optional<std::uint16_t> Choose(std::string_view lemma, Mark mark, NameGender gender);
  void AddName(const Folded& name, Mark mark, NameGender gender, bool support);
  void AddWords();
  bool KnownForm(std::string_view folded) const;

  Result<std::string> Write();
  bool WriteStems(bundle::PartWriter* writer);
  void WriteShares(bundle::PartWriter* writer);
  bool WriteEndings(bundle::PartWriter* writer);
  // All folded forms, for the question whether a gazetteer's word is known; made when it is first asked.
  Error TooLarge(const std::string& what) const {
    return Error{.code = Code::kTooLarge, .message = "the morphology has too many " + what, .hint = "leave out words or split the sources"};
  }
};

std::uint16_t Builder::State::TagId(const std::string& text) {
  const auto [it, added] = tag_ids.try_emplace(text, static_cast<std::uint16_t>(tags.size()));
  if (added) {
    if (tags.size() >= kNone16) too_large = true;
    tags.push_back(text);
    tag_bits.push_back(ParseTag(text));
  }
  return it->second;
}

std::uint16_t Builder::State::SuffixId(const Folded& suffix) {
  const auto [it, added] =
      suffix_ids.try_emplace({suffix.codes, static_cast<std::uint32_t>(suffix.yo)}, static_cast<std::uint16_t>(suffixes.size()));
  if (added) {
    if (suffixes.size() >= kNone16) too_large = true;
    suffixes.push_back({suffix.codes, static_cast<std::uint32_t>(suffix.yo)});
  }
  return it->second;
}

std::uint16_t Builder::State::PrefixId(const std::string& codes) {
  const auto found = std::find(prefixes.begin(), prefixes.end(), codes);
  if (found == prefixes.end()) {
    if (prefixes.size() >= 8) too_large = true;
    prefixes.push_back(codes);
    return static_cast<std::uint16_t>(prefixes.size() - 1);
  }
  return static_cast<std::uint16_t>(found - prefixes.begin());
}

std::uint16_t Builder::State::ParadigmId(std::vector<FormData> forms) {
  std::vector<std::tuple<std::uint16_t, std::uint16_t, std::uint16_t>> key;
  for (const FormData& form : forms) key.emplace_back(form.suffix, form.tag, form.prefix);
  const auto [it, added] = paradigm_ids.try_emplace(std::move(key), static_cast<std::uint16_t>(paradigms.size()));
  if (added) {
    if (paradigms.size() >= kNone16) too_large = true;
    paradigms.push_back(std::move(forms));
  }
  return it->second;
}

bool Builder::State::Fits(std::string_view lemma, std::uint16_t paradigm) const {
  const FormData& form = LemmaForm(paradigm);
  const std::string& prefix = prefixes[form.prefix];
  const std::string& suffix = suffixes[form.suffix].codes;
  return lemma.size() >= prefix.size() + suffix.size() && lemma.substr(0, prefix.size()) == prefix && EndsWith(lemma, suffix);
}

bool Builder::State::HasForm(std::uint16_t paradigm, Grammemes grammemes) const {
  return std::any_of(paradigms[paradigm].begin(), paradigms[paradigm].end(),
                     [&](const FormData& form) { return (tag_bits[form.tag] & grammemes) == grammemes; });
}

void Builder::State::AddLexeme(const Folded& lemma, std::uint16_t paradigm, Origin origin, std::uint8_t list) {
  const FormData& form = LemmaForm(paradigm);
  const std::size_t begin = prefixes[form.prefix].size();
  const std::size_t end = lemma.codes.size() - suffixes[form.suffix].codes.size();
  LexemeData lexeme;
  lexeme.stem = lemma.codes.substr(begin, end - begin);
  for (std::size_t i = begin; i < end; ++i) {
    if (lemma.yo >> i & 1) lexeme.yo.push_back(static_cast<char>(end - i));
  }
  lexeme.paradigm = paradigm;
  lexeme.origin = origin;
  lexeme.list = list;
  by_lemma[lemma.codes].push_back(static_cast<std::uint32_t>(lexemes.size()));
  lexemes.push_back(std::move(lexeme));
}

void Builder::State::ReadTags(const Source& source) {
  ReadRows(source.file, source.content, {"tag", "grammemes"}, diagnostics, [this](const Row& row) {
    if (row.cells[1].empty() || (ParseTag(row.cells[1]) & kPos) == 0) {
      diagnostics->Warning(row.file, row.line, row.ColumnOf(row.cells[1]), "the tag has no part of speech that atau knows");
    }
    const std::uint16_t id = TagId(std::string(row.cells[1]));
    if (!tag_numbers.try_emplace(std::string(row.cells[0]), id).second) {
      diagnostics->Error(row.file, row.line, 1, "the tag " + std::string(row.cells[0]) + " is there twice");
    }
  });
}

void Builder::State::ReadParadigms(const Source& source) {
  ReadRows(source.file, source.content, {"paradigm", "forms"}, diagnostics, [this](const Row& row) {
    std::vector<FormData> forms;
    bool good = true;
    ForEachPiece(row.cells[1], '|', [&](std::string_view piece) {
      const std::size_t colon = piece.find(':');
      const std::uint32_t column = row.ColumnOf(piece);
      if (colon == std::string_view::npos) {
        diagnostics->Error(row.file, row.line, column, "a form without a tag: `" + std::string(piece) + "`",
                           "write suffix:tag or prefix+suffix:tag");
        good = false;
        return;
      }
      const std::string_view text = piece.substr(0, colon);
      const std::string tag(piece.substr(colon + 1));
      const std::size_t plus = text.find('+');
      const auto prefix = FoldText(plus == std::string_view::npos ? std::string_view() : text.substr(0, plus));
      const auto suffix = FoldText(plus == std::string_view::npos ? text : text.substr(plus + 1));
      if (!prefix || !suffix || suffix->codes.size() > 32) {
        diagnostics->Error(row.file, row.line, column,
                           "a suffix of more than 32 letters, or with letters that are not lower-case Cyrillic");
        good = false;
        return;
      }
      std::uint16_t id;
      if (const auto number = tag_numbers.find(tag); number != tag_numbers.end()) {
        id = number->second;
      } else if ((ParseTag(tag) & kPos) != 0) {
        id = TagId(tag);
      } else {
        diagnostics->Error(row.file, row.line, row.ColumnOf(piece.substr(colon + 1)), "no such tag: `" + tag + "`",
                           "name a row of a tags file, or write the grammemes (NOUN,anim,masc sing,nomn)");
        good = false;
        return;
      }
      forms.push_back({SuffixId(*suffix), id, PrefixId(prefix->codes)});
    });
    if (!good) return;
    const std::uint16_t id = ParadigmId(std::move(forms));
    if (!paradigm_names.try_emplace(std::string(row.cells[0]), id).second) {
      diagnostics->Error(row.file, row.line, 1, "the paradigm " + std::string(row.cells[0]) + " is there twice");
    }
  });
}

void Builder::State::ReadLexemes(const Source& source) {
  ReadRows(source.file, source.content, {"lemma", "paradigms"}, diagnostics, [this](const Row& row) {
    std::string lower;
    LowerKeepingYo(row.cells[0], &lower);
    const auto lemma = FoldText(lower);
    if (!lemma || lemma->codes.empty()) {
      diagnostics->Error(row.file, row.line, 1, "a lemma must be 1 to 63 Cyrillic letters");
      return;
    }
    ForEachPiece(row.cells[1], '|', [&](std::string_view piece) {
      const auto paradigm = paradigm_names.find(std::string(piece));
      if (paradigm == paradigm_names.end()) {
        diagnostics->Error(row.file, row.line, row.ColumnOf(piece), "no such paradigm: `" + std::string(piece) + "`");
      } else if (!Fits(lemma->codes, paradigm->second)) {
        diagnostics->Error(row.file, row.line, row.ColumnOf(piece), "the lemma does not end as paradigm " + std::string(piece) + " does");
      } else {
        AddLexeme(*lemma, paradigm->second, Origin::kDictionary, 0);
      }
    });
  });
}

void Builder::State::ReadProbabilities(const Source& source) {
  ReadRows(source.file, source.content, {"form", "tags"}, diagnostics, [this](const Row& row) {
    Letters letters;
    if (!Encode(row.cells[0], &letters)) return;  // a word that no section can hold is never looked up
    Shares entry;
    entry.form = letters.view();
    ForEachPiece(row.cells[1], '|', [&](std::string_view piece) {
      const std::size_t equals = piece.find('=');
      const auto tag = tag_numbers.find(std::string(piece.substr(0, equals)));
      std::uint32_t share = 0;
      bool good = equals != std::string_view::npos && equals + 1 < piece.size() && piece.size() - equals <= 5;
      for (std::size_t i = equals + 1; good && i < piece.size(); ++i) {
        good = piece[i] >= '0' && piece[i] <= '9';
        share = share * 10 + static_cast<std::uint32_t>(piece[i] - '0');
      }
      if (!good || share > 1000) {
        diagnostics->Error(row.file, row.line, row.ColumnOf(piece),
                           "a share must be tag=n with n from 0 to 1000: `" + std::string(piece) + "`");
      } else if (tag == tag_numbers.end()) {
        diagnostics->Error(row.file, row.line, row.ColumnOf(piece), "no such tag: `" + std::string(piece.substr(0, equals)) + "`");
      } else {
        entry.rows.emplace_back(tag->second, static_cast<std::uint16_t>(share));
      }
    });
    shares.push_back(std::move(entry));
  });
}

void Builder::State::ReadModels(const Source& source) {
  ReadRows(source.file, source.content, {"mark", "gender", "endings", "model"}, diagnostics, [this](const Row& row) {
    const auto mark = MarkByName(row.cells[0]);
    const auto gender = GenderByName(row.cells[1]);
    if (!mark)
      diagnostics->Error(row.file, row.line, 1, "no such mark: `" + std::string(row.cells[0]) + "`",
                         "given, surname, patronymic, nickname, word or place");
    if (!gender) diagnostics->Error(row.file, row.line, row.ColumnOf(row.cells[1]), "the gender must be m, f or both");
    if (!mark || !gender) return;
    std::optional<std::uint16_t> paradigm;
    if (const auto named = paradigm_names.find(std::string(row.cells[3])); named != paradigm_names.end()) {
      paradigm = named->second;
    } else if (const auto lemma = FoldText(row.cells[3])) {
      const auto found = by_lemma.find(lemma->codes);
      if (found != by_lemma.end()) {
        for (std::uint32_t index : found->second) {
          const std::uint16_t p = lexemes[index].paradigm;
          if ((LemmaTag(p) & GrammemeOf(*mark)) != GrammemeOf(*mark)) continue;
          if (!paradigm || paradigms[p].size() > paradigms[*paradigm].size()) paradigm = p;
        }
      }
    }
    if (!paradigm) {
      diagnostics->Error(row.file, row.line, row.ColumnOf(row.cells[3]),
                         "no lexeme with that mark, and no paradigm: `" + std::string(row.cells[3]) + "`",
                         "name a lemma of the lexemes files or a paradigm");
      return;
    }
    ForEachPiece(row.cells[2], '|', [&](std::string_view piece) {
      const auto ending = FoldText(piece);
      if (!ending || !EndsWith(ending->codes, suffixes[LemmaForm(*paradigm).suffix].codes)) {
        diagnostics->Error(row.file, row.line, row.ColumnOf(piece), "the model does not end as `" + std::string(piece) + "` does");
        return;
      }
      models[{*mark, *gender}].push_back({ending->codes, *paradigm});
    });
  });
}

void Builder::State::ReadAffixes(const Source& source) {
  ReadRows(source.file, source.content, {"affix", "kind"}, diagnostics, [this](const Row& row) {
    const auto affix = FoldText(row.cells[0]);
    const std::uint8_t kind = row.cells[1] == "prefix"     ? kAffixPrefix
                              : row.cells[1] == "camel"    ? kAffixCamel
                              : row.cells[1] == "particle" ? kAffixParticle
                                                           : 0;
    if (!affix || affix->codes.empty()) {
      diagnostics->Error(row.file, row.line, 1, "an affix must be lower-case Cyrillic letters");
    } else if (kind == 0) {
      diagnostics->Error(row.file, row.line, row.ColumnOf(row.cells[1]), "the kind must be prefix, camel or particle");
    } else {
      affixes.emplace(kind, affix->codes);
    }
  });
}

void Builder::State::ReadNames(const Source& source) {
  const auto mark = MarkByName(source.directive.Get("mark"));
  if (!mark || *mark == Mark::kWord || *mark == Mark::kPlace) {
    diagnostics->Error(source.file, source.directive.line, 1, "the directive needs mark=given, surname, patronymic or nickname");
    return;
  }
  ReadRows(source.file, source.content, {"name", "gender", "tier"}, diagnostics, [this, mark](const Row& row) {
    std::string lower;
    LowerKeepingYo(row.cells[0], &lower);
    const auto name = FoldText(lower);
    const auto gender = GenderByName(row.cells[1]);
    const bool support = row.cells[2] == "support";
    if (!gender) diagnostics->Error(row.file, row.line, row.ColumnOf(row.cells[1]), "the gender must be m, f or both");
    if (!support && row.cells[2] != "alone")
      diagnostics->Error(row.file, row.line, row.ColumnOf(row.cells[2]), "the tier must be alone or support");
    if (!name || name->codes.empty()) {
      // Latin names with accents are matched by their exact form, and need no morphology.
      diagnostics->Warning(row.file, row.line, 1, "the name has letters that the morphology does not know, and is left out");
      return;
    }
    if (!gender || (!support && row.cells[2] != "alone")) return;
    if (gender == NameGender::kBoth && mark != Mark::kSurname) {
      AddName(*name, *mark, NameGender::kMale, support);
      AddName(*name, *mark, NameGender::kFemale, support);
    } else {
      AddName(*name, *mark, *gender, support);
    }
  });
}

std::uint64_t Builder::State::SimilarKey(Group group, std::string_view ending) {
  std::uint64_t key = static_cast<std::uint64_t>(group) << 4 | ending.size();
  for (char c : ending) key = key << 8 | static_cast<std::uint8_t>(c);
  return key;
}

void Builder::State::CountSimilar() {
  similar.clear();
  std::string lemma;
  for (const LexemeData& lexeme : lexemes) {
    if (lexeme.origin != Origin::kDictionary) continue;
    const Group group = GroupOf(LemmaTag(lexeme.paradigm));
    if (group == Group::kNone || prefixes[LemmaForm(lexeme.paradigm).prefix] != "") continue;
    lemma = lexeme.stem + suffixes[LemmaForm(lexeme.paradigm).suffix].codes;
    for (std::size_t size = 1; size <= kAnalogy && size <= lemma.size(); ++size) {
      similar.push_back({SimilarKey(group, std::string_view(lemma).substr(lemma.size() - size)), lexeme.paradigm, 1});
    }
  }
  const auto order = [](const Similar& a, const Similar& b) { return std::tie(a.key, a.paradigm) < std::tie(b.key, b.paradigm); };
  std::sort(similar.begin(), similar.end(), order);
  std::size_t kept = 0;
  for (std::size_t i = 0; i < similar.size(); ++i) {
    if (kept != 0 && !order(similar[kept - 1], similar[i])) {
      ++similar[kept - 1].count;
    } else {
      similar[kept++] = similar[i];
    }
  }
  similar.resize(kept);
}

// The most frequent paradigm among the lemmas of the same group with the longest common ending.
std::optional<std::uint16_t> Builder::State::Analogy(std::string_view lemma, Mark mark, NameGender gender) {
  const std::vector<Group> groups = GroupsOf(mark, gender);
  for (std::size_t size = std::min(kAnalogy, lemma.size()); size >= 1; --size) {
    std::optional<std::uint16_t> best;
    double best_count = 0;
    for (Group group : groups) {
      const std::uint64_t key = SimilarKey(group, lemma.substr(lemma.size() - size));
      auto it = std::lower_bound(similar.begin(), similar.end(), key, [](const Similar& s, std::uint64_t k) { return s.key < k; });
      for (; it != similar.end() && it->key == key; ++it) {
        if (!Fits(lemma, it->paradigm) || lemma.size() <= suffixes[LemmaForm(it->paradigm).suffix].codes.size()) continue;
        double count = it->count;
        // A surname needs the forms of women and families; a thing is likelier than a being.
        if (group == Group::kSurname && paradigms[it->paradigm].size() < 12) count *= 0.05;
        if (group == Group::kBeing) count *= 0.3;
        if (count > best_count) {
          best = it->paradigm;
          best_count = count;
        }
      }
    }
    if (best) return best;
  }
  return std::nullopt;
}

std::uint16_t Builder::State::Import(std::uint32_t base_paradigm) {
  std::vector<FormData> forms;
  for (const FormRow& row : base->FormsOf(base_paradigm)) {
    Folded suffix{std::string(base->SuffixText(row.suffix)), base->suffix(row.suffix).yo};
    forms.push_back({SuffixId(suffix), TagId(std::string(base->TagText(row.tag))), PrefixId(std::string(base->Prefix(row.prefix)))});
  }
  return ParadigmId(std::move(forms));
}

// The same over a base section: its endings know the most frequent paradigms.
std::optional<std::uint16_t> Builder::State::BaseAnalogy(std::string_view lemma, Mark mark, NameGender gender) {
  if (!base) return std::nullopt;
  const std::vector<Group> groups = GroupsOf(mark, gender);
  std::vector<EndRow> ends;
  for (std::size_t size = std::min(kEnding, lemma.size() - 1); size >= 1; --size) {
    base->EndsOf(lemma.substr(lemma.size() - size), &ends);
    std::optional<std::uint16_t> best;
    std::uint32_t best_count = 0;
    for (const EndRow& end : ends) {
      const FormRow& form = base->FormsOf(end.paradigm)[0];
      if (form.prefix != 0 || !EndsWith(lemma, base->SuffixText(form.suffix))) continue;
      const Group group = GroupOf(base->tag(form.tag).grammemes);
      if (std::find(groups.begin(), groups.end(), group) == groups.end() || end.count <= best_count) continue;
      best = end.paradigm;
      best_count = end.count;
    }
    if (best) return Import(*best);
  }
  return std::nullopt;
}

std::optional<std::uint16_t> Builder::State::Choose(std::string_view lemma, Mark mark, NameGender gender) {
  for (NameGender g : {gender, NameGender::kBoth}) {
    const auto found = models.find({mark, g});
    if (found == models.end()) continue;
    const Model* best = nullptr;
    for (const Model& model : found->second) {
      if (EndsWith(lemma, model.ending) && lemma.size() > model.ending.size() &&
          (best == nullptr || model.ending.size() > best->ending.size())) {
        best = &model;
      }
    }
    if (best != nullptr) return best->paradigm;
  }
  if (auto own = Analogy(lemma, mark, gender)) return own;
  return BaseAnalogy(lemma, mark, gender);
}

void Builder::State::AddName(const Folded& name, Mark mark, NameGender gender, bool support) {
  const Grammemes wanted = GrammemeOf(mark);
  const std::uint8_t bit = ListBit(mark, support);
  bool complete = false;
  if (const auto found = by_lemma.find(name.codes); found != by_lemma.end()) {
    for (std::uint32_t index : found->second) {
      LexemeData& lexeme = lexemes[index];
      const Grammemes tag = LemmaTag(lexeme.paradigm);
      if ((tag & wanted) == 0) continue;
      const bool male = (tag & (kmasc | kms_f)) != 0;
      const bool female = (tag & (kfemn | kms_f)) != 0;
      if (gender == NameGender::kMale && !male) continue;
      if (gender == NameGender::kFemale && !female) continue;
      lexeme.list |= bit;
      // A dictionary that has a surname for men only lacks «Навальная»; then the name gets its fuller paradigm beside it.
      complete |= gender != NameGender::kBoth || (tag & kms_f) != 0 || HasForm(lexeme.paradigm, kSurn | kfemn);
    }
  }
  if (complete) return;
  const auto paradigm = Choose(name.codes, mark, gender);
  if (paradigm) AddLexeme(name, *paradigm, support ? Origin::kNameSupport : Origin::kNameAlone, bit);
}

bool Builder::State::KnownForm(std::string_view folded) const {
  if (by_lemma.find(folded) != by_lemma.end()) return true;
  if (!base) return false;
  Letters letters;
  letters.size = static_cast<std::uint8_t>(std::min(folded.size(), kMaxLetters));
  std::copy_n(folded.begin(), letters.size, letters.code);
  return base->Has(letters);
}

void Builder::State::AddWords() {
  if (words.empty()) return;
  // A word may also be known by another form than its lemma («Новая», «Одноклассники»). All stems of dictionary lexemes, to ask for forms.
  std::unordered_map<std::string_view, std::vector<std::uint16_t>, HashOfString, std::equal_to<>> stems;
  const std::size_t known = lexemes.size();
  for (std::size_t i = 0; i < known; ++i) stems[lexemes[i].stem].push_back(lexemes[i].paradigm);
  const auto known_form = [&](std::string_view word) {
    if (KnownForm(word)) return true;
    for (std::size_t cut = word.size() + 1; cut-- > 1;) {
      const auto found = stems.find(word.substr(0, cut));
      if (found == stems.end()) continue;
      for (std::uint16_t paradigm : found->second) {
        for (const FormData& form : paradigms[paradigm]) {
          if (form.prefix == 0 && suffixes[form.suffix].codes == word.substr(cut)) return true;
        }
      }
    }
    return false;
  };
  std::vector<std::pair<Folded, std::uint16_t>> added;
  for (const auto& [word, hint, anew] : words) {
    bool lower = false, inner = false, cyrillic = true, first = true;
    for (std::size_t at = 0; at < word.size();) {
      const char32_t c = NextCodePoint(word, &at);
      lower |= IsLower(c);
      inner |= !first && IsUpper(c);
      if (c == '-') {
        first = true;
        continue;
      }
      first = false;
      cyrillic &= (c >= 0x400 && c < 0x530) || c == '\'';
    }
    if (!lower) continue;  // abbreviations do not inflect
    std::string text;
    if (inner) {
      Fold(word, &text);
      camels.insert(morph::KeyOf(text));
    }
    LowerKeepingYo(word, &text);
    const auto folded = FoldText(text);
    if (!cyrillic || !folded || folded->codes.size() < 3 || (!anew && known_form(folded->codes))) continue;
    const std::size_t hyphen = folded->codes.rfind('-');
    if (hyphen != std::string::npos &&
        (hyphen + 1 == folded->codes.size() || known_form(std::string_view(folded->codes).substr(hyphen + 1))))
      continue;
    Mark mark = Mark::kWord;
    NameGender gender = NameGender::kBoth;
    if (hint & kGeox) mark = Mark::kPlace;
    if (hint & kName) mark = Mark::kGiven;
    if (hint & kSurn) mark = Mark::kSurname;
    if (hint & kPatr) mark = Mark::kPatronymic;
    if (mark != Mark::kSurname && (hint & (kmasc | kfemn))) gender = hint & kfemn ? NameGender::kFemale : NameGender::kMale;
    if (const auto paradigm = Choose(folded->codes, mark, gender)) added.emplace_back(*folded, *paradigm);
  }
  for (const auto& [lemma, paradigm] : added) AddLexeme(lemma, paradigm, Origin::kGazetteer, 0);
}

bool Builder::State::WriteStems(bundle::PartWriter* writer) {
  // One lexeme for each stem, paradigm and spelling; the lists that name it are joined, the best origin stays.
  std::sort(lexemes.begin(), lexemes.end(), [](const LexemeData& a, const LexemeData& b) {
    return std::tie(a.stem, a.paradigm, a.yo, a.origin) < std::tie(b.stem, b.paradigm, b.yo, b.origin);
  });
  std::string records;
  std::vector<std::pair<std::uint64_t, std::uint32_t>> stems;
  for (std::size_t i = 0; i < lexemes.size();) {
    const std::string& stem = lexemes[i].stem;
    const std::size_t at = records.size();
    records.push_back(static_cast<char>(stem.size()));
    records += stem;
    const std::size_t count_at = records.size();
    records.push_back(0);
    std::size_t count = 0;
    while (i < lexemes.size() && lexemes[i].stem == stem) {
      const LexemeData& lexeme = lexemes[i];
      std::uint8_t list = 0;
      while (i < lexemes.size() && lexemes[i].stem == stem && lexemes[i].paradigm == lexeme.paradigm && lexemes[i].yo == lexeme.yo) {
        list |= lexemes[i++].list;
      }
      auto flags = static_cast<std::uint8_t>(lexeme.origin);
      if (list != 0) flags |= kLexemeHasList;
      if (!lexeme.yo.empty()) flags |= kLexemeHasYo;
      Put<std::uint16_t>(lexeme.paradigm, &records);
      records.push_back(static_cast<char>(flags));
      if (list != 0) records.push_back(static_cast<char>(list));
      if (!lexeme.yo.empty()) {
        records.push_back(static_cast<char>(lexeme.yo.size()));
        records += lexeme.yo;
      }
      ++count;
    }
    if (count > 255 || records.size() > kMaxRecords) return false;
    records[count_at] = static_cast<char>(count);
    stems.emplace_back(HashLetters(stem), static_cast<std::uint32_t>(at));
  }
  std::vector<std::uint32_t> slots(SlotsFor(stems.size()));
  for (const auto& [hash, at] : stems) {
    std::size_t slot = hash & (slots.size() - 1);
    while (slots[slot] != 0) slot = (slot + 1) & (slots.size() - 1);
    slots[slot] = static_cast<std::uint32_t>(hash >> 59) << 27 | (at + 1);
  }
  writer->Add(slots);
  writer->Add(std::move(records));
  return true;
}

void Builder::State::WriteShares(bundle::PartWriter* writer) {
  std::sort(shares.begin(), shares.end(), [](const Shares& a, const Shares& b) { return a.form < b.form; });
  std::vector<ShareSlot> slots(SlotsFor(shares.size()), ShareSlot{0, 0, 0});
  std::vector<ShareRow> rows;
  for (const Shares& entry : shares) {
    const std::uint64_t hash = HashLetters(entry.form);
    const std::uint64_t key = hash == 0 ? 1 : hash;
    std::size_t slot = key & (slots.size() - 1);
    while (slots[slot].key != 0 && slots[slot].key != key) slot = (slot + 1) & (slots.size() - 1);
    slots[slot] = {key, static_cast<std::uint32_t>(rows.size()), static_cast<std::uint32_t>(entry.rows.size())};
    for (const auto& [tag, share] : entry.rows) rows.push_back({tag, share});
  }
  writer->Add(slots);
  writer->Add(rows);
}

bool Builder::State::WriteEndings(bundle::PartWriter* writer) {
  // How many lexemes each paradigm has, and how their stems end.
  std::vector<std::vector<std::uint32_t>> of_paradigm(paradigms.size());
  for (std::uint32_t i = 0; i < lexemes.size(); ++i) {
    if (lexemes[i].origin != Origin::kGazetteer) of_paradigm[lexemes[i].paradigm].push_back(i);
  }
  struct Seen {
    std::uint64_t ending;  // letters from the last one on, so that endings with a common end stand together; the length in the lowest byte
    std::uint8_t group;    // class and part of speech
    std::uint16_t paradigm;
    std::uint16_t form;
    std::uint32_t count;
  };
  const auto key_of = [](std::string_view ending) {
    std::uint64_t key = 0;
    for (std::size_t i = 0; i < ending.size(); ++i)
      key |= std::uint64_t{static_cast<std::uint8_t>(ending[ending.size() - 1 - i])} << (8 * (7 - i));
    return key | ending.size();
  };
  constexpr Grammemes kParts[] = {kNOUN, kADJF, kVERB, kINFN, kPRTF, kADVB, kADJS, kPRTS, kGRND, kCOMP};
  std::vector<Seen> seen;
  std::map<std::string_view, std::uint32_t> tails;
  for (std::uint16_t p = 0; p < paradigms.size(); ++p) {
    const auto& members = of_paradigm[p];
    const Grammemes lemma = LemmaTag(p);
    const GuessClass cls = GuessClassOf(lemma);
    if (members.size() < (cls == GuessClass::kCommon ? 3u : 2u)) continue;
    if (lemma & (kNUMR | kNPRO | kPRED | kPREP | kCONJ | kPRCL | kINTJ | kApro | kAbbr | kErro | kInit)) continue;
    std::set<std::uint16_t> suffixes_done;
    for (std::size_t stem_letters = 0; stem_letters <= kEnding; ++stem_letters) {
      tails.clear();
      for (std::uint32_t i : members) {
        const std::string_view stem = lexemes[i].stem;
        if (stem.size() >= stem_letters) ++tails[stem.substr(stem.size() - stem_letters)];
      }
      std::set<std::string_view> done;
      for (std::uint16_t f = 0; f < paradigms[p].size(); ++f) {
        const FormData& form = paradigms[p][f];
        const std::string& suffix = suffixes[form.suffix].codes;
        if (form.prefix != 0 || !done.insert(suffix).second) continue;
        int part = -1;
        for (int k = 0; k < 10; ++k) {
          if (tag_bits[form.tag] & kParts[k]) part = k;
        }
        if (part < 0 || (tag_bits[form.tag] & (kArch | kErro | kInfr))) continue;
        const auto group = static_cast<std::uint8_t>(static_cast<int>(cls) * 16 + part);
        if (stem_letters == 0) {
          for (std::size_t size = 1; size <= std::min(kEnding, suffix.size()); ++size) {
            seen.push_back(
                {key_of(std::string_view(suffix).substr(suffix.size() - size)), group, p, f, static_cast<std::uint32_t>(members.size())});
          }
        } else if (stem_letters + suffix.size() <= kEnding) {
          for (const auto& [tail, count] : tails) seen.push_back({key_of(std::string(tail) + suffix), group, p, f, count});
        }
      }
    }
  }
  std::sort(seen.begin(), seen.end(), [](const Seen& a, const Seen& b) {
    return std::tie(a.ending, a.group, b.count, a.paradigm, a.form) < std::tie(b.ending, b.group, a.count, b.paradigm, b.form);
  });
  // The best few of each group.
  struct Kept {
    std::uint64_t ending;
    std::vector<EndRow> rows;
  };
  std::vector<Kept> kept;
  for (std::size_t i = 0; i < seen.size();) {
    Kept entry{seen[i].ending, {}};
    while (i < seen.size() && seen[i].ending == entry.ending) {
      const std::uint8_t group = seen[i].group;
      const int cls = group / 16;
      const int limit = cls != 0 ? 3 : group % 16 == 0 ? 3 : 1;
      int taken = 0;
      const std::uint32_t most = seen[i].count;
      for (; i < seen.size() && seen[i].ending == entry.ending && seen[i].group == group; ++i) {
        if (taken >= limit || seen[i].count < 2 || seen[i].count * 50 < most) continue;
        entry.rows.push_back({seen[i].paradigm, seen[i].form, static_cast<std::uint16_t>(std::min<std::uint32_t>(seen[i].count, 0xFFFF)),
                              static_cast<std::uint8_t>(cls)});
        ++taken;
      }
    }
    if (!entry.rows.empty() && entry.rows.size() <= 255) kept.push_back(std::move(entry));
  }
  // An ending that says what its own end says needs no row. Shorter endings come before longer ones with the same end.
  const auto same = [](const std::vector<EndRow>& a, const std::vector<EndRow>& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](const EndRow& x, const EndRow& y) { return x.paradigm == y.paradigm && x.form == y.form; });
  };
  std::string records;
  std::vector<std::pair<std::uint64_t, std::uint32_t>> offsets;
  std::unordered_map<std::uint64_t, const Kept*> stored;  // what a reader finds for an ending, directly or by a shorter one
  for (const Kept& entry : kept) {
    const std::size_t size = entry.ending & 0xFF;
    if (size > 1) {
      const std::uint64_t shorter = (entry.ending & ~(std::uint64_t{0xFF} << (8 * (8 - size))) & ~std::uint64_t{0xFF}) | (size - 1);
      const auto found = stored.find(shorter);
      if (found != stored.end() && same(found->second->rows, entry.rows)) {
        stored[entry.ending] = found->second;
        continue;
      }
    }
    stored[entry.ending] = &entry;
    std::string letters;
    for (std::size_t i = size; i-- > 0;) letters.push_back(static_cast<char>(entry.ending >> (8 * (7 - i)) & 0xFF));
    offsets.emplace_back(HashLetters(letters), static_cast<std::uint32_t>(records.size()));
    records.push_back(static_cast<char>(letters.size()));
    records += letters;
    records.push_back(static_cast<char>(entry.rows.size()));
    for (const EndRow& row : entry.rows) {
      Put<std::uint16_t>(row.paradigm, &records);
      Put<std::uint16_t>(row.form, &records);
      Put<std::uint16_t>(row.count, &records);
      records.push_back(static_cast<char>(row.cls));
    }
  }
  if (records.size() > 0xFFFFFFF0u) return false;
  std::vector<std::uint32_t> slots(SlotsFor(offsets.size()));
  for (const auto& [hash, at] : offsets) {
    std::size_t slot = hash & (slots.size() - 1);
    while (slots[slot] != 0) slot = (slot + 1) & (slots.size() - 1);
    slots[slot] = at + 1;
  }
  writer->Add(slots);
  writer->Add(std::move(records));
  return true;
}

Result<std::string> Builder::State::Write() {
  bundle::PartWriter writer(kSectionTag, kSectionVersion);
  std::vector<TagRow> tag_rows;
  std::string text;
  for (std::size_t i = 0; i < tags.size(); ++i) {
    tag_rows.push_back({tag_bits[i], static_cast<std::uint32_t>(text.size()), static_cast<std::uint32_t>(tags[i].size())});
    text += tags[i];
  }
  writer.Add(tag_rows);
  writer.Add(text);
  std::string prefix_bytes;
  for (const std::string& prefix : prefixes) {
    prefix_bytes.push_back(static_cast<char>(prefix.size()));
    prefix_bytes += prefix;
  }
  writer.Add(prefix_bytes);

  // Folded suffixes are numbered in the order of their letters.
  std::map<std::string_view, std::uint16_t> folded_ids;
  for (const SuffixData& suffix : suffixes) folded_ids.emplace(suffix.codes, 0);
  std::uint16_t next = 0;
  for (auto& [codes, id] : folded_ids) id = next++;
  std::vector<SuffixRow> suffix_rows;
  std::string suffix_text;
  std::map<std::string_view, std::uint32_t> text_at;
  for (const SuffixData& suffix : suffixes) {
    const auto [it, added] = text_at.try_emplace(suffix.codes, static_cast<std::uint32_t>(suffix_text.size()));
    if (added) suffix_text += suffix.codes;
    suffix_rows.push_back({it->second, static_cast<std::uint16_t>(suffix.codes.size()), folded_ids[suffix.codes], suffix.yo});
  }
  writer.Add(suffix_rows);
  writer.Add(suffix_text);

  std::string folded(folded_ids.size(), '\0');
  std::vector<ParadigmRow> paradigm_rows;
  std::vector<FormRow> form_rows;
  std::vector<LookRow> look_rows;
  for (const std::vector<FormData>& paradigm : paradigms) {
    paradigm_rows.push_back({static_cast<std::uint32_t>(form_rows.size()), static_cast<std::uint32_t>(paradigm.size())});
    const std::size_t first = look_rows.size();
    for (std::size_t f = 0; f < paradigm.size(); ++f) {
      const FormData& form = paradigm[f];
      const std::uint16_t id = folded_ids[suffixes[form.suffix].codes];
      form_rows.push_back({form.suffix, form.tag, form.prefix});
      look_rows.push_back({id, form.prefix, static_cast<std::uint16_t>(f)});
      folded[id] = static_cast<char>(folded[id] | 1 << form.prefix);
    }
    const auto place = [](const LookRow& row) {
      const std::uint32_t key = LookKey(row.folded, row.prefix);
      return std::tuple(BucketOf(key), key, row.form);
    };
    std::sort(look_rows.begin() + static_cast<std::ptrdiff_t>(first), look_rows.end(),
              [&](const LookRow& a, const LookRow& b) { return place(a) < place(b); });
  }
  writer.Add(folded);

  // The trie over suffixes, read from the word's end, breadth first.
  std::vector<std::pair<std::string, std::uint16_t>> reversed;
  for (const auto& [codes, id] : folded_ids) reversed.emplace_back(std::string(codes.rbegin(), codes.rend()), id);
  std::sort(reversed.begin(), reversed.end());
  std::vector<TrieCell> trie(1);
  std::vector<bool> based(1, true);  // cells that are somebody's base
  struct Range {
    std::size_t begin, end, depth, cell;
  };
  std::deque<Range> ranges{{0, reversed.size(), 0, 0}};
  std::size_t first_free = 1;
  for (; !ranges.empty(); ranges.pop_front()) {
    Range range = ranges.front();
    if (range.begin < range.end && reversed[range.begin].first.size() == range.depth) {
      const std::uint16_t id = reversed[range.begin].second;
      trie[range.cell].terminal = static_cast<std::uint16_t>(id + 1);
      trie[range.cell].prefixes = static_cast<std::uint8_t>(folded[id]);
      ++range.begin;
    }
    if (range.begin == range.end) continue;
    std::vector<Range> children;
    std::vector<std::uint8_t> letters;
    while (range.begin < range.end) {
      const char code = reversed[range.begin].first[range.depth];
      std::size_t end = range.begin;
      while (end < range.end && reversed[end].first[range.depth] == code) ++end;
      children.push_back({range.begin, end, range.depth + 1, 0});
      letters.push_back(static_cast<std::uint8_t>(code));
      range.begin = end;
    }
    // The first base that nobody has, and where the cells of all letters are free.
    while (first_free < trie.size() && trie[first_free].code != 0) ++first_free;
    std::size_t place = first_free > letters[0] ? first_free - letters[0] : 1;
    const auto fits = [&] {
      if (place < based.size() && based[place]) return false;
      return std::all_of(letters.begin(), letters.end(),
                         [&](std::uint8_t letter) { return place + letter >= trie.size() || trie[place + letter].code == 0; });
    };
    while (!fits()) ++place;
    if (trie.size() < place + kTrieLetters) trie.resize(place + kTrieLetters);
    if (based.size() <= place) based.resize(place + 1);
    based[place] = true;
    trie[range.cell].base = static_cast<std::uint32_t>(place);
    for (std::size_t child = 0; child < children.size(); ++child) {
      children[child].cell = place + letters[child];
      trie[children[child].cell].code = letters[child];
      ranges.push_back(children[child]);
    }
  }
  writer.Add(trie);
  writer.Add(paradigm_rows);
  writer.Add(form_rows);
  writer.Add(look_rows);
  if (!WriteStems(&writer)) return TooLarge("lexemes");
  WriteShares(&writer);
  if (!WriteEndings(&writer)) return TooLarge("endings");
  // The longest prefixes first: «вице-» before «ви».
  std::vector<std::pair<std::uint8_t, std::string>> ordered(affixes.begin(), affixes.end());
  std::stable_sort(ordered.begin(), ordered.end(), [](const auto& a, const auto& b) { return a.second.size() > b.second.size(); });
  std::string affix_bytes;
  for (const auto& [kind, codes] : ordered) {
    affix_bytes.push_back(static_cast<char>(kind));
    affix_bytes.push_back(static_cast<char>(codes.size()));
    affix_bytes += codes;
  }
  writer.Add(affix_bytes);
  writer.Add(std::vector<std::uint64_t>(camels.begin(), camels.end()));
  return writer.Finish();
}

Builder::Builder(bundle::Diagnostics* diagnostics) : state_(std::make_unique<State>()) { state_->diagnostics = diagnostics; }
Builder::~Builder() = default;

bool Builder::Accepts(std::string_view kind) { return KindOrder(kind) >= 0; }

Status Builder::UseBase(std::string_view section) {
  auto opened = Section::Open(section);
  if (!opened.ok()) return opened.error();
  state_->base = std::move(opened).value();
  return {};
}

void Builder::Add(std::string_view file, std::string_view content) {
  Directive directive = ReadDirective(content);
  const int order = KindOrder(directive.kind);
  if (order < 0) {
    state_->diagnostics->Error(file, directive.line, 1, "not a morphology source: `" + directive.kind + "`",
                               "begin the file with `#!` and tags, paradigms, lexemes, probabilities, models, affixes or names");
    return;
  }
  state_->sources.push_back({order, std::string(file), std::string(content), std::move(directive)});
}

void Builder::AddWord(std::string_view word, Grammemes hint, bool anew) { state_->words.emplace(std::string(word), hint, anew); }

Result<std::string> Builder::Build() {
  State& s = *state_;
  std::stable_sort(s.sources.begin(), s.sources.end(), [](const Source& a, const Source& b) {
    return std::tie(a.order, a.file, a.content) < std::tie(b.order, b.file, b.content);
  });
  const std::size_t errors = s.diagnostics->errors();
  bool counted = false;
  for (const Source& source : s.sources) {
    // Names look for similar lexemes, so that all of these must be there.
    if (source.order == 6 && !counted) {
      s.CountSimilar();
      counted = true;
    }
    switch (source.order) {
      case 0:
        s.ReadTags(source);
        break;
      case 1:
        s.ReadParadigms(source);
        break;
      case 2:
        s.ReadLexemes(source);
        break;
      case 3:
        s.ReadProbabilities(source);
        break;
      case 4:
        s.ReadModels(source);
        break;
      case 5:
        s.ReadAffixes(source);
        break;
      default:
        s.ReadNames(source);
    }
    if (s.too_large) return s.TooLarge("tags, suffixes, prefixes or paradigms");
  }
  if (!counted) s.CountSimilar();
  if (s.diagnostics->errors() != errors) {
    return Error{.code = Code::kSyntax, .message = "the morphology sources have mistakes", .hint = "see the diagnostics"};
  }
  s.AddWords();
  if (s.too_large) return s.TooLarge("tags, suffixes, prefixes or paradigms");
  return s.Write();
}

}  // namespace atau::morph
