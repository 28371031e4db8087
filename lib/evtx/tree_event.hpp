// A resolved tree -> an event, without XML text in between.
#pragma once

#include <optional>

#include "evtxhound/evtx/binxml/tree.hpp"
#include "evtxhound/evtx/event.hpp"
#include "evtxhound/evtx/render/value_writer.hpp"

namespace evtxhound::evtx {

// Fills the System fields and the data fields, as event_from_xml() does from the same record's XML;
// what comes from the record header is left for the caller. Absent where no Event element is there.
std::optional<Event> event_from_tree(const Tree& tree, ValueWriter& writer);

}  // namespace evtxhound::evtx
