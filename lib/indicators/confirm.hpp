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

// What of the field's value is a hit of the needle, where one of the needle's anchors ends at `end`
// of it and its kind's rule holds; absent else. `end` may be any place: where no anchor ends there
// is no hit. Only a regex without a plain anchor is found from every place. A hit may be found from
// several places, and a regex has one hit in a value, whatever the place. Thread-safe.
// REQUIRES: values are valid UTF-8; end <= the value's size, at a character's border
std::optional<Range> confirm(const Needle& needle, const evtx::Event& event,
                             std::optional<std::size_t> field, std::size_t end);

}  // namespace evtxhound::indicators
