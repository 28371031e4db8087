// Points in time as Windows counts them (FILETIME) and as the case file writes them.
// All functions are pure and thread-safe.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace evtxhound {

// 100-nanosecond steps since 1601-01-01T00:00:00Z (MS-DTYP 2.3.3).
using Filetime = std::uint64_t;

// The length of a time in ISO 8601 with seven fractional digits, `2023-03-29T15:04:05.1234567Z`.
inline constexpr std::size_t kIso8601Size = 28;

// Writes times as ISO 8601 in UTC. Every value of 64 bits has a form, the one that Windows gives
// it: past the year 9999 the year's last four digits, and only zeros past the largest signed value.
//
// Keeps the day it wrote last, since times that follow each other are mostly of one day. Not
// thread-safe.
class Iso8601Writer {
 public:
  // Writes kIso8601Size characters to `out` and returns the place behind them.
  char* write(Filetime time, char* out);

 private:
  std::uint64_t day_ = ~std::uint64_t{0};  // since 1601-01-01
  std::array<char, 12> date_{};            // YYYY-MM-DDT of day_
};

std::string to_iso8601(Filetime time);

// Reads `YYYY-MM-DDThh:mm:ss[.f…][Z]` (T may be a space); fractional digits past the seventh are
// cut off. Empty where the text is not of this form or names no day of the calendar.
std::optional<Filetime> parse_iso8601(std::string_view text);

// The clock now.
Filetime filetime_now();

}  // namespace evtxhound
