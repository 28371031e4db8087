// The windows that a LiteralTable finds its literals by.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace evtxhound::match {

// How much of the text around a dot a window takes.
struct DotShape {
  std::size_t before = 0;  // bytes, at most 8
  std::size_t behind = 0;  // likewise, at most 4
};
// The more bytes, the fewer literals share a window; the fewer, the more literals have one.
inline constexpr std::array kDotShapes = {DotShape{8, 2}, DotShape{4, 3}, DotShape{3, 2}};

// A word is looked up at every third place of the text only, so it has windows at three places in a
// row: wherever it stands, one of them begins at such a place.
inline constexpr std::size_t kWordSize = 6;  // bytes of a word's window
inline constexpr std::size_t kWordStride = 3;
inline constexpr std::size_t kShortestWord = kWordSize + kWordStride - 1;

inline constexpr std::size_t kTailDigits = 16;    // of the digits' window
inline constexpr std::size_t kFewestDigits = 32;  // of a literal that has one

// Windows by the number of their kind, so that one of a kind never passes for one of another.
inline constexpr std::uint64_t kDigitsKind = kDotShapes.size();
inline constexpr std::uint64_t kWordKind = kDotShapes.size() + 1;

// Cheap, since it is done for each place of the evidence: the high half of a product depends on all
// bits, and the low half is mixed with it.
inline std::uint64_t mix(std::uint64_t h) { return h ^ h >> 32U; }

template <class T>
T load_at(const char* at) {
  T value;
  std::memcpy(&value, at, sizeof value);
  return value;
}

// The window of shape `kind` around the dot at `dot`. REQUIRES: 8 readable bytes before the dot and
// 4 behind it
inline std::uint64_t dot_window(const char* dot, std::uint64_t kind) {
  const DotShape shape = kDotShapes[kind];
  const std::uint64_t before = load_at<std::uint64_t>(dot - 8) >> (64 - 8 * shape.before);
  const std::uint64_t behind =
      load_at<std::uint32_t>(dot + 1) & ((std::uint64_t{1} << (8 * shape.behind)) - 1);
  return mix(before * 0x9e3779b97f4a7c15U ^ (behind + (kind << 32U)) * 0xc2b2ae3d27d4eb4fU);
}

// REQUIRES: 8 readable bytes
inline std::uint64_t word_window(const char* word) {
  constexpr std::uint64_t kMask = (std::uint64_t{1} << (8 * kWordSize)) - 1;
  return mix((load_at<std::uint64_t>(word) & kMask) * 0x9e3779b97f4a7c15U + kWordKind);
}

// `tail` holds the last 16 digits, four bits each.
inline std::uint64_t digits_window(std::uint64_t tail) {
  return mix(tail * 0xbf58476d1ce4e5b9U + kDigitsKind);
}

// The value of a lower-case hexadecimal digit. REQUIRES: it is one
inline std::uint64_t digit_value(char c) {
  // 0x30 to 0x39, and 0x61 to 0x66, whose bit 6 makes up for what lies between.
  const auto byte = static_cast<std::uint64_t>(c);
  return (byte & 0xFU) + 9 * (byte >> 6U);
}

}  // namespace evtxhound::match
