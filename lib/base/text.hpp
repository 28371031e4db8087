// Text in the encodings that Windows event logs use. All functions are pure and thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "evtxhound/base/bytes.hpp"

namespace evtxhound {

// UTF-16LE of a UTF-8 text, not terminated; what is not valid UTF-8 becomes U+FFFD.
Buffer utf8_to_utf16le(std::string_view utf8);

// What stands for text that cannot be decoded.
inline constexpr char32_t kReplacementCharacter = 0xFFFD;

constexpr bool is_lead_surrogate(char32_t unit) { return unit >= 0xD800 && unit < 0xDC00; }
constexpr bool is_trail_surrogate(char32_t unit) { return unit >= 0xDC00 && unit < 0xE000; }

// The character that a pair of surrogates stands for.
constexpr char32_t from_surrogates(char32_t lead, char32_t trail) {
  return 0x10000 + ((lead - 0xD800) << 10U) + (trail - 0xDC00);
}

// Writes a character as UTF-8 and returns the place behind it; at most four bytes.
// REQUIRES: c is no surrogate and at most U+10FFFF
constexpr char* write_utf8(char32_t c, char* out) {
  const auto put = [&out](char32_t byte) { *out++ = static_cast<char>(byte); };
  if (c < 0x80) {
    put(c);
  } else if (c < 0x800) {
    put(0xC0 | (c >> 6U));
    put(0x80 | (c & 0x3FU));
  } else if (c < 0x10000) {
    put(0xE0 | (c >> 12U));
    put(0x80 | (c >> 6U & 0x3FU));
    put(0x80 | (c & 0x3FU));
  } else {
    put(0xF0 | (c >> 18U));
    put(0x80 | (c >> 12U & 0x3FU));
    put(0x80 | (c >> 6U & 0x3FU));
    put(0x80 | (c & 0x3FU));
  }
  return out;
}

void append_utf8(std::string& out, char32_t c);

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

bool is_ascii(std::string_view text);

// ASCII only; other bytes stay as they are.
std::string ascii_lower(std::string_view text);

// ASCII letters of either case are equal; other bytes must be the same.
bool ascii_iequals(std::string_view a, std::string_view b);

// The text without white space at both ends.
std::string_view trim(std::string_view text);

}  // namespace evtxhound
