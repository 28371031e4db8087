// The parts of parse_rule(), and what they share. All throw RuleFault.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "evtxhound/rules/parse_tree.hpp"
#include "evtxhound/rules/yaml.hpp"

namespace evtxhound::rules {

// The value of a key, or null. REQUIRES: map is kMap
const YamlEntry* find_entry(const YamlNode& map, std::string_view key);

// A scalar; `what` names it in messages.
ParsedText text_of(const YamlNode& node, std::string_view what);

// The scalars of a list; a scalar is a list of one.
std::vector<ParsedText> texts_of(const YamlNode& node, std::string_view what);

// The scalar of a key; absent where the map has no such key, or null there.
std::optional<ParsedText> optional_text(const YamlNode& map, std::string_view key);

ParsedDetection parse_detection(const YamlEntry& entry);
ParsedCorrelation parse_correlation(const YamlEntry& entry);

}  // namespace evtxhound::rules
