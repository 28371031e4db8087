// Parse trees -> checked rules.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "evtxhound/rules/parse_tree.hpp"
#include "evtxhound/rules/placeholders.hpp"
#include "evtxhound/rules/rule.hpp"

namespace evtxhound::rules {

// All three throw RuleFault where the rule breaks the specification in what decides its meaning, or
// needs what is not supported. What is only unusual or not in good form becomes a doubt.

// What the rule says of itself; `path` becomes a part of it.
RuleHead check_head(const ParsedHead& head, const std::string& path, std::vector<Doubt>& doubts);

// REQUIRES: the rule's body is a detection
Rule check_rule(const ParsedRule& parsed, const std::string& path, const Placeholders& placeholders,
                std::vector<Doubt>& doubts);

// Whether the rules that it refers to exist is for the caller to find out.
// REQUIRES: the rule's body is a correlation
Correlation check_correlation(const ParsedRule& parsed, const std::string& path,
                              std::vector<Doubt>& doubts);

}  // namespace evtxhound::rules
