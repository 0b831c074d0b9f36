// Values of dates and amounts of money, and letter case.
#ifndef ATAU_RESOLVE_VALUES_H_
#define ATAU_RESOLVE_VALUES_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "resolve/analysis.h"
#include "resolve/arena.h"
#include "resolve/key_map.h"

namespace atau::resolve {

// «НУР-СУЛТАН» → «Нур-Султан»: the first letter of each part large, the others small.
std::string TitleCase(std::string_view text);

// A day of the proleptic Gregorian calendar.
struct Day {
  int year = 0, month = 0, day = 0;
};
// "2021-03-01"; nothing when it is not a date.
std::optional<Day> ParseDay(std::string_view iso);

// The value of the date at tokens [begin, end) as ISO 8601: a day "2021-03-01", a month "2021-03", a year "2021", a span
// "2021-01-01/2021-03-31", a day without a year "--03-01" (the nearest such day where `today` is given), a time "T10:30" behind its day or
// alone, a length of time "P2Y". Relative dates («вчера») get a value where `today` is given, else an empty one; what is not understood
// gets an empty one. `kind` becomes absolute, relative, range or duration, and stays as it is where nothing is understood. Thread-safe.
std::string DateValue(const Analysis& a, std::size_t begin, std::size_t end, const std::optional<Day>& today, std::string* kind);

// The values of dates, remembered between the mentions and documents of one scratch: news write the same ones again and again. Not
// thread-safe.
class DateValues {
 public:
  struct Value {
    std::string_view value, kind;
  };
  // As DateValue; the kind is empty where nothing is understood. Valid until the next call. `key`: KeyOf(a, begin, end).
  Value Of(const Analysis& a, std::uint64_t key, std::size_t begin, std::size_t end, const std::optional<Day>& today);
  // What the date is remembered by: the hash of what its value depends on, but for the day.
  static std::uint64_t KeyOf(const Analysis& a, std::size_t begin, std::size_t end);
  // Tells that a key will be asked for soon; see KeyMap.
  void Expect(std::uint64_t key, bool value) const { known_.Expect(key, value); }

 private:
  static constexpr std::size_t kMost = 8192;  // dates remembered
  struct Known {
    bool there = false, depends_on_today = false;
    Value value;
  };

  // Forgotten when the table of forms was cleared.
  const morph::FormTable* forms_ = nullptr;
  std::uint64_t generation_ = 0;
  // By the key: where the value depends on the day too, it is that without one, and those of days have keys of their own.
  KeyMap<Known> known_;
  Arena texts_;
};

// The amount and its currency (ISO 4217): "1500000000 KZT" for «1,5 млрд тенге», "5000000..10000000 RUB" for «от 5 до 10 млн рублей»; exact
// decimals, a point before the fraction. Empty where the amount is not understood («миллионы рублей»). Thread-safe.
std::string MoneyValue(const Analysis& a, std::size_t begin, std::size_t end);

}  // namespace atau::resolve

#endif  // ATAU_RESOLVE_VALUES_H_
