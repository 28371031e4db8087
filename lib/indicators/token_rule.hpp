// Confirmation of the kinds that are one token: hashes, imphash, sid, guid. See host_rule.hpp for
// the form.
#pragma once

#include <optional>
#include <string_view>

#include "evtxhound/indicators/borders.hpp"

namespace evtxhound::indicators {

// A hash stands alone or behind `0x`; it is no part of a longer number or word.
std::optional<Range> confirm_hash(std::string_view value, Range found);

// A hash that is called an imphash: by the name of its field, or by `IMPHASH=` (or `:`) before it.
std::optional<Range> confirm_imphash(std::string_view field_name, std::string_view value,
                                     Range found);

// A whole SID: `S-1-5-21-1-2-3-500` is no part of `S-1-5-21-1-2-3-5001` or of `…-500-1`.
std::optional<Range> confirm_sid(std::string_view value, Range found);

// A whole GUID, with or without its braces, which are no part of the hit.
std::optional<Range> confirm_guid(std::string_view value, Range found);

}  // namespace evtxhound::indicators
