// The detections of the 3CX story, compiled in.
#pragma once

#include <vector>

#include "evtxhound/rules/load.hpp"

namespace evtxhound::rules {

// The files of indicators/3cx/rules, by the paths `builtin:3cx/NAME.yml`.
std::vector<RuleText> story_rules();

}  // namespace evtxhound::rules
