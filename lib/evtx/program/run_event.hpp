// Runs event programs.
#pragma once

#include "evtxhound/evtx/event.hpp"
#include "evtxhound/evtx/program/run.hpp"

namespace evtxhound::evtx {

// Makes the event of the record whose BinXML is [begin, end) of the chunk, as event_from_tree()
// does, if it is one template instance all of whose templates have programs and whose values those
// can take. Else returns false, and the event is of no use: such a record is for the Resolver;
// unless there is a defect, which is the one that it would find. Uses the context's buffer for
// nothing but scratch text. What `event` was before is forgotten, but for its memory.
bool run_event_program(RunContext& context, std::size_t begin, std::size_t end, Event& event,
                       Outcome& defect);

}  // namespace evtxhound::evtx
