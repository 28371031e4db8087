// What an expression is looked for by: a plain text that stands in each of its matches.
// All functions are pure and thread-safe.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace evtxhound::indicators {

inline constexpr std::size_t kShortestLiteral = 4;

// The longest run of ASCII characters, kShortestLiteral or more of them, that every match of the
// expression contains, in some case; absent where there is none, and where the expression has what
// this careful reader does not follow (`|` outside of groups, comments, `(?x)`, rare escapes). What
// stands within groups and classes, and what a quantifier makes optional, is never part of it.
std::optional<std::string> mandatory_literal(std::string_view expression);

// The expression with empty groups where it asks for the ends of the text: `^`, `$`, `\A`, `\z`,
// `\Z`. It matches wherever the expression does in a part of a larger text.
// REQUIRES: the expression has no `\Q`
std::string without_ends(std::string_view expression);

// Whether `\Q` stands in it.
bool has_quoting(std::string_view expression);

}  // namespace evtxhound::indicators
