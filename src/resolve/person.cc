#include "resolve/person.h"

#include <algorithm>
#include <string_view>
#include <vector>

namespace atau::resolve {
namespace {

using token::Kind;
using token::Shape;

// A word of the name: one token or an initial with its full stop.
struct NamePart {
  std::size_t begin = 0, end = 0;
  bool initial = false, particle = false;
  double given = 0, surname = 0, patronymic = 0;  // how much speaks for each role
  std::string_view text;
};

}  // namespace

PersonName ParsePerson(const Analysis& a, std::size_t begin, std::size_t end, const PersonForm& form) {
  PersonName out;
  std::vector<NamePart> parts;
  parts.reserve(end - begin);
  std::size_t word = 0;
  for (std::size_t i = begin; i < end; ++i) {
    const token::Token& t = a.tokens[i];
    if (t.kind != Kind::kWord) continue;
    NamePart p{i, i + 1};
    const bool stop = i + 1 < end && a.clean[a.tokens[i + 1].begin] == '.';
    while (word < form.words.size() && form.words[word].token < i) ++word;
    if (t.shape == Shape::kInitial || (stop && t.end - t.begin <= 4)) {
      p.initial = true;
      if (stop) p.end = i + 2;
      p.text = a.TextOf(p.begin, p.end);
    } else if (word < form.words.size() && form.words[word].token == i) {
      const NameWord& w = form.words[word];
      p.text = w.nominative;
      p.given = w.given;
      p.surname = w.surname;
      p.patronymic = w.patronymic;
    } else {
      p.text = a.TextOf(i, i + 1);
      p.particle = t.shape == Shape::kLower;
    }
    parts.push_back(p);
  }
  if (parts.empty()) return out;
  // «Марин Ле Пен», «Люк Ван Велли».
  const std::uint16_t particle = a.classes.name_particle;
  for (std::size_t k = 1; k + 1 < parts.size(); ++k) {
    for (const std::uint32_t index : a.matches_at.At(parts[k].begin)) {
      const gazetteer::Match& m = a.matches[index];
      if (!form.eastern && a.infos[index].words && a.infos[index].class_id == particle && m.end == parts[k].end && parts[k].given < 3 &&
          a.gazetteer->entry(m.entry).kind == "prefix") {
        parts[k].particle = true;
      }
    }
  }

  // The patronymic is the surest part; then the surname is what is least like a given name, and stands last when in doubt.
  int patronymic = -1, last = -1, first = -1;
  const int n = static_cast<int>(parts.size());
  bool initials = false;
  for (int i = 0; i < n; ++i) {
    const NamePart& p = parts[static_cast<std::size_t>(i)];
    initials |= p.initial;
    if (n >= 2 && !p.initial && p.patronymic >= 2 && p.patronymic > p.surname - 1 && i > 0 && patronymic < 0) patronymic = i;
  }
  double best = -1e9;
  for (int i = 0; i < n; ++i) {
    const NamePart& p = parts[static_cast<std::size_t>(i)];
    if (i == patronymic || p.initial || p.particle) continue;
    // «Иван Иванович» has no surname; «Иванов Иван Иванович» and «Иван Иванович Иванов» have one at an end.
    if (patronymic >= 0 && n == 2 && p.given >= p.surname) continue;
    const double order = patronymic >= 0 ? (i == patronymic - 1 ? -1.0 : 0.5) : (i == n - 1 ? 3.5 : i == 0 ? 0.5 : 0.0);
    if (n == 1 && p.given > p.surname) continue;
    const double behind_particle = i > 0 && parts[static_cast<std::size_t>(i - 1)].particle ? 4.0 : 0.0;
    const double score = p.surname - p.given + order + behind_particle;
    if (score >= best) best = score, last = i;
  }
  if (form.eastern) last = 0;
  for (int i = 0; i < n && first < 0; ++i) {
    if (i != patronymic && i != last && !parts[static_cast<std::size_t>(i)].particle) first = i;
  }
  // Words between belong to the part before or after them: «Мария Луиза», «Ким Чен Ын», «де Голль».
  for (int i = 0; i < n; ++i) {
    NamePart& p = parts[static_cast<std::size_t>(i)];
    std::string* to = i == patronymic ? &out.middle : i == last ? &out.last : i == first ? &out.first : nullptr;
    if (to == nullptr) {
      if (p.initial) {
        to = &out.middle;
      } else if (p.particle) {
        // «Ибрагим оглы» and «Абай улы» are patronymics, «фон», «де» and «аль» belong to the surname after them.
        to = i == n - 1 && i > 0 ? &out.middle : &out.last;
      } else if (last >= 0 && i > last && !initials) {
        to = last == 0 ? &out.first : &out.last;
      } else {
        to = &out.first;
      }
    }
    if (!to->empty()) *to += ' ';
    *to += p.text;
  }
  return out;
}

}  // namespace atau::resolve
