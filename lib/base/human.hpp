// Numbers as a person reads them. All functions are pure and thread-safe.
#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

namespace evtxhound {

// "1.4 MiB", "312 B".
std::string human_size(std::uint64_t bytes);

// "1,234,567", from digits with or without a sign.
std::string grouped_digits(std::string digits);

// "1,234,567".
template <std::integral Number>
std::string grouped(Number number) {
  return grouped_digits(std::to_string(number));
}

// "1 hit", "2 hits".
template <std::integral Number>
std::string counted(Number number, std::string_view singular, std::string_view plural) {
  return grouped(number).append(" ").append(number == 1 ? singular : plural);
}

// "0:07", "1:02:03".
std::string human_duration(double seconds);

}  // namespace evtxhound
