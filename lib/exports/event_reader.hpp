// An event of an export -> the one form of events.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "evtxhound/base/bytes.hpp"
#include "evtxhound/base/problem.hpp"
#include "evtxhound/base/text_encoding.hpp"
#include "evtxhound/evidence/find.hpp"
#include "evtxhound/evtx/event.hpp"

namespace evtxhound::exports {

// How much of an event is wanted.
enum class Extent {
  kAll,   // all of it
  kHead,  // what the census counts: provider, channel, code, time
};

struct ReadEvent {
  evtx::Event event;  // offset and size are left for the caller
  // Whether U+FFFD stands somewhere in the event for what is no character.
  bool replaced = false;
};

// Reads events one by one. Whether an event can be read does not depend on how much of it is
// wanted. Not thread-safe; one for each thread.
class EventReader {
 public:
  virtual ~EventReader() = default;

  // Fails (kRecordUnread, without offset) where the text is no event after all.
  virtual Result<ReadEvent> read(Bytes bytes, TextEncoding encoding, Extent extent) = 0;
};

// `<Event>` elements. What stands in the record's header and not in its XML (when it was written)
// is 0. Entities are the five of XML and numbers; there is no document type, so there are no
// others.
std::unique_ptr<EventReader> make_xml_reader();

// Objects of CrowdStrike's Falcon Data Replicator. docs/sources.md has the table of what becomes
// what; each member of the object is a data field under its own name.
std::unique_ptr<EventReader> make_crowdstrike_reader();

// REQUIRES: evidence::is_export(kind)
std::unique_ptr<EventReader> make_reader(evidence::Kind kind);

}  // namespace evtxhound::exports
