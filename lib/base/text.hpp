// Text in the encodings that Windows event logs use. All functions are pure and thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "evtxhound/base/bytes.hpp"

namespace evtxhound {

// UTF-16LE of a UTF-8 text, not terminated; what is not valid UTF-8 becomes U+FFFD.
Buffer utf8_to_utf16le(std::string_view utf8);

// UTF-8 of UTF-16LE bytes; a lone surrogate becomes U+FFFD, a last odd byte is left out.
std::string utf16le_to_utf8(Bytes utf16le);

// The text with every byte that is not part of valid UTF-8 replaced by U+FFFD.
std::string valid_utf8(std::string_view text);

// One character of a UTF-8 text and the bytes it takes.
struct CodePoint {
  char32_t value = 0;
  std::size_t size = 0;  // in bytes, 1 to 4
};

// The character that starts at `at`. REQUIRES: at < text.size(), text is valid UTF-8
CodePoint code_point_at(std::string_view text, std::size_t at);

// The character that ends before `at`. REQUIRES: 0 < at <= text.size(), text is valid UTF-8
CodePoint code_point_before(std::string_view text, std::size_t at);

// Whether a character is a letter or a digit in any script (Unicode categories L and Nd).
bool is_alphanumeric(char32_t c);

// ASCII only; other bytes stay as they are.
std::string ascii_lower(std::string_view text);

// ASCII letters of either case are equal; other bytes must be the same.
bool ascii_iequals(std::string_view a, std::string_view b);

// The text without white space at both ends.
std::string_view trim(std::string_view text);

}  // namespace evtxhound
