// Values as text: the forms that Windows gives them, escaped for where they stand.
//
// | type | text |
// | --- | --- |
// | null | nothing |
// | strings | up to the first NUL; a lone surrogate and what XML forbids is `_` in XML, U+FFFD
// else. | | | Unescaped, for matching, all of it but NULs at the end: what follows a NUL is hidden,
// not gone | | integers | decimal; a size that no integer has: as binary | | float, double | the
// shortest form that reads back the same; `1.#INF`, `-1.#IND` and so on | | bool | `true`, `false`,
// or the integer where it is neither 1 nor 0 | | binary, and every type that is not known |
// upper-case hexadecimal | | GUID | `{lower-case}` | | size_t, HexInt | `0x` and lower-case
// hexadecimal without padding | | FILETIME | ISO 8601, UTC, seven fractional digits (base/time.hpp)
// | | SYSTEMTIME | likewise; one that names no time is 1601-01-01T00:00:00.0000000Z | | SID |
// `S-1-5-…`, as many sub-authorities as are there | | array | its items, separated by commas;
// elements are repeated instead where they can be |
//
// Source: MS-EVEN6 3.1.4.7.5 and what Windows shows for logs made for the purpose.
#pragma once

#include <cstdint>

#include "evtxhound/base/text_buffer.hpp"
#include "evtxhound/evtx/render/value_writer.hpp"
#include "evtxhound/evtx/value.hpp"

namespace evtxhound::evtx {

// What the text must be safe for.
enum class Escape : std::uint8_t {
  kNone,
  kXmlText,       // line ends too, so that a record stays on one line
  kXmlAttribute,  // within quotes of either kind
  kJson,          // within double quotes
};

// Appends a value's text, which is valid UTF-8. Thread-safe for different buffers and writers.
void append_value(Value value, Escape escape, ValueWriter& writer, TextBuffer& out);

// Appends UTF-8 text, escaped; `utf8` must be valid.
void append_utf8(std::string_view utf8, Escape escape, TextBuffer& out);

}  // namespace evtxhound::evtx
