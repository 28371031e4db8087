// Text from evidence, made fit for a terminal. All functions are pure and thread-safe.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace evtxhound {

// The text with everything that a terminal would obey rather than show made visible: control
// characters (among them ESC, with which text could repaint the screen) as \x1B, format characters
// (which turn the direction of writing, or hide) and line separators as \u202E, invalid UTF-8 as
// U+FFFD. A backslash stays as it is.
std::string visible(std::string_view text);

// How many columns a terminal gives to a text that visible() made.
std::size_t display_width(std::string_view text);

// The text in exactly `width` columns: filled up with spaces, or cut, with … as its last column.
// REQUIRES: width > 0, text was made by visible()
std::string fit(std::string_view text, std::size_t width);

// The text cut to at most `width` columns. REQUIRES: as fit()
std::string cut(std::string_view text, std::size_t width);

}  // namespace evtxhound
