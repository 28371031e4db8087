#include "evtxhound/base/simd_targets.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "evtxhound/match/simd_text.cpp"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"

#include <array>
#include <bit>
#include <cstring>

#include "evtxhound/match/simd_text.hpp"

#ifndef EVTXHOUND_MATCH_SIMD_TEXT_ONCE
#define EVTXHOUND_MATCH_SIMD_TEXT_ONCE
namespace evtxhound::match {

inline constexpr std::size_t kBlock = 64;

// For each set of bytes among eight, their numbers one after the other: a shuffle that closes the
// gaps.
inline constexpr auto kClosingShuffles = [] {
  std::array<std::array<std::uint8_t, 8>, 256> table{};
  for (std::size_t set = 0; set < table.size(); ++set) {
    std::size_t count = 0;
    for (std::uint8_t i = 0; i < 8; ++i) {
      if ((set >> i & 1U) != 0) table[set][count++] = i;
    }
  }
  return table;
}();

}  // namespace evtxhound::match
#endif

HWY_BEFORE_NAMESPACE();
namespace evtxhound::match::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// Where low <= v <= high.
template <class D, class V>
auto between(D d, V v, std::uint8_t low, std::uint8_t high) {
  const auto above = hn::Sub(v, hn::Set(d, low));
  return hn::Eq(hn::Min(above, hn::Set(d, static_cast<std::uint8_t>(high - low))), above);
}

template <class D, class V>
V to_lower(D d, V v) {
  const auto upper = between(d, v, 'A', 'Z');
  return hn::Or(v, hn::IfThenElseZero(upper, hn::Set(d, 0x20)));
}

// Without vectors a byte is looked at after the other.
#if HWY_TARGET == HWY_SCALAR
constexpr bool kOneByOne = true;
#else
constexpr bool kOneByOne = false;
#endif

// One vector's bytes that are not zero, in lower case.
template <class D>
std::uint8_t* strip_vector(D d, const std::uint8_t* from, std::uint8_t* to) {
  if constexpr (kOneByOne) {
    hn::StoreU(to_lower(d, hn::LoadU(d, from)), d, to);
    return to + (*from != 0 ? 1 : 0);
  }
  const auto raw = hn::LoadU(d, from);
  const auto kept = hn::Ne(raw, hn::Zero(d));
#if HWY_TARGET == HWY_AVX3_DL
  return to + hn::CompressBlendedStore(to_lower(d, raw), kept, d, to);
#else
  alignas(64) std::array<std::uint8_t, hn::MaxLanes(D())> bytes{};
  hn::Store(to_lower(d, raw), d, bytes.data());
  std::array<std::uint8_t, 16> bits{};
  hn::StoreMaskBits(d, kept, bits.data());
  const hn::CappedTag<std::uint8_t, 8> eight;
  for (std::size_t i = 0; i < hn::Lanes(d); i += 8) {
    const std::uint8_t set = bits[i / 8];
    const auto order = hn::LoadU(eight, kClosingShuffles[set].data());
    hn::StoreU(hn::TableLookupBytes(hn::LoadU(eight, bytes.data() + i), order), eight, to);
    to += std::popcount(set);
  }
  return to;
#endif
}

std::uint8_t* strip(const std::uint8_t* from, std::size_t size, std::uint8_t* to,
                    std::uint32_t* starts) {
  const hn::CappedTag<std::uint8_t, kBlock> d;
  const std::uint8_t* const begin = to;
  const std::size_t whole = size / kBlock * kBlock;
  for (std::size_t at = 0; at < whole; at += kBlock) {
    *starts++ = static_cast<std::uint32_t>(to - begin);
    for (std::size_t i = 0; i < kBlock; i += hn::Lanes(d)) to = strip_vector(d, from + at + i, to);
  }
  if (whole == size) return to;
  *starts = static_cast<std::uint32_t>(to - begin);
  std::array<std::uint8_t, kBlock> last{};
  std::memcpy(last.data(), from + whole, size - whole);
  for (std::size_t i = 0; i < kBlock; i += hn::Lanes(d)) to = strip_vector(d, last.data() + i, to);
  return to;
}

void lower(const std::uint8_t* from, std::size_t size, std::uint8_t* to) {
  const hn::ScalableTag<std::uint8_t> d;
  std::size_t at = 0;
  for (; at + hn::Lanes(d) <= size; at += hn::Lanes(d)) {
    hn::StoreU(to_lower(d, hn::LoadU(d, from + at)), d, to + at);
  }
  for (; at < size; ++at) {
    const std::uint8_t c = from[at];
    to[at] = c >= 'A' && c <= 'Z' ? static_cast<std::uint8_t>(c | 0x20U) : c;
  }
}

// 64 bits, packed, or each in a byte of its own.
HWY_INLINE std::uint64_t gather_bits(const std::uint8_t* bits) {
  std::uint64_t word = 0;
  if constexpr (!kOneByOne) {
    std::memcpy(&word, bits, sizeof word);
  } else {
    for (std::size_t i = 0; i < kBlock; ++i) word |= std::uint64_t{bits[i] & 1U} << i;
  }
  return word;
}

void find_classes(const std::uint8_t* text, std::size_t size, std::uint64_t* dots,
                  std::uint64_t* digits) {
  const hn::CappedTag<std::uint8_t, kBlock> d;
  for (std::size_t at = 0; at < size; at += kBlock, ++dots, ++digits) {
    std::array<std::uint8_t, kBlock + 8> dot_bits{};
    std::array<std::uint8_t, kBlock + 8> digit_bits{};
    for (std::size_t i = 0; i < kBlock; i += hn::Lanes(d)) {
      const auto v = hn::LoadU(d, text + at + i);
      const auto digit = hn::Or(between(d, v, '0', '9'), between(d, v, 'a', 'f'));
      const std::size_t byte = kOneByOne ? i : i / 8;
      hn::StoreMaskBits(d, hn::Eq(v, hn::Set(d, '.')), dot_bits.data() + byte);
      hn::StoreMaskBits(d, digit, digit_bits.data() + byte);
    }
    *dots = gather_bits(dot_bits.data());
    *digits = gather_bits(digit_bits.data());
    if (size - at >= kBlock) continue;
    const std::uint64_t inside = (std::uint64_t{1} << (size - at)) - 1;
    *dots &= inside;
    *digits &= inside;
  }
}

}  // namespace evtxhound::match::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include "evtxhound/base/simd_dispatch.hpp"

namespace evtxhound::match {

std::uint8_t* strip_zeros(const std::uint8_t* from, std::size_t size, std::uint8_t* to,
                          std::uint32_t* starts) {
  return EVTXHOUND_DISPATCH(strip)(from, size, to, starts);
}

void lower_ascii(const std::uint8_t* from, std::size_t size, std::uint8_t* to) {
  EVTXHOUND_DISPATCH(lower)(from, size, to);
}

void classify(const std::uint8_t* text, std::size_t size, std::uint64_t* dots,
              std::uint64_t* digits) {
  EVTXHOUND_DISPATCH(find_classes)(text, size, dots, digits);
}

}  // namespace evtxhound::match
#endif
