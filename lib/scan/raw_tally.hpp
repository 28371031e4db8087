// Bounds what a raw piece of evidence gives of one indicator: a name that stands on each page of a
// disk must not drown the case, nor the others.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

#include "evtxhound/base/problem.hpp"
#include "evtxhound/indicators/indicator_set.hpp"
#include "evtxhound/scan/chunk_rows.hpp"

namespace evtxhound::scan {

// So many places of an indicator outside of records are listed of a piece of evidence: the first.
inline constexpr std::uint64_t kMostListed = 10'000;

// Of one piece of evidence. Not thread-safe.
class RawTally {
 public:
  // Takes from an event those hits that are too many; returns whether any is left. To be called in
  // the order of the evidence.
  bool admit(StoredEvent& stored);

  // Counts places that whoever found them has left out.
  void add(const std::map<std::size_t, std::uint64_t>& left_out);

  // What was left out: one problem (kLimit) for each indicator, in their order.
  [[nodiscard]] std::vector<Problem> problems(const indicators::IndicatorSet& set) const;

 private:
  struct Count {
    std::uint64_t listed = 0;
    std::uint64_t left_out = 0;
  };
  std::map<std::size_t, Count> counts_;  // by indicator
};

}  // namespace evtxhound::scan
