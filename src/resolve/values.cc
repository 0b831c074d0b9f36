// Values are read in three steps: tokens become items (what a word class says of them, or figures), items fill the fields of one or two
// dates, fields become days of the calendar. Which word means what is said by the word files (`dictionaries/words/date_words.tsv` and its
// neighbours), not here.
#include "resolve/values.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <utility>
#include <vector>

#include "bundle/hash_index.h"
#include "morph/letters.h"

namespace atau::resolve {
namespace {

using token::Flag;
using token::Kind;
using token::Token;

// ---- the calendar ----

bool IsLeap(int y) { return (y % 4 == 0 && y % 100 != 0) || y % 400 == 0; }

int DaysIn(int year, int month) {
  constexpr std::array<int, 12> kDays = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return month == 2 && IsLeap(year) ? 29 : kDays[static_cast<std::size_t>(month - 1)];
}

bool IsDay(const Day& d) { return d.month >= 1 && d.month <= 12 && d.day >= 1 && d.day <= DaysIn(d.year, d.month); }

// Days since 1970-01-01 and back (Howard Hinnant's algorithms).
int ToSerial(const Day& d) {
  const int y = d.year - (d.month <= 2 ? 1 : 0);
  const int era = (y >= 0 ? y : y - 399) / 400;
  const int yoe = y - era * 400;
  const int doy = (153 * (d.month + (d.month > 2 ? -3 : 9)) + 2) / 5 + d.day - 1;
  const int doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
  return era * 146097 + doe - 719468;
}

Day FromSerial(int serial) {
  const int z = serial + 719468;
  const int era = (z >= 0 ? z : z - 146096) / 146097;
  const int doe = z - era * 146097;
  const int yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
  const int doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
  const int mp = (5 * doy + 2) / 153;
  const int month = mp < 10 ? mp + 3 : mp - 9;
  return {yoe + era * 400 + (month <= 2 ? 1 : 0), month, doy - (153 * mp + 2) / 5 + 1};
}

Day AddDays(const Day& d, int days) { return FromSerial(ToSerial(d) + days); }

Day AddMonths(const Day& d, int months) {
  const int m = d.year * 12 + d.month - 1 + months;
  const int year = m >= 0 ? m / 12 : -((-m + 11) / 12);
  Day out{year, m - year * 12 + 1, d.day};
  out.day = std::min(out.day, DaysIn(out.year, out.month));
  return out;
}

int WeekdayOf(const Day& d) { return ((ToSerial(d) + 3) % 7 + 7) % 7 + 1; }  // 1 = Monday

// Days from `from` to `to`, written with the precision that was meant.
struct Period {
  enum Unit { kDays, kMonths, kYears } unit = kDays;
  Day from, to;
  bool yearless = false;  // the year is not known; it stands as kAnyYear
  int hour = -1, minute = 0;
};

constexpr int kAnyYear = 2000;  // a leap year

Period Years(int first, int last) { return {Period::kYears, {first, 1, 1}, {last, 12, 31}}; }
Period Months(int year, int first, int last) { return {Period::kMonths, {year, first, 1}, {year, last, DaysIn(year, last)}}; }
Period Days(const Day& from, const Day& to) { return {Period::kDays, from, to}; }

// A number with at least so many figures.
std::string Padded(int n, std::size_t width) {
  std::string out = std::to_string(std::abs(n));
  if (out.size() < width) out.insert(0, width - out.size(), '0');
  return n < 0 ? "-" + out : out;
}

std::string Two(int n) { return Padded(n % 100, 2); }
std::string WriteYear(int year) { return Padded(year, 4); }

std::string Write(const Day& d, Period::Unit unit, bool yearless) {
  std::string out = yearless ? "-" : WriteYear(d.year);
  if (unit == Period::kYears) return out;
  out += "-" + Two(d.month);
  if (unit == Period::kMonths) return out;
  return out + "-" + Two(d.day);
}

std::string WriteTime(int hour, int minute) { return "T" + Two(hour) + ":" + Two(minute); }

std::string Write(const Period& p) {
  std::string from = Write(p.from, p.unit, p.yearless);
  const std::string to = Write(p.to, p.unit, p.yearless);
  if (from != to) return from + "/" + to;
  if (p.hour >= 0 && p.unit == Period::kDays) from += WriteTime(p.hour, p.minute);
  return from;
}

Day WithYear(Day d, int year) {
  d.year = year;
  d.day = std::min(d.day, DaysIn(d.year, d.month));
  return d;
}

// The year in which a period without a year lies nearest to today.
void MakeNearest(const Day& today, Period* p) {
  const int span = p->to.year - p->from.year;
  int best = 0, best_distance = -1;
  const int t = ToSerial(today);
  for (int year = today.year - 1; year <= today.year + 1; ++year) {
    const int from = ToSerial(WithYear(p->from, year - span)), to = ToSerial(WithYear(p->to, year));
    const int distance = t < from ? from - t : t > to ? t - to : 0;
    if (best_distance < 0 || distance < best_distance) best = year, best_distance = distance;
  }
  p->from = WithYear(p->from, best - span);
  p->to = WithYear(p->to, best);
  p->yearless = false;
}

// ---- items ----

enum class Unit {
  kNone,
  kSecond,
  kMinute,
  kHour,
  kDay,
  kWeek,
  kTenDays,
  kMonth,
  kTrimester,
  kQuarter,
  kHalf,
  kSemester,
  kSeason,
  kYear,
  kDecade,
  kCentury,
  kMillennium,
  kEpoch
};

Unit UnitByName(std::string_view name) {
  static constexpr std::pair<std::string_view, Unit> kUnits[] = {
      {"second", Unit::kSecond},   {"minute", Unit::kMinute},  {"hour", Unit::kHour},         {"day", Unit::kDay},
      {"week", Unit::kWeek},       {"tenday", Unit::kTenDays}, {"month", Unit::kMonth},       {"trimester", Unit::kTrimester},
      {"quarter", Unit::kQuarter}, {"half", Unit::kHalf},      {"semester", Unit::kSemester}, {"season", Unit::kSeason},
      {"year", Unit::kYear},       {"decade", Unit::kDecade},  {"century", Unit::kCentury},   {"millennium", Unit::kMillennium},
      {"epoch", Unit::kEpoch}};
  for (const auto& [n, u] : kUnits) {
    if (n == name) return u;
  }
  return Unit::kNone;
}

// The length of a unit as months or days; seconds to hours have none.
int MonthsOf(Unit u) {
  switch (u) {
    case Unit::kMonth:
      return 1;
    case Unit::kTrimester:
    case Unit::kQuarter:
    case Unit::kSeason:
      return 3;
    case Unit::kHalf:
    case Unit::kSemester:
      return 6;
    case Unit::kYear:
      return 12;
    case Unit::kDecade:
      return 120;
    case Unit::kCentury:
      return 1200;
    case Unit::kMillennium:
      return 12000;
    default:
      return 0;
  }
}
int DaysOf(Unit u) { return u == Unit::kDay ? 1 : u == Unit::kWeek ? 7 : u == Unit::kTenDays ? 10 : 0; }

enum class Role {
  kNone,
  kDay,
  kPast,
  kThis,
  kFuture,
  kSpan,
  kAgo,
  kAhead,
  kLater,
  kEdge,
  kClock,
  kZone,
  kBce,
  kCe,
  kHoliday,
  kDecade,
  kPluralEnd,
  kSet,
  kVague
};

Role RoleByName(std::string_view kind) {
  static constexpr std::pair<std::string_view, Role> kRoles[] = {{"day", Role::kDay},       {"past", Role::kPast},
                                                                 {"this", Role::kThis},     {"future", Role::kFuture},
                                                                 {"ago", Role::kAgo},       {"ahead", Role::kAhead},
                                                                 {"edge", Role::kEdge},     {"clock", Role::kClock},
                                                                 {"zone", Role::kZone},     {"bce", Role::kBce},
                                                                 {"ce", Role::kCe},         {"holiday", Role::kHoliday},
                                                                 {"decade", Role::kDecade}, {"plural_end", Role::kPluralEnd},
                                                                 {"set", Role::kSet},       {"vague", Role::kVague}};
  for (const auto& [n, r] : kRoles) {
    if (n == kind) return r;
  }
  return Role::kNone;
}

// Calls `f` for each of the flags.
template <class F>
void EachFlag(std::string_view flags, F f) {
  while (!flags.empty()) {
    const std::size_t comma = flags.find(',');
    f(flags.substr(0, comma));
    flags = comma == std::string_view::npos ? std::string_view() : flags.substr(comma + 1);
  }
}

// «ago_2» → "ago", 2; «last» → "last", 0.
std::pair<std::string_view, int> SplitFlag(std::string_view flag) {
  const std::size_t bar = flag.rfind('_');
  if (bar == std::string_view::npos) return {flag, 0};
  int n = 0;
  for (const char c : flag.substr(bar + 1)) {
    if (c < '0' || c > '9') return {flag, 0};
    n = n * 10 + (c - '0');
  }
  return {flag.substr(0, bar), n};
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// A small exact decimal: units / 10^places.
struct Decimal {
  std::uint64_t units = 0;
  int places = 0;

  bool Scale(int n) {  // to `n` places, n >= places
    for (; places < n; ++places) {
      if (units > UINT64_MAX / 10) return false;
      units *= 10;
    }
    return true;
  }
  bool Add(Decimal other) {
    if (!Scale(other.places) || !other.Scale(places) || units > UINT64_MAX - other.units) return false;
    units += other.units;
    return true;
  }
  bool Multiply(const Decimal& by) {
    Decimal a = *this, b = by;
    a.Reduce();
    b.Reduce();
    // Powers of ten are taken off first, so that a product that fits is not lost on the way.
    while (a.places > 0 && b.units % 10 == 0 && b.units != 0) b.units /= 10, --a.places;
    while (b.places > 0 && a.units % 10 == 0 && a.units != 0) a.units /= 10, --b.places;
    if (b.units != 0 && a.units > UINT64_MAX / b.units) return false;
    *this = {a.units * b.units, a.places + b.places};
    return true;
  }
  void Reduce() {
    while (places > 0 && units % 10 == 0) units /= 10, --places;
  }
  bool LessThan(Decimal other) const {
    Decimal a = *this;
    if (!a.Scale(other.places) || !other.Scale(a.places)) return false;
    return a.units < other.units;
  }
  std::string ToString() const {
    Decimal d = *this;
    d.Reduce();
    std::string digits = std::to_string(d.units);
    if (d.places == 0) return digits;
    const auto places_ = static_cast<std::size_t>(d.places);
    if (digits.size() <= places_) digits.insert(0, places_ + 1 - digits.size(), '0');
    digits.insert(digits.size() - places_, ".");
    return digits;
  }
};

// «1000», «0.5».
std::optional<Decimal> ParseDecimal(std::string_view text, char point) {
  Decimal d;
  bool after = false, any = false;
  for (const char c : text) {
    if (c == point && !after) {
      after = true;
    } else if (IsDigit(c)) {
      if (d.units > (UINT64_MAX - 9) / 10) return std::nullopt;
      d.units = d.units * 10 + static_cast<std::uint64_t>(c - '0');
      d.places += after ? 1 : 0;
      any = true;
    } else {
      return std::nullopt;
    }
  }
  if (!any) return std::nullopt;
  return d;
}

// One or more tokens, with everything that the word classes say of them.
struct Item {
  std::size_t begin = 0, end = 0;
  int month = 0, weekday = 0, season = 0;  // season: its first month; weekday: 8 = weekend, 9 = workday
  Unit unit = Unit::kNone;
  Role role = Role::kNone;
  std::string_view flag;  // of the role: "ago", "last", "start", …
  int n = 0;              // its number
  Unit span_unit = Unit::kNone;
  int holiday_month = 0, holiday_day = 0;
  int last_month = 0;  // «ноябрь-декабрь»
  char daypart = 0;    // 'a', 'p', 'n'
  bool number = false, ordinal = false, magnitude = false, digits = false, dash = false, roman = false;
  bool time = false, date = false;  // «10:30»; «01.03.2021»: n holds hours, `date_value` the day
  bool plural = false;              // the plural of something
  Decimal value;
  std::size_t width = 0;  // digits
  Day date_value;
  int minute = 0;
  std::string_view currency;
  bool cent = false;

  bool IsKnown() const {
    return month != 0 || weekday != 0 || season != 0 || unit != Unit::kNone || role != Role::kNone || daypart != 0 || number || magnitude ||
           digits || dash || roman || time || date;
  }
};

int RomanDigit(char32_t c) {
  switch (c) {
    case U'I':
    case U'І':
      return 1;
    case U'V':
      return 5;
    case U'X':
    case U'Х':
      return 10;
    case U'L':
      return 50;
    case U'C':
    case U'С':
      return 100;
    case U'M':
    case U'М':
      return 1000;
    default:
      return 0;
  }
}

int ParseRoman(std::string_view text) {
  int total = 0, last = 0;
  for (std::size_t at = 0; at < text.size();) {
    const int digit = RomanDigit(morph::NextCodePoint(text, &at));
    if (digit == 0) return 0;
    total += digit > last ? digit - 2 * last : digit;
    last = digit;
  }
  return total;
}

bool AllDigits(std::string_view text) { return !text.empty() && std::all_of(text.begin(), text.end(), IsDigit); }

int ToInt(std::string_view digits) {
  int n = 0;
  for (const char c : digits.substr(0, 9)) n = n * 10 + (c - '0');
  return n;
}

// The parts of a text between signs; of more than three the first three and their number.
class Parts {
 public:
  Parts(std::string_view text, char sign) {
    while (true) {
      const std::size_t at = text.find(sign);
      if (size_ < kMost) parts_[size_] = text.substr(0, at);
      ++size_;
      if (at == std::string_view::npos) return;
      text = text.substr(at + 1);
    }
  }
  std::size_t size() const { return size_; }
  std::string_view operator[](std::size_t i) const { return parts_[i]; }

 private:
  static constexpr std::size_t kMost = 3;
  std::array<std::string_view, kMost> parts_;
  std::size_t size_ = 0;
};

constexpr int kPivot = 69;  // «68» is 2068, «69» is 1969
int FullYear(int two) { return two < kPivot ? 2000 + two : 1900 + two; }

class Reader {
 public:
  Reader(const Analysis& a, std::size_t begin, std::size_t end) : a_(a), begin_(begin), end_(std::min(end, a.tokens.size())) {}

  std::vector<Item> Read() {
    std::vector<Item> items;
    items.reserve(end_ - begin_);
    for (std::size_t i = begin_; i < end_;) {
      Item item = At(i);
      i = item.end;
      items.push_back(std::move(item));
    }
    return items;
  }

 private:
  std::string_view Text(std::size_t i) const { return a_.TextOf(i, i + 1); }

  Item At(std::size_t i) const {
    Item item;
    item.begin = i;
    item.end = i + 1;
    const Token& t = a_.tokens[i];
    if (t.kind == Kind::kNumber && ReadDateOfNumbers(i, &item)) return item;
    std::size_t longest = 0;
    for (const std::uint32_t m : a_.matches_at.At(i)) {
      if (Wanted(m)) longest = std::max<std::size_t>(longest, a_.matches[m].end);
    }
    if (longest != 0) {
      item.end = longest;
      for (const std::uint32_t m : a_.matches_at.At(i)) {
        if (Wanted(m) && a_.matches[m].end == longest) AddClass(a_.gazetteer->entry(a_.matches[m].entry), &item);
      }
      item.plural = IsPlural(longest - 1) || (a_.tokens[longest - 1].kind != Kind::kWord && IsPlural(i));
      return item;
    }
    if (t.kind == Kind::kNumber) {
      ReadNumber(i, &item);
    } else if (t.Has(Flag::kDash) || Text(i) == "/") {
      item.dash = true;
    } else if (t.kind == Kind::kWord) {
      const std::string_view text = Text(i);
      if (const int roman = ParseRoman(text); roman > 0) {
        item.roman = true;
        item.value.units = static_cast<std::uint64_t>(roman);
      } else if (t.Has(Flag::kDigits) && IsDigit(text[0])) {
        // «2008г»: figures with a short tail.
        std::size_t digits = 0;
        while (digits < text.size() && IsDigit(text[digits])) ++digits;
        if (digits == 4 && text.size() - digits <= 4) {
          item.digits = true;
          item.width = digits;
          item.value.units = static_cast<std::uint64_t>(ToInt(text.substr(0, digits)));
        }
      }
    }
    return item;
  }

  // Whether the word is the plural of something: «лет» of «год», though it is the singular of «лёт».
  bool IsPlural(std::size_t i) const {
    const auto readings = a_.forms->ReadingsOf(a_.FormOf(i));
    return std::any_of(readings.begin(), readings.end(), [&](const morph::Reading& r) {
      return (r.tag & morph::kplur) != 0 && std::none_of(readings.begin(), readings.end(), [&](const morph::Reading& other) {
               return other.lemma_key == r.lemma_key && (other.tag & morph::ksing) != 0;
             });
    });
  }

  // Matches of the classes that values are made of, inside the span.
  bool Wanted(std::uint32_t m) const {
    if (!a_.placed[m].words || a_.matches[m].end > end_) return false;
    const std::string_view cls = a_.gazetteer->ClassName(a_.placed[m].class_id);
    if (cls == "date_word") {
      // «8 Марта»: figures and months say it as well.
      return a_.tokens[a_.matches[m].begin].kind != Kind::kNumber;
    }
    return cls == "month" || cls == "weekday" || cls == "season" || cls == "number_word" || cls == "magnitude" || cls == "currency";
  }

  static void AddClass(const gazetteer::Entry& e, Item* item) {
    const auto number = [&] { return AllDigits(e.kind) ? ToInt(e.kind) : 0; };
    if (e.cls == "month") {
      item->month = number();
    } else if (e.cls == "weekday") {
      item->weekday = e.kind == "weekend" ? 8 : e.kind == "workday" ? 9 : number();
    } else if (e.cls == "season") {
      EachFlag(e.slots, [&](std::string_view flag) {
        if (const auto [name, n] = SplitFlag(flag); name == "from") item->season = n;
      });
    } else if (e.cls == "number_word" || e.cls == "magnitude") {
      if (const auto value = ParseDecimal(e.kind, '.')) {
        item->value = *value;
        item->number = e.cls == "number_word";
        item->magnitude = !item->number;
        item->ordinal = e.slots == "ordinal";
      }
    } else if (e.cls == "currency") {
      item->currency = e.kind;
      item->cent = e.slots == "cent";
    } else if (e.kind == "unit" || e.kind == "short_unit") {
      const auto [name, n] = SplitFlag(e.slots.substr(0, e.slots.find(',')));
      if (n == 0) {
        item->unit = UnitByName(name);
      } else {
        item->role = Role::kSpan;
        item->span_unit = UnitByName(name);
        item->n = n;
      }
    } else if (e.kind == "daypart") {
      item->daypart = e.slots.empty() ? 'p' : e.slots[0];
    } else if (e.kind == "short_month") {
      item->month = SplitFlag(e.slots).second;
    } else {
      item->role = RoleByName(e.kind);
      if (item->role == Role::kAgo && e.slots == "later") item->role = Role::kLater;
      EachFlag(e.slots, [&](std::string_view flag) {
        const auto [name, n] = SplitFlag(flag);
        if (item->role == Role::kNone) {
          (name == "from" ? item->month : item->last_month) = n;
        } else if (item->role == Role::kHoliday) {
          (name == "month" ? item->holiday_month : item->holiday_day) = n;
        } else {
          item->flag = name;
          item->n = n;
        }
      });
    }
  }

  bool Tight(std::size_t i) const { return i < end_ && !a_.tokens[i].Has(Flag::kSpaceBefore); }

  // «2021-03-01», «01/03/2021», «01.03.2021», «1.3. 2021».
  bool ReadDateOfNumbers(std::size_t i, Item* item) const {
    const std::string_view text = Text(i);
    const Parts dots(text, '.');
    if (dots.size() > 3) return false;
    for (std::size_t k = 0; k < dots.size(); ++k) {
      if (!AllDigits(dots[k])) return false;
    }
    const auto set = [&](std::string_view y, std::string_view m, std::string_view d, std::size_t end) {
      if (d.size() > 2 || m.size() > 2 || (y.size() != 4 && y.size() != 2)) return false;
      const Day day{y.size() == 2 ? FullYear(ToInt(y)) : ToInt(y), ToInt(m), ToInt(d)};
      if (!IsDay(day)) return false;
      item->date = true;
      item->date_value = day;
      item->end = end;
      return true;
    };
    if (dots.size() == 3) return set(dots[2], dots[1], dots[0], i + 1);
    if (dots.size() == 2 && i + 2 < end_ && Text(i + 1) == "." && AllDigits(Text(i + 2))) return set(Text(i + 2), dots[1], dots[0], i + 3);
    if (dots.size() == 1 && i + 4 < end_ && Tight(i + 1) && Tight(i + 2) && Tight(i + 3) && Tight(i + 4) && AllDigits(Text(i + 2)) &&
        AllDigits(Text(i + 4))) {
      if (text.size() == 4 && a_.tokens[i + 1].Has(Flag::kDash) && a_.tokens[i + 3].Has(Flag::kDash))
        return set(text, Text(i + 2), Text(i + 4), i + 5);
      if (Text(i + 1) == "/" && Text(i + 3) == "/") return set(Text(i + 4), Text(i + 2), text, i + 5);
    }
    return false;
  }

  void ReadNumber(std::size_t i, Item* item) const {
    const std::string_view text = Text(i);
    if (const Parts parts(text, ':'); parts.size() >= 2) {
      if (AllDigits(parts[0]) && AllDigits(parts[1]) && parts[0].size() <= 2 && parts[1].size() == 2 && ToInt(parts[0]) < 25 &&
          ToInt(parts[1]) < 60) {
        item->time = true;
        item->n = ToInt(parts[0]);
        item->minute = ToInt(parts[1]);
      }
      return;
    }
    if (AllDigits(text)) {
      item->digits = true;
      item->width = text.size();
      if (const auto value = ParseDecimal(text, '.')) item->value = *value;
      return;
    }
    const bool comma = text.find(',') != std::string_view::npos;
    if (const auto value = ParseDecimal(text, comma ? ',' : '.')) {
      item->digits = true;
      item->width = 0;
      item->value = *value;
      const Parts parts(text, comma ? ',' : '.');
      item->minute = !comma && parts[1].size() == 2 && ToInt(parts[0]) < 32 ? 1 : 0;  // may be a time or a day
      item->date_value = {kAnyYear, ToInt(parts[1]), ToInt(parts[0])};
    }
  }

  const Analysis& a_;
  std::size_t begin_, end_;
};

// «два с половиной года»: whether items `k` and `k` + 1 add a half.
bool WithHalf(const std::vector<Item>& items, const Analysis& a, std::size_t k) {
  return k + 1 < items.size() && !items[k].IsKnown() && a.tokens[items[k].begin].kind == Kind::kWord && items[k + 1].number &&
         items[k + 1].value.units == 5 && items[k + 1].value.places == 1;
}

// ---- dates ----

// A number of one or more items, and what it counts.
struct Number {
  std::int64_t twice = 0;  // twice the value: «полтора» is 3
  bool exact = true;
  bool ordinal = false, roman = false, digits = false, plural = false;
  std::size_t width = 0;
  std::size_t end = 0;  // the item behind it

  int value() const { return static_cast<int>(std::min<std::int64_t>(twice / 2, 1000000)); }
  bool whole() const { return exact && twice % 2 == 0; }
};

struct Quantity {
  std::int64_t twice = 2;
  Unit unit = Unit::kNone;
  bool known = true;  // not «несколько дней»
};

// A unit or name of a day, month or season with «прошлый», «этот», «следующий».
struct Relative {
  Role role = Role::kNone;
  std::string_view flag;
  int n = 1;
};

struct Fields {
  std::optional<int> year, decade, century, month, day, quarter, half, tenday, season, weekday, offset, hour, minute;
  bool bce = false, year_two = false;
  Relative relative;  // of `relative_unit`, or of the month, season or weekday where that is kNone
  Unit relative_unit = Unit::kNone;
  Unit bare = Unit::kNone;  // «конец года»: a unit that nothing tells from others
  std::string_view edge;    // start, middle, end, half
  int edge_index = 0;       // of halves
  int first_months = 0;     // «девять месяцев 2020 года»

  bool HasDate() const {
    return year || decade || century || month || day || quarter || half || season || weekday || offset || relative_unit != Unit::kNone ||
           bare != Unit::kNone;
  }
};

class DateParser {
 public:
  DateParser(const Analysis& a, const std::vector<Item>& items, const std::optional<Day>& today) : a_(a), items_(items), today_(today) {}

  std::string Run(std::string* kind) {
    Fill();
    std::string value = Evaluate();
    if (vague_) relative_ = true, value.clear();
    if (relative_) {
      *kind = "relative";
    } else if (duration_) {
      *kind = "duration";
    } else if (range_) {
      *kind = "range";
    } else if (!value.empty()) {
      *kind = "absolute";
    }
    return value;
  }
  // Whether the value may be another one on another day.
  bool DependsOnToday() const { return asked_; }

 private:
  const std::optional<Day>& Today() const {
    asked_ = true;
    return today_;
  }

  // ---- filling ----

  bool IsSuffix(std::size_t k) const {
    if (k + 1 >= items_.size() || !items_[k].dash) return false;
    const Token& dash = a_.tokens[items_[k].begin];
    const Token& end = a_.tokens[items_[k + 1].begin];
    return !dash.Has(Flag::kSpaceBefore) && !end.Has(Flag::kSpaceBefore) && end.kind == Kind::kWord && end.end - end.begin <= 6 &&
           items_[k + 1].month == 0 && items_[k + 1].unit == Unit::kNone;
  }

  std::optional<Number> NumberAt(std::size_t k) const {
    if (k >= items_.size()) return std::nullopt;
    const Item& first = items_[k];
    Number out;
    if (first.roman || first.digits) {
      Decimal doubled = first.value;
      if (!doubled.Multiply({2, 0})) return std::nullopt;
      doubled.Reduce();
      out.exact = doubled.places == 0;
      std::uint64_t units = doubled.units;
      for (int p = 0; p < doubled.places; ++p) units /= 10;
      out.twice = static_cast<std::int64_t>(std::min<std::uint64_t>(units, 1u << 30));
      out.roman = first.roman;
      out.ordinal = first.roman;
      out.digits = first.digits;
      out.width = first.width;
      out.end = k + 1;
      if (first.digits && IsSuffix(k + 1)) {
        out.plural = items_[k + 2].role == Role::kPluralEnd;
        out.ordinal = true;
        out.end = k + 3;
      }
      if (out.end < items_.size() && items_[out.end].magnitude) return std::nullopt;
      return out;
    }
    // Words: «двадцать первый», «тысяча девятьсот сорок пятый».
    std::int64_t total = 0, group = 0;
    std::size_t at = k;
    // «половина» and «девяностые» are numbers too.
    if (first.role == Role::kEdge || first.role == Role::kDecade) return std::nullopt;
    for (; at < items_.size() && (items_[at].number || items_[at].magnitude) && !out.ordinal; ++at) {
      const Item& item = items_[at];
      Decimal doubled = item.value;
      if (!doubled.Multiply({2, 0}) || doubled.units > (1u << 20)) return std::nullopt;
      doubled.Reduce();
      if (doubled.places != 0) return std::nullopt;
      const auto twice = static_cast<std::int64_t>(doubled.units);
      if (item.magnitude) {
        total += std::max<std::int64_t>(group, 2) * (twice / 2);
        group = 0;
      } else if (twice == 4000 && item.ordinal) {
        total += twice;
      } else {
        group += twice;
      }
      out.ordinal = item.ordinal;
      out.plural = item.plural;
    }
    if (at == k) return std::nullopt;
    if (!out.ordinal && WithHalf(items_, a_, at)) group += 1, at += 2;
    out.twice = total + group;
    out.plural = out.plural && out.ordinal;
    out.end = at;
    return out;
  }

  // What a number is, told by what stands behind it.
  enum class What { kNothing, kDay, kYear, kDecade, kCentury, kQuarter, kHalf, kTenDays, kEdge, kQuantity, kHour, kOrdinalUnit };

  // Whether the number does not count the unit («1941 году», «XX века» are no amounts).
  static bool Counts(const Number& n, const Item& unit) {
    if (n.ordinal) return false;
    const int v = n.value();
    const bool many = v % 10 == 0 || v % 10 >= 5 || (v % 100 >= 11 && v % 100 <= 14);
    return !many || unit.plural || !n.whole();
  }

  What WhatIs(const Number& n, int depth) const {
    const int v = n.value();
    const Item* next = n.end < items_.size() ? &items_[n.end] : nullptr;
    const bool year_like = n.digits && n.width == 4 && v >= 1000 && v < 3000 && n.whole();
    if (next != nullptr) {
      if (next->month != 0 && n.whole() && v >= 1 && v <= 31 && !n.roman) return What::kDay;
      if (next->role == Role::kEdge && next->flag == "half" && n.ordinal) return What::kEdge;
      const bool bce = n.end + 1 < items_.size() && (items_[n.end + 1].role == Role::kBce || items_[n.end + 1].role == Role::kCe);
      if (next->role == Role::kBce && n.whole() && !n.ordinal) return What::kYear;
      switch (next->unit) {
        case Unit::kYear:
          if (n.plural || (year_like && v % 10 == 0 && n.ordinal && next->plural)) return What::kDecade;
          if (year_like || bce) return What::kYear;
          if (n.ordinal && !n.roman) return n.value() >= 32 || n.digits ? What::kYear : What::kOrdinalUnit;
          return v >= 100 && !Counts(n, *next) ? What::kYear : What::kQuantity;
        case Unit::kCentury:
        case Unit::kMillennium:
          return n.ordinal || bce || (n.digits && (!Counts(n, *next) || v == 21)) ? What::kCentury : What::kQuantity;
        case Unit::kQuarter:
        case Unit::kTrimester:
          return n.ordinal || (n.digits && v <= 4 && v >= 1) ? What::kQuarter : What::kQuantity;
        case Unit::kHalf:
        case Unit::kSemester:
          return n.ordinal || (n.digits && v <= 2 && v >= 1) ? What::kHalf : What::kQuantity;
        case Unit::kTenDays:
          return n.ordinal ? What::kTenDays : What::kQuantity;
        case Unit::kHour:
          return IsClock(n) ? What::kHour : n.ordinal ? What::kOrdinalUnit : What::kQuantity;
        case Unit::kNone:
          break;
        default:
          return n.ordinal ? What::kOrdinalUnit : What::kQuantity;
      }
      if (next->daypart != 0 && n.digits && v <= 12 && n.width <= 2 && !year_like) return What::kHour;
    }
    if (year_like) return n.plural ? What::kDecade : What::kYear;
    if (depth < 4) {
      // «5 и 6 марта», «с 1 по 5 марта», «60–70-е годы»: as the next number.
      for (std::size_t k = n.end; k < items_.size() && k < n.end + 3; ++k) {
        if (const auto other = NumberAt(k)) {
          const What what = WhatIs(*other, depth + 1);
          if (k == n.end) return n.ordinal && what == What::kQuantity ? What::kEdge : What::kNothing;
          if (what == What::kDecade && !n.plural && n.value() % 10 != 0) return What::kNothing;
          return what;
        }
        if (items_[k].IsKnown() && !items_[k].dash) break;
      }
    }
    if (n.plural && n.digits && v % 10 == 0) return What::kDecade;
    return What::kNothing;
  }

  // Whether hours are a time of day: with a part of the day or minutes behind them, or right behind «в».
  bool IsClock(const Number& n) const {
    if (n.value() > 24 || !n.whole() || moved_) return false;
    const std::size_t behind = n.end + 1;
    if (behind < items_.size() && items_[behind].daypart != 0 && items_[behind].unit != Unit::kHour) return true;
    if (const auto minutes = NumberAt(behind);
        minutes && minutes->end < items_.size() && items_[minutes->end].unit == Unit::kMinute && at_in_)
      return true;
    return at_in_ || fields_.day || fields_.offset;
  }

  void Next() {
    done_.push_back(fields_);
    fields_ = Fields{};
  }
  template <class T>
  void Put(std::optional<T> Fields::*field, T value) {
    if (fields_.*field) Next();
    fields_.*field = value;
  }
  // «прошлый», «этот» before a name of a month, a weekday, a season.
  void TakeAdjective() {
    if (adjective_.role == Role::kNone) return;
    fields_.relative = adjective_;
    adjective_ = Relative{};
  }
  void TakeEdge() {
    if (edge_.empty()) return;
    if (!fields_.edge.empty()) Next();
    fields_.edge = edge_;
    fields_.edge_index = edge_index_;
    edge_ = {};
  }

  void TakeUnit(Unit unit, bool plural) {
    TakeEdge();
    if (adjective_.role != Role::kNone) {
      if (fields_.relative_unit != Unit::kNone || fields_.year) Next();
      if (plural) vague_ = true;
      fields_.relative = adjective_;
      fields_.relative_unit = unit;
      adjective_ = Relative{};
      return;
    }
    if (!fields_.edge.empty() && !fields_.HasDate()) {
      fields_.bare = unit;
      return;
    }
    quantities_.push_back({2, unit, !plural && !unknown_amount_});
  }

  void TakeNumber(const Number& n, std::size_t k) {
    const int v = n.value();
    What what = WhatIs(n, 0);
    // «1914–18 гг.»
    const bool short_year =
        n.digits && n.width == 2 && k > 0 && items_[k - 1].dash && fields_.year && !fields_.month && v > *fields_.year % 100;
    if (short_year && (what == What::kNothing || what == What::kQuantity)) what = What::kYear;
    const Item* next = n.end < items_.size() ? &items_[n.end] : nullptr;
    k_ = n.end;
    switch (what) {
      case What::kDay:
        TakeEdge();
        Put(&Fields::day, v);
        break;
      case What::kYear:
        TakeEdge();
        if (fields_.relative_unit == Unit::kYear) Next();
        Put(&Fields::year, short_year                      ? *fields_.year / 100 * 100 + v
                           : n.width == 2 && fields_.month ? FullYear(v)
                           : n.width == 2 && n.ordinal     ? FullYear(v)
                                                           : v);
        break;
      case What::kDecade:
        TakeEdge();
        Put(&Fields::decade, n.width <= 2 && v < 100 ? (v <= 10 ? 2000 + v : 1900 + v) : v);
        fields_.year_two = v < 100;
        break;
      case What::kCentury:
        TakeEdge();
        Put(&Fields::century, next != nullptr && next->unit == Unit::kMillennium ? -v : v);
        break;
      case What::kQuarter:
        Put(&Fields::quarter, v);
        break;
      case What::kHalf:
        Put(&Fields::half, v);
        break;
      case What::kTenDays:
        Put(&Fields::tenday, v);
        break;
      case What::kEdge:
        edge_index_ = v;
        break;
      case What::kHour:
        Put(&Fields::hour, v);
        break;
      case What::kQuantity:
        // «за девять месяцев 2020 года»
        if (next->unit == Unit::kMonth && n.whole() && n.end + 1 < items_.size() && NumberAt(n.end + 1) &&
            WhatIs(*NumberAt(n.end + 1), 0) == What::kYear) {
          fields_.first_months = v;
        } else if (next->unit == Unit::kMinute && fields_.hour && !fields_.minute) {
          fields_.minute = v;
        } else {
          quantities_.push_back({n.twice, next->unit, n.exact && !unknown_amount_});
        }
        break;
      case What::kOrdinalUnit:
        vague_ = true;
        break;
      case What::kNothing:
        if (n.digits && items_[k].minute == 1 && n.end == k + 1) {
          const Day d = items_[k].date_value;
          if ((fields_.day || at_in_ || d.month > 12) && d.day < 25 && d.month < 60) {
            Put(&Fields::hour, d.day);
            fields_.minute = d.month;
          } else if (IsDay(d)) {
            Put(&Fields::day, d.day);
            fields_.month = d.month;
          }
        }
        return;
    }
    // The unit behind the number belongs to it.
    if (what != What::kDay && what != What::kEdge && k_ < items_.size() && items_[k_].unit != Unit::kNone) ++k_;
    if (what == What::kHour && k_ < items_.size() && items_[k_].daypart != 0 && items_[k_].unit != Unit::kHour)
      TakeDaypart(items_[k_++].daypart);
  }

  void TakeDaypart(char part) {
    if (!fields_.hour) return;
    int& hour = *fields_.hour;
    if (part == 'p' && hour < 12) hour += 12;
    if (part == 'n' && hour == 12) hour = 0;
    if (part == 'n' && hour >= 8 && hour < 12) hour += 12;
  }

  void Fill() {
    moved_ = std::any_of(items_.begin(), items_.end(),
                         [](const Item& i) { return i.role == Role::kAgo || i.role == Role::kAhead || i.role == Role::kLater; });
    for (k_ = 0; k_ < items_.size();) {
      const Item& item = items_[k_];
      at_in_ = k_ > 0 && IsIn(items_[k_ - 1]);
      if (const auto n = NumberAt(k_); n && !(item.roman && WhatIs(*n, 0) == What::kNothing)) {
        TakeNumber(*n, k_);
        continue;
      }
      ++k_;
      if (item.date) {
        if (fields_.day) Next();
        fields_.day = item.date_value.day;
        fields_.month = item.date_value.month;
        fields_.year = item.date_value.year;
      } else if (item.time) {
        Put(&Fields::hour, item.n == 24 ? 0 : item.n);
        fields_.minute = item.minute;
      } else if (item.month != 0) {
        if (fields_.month) Next();
        TakeEdge();
        TakeAdjective();
        fields_.month = item.month;
        if (item.last_month != 0) {
          Next();
          fields_.month = item.last_month;
        }
      } else if (item.weekday != 0) {
        if (fields_.weekday) Next();
        TakeAdjective();
        fields_.weekday = item.weekday;
      } else if (item.season != 0) {
        if (fields_.season) Next();
        TakeEdge();
        TakeAdjective();
        fields_.season = item.season;
      } else if (item.role != Role::kNone) {
        TakeRole(item);
      } else if (item.unit != Unit::kNone) {
        const bool behind_name = fields_.decade || fields_.offset;
        if (item.daypart != 0 && fields_.HasDate() && adjective_.role == Role::kNone && edge_.empty()) {
          TakeDaypart(item.daypart);
        } else if (!(behind_name && item.unit == Unit::kYear)) {
          TakeUnit(item.unit, item.plural);
        }
      } else if (item.daypart != 0) {
        TakeDaypart(item.daypart);
        dayparts_ = true;
      } else if (!item.dash && a_.tokens[item.begin].Has(Flag::kHyphen)) {
        unknown_ = true;  // «в ноябре-декабре»
      } else if (!item.dash && IsNumeral(item)) {
        unknown_amount_ = true;
      }
    }
    if (fields_.HasDate() || fields_.hour || !fields_.edge.empty()) Next();
  }

  // «несколько», «многие»: amounts without a number.
  bool IsNumeral(const Item& item) const {
    const morph::Form& f = a_.FormOf(item.begin);
    return f.kind == Kind::kWord && (f.any & (morph::kNUMR | morph::kADJF)) != 0 && (f.any & morph::kPREP) == 0;
  }
  bool IsIn(const Item& item) const {
    const std::string_view folded = a_.FormOf(item.begin).folded;
    return folded == "в" || folded == "во";
  }

  void TakeRole(const Item& item) {
    switch (item.role) {
      case Role::kDay:
        Put(&Fields::offset, item.flag == "ago" ? -item.n : item.flag == "ahead" ? item.n : 0);
        break;
      case Role::kPast:
      case Role::kThis:
      case Role::kFuture:
        adjective_ = {item.role, item.flag, std::max(item.n, 1)};
        break;
      case Role::kSpan:
        quantities_.push_back({2 * item.n, item.span_unit, true});
        break;
      case Role::kAgo:
      case Role::kAhead:
      case Role::kLater:
        move_ = item.role;
        break;
      case Role::kEdge:
        edge_ = item.flag;
        break;
      case Role::kClock:
        Put(&Fields::hour, item.n);
        fields_.minute = 0;
        break;
      case Role::kBce:
        fields_.bce = true;
        break;
      case Role::kHoliday:
        if (item.holiday_month != 0) {
          fields_.month = item.holiday_month;
          fields_.day = item.holiday_day;
        } else {
          unknown_ = true;
        }
        break;
      case Role::kDecade:
        TakeEdge();
        Put(&Fields::decade, item.n);
        fields_.year_two = true;
        break;
      case Role::kSet:
      case Role::kVague:
        vague_ = true;
        break;
      default:
        break;
    }
  }

  // ---- evaluation ----

  std::string Evaluate() {
    if (unknown_) return {};
    if (move_ != Role::kNone || (adjective_.role != Role::kNone && !quantities_.empty())) {
      relative_ = true;
      return Moved();
    }
    if (done_.empty()) return quantities_.empty() ? std::string() : Duration();
    Share();
    Fields& a = done_.front();
    Fields& b = done_.back();
    if (!a.HasDate() && !b.HasDate()) return TimesOnly(a, b);
    Period from, to;
    if (!PeriodOf(a, &from)) {
      if (done_.size() > 1) PeriodOf(b, &to);  // for the kind
      return {};
    }
    if (done_.size() == 1) {
      SetTime(a, &from);
      if (from.yearless && Today()) MakeNearest(*Today(), &from);
      return Write(from);
    }
    if (!PeriodOf(b, &to)) return {};
    SetTime(a, &from);
    SetTime(b, &to);
    range_ = true;
    if (from.hour >= 0 && to.hour >= 0 && from.yearless == to.yearless) {
      if (from.yearless && Today()) MakeNearest(*Today(), &from), MakeNearest(*Today(), &to);
      return Write(from) + "/" + Write(to);
    }
    Period p{from.unit == to.unit ? from.unit : Period::kDays, from.from, to.to, from.yearless || to.yearless};
    if (from.yearless != to.yearless) return {};
    if (p.yearless && ToSerial(p.to) < ToSerial(p.from)) --p.from.year;
    if (ToSerial(p.to) < ToSerial(p.from)) return {};
    if (p.yearless && Today()) MakeNearest(*Today(), &p);
    return Write(p);
  }

  static void SetTime(const Fields& f, Period* p) {
    if (f.hour && *f.hour < 24) p->hour = *f.hour, p->minute = f.minute.value_or(0);
  }

  std::string TimesOnly(const Fields& a, const Fields& b) {
    if (!a.hour || !b.hour) return {};
    std::string out = WriteTime(*a.hour, a.minute.value_or(0));
    if (done_.size() > 1) {
      range_ = true;
      out += "/" + WriteTime(*b.hour, b.minute.value_or(0));
    }
    return out;
  }

  // What one of two dates leaves out the other one tells: «с 1 по 5 марта 2021 года».
  void Share() {
    for (std::size_t i = done_.size(); i-- > 1;) ShareBack(done_[i], &done_[i - 1]);
    for (std::size_t i = 1; i < done_.size(); ++i) ShareOn(done_[i - 1], &done_[i]);
  }
  static bool SameSort(const Fields& a, const Fields& b) {
    return (a.month.has_value() && b.month.has_value()) || (a.quarter && b.quarter) || (a.half && b.half) || (a.season && b.season);
  }
  static void ShareBack(const Fields& later, Fields* f) {
    if (!f->HasDate()) {
      const Fields own = *f;
      *f = later;
      f->hour = own.hour;
      f->minute = own.minute;
      if (!own.edge.empty()) f->edge = own.edge, f->edge_index = own.edge_index;
      return;
    }
    if (f->day && !f->month && later.month) f->month = later.month;
    if (later.bce) f->bce = true;
    if (f->decade && f->year_two && later.decade && !f->century) f->century = later.century;
    const bool own_year = f->year || f->decade || f->century || f->offset || f->weekday || f->relative_unit != Unit::kNone;
    if (own_year || !SameSort(*f, later)) return;
    if (later.year) {
      const bool before = f->month && later.month && *f->month > *later.month;
      f->year = *later.year - (before ? 1 : 0);
    } else if (later.relative_unit != Unit::kNone) {
      f->relative = later.relative;
      f->relative_unit = later.relative_unit;
    }
  }
  static void ShareOn(const Fields& earlier, Fields* f) {
    if (!f->HasDate()) {
      const Fields own = *f;
      *f = earlier;
      f->hour = own.hour;
      f->minute = own.minute;
      return;
    }
    if (f->day && !f->month && earlier.month) f->month = earlier.month;
    const bool own_year = f->year || f->decade || f->century || f->offset || f->weekday || f->relative_unit != Unit::kNone;
    if (!own_year && earlier.year && SameSort(*f, earlier)) {
      const bool after = f->month && earlier.month && *f->month < *earlier.month;
      f->year = *earlier.year + (after ? 1 : 0);
    }
  }

  // Steps from now: −1 for «прошлый», 0 for «этот», 1 for «следующий»; nothing for «тот же».
  static std::optional<int> Steps(const Relative& r) {
    if (r.role == Role::kThis) return r.flag == "same" ? std::nullopt : std::optional<int>(0);
    return r.role == Role::kPast ? -r.n : r.n;
  }

  bool PeriodOf(const Fields& f, Period* out) {
    Period p;
    if (!WholeOf(f, &p)) return false;
    if (f.bce || f.edge.empty()) {
      *out = p;
      return true;
    }
    range_ = true;
    *out = EdgeOf(f, p);
    return true;
  }

  // The year of the fields, by figures or from now. False where it cannot be known.
  bool YearOf(const Fields& f, int* year, bool* yearless) {
    *yearless = false;
    if (f.year) {
      *year = f.bce ? 1 - *f.year : *f.year;
      return true;
    }
    if (f.relative_unit == Unit::kYear || f.bare == Unit::kYear) {
      relative_ = true;
      const std::optional<int> steps = f.bare == Unit::kYear ? std::optional<int>(0) : Steps(f.relative);
      if (!Today() || !steps) return false;
      *year = Today()->year + *steps;
      return true;
    }
    *yearless = true;
    *year = kAnyYear;
    return true;
  }

  bool WholeOf(const Fields& f, Period* p) {
    if (f.offset) {
      relative_ = !f.day;
      if (!(f.day && f.month)) {
        relative_ = true;
        if (!Today()) return false;
        const Day d = AddDays(*Today(), *f.offset);
        *p = Days(d, d);
        return true;
      }
    }
    if (f.decade) {
      range_ = true;
      const int first = f.century && f.year_two ? (*f.century - 1) * 100 + *f.decade % 100 : *f.decade;
      *p = Years(first, first + 9);
      return true;
    }
    if (f.century) {
      range_ = true;
      const int n = std::abs(*f.century), length = *f.century < 0 ? 1000 : 100;
      if (n > 100) return false;
      *p = f.bce ? Years(1 - n * length, length - n * length) : Years((n - 1) * length + 1, n * length);
      return true;
    }
    int year = 0;
    bool yearless = false;
    if (!YearOf(f, &year, &yearless)) return false;
    if (yearless && !f.month && !f.season && !f.quarter && !f.half) return Unnamed(f, p);
    if (f.quarter || f.half) {
      if (yearless) {
        relative_ = true;
        if (!Today()) return false;
        year = Today()->year;
      }
      range_ = true;
      const int length = f.quarter ? 3 : 6, index = f.quarter ? *f.quarter : *f.half;
      if (index < 1 || index > 12 / length) return false;
      const Period m = Months(year, (index - 1) * length + 1, index * length);
      *p = Days(m.from, m.to);
      return true;
    }
    if (f.month) return MonthOf(f, year, yearless, p);
    if (f.season) return SeasonOf(f, year, yearless, p);
    *p = Years(year, year);
    if (f.first_months > 0 && f.first_months <= 12) {
      range_ = true;
      *p = Days({year, 1, 1}, Months(year, f.first_months, f.first_months).to);
    }
    return true;
  }

  bool MonthOf(const Fields& f, int year, bool yearless, Period* p) {
    const bool of_month = f.relative.role != Role::kNone && f.relative_unit == Unit::kNone && !f.weekday && !f.day;
    if (yearless && of_month) {
      relative_ = true;
      if (!Today() || !Steps(f.relative)) return false;
      year = Today()->year;
      if (f.relative.role == Role::kPast && *f.month >= Today()->month) --year;
      if (f.relative.role == Role::kFuture && *f.month <= Today()->month) ++year;
      yearless = false;
    }
    if (f.tenday) {
      range_ = true;
      if (*f.tenday < 1 || *f.tenday > 3) return false;
      *p = Days({year, *f.month, *f.tenday * 10 - 9}, {year, *f.month, *f.tenday == 3 ? DaysIn(year, *f.month) : *f.tenday * 10});
    } else if (f.day) {
      const Day d{year, *f.month, *f.day};
      if (!IsDay(d)) return false;
      *p = Days(d, d);
    } else {
      *p = Months(year, *f.month, *f.month);
    }
    p->yearless = yearless;
    return true;
  }

  bool SeasonOf(const Fields& f, int year, bool yearless, Period* p) {
    const auto season = [&](int y) {
      const int last = *f.season + 2;
      Period out = Days({last > 12 ? y - 1 : y, *f.season, 1}, {y, last > 12 ? last - 12 : last, 1});
      out.to.day = DaysIn(out.to.year, out.to.month);
      return out;
    };
    range_ = true;
    *p = season(year);
    if (!yearless) return true;
    if (f.relative.role == Role::kNone || f.relative_unit != Unit::kNone) {
      p->yearless = true;
      return true;
    }
    relative_ = true;
    if (!Today() || !Steps(f.relative)) return false;
    *p = season(Today()->year);
    p->yearless = false;
    const int t = ToSerial(*Today());
    if (f.relative.role == Role::kPast) {
      int y = Today()->year + 1;
      while (ToSerial(season(y).to) >= t) --y;
      *p = season(y);
    } else if (f.relative.role == Role::kFuture) {
      int y = Today()->year - 1;
      while (ToSerial(season(y).from) <= t) ++y;
      *p = season(y);
    }
    return true;
  }

  // Weekdays and units that only today tells.
  bool Unnamed(const Fields& f, Period* p) {
    relative_ = true;
    if (f.weekday) return WeekdayIs(f, p);
    const Unit unit = f.relative_unit != Unit::kNone ? f.relative_unit : f.bare;
    if (unit == Unit::kNone || !Today()) return false;
    const Relative r = f.relative_unit != Unit::kNone ? f.relative : Relative{Role::kThis, {}, 1};
    const std::optional<int> steps = Steps(r);
    if (!steps) return false;
    const Day today = *Today();
    if (r.flag == "last" || r.flag == "next") return Around({{2, unit, true}}, r.flag == "next", p);
    switch (unit) {
      case Unit::kDay:
        if (r.role != Role::kThis || f.relative_unit == Unit::kNone)
          return false;  // «на следующий день» is told from the story, not from today
        return false;
      case Unit::kWeek: {
        const Day monday = AddDays(today, 1 - WeekdayOf(today) + 7 * *steps);
        *p = Days(monday, AddDays(monday, 6));
        return true;
      }
      case Unit::kMonth: {
        const Day d = AddMonths({today.year, today.month, 1}, *steps);
        *p = Months(d.year, d.month, d.month);
        return true;
      }
      case Unit::kQuarter:
      case Unit::kHalf: {
        const int length = MonthsOf(unit);
        const Day d = AddMonths({today.year, (today.month - 1) / length * length + 1, 1}, *steps * length);
        const Day last = AddMonths(d, length - 1);
        *p = Days(d, {last.year, last.month, DaysIn(last.year, last.month)});
        return true;
      }
      case Unit::kDecade: {
        const int first = (today.year / 10 + *steps) * 10;
        *p = Years(first, first + 9);
        return true;
      }
      case Unit::kCentury: {
        const int first = ((today.year - 1) / 100 + *steps) * 100 + 1;
        *p = Years(first, first + 99);
        return true;
      }
      default:
        return false;
    }
  }

  bool WeekdayIs(const Fields& f, Period* p) {
    if (!Today() || *f.weekday > 8) return false;
    const bool weekend = *f.weekday == 8;
    const int wanted = weekend ? 6 : *f.weekday;
    const int t = WeekdayOf(*Today());
    int shift = wanted - t;  // in this week
    const bool of_week = f.relative_unit == Unit::kWeek;
    if (of_week) {
      if (const auto steps = Steps(f.relative)) shift += 7 * *steps;
    } else if (f.relative.role == Role::kPast) {
      if (shift >= 0) shift -= 7;
    } else if (f.relative.role == Role::kFuture) {
      if (shift <= 0) shift += 7;
    } else if (f.relative.role == Role::kThis) {
      if (f.relative.flag == "same") return false;
    } else if (shift > 0) {
      shift -= 7;
    }
    const Day d = AddDays(*Today(), shift);
    *p = Days(d, weekend ? AddDays(d, 1) : d);
    return true;
  }

  // A third or a half of a period.
  static Period EdgeOf(const Fields& f, Period p) {
    int parts = 3, index = f.edge == "start" ? 0 : f.edge == "middle" ? 1 : 2;
    if (f.edge == "half") parts = 2, index = std::clamp(f.edge_index, 1, 2) - 1;
    if (p.unit == Period::kYears && p.to.year > p.from.year) {
      const int years = p.to.year - p.from.year + 1;
      const auto cut = [&](int n) { return p.from.year + (years * n + parts / 2) / parts; };
      return Years(cut(index), cut(index + 1) - 1);
    }
    Period out = p;
    out.unit = Period::kDays;
    if (p.unit == Period::kYears) {
      const int length = 12 / parts;
      const Period m = Months(p.from.year, index * length + 1, (index + 1) * length);
      out.from = m.from;
      out.to = m.to;
      return out;
    }
    const int days = ToSerial(p.to) - ToSerial(p.from) + 1;
    if (p.unit == Period::kMonths) {
      const int cut = parts == 2 ? 15 : 10;
      if (index > 0) out.from.day = index * cut + 1;
      if (index + 1 < parts) out.to.day = (index + 1) * cut;
      return out;
    }
    out.from = AddDays(p.from, days * index / parts);
    out.to = AddDays(p.from, days * (index + 1) / parts - 1);
    return out;
  }

  // Moves a day by quantities. False for hours and what is not known.
  static bool Move(const std::vector<Quantity>& quantities, int sign, Day* day, Period::Unit* finest) {
    *finest = Period::kYears;
    for (const Quantity& q : quantities) {
      if (!q.known) return false;
      if (const int months = MonthsOf(q.unit); months != 0) {
        const std::int64_t n = q.twice * months;
        if (n % 2 != 0 || n > 24 * 5000) return false;
        *day = AddMonths(*day, sign * static_cast<int>(n / 2));
        if (n / 2 % 12 != 0) *finest = std::min(*finest, Period::kMonths);
      } else if (const int days = DaysOf(q.unit); days != 0) {
        const std::int64_t n = q.twice * days;
        if (n > 2 * 1000000) return false;
        *day = AddDays(*day, sign * static_cast<int>(n / 2));
        *finest = Period::kDays;
      } else if (q.unit == Unit::kHour && q.twice % 48 == 0) {
        *day = AddDays(*day, sign * static_cast<int>(q.twice / 48));
        *finest = Period::kDays;
      } else {
        return false;
      }
    }
    return true;
  }

  bool Around(const std::vector<Quantity>& quantities, bool future, Period* p) const {
    Day day = *Today();
    Period::Unit finest;
    if (!Move(quantities, future ? 1 : -1, &day, &finest)) return false;
    *p = future ? Days(*Today(), day) : Days(day, *Today());
    return true;
  }

  std::string Moved() {
    if (!Today() || quantities_.empty() || move_ == Role::kLater || !done_.empty()) return {};
    if (adjective_.role != Role::kNone && move_ == Role::kNone) {
      Period p;
      if (adjective_.role == Role::kThis || !Around(quantities_, adjective_.role == Role::kFuture, &p)) return {};
      return Write(p);
    }
    Day day = *Today();
    Period::Unit finest;
    if (!Move(quantities_, move_ == Role::kAhead ? 1 : -1, &day, &finest)) return {};
    return Write(day, finest, false);
  }

  // «два года» as P2Y, «полтора года» as P1Y6M.
  std::string Duration() {
    duration_ = true;
    int months = 0, days = 0, hours = 0, minutes = 0, seconds = 0;
    bool weeks = quantities_.size() == 1 && quantities_[0].unit == Unit::kWeek;
    for (const Quantity& q : quantities_) {
      if (!q.known || q.twice > 2000000) return {};
      const int twice = static_cast<int>(q.twice);
      if (const int m = MonthsOf(q.unit); m != 0 && twice <= 20000) {
        if (twice * m % 2 != 0) days += 15;
        months += twice * m / 2;
      } else if (const int d = DaysOf(q.unit); d != 0) {
        if (twice * d % 2 != 0) hours += 12, weeks = false;
        days += twice * d / 2;
      } else if (q.unit == Unit::kHour) {
        if (twice % 2 != 0) minutes += 30;
        hours += twice / 2;
      } else if (q.unit == Unit::kMinute) {
        if (twice % 2 != 0) seconds += 30;
        minutes += twice / 2;
      } else if (q.unit == Unit::kSecond) {
        seconds += twice / 2;
      } else {
        return {};
      }
    }
    if (weeks) return "P" + std::to_string(days / 7) + "W";
    std::string out = "P";
    const auto add = [&out](int n, char letter) {
      if (n != 0) out += std::to_string(n) + letter;
    };
    add(months / 12, 'Y');
    add(months % 12, 'M');
    add(days, 'D');
    if (hours != 0 || minutes != 0 || seconds != 0) out += 'T';
    add(hours, 'H');
    add(minutes, 'M');
    add(seconds, 'S');
    return out.size() > 1 ? out : std::string();
  }

  const Analysis& a_;
  const std::vector<Item>& items_;
  const std::optional<Day>& today_;
  mutable bool asked_ = false;  // whether today was asked for

  std::size_t k_ = 0;
  Fields fields_;
  std::vector<Fields> done_;
  std::vector<Quantity> quantities_;
  Relative adjective_;
  std::string_view edge_;
  int edge_index_ = 0;
  Role move_ = Role::kNone;
  bool moved_ = false, at_in_ = false, unknown_amount_ = false, unknown_ = false, dayparts_ = false;
  bool relative_ = false, range_ = false, duration_ = false, vague_ = false;
};

// ---- money ----

// Figures as money writes them: «1.234.567», «10,000», «1,5». `magnitude` follows: then one separator is a decimal point.
std::optional<Decimal> ParseFigures(std::string_view text, bool magnitude) {
  const std::size_t last = text.find_last_of(".,");
  if (last == std::string_view::npos) return ParseDecimal(text, '.');
  const std::size_t first = text.find_first_of(".,");
  const std::size_t behind = text.size() - last - 1;
  const bool one = first == last;
  const bool same = text.find(text[last] == '.' ? ',' : '.') == std::string_view::npos;
  const bool groups = behind == 3 && (one ? !magnitude && text[0] != '0' && first <= 3 : same);
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (IsDigit(text[i])) {
      plain += text[i];
    } else if (i == last && !groups) {
      plain += '.';
    } else if (text[i] != '.' && text[i] != ',') {
      return std::nullopt;
    }
  }
  return ParseDecimal(plain, '.');
}

class MoneyParser {
 public:
  MoneyParser(const Analysis& a, const std::vector<Item>& items) : a_(a), items_(items) {}

  std::string Run() {
    for (k_ = 0; k_ < items_.size();) {
      if (!ReadAmount()) {
        const Item& item = items_[k_++];
        if (!item.currency.empty() && !Currency(item)) return {};
        if (item.currency.empty() && !amounts_.empty() && amounts_.back().currency.empty()) between_ = true;
      }
      if (failed_) return {};
    }
    if (amounts_.empty()) return {};
    std::string_view currency = before_;
    for (const Amount& x : amounts_) {
      if (currency.empty()) currency = x.currency;
      if (!x.currency.empty() && x.currency != currency) return {};
    }
    if (currency.empty()) return {};
    // «5 рублей 50 копеек» is one amount.
    std::vector<Amount> sums;
    for (const Amount& x : amounts_) {
      if (x.cent && !sums.empty() && !sums.back().cent && !x.apart) {
        if (!sums.back().value.Add(x.value)) return {};
      } else {
        sums.push_back(x);
      }
    }
    if (sums.size() > 2) return {};
    if (sums.size() == 1) return sums[0].value.ToString() + " " + std::string(currency);
    Amount& a = sums[0];
    const Amount& b = sums[1];
    // «от 5 до 10 млн»
    if (a.factor.units == 1 && b.factor.units != 1 && a.currency.empty()) {
      Decimal scaled = a.value;
      if (!scaled.Multiply(b.factor)) return {};
      if (!b.value.LessThan(scaled)) a.value = scaled;
    }
    if (a.cent != b.cent && b.cent && a.currency.empty() && !a.value.Multiply({1, 2})) return {};
    if (!a.value.LessThan(b.value) && !b.value.LessThan(a.value)) return a.value.ToString() + " " + std::string(currency);
    return a.value.ToString() + ".." + b.value.ToString() + " " + std::string(currency);
  }

 private:
  struct Amount {
    Decimal value;
    Decimal factor{1, 0};  // of the last part
    std::string_view currency;
    bool cent = false;
    bool apart = false;  // a word or dash stands between it and the amount before
  };

  bool Currency(const Item& item) {
    if (amounts_.empty() || !amounts_.back().currency.empty()) {
      before_ = item.currency;
      return !item.cent;
    }
    amounts_.back().currency = item.currency;
    amounts_.back().cent = item.cent;
    return !item.cent || amounts_.back().value.Multiply({1, 2});
  }

  bool IsGroup(std::size_t k) const {  // «000» behind «100»
    if (k >= items_.size() || items_[k].end != items_[k].begin + 1) return false;
    const Token& t = a_.tokens[items_[k].begin];
    const std::string_view text = a_.TextOf(items_[k].begin, items_[k].end);
    if (t.kind != Kind::kNumber || text.size() < 3 || !AllDigits(text.substr(0, 3))) return false;
    return text.size() == 3 || ((text[3] == ',' || text[3] == '.') && AllDigits(text.substr(4)));
  }

  // One amount from item k_ on: figures, words and magnitudes.
  bool ReadAmount() {
    Decimal total, group, factor{1, 0};
    bool any = false, open = false;  // open: `group` has something
    const std::size_t begin = k_;
    while (k_ < items_.size()) {
      const Item& item = items_[k_];
      if (item.magnitude) {
        // «миллионы рублей», «несколько миллионов»: nobody knows how many.
        if (!open && (item.plural || any)) return Fail();
        Decimal part = open ? group : Decimal{1, 0};
        factor = item.value;
        ++k_;
        while (k_ < items_.size() && items_[k_].magnitude) {  // «сто тысяч миллионов»
          if (!factor.Multiply(items_[k_].value)) return Fail();
          ++k_;
        }
        if (!part.Multiply(factor) || !total.Add(part)) return Fail();
        group = Decimal{};
        open = false;
        any = true;
        if (k_ < items_.size() && a_.TextOf(items_[k_].begin, items_[k_].begin + 1) == ".") ++k_;
      } else if (item.number) {
        if (item.ordinal || !group.Add(item.value)) return Fail();
        any = open = true;
        ++k_;
        if (WithHalf(items_, a_, k_)) {
          if (!group.Add(items_[k_ + 1].value)) return Fail();
          k_ += 2;
        }
      } else if (a_.tokens[item.begin].kind == Kind::kNumber) {
        if (open) break;  // a second amount
        std::string text(a_.TextOf(item.begin, item.end));
        ++k_;
        if (text.size() <= 3 && AllDigits(text)) {
          while (IsGroup(k_) && text.find_first_of(".,") == std::string::npos) text += a_.TextOf(items_[k_].begin, items_[k_].end), ++k_;
        }
        const bool magnitude = k_ < items_.size() && items_[k_].magnitude;
        const bool joined = text.size() > 3 && k_ > begin + 1;
        const auto value = joined ? ParseDecimal(text, text.find(',') != std::string::npos ? ',' : '.') : ParseFigures(text, magnitude);
        if (!value || !group.Add(*value)) return Fail();
        any = open = true;
      } else {
        break;
      }
    }
    if (!any) return false;
    if (open) {
      if (!total.Add(group)) return Fail();
      if (total.units != group.units || total.places != group.places) factor = Decimal{1, 0};
    }
    if (!amounts_.empty() && amounts_.back().currency.empty() && before_.empty() && !between_) return Fail();
    Amount amount;
    amount.value = total;
    amount.factor = open ? Decimal{1, 0} : factor;
    amount.apart = between_;
    between_ = false;
    amounts_.push_back(amount);
    return true;
  }

  bool Fail() {
    failed_ = true;
    return true;
  }

  const Analysis& a_;
  const std::vector<Item>& items_;
  std::size_t k_ = 0;
  std::vector<Amount> amounts_;
  std::string_view before_;
  bool between_ = false, failed_ = false;
};

}  // namespace

std::string TitleCase(std::string_view text) {
  std::string out;
  bool inside = false;
  for (std::size_t at = 0; at < text.size();) {
    const char32_t c = morph::NextCodePoint(text, &at);
    const char32_t lower = morph::ToLower(c), upper = morph::ToUpper(c);
    morph::AppendCodePoint(inside ? lower : upper, &out);
    // Digits and apostrophes do not end a part; the letter behind an apostrophe after one letter is large («О'Нил»).
    if (lower != upper) {
      inside = true;
    } else if (c == U'\'' || c == U'’' || c == U'ʼ') {
      inside = inside && out.size() > 3;
    } else if (c < U'0' || c > U'9') {
      inside = false;
    }
  }
  return out;
}

std::optional<Day> ParseDay(std::string_view iso) {
  if (iso.size() != 10 || iso[4] != '-' || iso[7] != '-') return std::nullopt;
  if (!AllDigits(iso.substr(0, 4)) || !AllDigits(iso.substr(5, 2)) || !AllDigits(iso.substr(8, 2))) return std::nullopt;
  const Day d{ToInt(iso.substr(0, 4)), ToInt(iso.substr(5, 2)), ToInt(iso.substr(8, 2))};
  if (!IsDay(d)) return std::nullopt;
  return d;
}

std::string DateValue(const Analysis& a, std::size_t begin, std::size_t end, const std::optional<Day>& today, std::string* kind) {
  const std::vector<Item> items = Reader(a, begin, end).Read();
  return DateParser(a, items, today).Run(kind);
}

std::uint64_t DateValues::KeyOf(const Analysis& a, std::size_t begin, std::size_t end) {
  // What is read: the tokens, and the words that begin and end among them.
  std::uint64_t key = end - begin;
  for (std::size_t i = begin; i < end; ++i) {
    const Token& t = a.tokens[i];
    const unsigned flags = t.flags & (Flag::kSpaceBefore | Flag::kDigits | Flag::kHyphen | Flag::kDash);
    key = bundle::Mixed(key, std::uint64_t{t.form} << 32 | std::uint64_t{static_cast<std::uint8_t>(t.kind)} << 16 | flags);
    for (const std::uint32_t m : a.matches_at.At(i)) {
      const std::size_t match_end = a.matches[m].end;
      if (a.placed[m].words && match_end <= end) key = bundle::Mixed(key, std::uint64_t{a.matches[m].entry} << 32 | (match_end - begin));
    }
  }
  return key;
}

DateValues::Value DateValues::Of(const Analysis& a, std::uint64_t key, std::size_t begin, std::size_t end,
                                 const std::optional<Day>& today) {
  if (forms_ != a.forms || generation_ != a.forms->generation() || known_.size() >= kMost) {
    known_.Clear();
    texts_.Clear();
    forms_ = a.forms;
    generation_ = a.forms->generation();
  }
  const auto read = [&](const std::optional<Day>& day, Known* known) {
    const std::vector<Item> items = Reader(a, begin, end).Read();
    DateParser parser(a, items, day);
    std::string kind;
    const std::string value = parser.Run(&kind);
    *known = {true, parser.DependsOnToday(), {texts_.Keep(value), texts_.Keep(kind)}};
  };
  Known& known = known_[key];
  if (!known.there) read(std::nullopt, &known);
  if (!known.depends_on_today || !today) return known.value;
  const int day = ToSerial(*today);
  Known& of_today = known_[bundle::Mixed(~key, static_cast<std::uint32_t>(day))];
  if (!of_today.there) read(today, &of_today);
  return of_today.value;
}

std::string MoneyValue(const Analysis& a, std::size_t begin, std::size_t end) {
  const std::vector<Item> items = Reader(a, begin, end).Read();
  return MoneyParser(a, items).Run();
}

}  // namespace atau::resolve
