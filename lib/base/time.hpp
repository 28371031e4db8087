// Points in time as Windows counts them (FILETIME) and as the case file writes them.
// All functions are pure and thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace evtxhound {

// 100-nanosecond steps since 1601-01-01T00:00:00Z (MS-DTYP 2.3.3).
using Filetime = std::uint64_t;

// ISO 8601 in UTC with seven fractional digits, `2023-03-29T15:04:05.1234567Z`. Every value of 64
// bits has one: past the year 9999 the year takes five digits.
std::string to_iso8601(Filetime time);

// Reads `YYYY-MM-DDThh:mm:ss[.f…][Z]` (T may be a space); fractional digits past the seventh are
// cut off. Empty where the text is not of this form or names no day of the calendar.
std::optional<Filetime> parse_iso8601(std::string_view text);

// The clock now.
Filetime filetime_now();

}  // namespace evtxhound
