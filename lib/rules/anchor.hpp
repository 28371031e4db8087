// The plain text that an atom is looked for by.
//
// The values of an event are scanned as one text, a NUL before, between and behind them. There a
// text at the beginning or the end of a value is a plain text with a NUL. Which value it is in, and
// so which field, the place of the match says.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "evtxhound/rules/rule.hpp"

namespace evtxhound::rules {

struct Anchor {
  std::string text;       // without borders; lower case where it is ASCII, not empty
  bool at_begin = false;  // it begins the value
  bool at_end = false;    // it ends the value
  bool decides = false;   // where it stands, the atom is true; else that is still to be decided

  // What is scanned for. A text that has a NUL itself can have the same as another with a border.
  [[nodiscard]] std::string bordered() const;
  // About how often events have it, for comparing: 1 is hardly ever.
  [[nodiscard]] std::uint32_t commonness() const;
};

// So many bytes with borders are worth scanning for; what is shorter is everywhere.
inline constexpr std::size_t kShortestAnchor = 4;

// Of characters that are ASCII or have no other case: such texts Hyperscan looks for as they are,
// others it makes machines of, which are slow to compile and to run.
//
// A text that stands, in any case, in each value that fulfils the atom; absent where there is none
// that is long enough, or where the atom does not look at values.
std::optional<Anchor> anchor_of(const Atom& atom);

}  // namespace evtxhound::rules
