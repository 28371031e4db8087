// Three bytes of each signature are compared at once for as many places as a vector has bytes; what
// is left is compared whole. Stars in text and zeros alone end there: what passes is rare.
#include "evtxhound/base/simd_targets.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "evtxhound/evtx/carve/signatures.cpp"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"

#include <array>
#include <bit>
#include <cstring>

#include "evtxhound/evtx/carve/signatures.hpp"
#include "evtxhound/evtx/format.hpp"

#ifndef EVTXHOUND_EVTX_CARVE_SIGNATURES_ONCE
#define EVTXHOUND_EVTX_CARVE_SIGNATURES_ONCE
namespace evtxhound::evtx {

inline bool is_signature(Bytes bytes, std::size_t at) {
  if (!holds(bytes, at, sizeof kRecordSignature)) return false;
  return load<std::uint32_t>(bytes, at) == kRecordSignature ||
         stands_at(bytes, at, kChunkSignature);
}

}  // namespace evtxhound::evtx
#endif

HWY_BEFORE_NAMESPACE();
namespace evtxhound::evtx::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// Where a signature's first three bytes stand, from each byte of a vector on.
template <class D>
auto begins(D d, const std::uint8_t* from) {
  const auto first = hn::LoadU(d, from);
  const auto second = hn::LoadU(d, from + 1);
  const auto third = hn::LoadU(d, from + 2);
  const auto star = hn::Set(d, '*');
  const auto record =
      hn::And(hn::And(hn::Eq(first, star), hn::Eq(second, star)), hn::Eq(third, hn::Zero(d)));
  const auto chunk =
      hn::And(hn::And(hn::Eq(first, hn::Set(d, 'E')), hn::Eq(second, hn::Set(d, 'l'))),
              hn::Eq(third, hn::Set(d, 'f')));
  return hn::Or(record, chunk);
}

void find(Bytes bytes, std::size_t end, std::vector<std::uint32_t>& found) {
  const hn::CappedTag<std::uint8_t, 64> d;
  const std::size_t step = hn::Lanes(d);
  std::size_t at = 0;
  for (; at + step <= end && at + step + 2 <= bytes.size(); at += step) {
    const auto mask = begins(d, bytes.data() + at);
    if (hn::AllFalse(d, mask)) continue;
    std::array<std::uint8_t, 16> stored{};
    hn::StoreMaskBits(d, mask, stored.data());
    std::uint64_t bits = 0;
    std::memcpy(&bits, stored.data(), sizeof bits);
    for (; bits != 0; bits &= bits - 1) {
      const std::size_t place = at + static_cast<std::size_t>(std::countr_zero(bits));
      if (is_signature(bytes, place)) found.push_back(static_cast<std::uint32_t>(place));
    }
  }
  for (; at < end; ++at) {
    if (is_signature(bytes, at)) found.push_back(static_cast<std::uint32_t>(at));
  }
}

}  // namespace evtxhound::evtx::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include "evtxhound/base/simd_dispatch.hpp"

namespace evtxhound::evtx {

void find_signatures(Bytes bytes, std::size_t end, std::vector<std::uint32_t>& found) {
  EVTXHOUND_DISPATCH(find)(bytes, end, found);
}

}  // namespace evtxhound::evtx
#endif
