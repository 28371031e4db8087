// Every two-digit number, "00" to "99", one behind the other: half the divisions when writing
// numbers.
#pragma once

#include <array>
#include <cstddef>

namespace evtxhound {

inline constexpr auto kDigitPairs = [] {
  std::array<char, 200> pairs{};
  for (std::size_t i = 0; i < 100; ++i) {
    pairs[2 * i] = static_cast<char>('0' + i / 10);
    pairs[2 * i + 1] = static_cast<char>('0' + i % 10);
  }
  return pairs;
}();

}  // namespace evtxhound
