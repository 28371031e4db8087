// A line of a selection -> its part of the formula.
#pragma once

#include <cstdint>
#include <vector>

#include "evtxhound/rules/formula.hpp"
#include "evtxhound/rules/parse_tree.hpp"
#include "evtxhound/rules/placeholders.hpp"

namespace evtxhound::rules {

// Adds the line to the formula and returns its node. A keyword stands for any text that contains
// it: its atoms have `*` at both ends. Throws RuleFault.
std::uint32_t add_item(const ParsedItem& item, const Placeholders& placeholders, Formula& formula,
                       std::vector<Doubt>& doubts);

}  // namespace evtxhound::rules
