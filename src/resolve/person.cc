#include "resolve/person.h"

#include <algorithm>
#include <string_view>
#include <vector>

namespace atau::resolve {
namespace {

using token::Flag;
using token::Kind;
using token::Shape;

// A word of the name: one token or an initial with its full stop.
struct NamePart {
  std::size_t begin = 0, end = 0;
  bool initial = false;
  double given = 0, surname = 0, patronymic = 0;  // how much speaks for each role
};

// Evidence for the roles from the readings: the dictionary's marks first, lists next, guesses last.
void Weigh(const Analysis& a, NamePart* part) {
  const morph::Form& f = a.FormOf(part->begin);
  for (const morph::Reading& r : a.forms->ReadingsOf(f)) {
    const double trust = r.origin == morph::Origin::kDictionary ? 3 : r.origin == morph::Origin::kGuess ? 1 : 2;
    if ((r.tag & morph::kName) != 0) part->given = std::max(part->given, trust);
    if ((r.tag & morph::kSurn) != 0) part->surname = std::max(part->surname, trust);
    if ((r.tag & morph::kPatr) != 0) part->patronymic = std::max(part->patronymic, trust);
  }
}

}  // namespace

PersonName ParsePerson(const Analysis& a, std::size_t begin, std::size_t end, morph::Gender known) {
  PersonName out;
  std::vector<NamePart> parts;
  for (std::size_t i = begin; i < end; ++i) {
    const token::Token& t = a.tokens[i];
    if (t.kind != Kind::kWord) continue;
    NamePart p{i, i + 1};
    if (t.shape == Shape::kInitial || (i + 1 < end && a.clean.substr(a.tokens[i + 1].begin, 1) == "." && t.end - t.begin <= 4)) {
      p.initial = true;
      if (i + 1 < end && a.clean[a.tokens[i + 1].begin] == '.') p.end = i + 2;
    } else {
      Weigh(a, &p);
    }
    parts.push_back(p);
  }
  if (parts.empty()) return out;
  out.gender = known != morph::Gender::kUnknown ? known : morph::GenderOf(a.tokens, begin, end, *a.forms);

  // The patronymic is the surest part; then the surname is what is least like a given name, and stands last when in doubt.
  int patronymic = -1, last = -1, first = -1;
  const int n = static_cast<int>(parts.size());
  for (int i = 0; i < n; ++i) {
    const NamePart& p = parts[static_cast<std::size_t>(i)];
    if (n >= 2 && !p.initial && p.patronymic >= 3 && p.patronymic > p.surname - 1 && i > 0 && patronymic < 0) patronymic = i;
  }
  double best = -1e9;
  for (int i = 0; i < n; ++i) {
    const NamePart& p = parts[static_cast<std::size_t>(i)];
    if (i == patronymic || p.initial) continue;
    const double score = p.surname - p.given + (i == n - 1 ? 1.5 : i == 0 ? 0.5 : 0.0);
    if (n == 1 && p.given > p.surname) continue;
    if (score > best) best = score, last = i;
  }
  for (int i = 0; i < n; ++i) {
    if (i == patronymic || i == last) continue;
    if (first < 0) first = i;
  }
  const auto text = [&](std::size_t b, std::size_t e) {
    morph::GroupOptions options;
    options.person = true;
    options.gender = out.gender;
    return morph::NominativeOf(a.clean, a.tokens, b, e, *a.forms, options);
  };
  // Words between belong to the part before or after them: «Мария Луиза», «Ким Чен Ын», «де Голль».
  for (int i = 0; i < n; ++i) {
    const NamePart& p = parts[static_cast<std::size_t>(i)];
    std::string word = p.initial ? std::string(a.TextOf(p.begin, p.end)) : text(p.begin, p.end);
    std::string* to = i == patronymic ? &out.middle : i == last ? &out.last : i == first ? &out.first : nullptr;
    if (to == nullptr) {
      if (p.initial) {
        to = &out.middle;
      } else if (last >= 0 && i < last && a.tokens[p.begin].shape == Shape::kLower) {
        to = &out.last;  // a particle
      } else if (last >= 0 && i > last) {
        to = &out.last;
      } else {
        to = &out.first;
      }
    }
    if (!to->empty()) *to += ' ';
    *to += word;
  }
  return out;
}

}  // namespace atau::resolve
