// What rules are to each other: ids and names that are there once, correlations and what they
// refer to.
#pragma once

#include <variant>
#include <vector>

#include "evtxhound/rules/load.hpp"

namespace evtxhound::rules {

// A rule or correlation that has been read, in the order of all.
struct ReadRule {
  std::variant<Rule, Correlation> rule;
  std::size_t column = 1;
  std::vector<RuleNote> warnings;

  [[nodiscard]] const RuleHead& head() const;
};

// Sorts rules into those that can be used, with their warnings, and those that are refused because
// of what others are. Takes time in proportion to the number of rules and references.
void link_rules(std::vector<ReadRule> read, LoadedRules& loaded);

}  // namespace evtxhound::rules
