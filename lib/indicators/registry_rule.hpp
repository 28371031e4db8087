// Confirmation of the kind registry_key. docs/indicator-packs.md has hits and near misses.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "evtxhound/indicators/borders.hpp"
#include "evtxhound/indicators/needle.hpp"

namespace evtxhound::indicators {

// The key itself and what lies below it, whose chosen component ends at `end`; the hit starts with
// its root where there is one. Pure and thread-safe.
std::optional<Range> confirm_registry_key(const Needle& needle, std::string_view value,
                                          std::size_t end);

}  // namespace evtxhound::indicators
