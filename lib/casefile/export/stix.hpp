// The hits of a case file as sightings in STIX 2.1.
#pragma once

#include <functional>
#include <string>

#include "evtxhound/casefile/event_filter.hpp"
#include "evtxhound/casefile/sqlite.hpp"

namespace evtxhound::casefile {

// Gives out one bundle piece by piece: the indicators that were found, an identity for each host,
// and for each indicator on each host one sighting with count, first and last time and, where STIX
// has an object for what was seen, observed data. Detections by rules are not in it.
//
// Every id is made from the object's content (UUIDv5), so that the same case file and filter give
// the same bundle to the byte. Holds the ids of the objects and one indicator's hits on one host in
// memory, no more. Throws Failure where SQLite fails.
void write_stix(Database& database, const EventFilter& filter,
                const std::function<void(const std::string& text)>& write);

}  // namespace evtxhound::casefile
