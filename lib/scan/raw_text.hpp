// Text in bytes of which nobody knows where a value begins: what stands around a place, and what is
// shown of it.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "evtxhound/base/bytes.hpp"

namespace evtxhound::scan {

// How a text stands in raw bytes. The names that `to_string` gives are stored in `event.data`.
enum class RawEncoding {
  kUtf8,         // "utf-8", of which ASCII is a part
  kUtf16,        // "utf-16le", at whatever alignment
  kWindows1252,  // "windows-1252"
};
std::string_view to_string(RawEncoding encoding);
// Empty where no encoding is stored by this name.
std::optional<RawEncoding> raw_encoding_from(std::string_view name);

// The bytes of one code unit.
constexpr std::size_t unit_size(RawEncoding encoding) {
  return encoding == RawEncoding::kUtf16 ? 2 : 1;
}

// Which characters are text around a place; everything else ends it, as a value's border does.
enum class RawAlphabet {
  // Printable ASCII, tabs and the ends of lines. What binary values leave beside a text looks like
  // a letter of some script, often; it must not hide the text.
  kAscii,
  kAll,  // and all other characters that are no control characters
};

// The text around a place of some bytes.
struct RawText {
  std::string text;       // valid UTF-8
  std::size_t begin = 0;  // of its first character, in the bytes
  std::size_t place = 0;  // in `text`, behind the character that stands at the place
  RawEncoding encoding = RawEncoding::kUtf8;

  // Where the character at `at` of the text stands in the bytes. REQUIRES: a character's border
  [[nodiscard]] std::size_t offset_of(std::size_t at) const;
};

// How far around a place its text is looked at, in code units.
struct Reach {
  std::size_t before = 0;
  std::size_t behind = 0;
};

// What stands around the code unit that begins at `at` without a break, as far as `reach` goes.
// Absent where no text stands there. In kUtf8 only kAscii is known. Pure. REQUIRES: at <
// bytes.size()
std::optional<RawText> text_around(Bytes bytes, std::size_t at, RawEncoding encoding,
                                   RawAlphabet alphabet, Reach reach);

// Calls use(begin, text) for each unbroken text of kAscii in the bytes that has at least `shortest`
// characters: what `strings` prints. One alignment after the other, in each in the order of begins.
// Pure.
void each_text(Bytes bytes, RawEncoding encoding, std::size_t shortest,
               const std::function<void(std::size_t begin, const std::string& text)>& use);

// So many code units before a hit, and behind it, are kept as its context.
inline constexpr std::size_t kContextUnits = 64;

// Where the context ends of what ends at `end` of some bytes, with `behind` more of them.
constexpr std::uint64_t context_end(std::uint64_t end, std::uint64_t behind, RawEncoding encoding) {
  const std::uint64_t unit = unit_size(encoding);
  return end + std::min<std::uint64_t>(kContextUnits, behind / unit) * unit;
}

// The bytes that a text takes in an encoding. REQUIRES: valid UTF-8
std::size_t encoded_size(std::string_view text, RawEncoding encoding);

// The context of what stands in [at, at + size) of some bytes: that, and kContextUnits before it.
// Each stretch that is no text to be read is one U+FFFD. The rest of `bytes` is not looked at.
// Pure. REQUIRES: holds(bytes, at, size)
std::string context_of(Bytes bytes, std::size_t at, std::size_t size, RawEncoding encoding);

}  // namespace evtxhound::scan
