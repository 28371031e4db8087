// Forge specs: logs described in JSON Lines, one event a line. docs/forge.md describes the format.
#pragma once

#include <string_view>

#include "evtxhound/base/bytes.hpp"

namespace evtxhound::evtx::writer {

// The EVTX file that a spec describes, the same bytes each time. Throws Failure (kUsage) with
// `NAME:LINE: message`, where the spec's text is wrong, or a record of it fits no chunk.
Buffer forge(std::string_view spec, std::string_view name);

}  // namespace evtxhound::evtx::writer
