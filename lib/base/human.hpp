// Numbers as a person reads them. All functions are pure and thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace evtxhound {

// "1.4 MiB", "312 B".
std::string human_size(std::uint64_t bytes);

// "1,234,567".
std::string grouped(std::uint64_t number);

// "1 hit", "2 hits".
std::string counted(std::uint64_t number, std::string_view singular, std::string_view plural);

// "0:07", "1:02:03".
std::string human_duration(double seconds);

}  // namespace evtxhound
