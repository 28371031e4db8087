// The texts of rules: wildcards, their escapes, and placeholders.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "evtxhound/rules/fault.hpp"
#include "evtxhound/rules/placeholders.hpp"
#include "evtxhound/rules/rule.hpp"

namespace evtxhound::rules {

using Pieces = std::vector<Piece>;

// `*` and `?` are wildcards; `\*`, `\?` and `\\` are the character behind the backslash, and any
// other backslash is itself. Neighbouring texts are one piece, neighbouring `*` are one, too.
Pieces parse_text(std::string_view text);

// The same where `expand` is among the modifiers: `%name%` is a placeholder, `\%` a percent sign.
// One result for each combination of the placeholders' values. Throws RuleFault where a placeholder
// has no values, or there are too many combinations.
std::vector<Pieces> expand_text(Place place, std::string_view text,
                                const Placeholders& placeholders, std::vector<Doubt>& doubts);

// KIND where the whole text is `%indicators.KIND%`.
std::optional<std::string_view> indicator_placeholder(std::string_view text);

// About the memory that pieces take, in bytes.
std::size_t weight_of(const Pieces& pieces);

// Throws RuleFault where so many variants of these would go beyond a limit; `what` makes them.
void check_variants(Place place, const std::vector<Pieces>& variants, std::size_t times,
                    std::string_view what);

// Joins neighbouring texts and neighbouring `*`; drops empty texts.
Pieces joined(const Pieces& pieces);

bool has_wildcard(const Pieces& pieces);

}  // namespace evtxhound::rules
