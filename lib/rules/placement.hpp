// Rules on their way into a program: each rule once for each kind of events that it applies to.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "evtxhound/rules/decision.hpp"
#include "evtxhound/rules/event_class.hpp"
#include "evtxhound/rules/log_source.hpp"
#include "evtxhound/rules/rule.hpp"

namespace evtxhound::rules {

struct Placement {
  std::uint32_t index = 0;  // the rule's, in what is compiled
  Rule rule;                // with what the kind requires as part of its formula
  EventKind kind;
  std::vector<std::uint32_t> code_atoms;  // the rule's atoms on EventID
};

// REQUIRES: Decision::fault(rule) is empty
Placement place(std::uint32_t index, const Rule& rule, const EventKind& kind);

// The event ids that the placement tells from others: those of its kind, and those that its rule
// compares EventID with.
std::vector<std::uint32_t> codes_of(const Placement& placement);

// What an event id says about each atom of a placement. Absent: an id that codes_of() no placement
// of the channel has, or no id at all.
std::vector<Fixed> fixed_by_code(const Placement& placement, std::optional<std::uint32_t> code);

// The value of the formula as far as `atoms` decide it.
Fixed fixed_formula(const Rule& rule, const std::vector<Fixed>& atoms);

// A placement in a class, with what the class's event id decides.
struct Placed {
  std::uint32_t placement = 0;  // an index
  std::vector<Fixed> atoms;
  friend auto operator<=>(const Placed&, const Placed&) = default;
};

// Every class of events that placements tell apart, with those that apply to it: for all other
// events none applies. Placements that can never be true in a class are left out of it.
std::map<ClassKey, std::vector<Placed>> classify(const std::vector<Placement>& placements);

}  // namespace evtxhound::rules
