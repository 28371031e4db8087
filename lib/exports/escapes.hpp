// What escapes of XML and JSON stand for.
#pragma once

#include <optional>
#include <string_view>

#include "evtxhound/base/text.hpp"

namespace evtxhound::exports {

// The character of a reference such as `&amp;` or `&#x41;`, and its size; size 0 where none stands
// at `at`. Of a number that is too large the character is 0xFFFFFFFF.
CodePoint xml_reference_at(std::string_view text, std::size_t at);

// The code unit of an escape such as `\n` or `\u00e9`, and its size; size 0 where none stands at
// `at`.
CodePoint json_escape_at(std::string_view text, std::size_t at);

}  // namespace evtxhound::exports
