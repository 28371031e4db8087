// YAML documents -> parse trees of rules.
#pragma once

#include <vector>

#include "evtxhound/rules/parse_tree.hpp"
#include "evtxhound/rules/yaml.hpp"

namespace evtxhound::rules {

// Whether a document is meant as a rule: it has one of the keys that only rules have.
bool looks_like_rule(const YamlNode& document);

// Throws RuleFault where the document's form is not that of a rule. Optional parts of a wrong form
// become doubts and are left out.
ParsedRule parse_rule(const YamlNode& document, std::vector<Doubt>& doubts);

}  // namespace evtxhound::rules
