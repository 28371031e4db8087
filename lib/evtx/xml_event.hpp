// The `<Event>` XML that Windows and every reader of EVTX writes -> an event.
#pragma once

#include <string>

#include "evtxhound/base/problem.hpp"
#include "evtxhound/evtx/event.hpp"

namespace evtxhound::evtx {

// Fills the System fields and the data fields of an event from its XML; what comes from the record
// header (offset, size, record id, time written) is left for the caller.
//
// Every text below EventData, UserData and whatever else stands beside System becomes a data
// field: `<Data Name="X">` under the name X, other elements under their own name, attributes as
// `Element.Attribute`, the texts of a forwarded event's rendering as `RenderingInfo.Message` and so
// on. Line ends and white space inside values stay as they are.
//
// Fails (kRecordUnread, without offset) where the text is no XML or has no Event element.
Result<Event> event_from_xml(std::string xml);

}  // namespace evtxhound::evtx
