// Rules evaluated the slow and obvious way, to hold the fast one against: each rule by itself, each
// atom on each value, no scan.
#pragma once

#include "evtxhound/rules/rule.hpp"
#include "evtxhound/rules/rule_event.hpp"

namespace evtxhound::rules {

bool naive_fires(const Rule& rule, const RuleEvent& event);

// Whether `text` with wildcards is the value, by trying all ways.
bool naive_matches(const std::vector<Piece>& pieces, bool cased, std::string_view value);

}  // namespace evtxhound::rules
