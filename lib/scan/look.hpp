// What a scan looks for in raw bytes before it reads events: the indicators, and what rules imply.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "evtxhound/indicators/indicator_set.hpp"
#include "evtxhound/rules/compiled_rules.hpp"

namespace evtxhound::scan {

// Immutable, so that all threads can share one. REQUIRES: indicators and rules outlive it.
class Look {
 public:
  // `rules` may be null.
  Look(const indicators::IndicatorSet& set, const rules::CompiledRules* rules);

  // The sets to be looked for, by a Matcher each: whatever has a hit, or fulfils a rule, is seen by
  // one of them, but for what their blind_spots() say. What else they see is only worth reading.
  [[nodiscard]] std::span<const indicators::IndicatorSet* const> sets() const { return sets_; }

  // Whether there are rules that have no texts to look for: then events of some kinds have to be
  // read whatever stands in them (RuleScanner::must_read()).
  [[nodiscard]] bool by_kind() const { return by_kind_; }

  // Whether one of the sets sees nothing that way.
  [[nodiscard]] bool blind_everywhere() const;

 private:
  std::unique_ptr<const indicators::IndicatorSet> made_;
  std::vector<const indicators::IndicatorSet*> sets_;
  bool by_kind_ = false;
};

}  // namespace evtxhound::scan
