// The text of a condition -> its tree.
//
//   or        = and { "or" and }
//   and       = not { "and" not }
//   not       = { "not" } operand
//   operand   = "(" or ")" | ( "1" | "any" | "all" ) "of" ( "them" | pattern ) | selection
#pragma once

#include <string>
#include <vector>

#include "evtxhound/rules/parse_tree.hpp"

namespace evtxhound::rules {

struct Condition {
  enum class Kind { kSelection, kOneOf, kAllOf, kNot, kAnd, kOr };
  Kind kind = Kind::kSelection;
  std::string name;  // kSelection: its name; kOneOf, kAllOf: a pattern with `*`, or "them"
  std::vector<Condition> children;
};

// Throws RuleFault where the text is no condition, is too long or nested too deeply, or uses the
// aggregations (`| count() by …`) and `near` of old rules. Operators are read in any case.
Condition parse_condition(const ParsedText& text);

}  // namespace evtxhound::rules
