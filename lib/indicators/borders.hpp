// What stands beside a place in a text: the questions that all confirmation rules ask.
// All functions are pure and thread-safe; texts are valid UTF-8.
#pragma once

#include <cstddef>
#include <string_view>

#include "evtxhound/base/text.hpp"

namespace evtxhound::indicators {

// A part of a text, in bytes.
struct Range {
  std::size_t begin = 0;
  std::size_t end = 0;
  friend bool operator==(const Range&, const Range&) = default;
};

// The character that ends before `at`, or starts at `at`; its size is 0 where the text has none.
// A percent-escape (`%2F`, also escaped twice, `%252F`) is the character it stands for: host names
// and file names travel in URLs, and the digits of an escape are no part of a name.
// REQUIRES: at <= text.size(), at a character's border
CodePoint char_before(std::string_view text, std::size_t at);
CodePoint char_after(std::string_view text, std::size_t at);

// Whether the character can stand in a label of a host name: letters and digits of any script,
// `-`, and `_` as service labels have it.
bool is_label(char32_t c);

bool is_separator(char32_t c);  // of a path: `\` or `/`
bool is_space(char32_t c);      // ASCII white space

// Whether a name goes on at `at` with a letter, digit, `-`, `_`, or with a `.` that one of these
// follows: `icon1.ico` goes on in `icon1.ico.bak`, and does not at the end of a sentence.
bool name_goes_on(std::string_view text, std::size_t at);

// Whether a letter or digit of any script stands before or at the place.
bool alphanumeric_before(std::string_view text, std::size_t at);
bool alphanumeric_after(std::string_view text, std::size_t at);

}  // namespace evtxhound::indicators
