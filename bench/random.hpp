// Numbers that look random and are the same on every machine, which those of <random>'s
// distributions need not be.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace evtxhound::bench {

// SplitMix64 (Steele, Lea, Flood 2014). Not thread-safe.
class Random {
 public:
  // Equal arguments give equal numbers. Different streams of a seed have nothing in common.
  explicit Random(std::uint64_t seed, std::uint64_t stream = 0)
      : state_(mix(mix(seed) + stream * kStep)) {}

  std::uint64_t next() { return mix(state_ += kStep); }

  // From 0 to `end` - 1. REQUIRES: 0 < end
  std::uint32_t below(std::uint32_t end) {
    return static_cast<std::uint32_t>((next() >> 32U) * end >> 32U);
  }

  // From `first` to `last`, both included. REQUIRES: first <= last
  std::uint32_t between(std::uint32_t first, std::uint32_t last) {
    return first + below(last - first + 1);
  }

  // One of so many in a hundred.
  bool chance(std::uint32_t percent) { return below(100) < percent; }

  // One of several. REQUIRES: there is one
  template <class Items>
  const auto& one_of(const Items& items) {
    return items[below(static_cast<std::uint32_t>(items.size()))];
  }

  // A text of characters of `alphabet`.
  std::string text(std::size_t size, std::string_view alphabet) {
    std::string out;
    for (std::size_t i = 0; i < size; ++i) out += one_of(alphabet);
    return out;
  }

 private:
  static constexpr std::uint64_t kStep = 0x9e3779b97f4a7c15U;

  static std::uint64_t mix(std::uint64_t z) {
    z = (z ^ z >> 30U) * 0xbf58476d1ce4e5b9U;
    z = (z ^ z >> 27U) * 0x94d049bb133111ebU;
    return z ^ z >> 31U;
  }

  std::uint64_t state_;
};

}  // namespace evtxhound::bench
