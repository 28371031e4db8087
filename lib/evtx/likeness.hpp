// What it takes for a record to be read by a template definition that is not its own.
//
// A record says the first 32 bits of its definition's GUID, and how many values it has, of what
// types and sizes. That is not enough to name them: two providers' templates can agree in all of
// it. So a definition is like a record's own where all of this holds:
//
//   1. It has the same id, each of its slots has a value, and the value is of a type that Windows
//      puts into it: the slot's or null, a wider number, a pointer of 32 or 64 bits.
//   2. If it is the record's first one, which names System: the value that it calls EventRecordID
//      is the id in the record's header, or the one that it calls TimeCreated is within a day of
//      the time there. (Logs that were exported have records numbered anew, and some have the time
//      of the export.)
//   3. Elsewhere, a record of the same provider and event id was read by it as by its own.
//
// Of several, those that use the most values come first (TemplateCache::find_like).
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>

#include "evtxhound/base/bytes.hpp"
#include "evtxhound/evtx/binxml/instance.hpp"
#include "evtxhound/evtx/chunk.hpp"
#include "evtxhound/evtx/definition.hpp"

namespace evtxhound::evtx {

// Which event a record is an instance of.
struct EventKind {
  std::string provider;
  std::uint32_t event_code = 0;
  friend auto operator<=>(const EventKind&, const EventKind&) = default;
};

// All of these: REQUIRES: `instance` was read from `chunk`. Thread-safe.

// The kind, by the values that the definition calls so, or by its own text. Absent where it has no
// provider or no event id, or a provider whose name is longer than any.
std::optional<EventKind> kind_of(const Definition& definition, Bytes chunk,
                                 const InstanceFrame& instance);

// Whether the values are of the types that the definition has slots for.
bool fits(const Definition& definition, Bytes chunk, const InstanceFrame& instance);

// Whether the value that the definition calls EventRecordID is the record's id, or the one that it
// calls TimeCreated is within a day of when it was written.
bool repeats_header(const Definition& definition, Bytes chunk, const InstanceFrame& instance,
                    const RecordFrame& record);

// Whether a value, whatever it is called, is the record's id, or a time within ten seconds of when
// it was written.
bool repeats_header(const Value& value, const RecordFrame& record);

}  // namespace evtxhound::evtx
