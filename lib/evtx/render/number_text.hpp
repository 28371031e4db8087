// Numbers, binary and times as text. Each function writes to `out`, which has room for what it
// writes, and returns the place behind it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "evtxhound/base/bytes.hpp"
#include "evtxhound/base/digits.hpp"

namespace evtxhound::evtx {

// How many decimal digits a number has.
inline std::size_t digits_of(std::uint64_t number) {
  std::size_t digits = 1;
  for (; number >= 10'000; number /= 10'000) digits += 4;
  return digits + (number >= 10 ? 1U : 0U) + (number >= 100 ? 1U : 0U) + (number >= 1000 ? 1U : 0U);
}

// At most 20 characters.
inline char* write_decimal(std::uint64_t number, char* out) {
  char* const end = out + digits_of(number);
  char* at = end;
  for (; number >= 100; number /= 100) {
    at -= 2;
    std::memcpy(at, &kDigitPairs[2 * (number % 100)], 2);
  }
  if (number >= 10) {
    std::memcpy(out, &kDigitPairs[2 * number], 2);
  } else {
    *out = static_cast<char>('0' + number);
  }
  return end;
}

inline char* write_signed(std::int64_t number, char* out) {
  if (number >= 0) return write_decimal(static_cast<std::uint64_t>(number), out);
  *out = '-';
  return write_decimal(-static_cast<std::uint64_t>(number), out + 1);
}

// `0x` and lower-case digits without padding.
char* write_hex(std::uint64_t number, char* out);

// Two upper-case digits for each byte.
char* write_binary(Bytes bytes, char* out);

// At most 32 characters.
char* write_float(float number, char* out);
char* write_double(double number, char* out);

// Braces, digits in lower case and dashes. REQUIRES: guid.size() == 16
inline constexpr std::size_t kGuidTextSize = 38;
char* write_guid(Bytes guid, char* out);

// At most three characters for each byte. A SID that is cut is written as far as it goes.
char* write_sid(Bytes sid, char* out);

// REQUIRES: time.size() == 16
char* write_systemtime(Bytes time, char* out);

}  // namespace evtxhound::evtx
