#include "resolve/person.h"

#include <cstdint>
#include <span>
#include <string_view>

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
  std::string_view PersonName::*of = nullptr;  // the part that it belongs to
};

// The words of one part of the name, with blanks between.
std::string_view Joined(std::span<const NamePart> parts, std::string_view PersonName::*of, Arena* arena) {
  const NamePart* only = nullptr;
  std::size_t words = 0, bytes = 0;
  for (const NamePart& p : parts) {
    if (p.of == of) only = &p, ++words, bytes += p.text.size() + 1;
  }
  if (words < 2) return words == 0 ? std::string_view() : only->text;
  ArenaText out(arena, bytes);
  bool any = false;
  for (const NamePart& p : parts) {
    if (p.of != of) continue;
    if (any) out.Append(' ');
    out.Append(p.text);
    any = any || !p.text.empty();
  }
  return out.Done();
}

}  // namespace

PersonName ParsePerson(const Analysis& a, std::size_t begin, std::size_t end, const PersonForm& form, Arena* arena) {
  PersonName out;
  NamePart* const first_part = arena->List<NamePart>(end - begin);
  std::size_t count = 0, word = 0;
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
    first_part[count++] = p;
  }
  if (count == 0) return out;
  const std::span<NamePart> parts(first_part, count);
  // «Марин Ле Пен», «Люк Ван Велли».
  const std::uint16_t particle = a.classes.name_particle;
  for (std::size_t k = 1; k + 1 < parts.size(); ++k) {
    for (const std::uint32_t index : a.matches_at.At(parts[k].begin)) {
      const gazetteer::Match& m = a.matches[index];
      if (!form.eastern && a.placed[index].words && a.placed[index].class_id == particle && m.end == parts[k].end && parts[k].given < 3 &&
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
  // «Игорь Ч.» hides his surname; «Соколов А.» does not.
  if (n == 2 && parts[1].initial && !parts[0].initial && parts[0].given > parts[0].surname) last = 1;
  for (int i = 0; i < n && first < 0; ++i) {
    if (i != patronymic && i != last && !parts[static_cast<std::size_t>(i)].particle) first = i;
  }
  // Words between belong to the part before or after them: «Мария Луиза», «Ким Чен Ын», «де Голль».
  for (int i = 0; i < n; ++i) {
    NamePart& p = parts[static_cast<std::size_t>(i)];
    std::string_view PersonName::*to = i == patronymic ? &PersonName::middle
                                       : i == last     ? &PersonName::last
                                       : i == first    ? &PersonName::first
                                                       : nullptr;
    if (to == nullptr) {
      if (p.initial) {
        to = &PersonName::middle;
      } else if (p.particle) {
        // «Ибрагим оглы» and «Абай улы» are patronymics, «фон», «де» and «аль» belong to the surname after them.
        to = i == n - 1 && i > 0 ? &PersonName::middle : &PersonName::last;
      } else if (last >= 0 && i > last && !initials) {
        to = last == 0 ? &PersonName::first : &PersonName::last;
      } else {
        to = &PersonName::first;
      }
    }
    p.of = to;
  }
  for (std::string_view PersonName::*of : {&PersonName::first, &PersonName::middle, &PersonName::last}) out.*of = Joined(parts, of, arena);
  return out;
}

}  // namespace atau::resolve
