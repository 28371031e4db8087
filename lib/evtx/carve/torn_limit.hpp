// How often the same bytes may be read as values of torn records.
//
// What stands where a torn record would go on has overwritten it, and is looked for. So records
// that are torn may lie within each other, thousands in 64 KiB, each with all of the others in its
// values: bytes made so would ask for a thousand times their size. Those that are left of logs do
// hardly so.
#pragma once

#include <algorithm>
#include <cstdint>

#include "evtxhound/evtx/format.hpp"

namespace evtxhound::evtx {

// Not thread-safe.
class TornLimit {
 public:
  // What torn records that begin in the same 64 KiB may claim that others of them claimed before.
  static constexpr std::uint64_t kMostOverlap = 4 * kChunkSize;

  // Whether the torn record at [begin, end) is still within the limit. REQUIRES: begins are in
  // order
  bool take(std::uint64_t begin, std::uint64_t end) {
    if (begin / kChunkSize != region_) {
      // What others claimed counts within the region only: the same wherever carving began.
      *this = {};
      region_ = begin / kChunkSize;
    }
    const std::uint64_t claimed = std::min(end, claimed_end_);
    const std::uint64_t overlap = claimed - std::min(begin, claimed);
    if (overlap_ + overlap > kMostOverlap) return false;
    overlap_ += overlap;
    claimed_end_ = std::max(claimed_end_, end);
    return true;
  }

 private:
  std::uint64_t region_ = 0;
  std::uint64_t overlap_ = 0;
  std::uint64_t claimed_end_ = 0;
};

}  // namespace evtxhound::evtx
