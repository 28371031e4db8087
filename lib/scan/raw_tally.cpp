#include "evtxhound/scan/raw_tally.hpp"

#include <fmt/format.h>

#include "evtxhound/base/human.hpp"

namespace evtxhound::scan {

bool RawTally::admit(StoredEvent& stored) {
  std::erase_if(stored.hits, [this](const casefile::HitRow& hit) {
    Count& count = counts_[static_cast<std::size_t>(hit.indicator)];
    const bool too_many = count.listed >= kMostListed;
    ++(too_many ? count.left_out : count.listed);
    return too_many;
  });
  return !stored.hits.empty();
}

void RawTally::add(const std::map<std::size_t, std::uint64_t>& left_out) {
  for (const auto& [indicator, count] : left_out) counts_[indicator].left_out += count;
}

std::vector<Problem> RawTally::problems(const indicators::IndicatorSet& set) const {
  std::vector<Problem> problems;
  for (const auto& [number, count] : counts_) {
    if (count.left_out == 0) continue;
    const indicators::Indicator indicator = set.indicator(number);
    problems.push_back(
        {ProblemKind::kLimit, std::nullopt,
         fmt::format("{} \"{}\" stands outside of records {} times: the first {} are hits, the "
                     "other {} are only counted",
                     to_string(indicator.kind), indicator.value,
                     grouped(static_cast<std::int64_t>(count.listed + count.left_out)),
                     grouped(static_cast<std::int64_t>(count.listed)),
                     grouped(static_cast<std::int64_t>(count.left_out)))});
  }
  return problems;
}

}  // namespace evtxhound::scan
