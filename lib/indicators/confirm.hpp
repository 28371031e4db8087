// The confirmation of a candidate: whether text that equals a needle is what its kind means.
#pragma once

#include <cstddef>
#include <optional>

#include "evtxhound/evtx/event.hpp"
#include "evtxhound/indicators/borders.hpp"
#include "evtxhound/indicators/needle.hpp"

namespace evtxhound::indicators {

// The text of an event's field: a data field by its index, or the System field Computer.
std::string_view value_of(const evtx::Event& event, std::optional<std::size_t> field);

// What of the field's value is a hit of the needle, where the needle's text ends at `end` of it and
// its kind's rule holds; absent else. Pure and thread-safe.
// REQUIRES: values are valid UTF-8
std::optional<Range> confirm(const Needle& needle, const evtx::Event& event,
                             std::optional<std::size_t> field, std::size_t end);

}  // namespace evtxhound::indicators
