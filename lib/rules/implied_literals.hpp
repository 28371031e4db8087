// What must stand in an event's text for a rule to fire: to look for it before events are read.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "evtxhound/indicators/indicator.hpp"
#include "evtxhound/rules/rule.hpp"

namespace evtxhound::rules {

// One of all these.
struct ImpliedLiterals {
  // Printable ASCII in lower case, four characters or more. In order, each once.
  std::vector<std::string> literals;
  // An indicator of one of these kinds was found: whoever looks for indicators finds it.
  std::vector<indicators::Kind> kinds;
};

// Wherever the rule fires on an event, one of the literals stands, in some case, in one of the
// event's values (data or System), or an indicator of one of the kinds was found in it. Absent
// where nothing such is known: the rule asks only for numbers, for what is not there, and so on.
// With no literal and no kind the rule never fires, since its log source is not mapped.
//
// Why that is so. An atom of a text is true only where all its pieces stand in a value; of an
// expression, where its mandatory text does. Where the value is made of others (Reading), only a
// part of the text that these must have counts. An `and` is true only where each of its branches
// is, so one branch's literals will do, the longest and rarest; an `or` needs those of each; a
// `not` needs none. Nothing is taken that a log can hold otherwise than as text: numbers, SIDs,
// GUIDs, times, hexadecimal, `true` and `false`.
std::optional<ImpliedLiterals> implied_literals(const Rule& rule);

}  // namespace evtxhound::rules
