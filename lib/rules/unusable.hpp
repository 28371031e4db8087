// Rules that were loaded and that a Program cannot use, as notes for the user.
#pragma once

#include <vector>

#include "evtxhound/rules/load.hpp"
#include "evtxhound/rules/program.hpp"

namespace evtxhound::rules {

struct Unusable {
  std::vector<RuleNote> refused;    // an expression that is none, a log source that is not known
  std::vector<RuleNote> elsewhere;  // for events of other systems: nothing is wrong with them
};

// REQUIRES: the program was compiled from set.rules
Unusable unusable_rules(const Program& program, const RuleSet& set);

}  // namespace evtxhound::rules
