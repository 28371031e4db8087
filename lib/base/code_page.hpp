// The code pages of ANSI strings.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "evtxhound/base/bytes.hpp"

namespace evtxhound {

// Decodes the strings of one code page. Bytes that it has no character for become U+FFFD; in a page
// of the Windows family, an unassigned byte from 0x80 to 0x9f becomes the control character of that
// number, as Windows has it. Immutable, thus thread-safe.
class CodePage {
 public:
  // The page that the system's iconv knows under this name ("windows-1251", "CP932", "GBK"), or
  // under "CP" and this number ("1251"). Absent where it knows none.
  static std::optional<CodePage> find(std::string_view name);

  // Windows-1252, which ANSI strings are taken to be unless told otherwise.
  static const CodePage& windows_1252();

  // Whether the text says the same in UTF-8: it and the page are ASCII.
  [[nodiscard]] bool is_plain(Bytes text) const;

  // UTF-8 of the bytes, all of them, NUL included.
  [[nodiscard]] std::string decode(Bytes text) const;

 private:
  CodePage() = default;

  std::string name_;
  bool single_byte_ = true;
  bool ascii_ = true;                        // its first 128 characters are ASCII's
  std::array<std::string, 256> characters_;  // of single bytes
};

// The byte that Windows-1252 has for a character; absent where it has none.
std::optional<std::uint8_t> windows_1252_byte(char32_t c);

}  // namespace evtxhound
