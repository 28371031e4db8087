// How the characters of a text file stand in its bytes. All functions are pure and thread-safe.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "evtxhound/base/bytes.hpp"

namespace evtxhound {

enum class TextEncoding { kUtf8, kUtf16Le, kUtf16Be };

// "UTF-8", "UTF-16LE", "UTF-16BE"
std::string_view to_string(TextEncoding encoding);

// Bytes of one code unit: 1 or 2.
constexpr std::size_t unit_size(TextEncoding encoding) {
  return encoding == TextEncoding::kUtf8 ? 1 : 2;
}

// Tells the encoding of a file by its byte order mark, or by where its first zero bytes are: text
// of markup is ASCII for the most part, so that every second byte of UTF-16 is zero.
TextEncoding detect_encoding(Bytes head);

struct DecodedText {
  std::string text;       // valid UTF-8
  bool replaced = false;  // whether U+FFFD stands in it for what is no character
};
DecodedText decode(Bytes bytes, TextEncoding encoding);

// A byte for each code unit of UTF-16: that of an ASCII character, a space for a byte order mark,
// and kNotAscii for everything else. A last odd byte is left out.
inline constexpr char kNotAscii = '\xFF';
void ascii_of_utf16(Bytes bytes, TextEncoding encoding, std::string& out);

// The bytes of a text in an encoding, without a byte order mark.
std::string encode(std::string_view utf8, TextEncoding encoding);

}  // namespace evtxhound
