// BinXML without a template, as forwarded events and certificate services write it.
#pragma once

#include <cstddef>

#include "evtxhound/base/bytes.hpp"

namespace evtxhound::evtx {

// Whether [begin, end) of a chunk is BinXML of nothing but elements, attributes and strings, each
// of the texts in one piece: no references, no sections, no values of other types. What it renders
// as text then stands in these bytes as it is. False for anything else, and wherever it is in
// doubt.
bool is_plain_fragment(Bytes chunk, std::size_t begin, std::size_t end);

}  // namespace evtxhound::evtx
