// Time zones: points in time as the clock on somebody's wall shows them, and back.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "evtxhound/base/time.hpp"

namespace evtxhound {

// From `begin` up to, and without, `end`. An end of kNoEnd lies behind the year 9999.
struct TimeSpan {
  Filetime begin = 0;
  Filetime end = 0;
  friend bool operator==(const TimeSpan&, const TimeSpan&) = default;
};
inline constexpr Filetime kNoEnd = ~Filetime{0};

// A time zone with its summer times. Immutable, cheap to copy, thread-safe.
class TimeZone {
 public:
  static TimeZone utc();

  // `UTC` or `Z`, a name of the IANA database (`Europe/Berlin`; from the system's zoneinfo files),
  // or a fixed offset (`+02:00`, `-0330`, `+2`). Empty where there is no such zone.
  static std::optional<TimeZone> named(std::string_view name);

  // As given to named(); "UTC" of utc().
  [[nodiscard]] const std::string& name() const { return name_; }

  // With seven fractional digits: `2023-03-29T17:04:05.1234567+02:00`, or with Z in UTC.
  // REQUIRES: time is before the year 10000
  [[nodiscard]] std::string iso8601(Filetime time) const;

  // What a text means on this zone's clocks: `2023-03-29` the whole day, `2023-03-29T10:05` the
  // whole minute, `2023-03-29 10:05:00` the second, a fraction the step of its last digit. A Z or
  // an offset behind the time (`+02:00`) takes the place of this zone. Where clocks are set back
  // and a time comes twice, the span holds both; where they skip a time, it is as short as can be.
  // Empty where the text is not of this form or names no day of the calendar.
  [[nodiscard]] std::optional<TimeSpan> span(std::string_view text) const;

 private:
  struct Zone;
  TimeZone(std::string name, std::shared_ptr<const Zone> zone);

  std::string name_;
  std::shared_ptr<const Zone> zone_;
};

}  // namespace evtxhound
