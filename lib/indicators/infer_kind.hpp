// The kind of a value that stands without one.
#pragma once

#include <optional>
#include <string_view>

#include "evtxhound/indicators/indicator.hpp"

namespace evtxhound::indicators {

// The one kind whose form the value has: hashes by their length (32 digits are an MD5, never an
// imphash), SIDs, GUIDs, registry keys with their root, URLs, IP addresses and networks, paths,
// e-mail addresses, file names by an extension that is no domain's, domains. Absent where it has
// the form of none. Defanged text counts as what it stands for. Pure and thread-safe.
std::optional<Kind> infer_kind(std::string_view value);

}  // namespace evtxhound::indicators
