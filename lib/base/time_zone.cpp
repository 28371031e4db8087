#include "evtxhound/base/time_zone.hpp"

#include <cctz/civil_time.h>
#include <cctz/time_zone.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

namespace evtxhound {
namespace {

constexpr std::int64_t kUnixEpoch = 11644473600;   // seconds from 1601-01-01 to 1970-01-01
constexpr std::int64_t kYear10000 = 253402300800;  // seconds from 1970-01-01
constexpr Filetime kSecond = 10'000'000;

using Seconds = cctz::time_point<cctz::seconds>;

Seconds seconds_of(Filetime time) {
  return Seconds(cctz::seconds(static_cast<std::int64_t>(time / kSecond) - kUnixEpoch));
}

// Earlier than a Filetime can say is the first one, later than texts can say is kNoEnd.
Filetime filetime_of(Seconds at, Filetime fraction) {
  const std::int64_t seconds = at.time_since_epoch().count();
  if (seconds < -kUnixEpoch) return 0;
  if (seconds >= kYear10000) return kNoEnd;
  return static_cast<Filetime>(seconds + kUnixEpoch) * kSecond + fraction;
}

// Takes what it reads from the front of a text.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  // Exactly `digits` decimal digits.
  std::optional<int> number(std::size_t digits) {
    if (text_.size() < digits) return std::nullopt;
    int value = 0;
    for (std::size_t i = 0; i < digits; ++i) {
      if (text_[i] < '0' || text_[i] > '9') return std::nullopt;
      value = value * 10 + (text_[i] - '0');
    }
    text_.remove_prefix(digits);
    return value;
  }

  bool take(char c) {
    if (text_.empty() || text_.front() != c) return false;
    text_.remove_prefix(1);
    return true;
  }

  [[nodiscard]] bool at_digit() const {
    return !text_.empty() && text_.front() >= '0' && text_.front() <= '9';
  }
  [[nodiscard]] bool empty() const { return text_.empty(); }
  [[nodiscard]] std::string_view rest() const { return text_; }

 private:
  std::string_view text_;
};

// `+02:00`, `-0330`, `+2` as seconds.
std::optional<int> parse_offset(std::string_view text) {
  Reader in(text);
  const bool minus = in.take('-');
  if (!minus && !in.take('+')) return std::nullopt;
  std::optional<int> hours = in.number(2);
  if (!hours) hours = in.number(1);
  std::optional<int> minutes = 0;
  if (in.take(':') || !in.empty()) minutes = in.number(2);
  if (!hours || !minutes || !in.empty() || *hours > 23 || *minutes > 59) return std::nullopt;
  const int seconds = *hours * 3600 + *minutes * 60;
  return minus ? -seconds : seconds;
}

// A time of day and calendar as it is written, with the unit of its last part.
struct Written {
  cctz::civil_second begin;
  cctz::civil_second end;  // for units of a second and more
  Filetime fraction = 0;   // of a second
  Filetime step = 0;       // the unit below a second; 0 where the unit is none
};

// A fraction's digits; past the seventh they are cut off.
void read_fraction(Reader& in, Written& written) {
  Filetime unit = kSecond;
  while (in.at_digit()) {
    const int digit = *in.number(1);
    if (unit == 1) continue;
    unit /= 10;
    written.fraction += static_cast<Filetime>(digit) * unit;
  }
  written.step = unit;
}

// Reads `hh:mm[:ss[.f…]]`.
bool read_time(Reader& in, cctz::civil_day day, Written& written) {
  const auto hour = in.number(2);
  const bool colon = in.take(':');
  const auto minute = in.number(2);
  if (!hour || !colon || !minute || *hour > 23 || *minute > 59) return false;
  written.begin = cctz::civil_second(day.year(), day.month(), day.day(), *hour, *minute);
  written.end = written.begin + 60;
  if (!in.take(':')) return true;
  const auto second = in.number(2);
  if (!second || *second > 59) return false;
  written.begin += *second;
  written.end = written.begin + 1;
  if (!in.take('.')) return true;
  if (!in.at_digit()) return false;
  read_fraction(in, written);
  return true;
}

std::optional<Written> read(Reader& in) {
  const auto year = in.number(4);
  const bool first = in.take('-');
  const auto month = in.number(2);
  const bool second = in.take('-');
  const auto day = in.number(2);
  if (!year || !first || !month || !second || !day) return std::nullopt;
  const cctz::civil_day date(*year, *month, *day);
  // cctz makes 1 March of 29 February where there is none.
  if (date.month() != *month || date.day() != *day) return std::nullopt;
  Written written{cctz::civil_second(date), cctz::civil_second(date + 1)};
  if (in.take('T') || in.take('t') || in.take(' ')) {
    if (!read_time(in, date, written)) return std::nullopt;
  }
  return written;
}

}  // namespace

struct TimeZone::Zone {
  cctz::time_zone zone;
};

TimeZone::TimeZone(std::string name, std::shared_ptr<const Zone> zone)
    : name_(std::move(name)), zone_(std::move(zone)) {}

TimeZone TimeZone::utc() {
  return {"UTC", std::make_shared<const Zone>(Zone{cctz::utc_time_zone()})};
}

std::optional<TimeZone> TimeZone::named(std::string_view name) {
  if (name == "UTC" || name == "Z") return utc();
  if (const auto offset = parse_offset(name)) {
    return TimeZone(std::string(name), std::make_shared<const Zone>(
                                           Zone{cctz::fixed_time_zone(cctz::seconds(*offset))}));
  }
  // A name, not a path: nothing else is to be read as a zone's file.
  const bool plain =
      !name.empty() && name.front() != '/' && std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '_' || c == '/' || c == '-' || c == '+';
      });
  Zone zone;
  if (!plain || !cctz::load_time_zone(std::string(name), &zone.zone)) return std::nullopt;
  return TimeZone(std::string(name), std::make_shared<const Zone>(zone));
}

std::string TimeZone::iso8601(Filetime time) const {
  const auto local = zone_->zone.lookup(seconds_of(time));
  const cctz::civil_second& at = local.cs;
  std::string out = fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:07}", at.year(), at.month(),
                                at.day(), at.hour(), at.minute(), at.second(), time % kSecond);
  if (name_ == "UTC") return out + 'Z';
  const int seconds = std::abs(local.offset);
  out +=
      fmt::format("{}{:02}:{:02}", local.offset < 0 ? '-' : '+', seconds / 3600, seconds / 60 % 60);
  // Local mean times of the 19th century.
  if (seconds % 60 != 0) out += fmt::format(":{:02}", seconds % 60);
  return out;
}

std::optional<TimeSpan> TimeZone::span(std::string_view text) const {
  Reader in(text);
  const auto written = read(in);
  if (!written) return std::nullopt;
  cctz::time_zone zone = zone_->zone;
  if (!in.empty()) {
    const auto offset = in.rest() == "Z" || in.rest() == "z" ? 0 : parse_offset(in.rest());
    if (!offset) return std::nullopt;
    zone = cctz::fixed_time_zone(cctz::seconds(*offset));
  }
  using Lookup = cctz::time_zone::civil_lookup;
  const Lookup begin = zone.lookup(written->begin);
  const Lookup end = zone.lookup(written->end);
  const Seconds first = begin.kind == Lookup::SKIPPED ? begin.trans : begin.pre;
  if (written->step == 0) {
    const Seconds last = end.kind == Lookup::SKIPPED ? end.trans : end.post;
    return TimeSpan{filetime_of(first, 0), filetime_of(last, 0)};
  }
  const Seconds again = begin.kind == Lookup::SKIPPED ? begin.trans : begin.post;
  return TimeSpan{filetime_of(first, written->fraction),
                  filetime_of(again, written->fraction + written->step)};
}

}  // namespace evtxhound
