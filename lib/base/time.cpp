#include "evtxhound/base/time.hpp"

#include <charconv>
#include <chrono>
#include <cstring>
#include <limits>

#include "evtxhound/base/digits.hpp"

namespace evtxhound {
namespace {

using Days = std::chrono::duration<std::int64_t, std::ratio<86400>>;
constexpr std::uint64_t kPerSecond = 10'000'000;
constexpr std::uint64_t kPerDay = 86'400 * kPerSecond;

constexpr std::chrono::sys_days kEpoch =
    std::chrono::year{1601} / std::chrono::January / std::chrono::day{1};

// Year, month and day of a day number since 1601. std::chrono::year ends at 32767, FILETIME does
// not, so whole 400-year cycles (146,097 days) are taken off first.
struct Date {
  unsigned year;  // its last four digits
  unsigned month;
  unsigned day;
};

Date date_of(std::uint64_t days_since_1601) {
  constexpr std::uint64_t kCycle = 146'097;
  const std::uint64_t cycles = days_since_1601 / kCycle;
  const std::chrono::year_month_day ymd{kEpoch +
                                        Days{static_cast<std::int64_t>(days_since_1601 % kCycle)}};
  const auto year = static_cast<std::uint64_t>(static_cast<int>(ymd.year())) + cycles * 400;
  return {static_cast<unsigned>(year % 10'000), static_cast<unsigned>(ymd.month()),
          static_cast<unsigned>(ymd.day())};
}

// REQUIRES: number < 100
void put_pair(char* out, std::uint64_t number) { std::memcpy(out, &kDigitPairs[2 * number], 2); }

// Takes `digits` decimal digits off the front of `text`.
std::optional<unsigned> take_number(std::string_view& text, std::size_t digits) {
  if (text.size() < digits) return std::nullopt;
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + digits, value);
  if (error != std::errc{} || end != text.data() + digits) return std::nullopt;
  text.remove_prefix(digits);
  return value;
}

bool take(std::string_view& text, std::string_view any_of) {
  if (text.empty() || any_of.find(text.front()) == std::string_view::npos) return false;
  text.remove_prefix(1);
  return true;
}

// Takes `.f…` off the front; absent is zero. In FILETIME steps.
std::optional<std::uint64_t> take_fraction(std::string_view& text) {
  if (!take(text, ".")) return 0;
  std::uint64_t steps = 0;
  std::uint64_t scale = kPerSecond / 10;
  std::size_t digits = 0;
  while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
    steps += static_cast<std::uint64_t>(text.front() - '0') * scale;
    scale /= 10;
    text.remove_prefix(1);
    ++digits;
  }
  if (digits == 0) return std::nullopt;
  return steps;
}

}  // namespace

char* Iso8601Writer::write(Filetime time, char* out) {
  if (time > static_cast<Filetime>(std::numeric_limits<std::int64_t>::max())) {
    std::memcpy(out, "0000-00-00T00:00:00.0000000Z", kIso8601Size);
    return out + kIso8601Size;
  }
  const std::uint64_t day = time / kPerDay;
  if (day != day_) {
    const Date date = date_of(day);
    std::memcpy(date_.data(), "0000-00-00T", 11);
    put_pair(&date_[0], date.year / 100);
    put_pair(&date_[2], date.year % 100);
    put_pair(&date_[5], date.month);
    put_pair(&date_[8], date.day);
    day_ = day;
  }
  const std::uint64_t of_day = time - day * kPerDay;
  const auto second = static_cast<std::uint32_t>(of_day / kPerSecond);
  const auto steps = static_cast<std::uint32_t>(of_day % kPerSecond);
  std::memcpy(out, date_.data(), 11);
  put_pair(out + 11, second / 3600);
  out[13] = ':';
  put_pair(out + 14, second / 60 % 60);
  out[16] = ':';
  put_pair(out + 17, second % 60);
  out[19] = '.';
  put_pair(out + 20, steps / 100'000);
  put_pair(out + 22, steps / 1000 % 100);
  put_pair(out + 24, steps / 10 % 100);
  out[26] = static_cast<char>('0' + steps % 10);
  out[27] = 'Z';
  return out + kIso8601Size;
}

std::string to_iso8601(Filetime time) {
  std::string text(kIso8601Size, '\0');
  Iso8601Writer().write(time, text.data());
  return text;
}

std::optional<Filetime> parse_iso8601(std::string_view text) {
  const auto year = take_number(text, 4);
  if (!year || !take(text, "-")) return std::nullopt;
  const auto month = take_number(text, 2);
  if (!month || !take(text, "-")) return std::nullopt;
  const auto day = take_number(text, 2);
  if (!day || !take(text, "T ")) return std::nullopt;
  const auto hour = take_number(text, 2);
  if (!hour || !take(text, ":")) return std::nullopt;
  const auto minute = take_number(text, 2);
  if (!minute || !take(text, ":")) return std::nullopt;
  const auto second = take_number(text, 2);
  if (!second) return std::nullopt;
  const auto fraction = take_fraction(text);
  if (!fraction) return std::nullopt;
  take(text, "Z");

  const std::chrono::year_month_day ymd{std::chrono::year{static_cast<int>(*year)},
                                        std::chrono::month{*month}, std::chrono::day{*day}};
  const bool valid =
      text.empty() && ymd.ok() && *year >= 1601 && *hour < 24 && *minute < 60 && *second < 60;
  if (!valid) return std::nullopt;
  const auto days = static_cast<std::uint64_t>((std::chrono::sys_days{ymd} - kEpoch).count());
  return days * kPerDay + ((*hour * 60ULL + *minute) * 60 + *second) * kPerSecond + *fraction;
}

Filetime filetime_now() {
  // Cast before subtracting: in the clock's nanoseconds the time since 1601 overflows.
  using Steps = std::chrono::duration<std::int64_t, std::ratio<1, 10'000'000>>;
  const auto now = std::chrono::time_point_cast<Steps>(std::chrono::system_clock::now());
  return static_cast<Filetime>((now - kEpoch).count());
}

}  // namespace evtxhound
