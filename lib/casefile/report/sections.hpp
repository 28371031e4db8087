// The sections of a report, each as HTML. Internal to lib/casefile. They read the case file within
// the transaction that the caller has opened, and throw Failure where SQLite fails.
#pragma once

#include <cstddef>
#include <string>

#include "evtxhound/casefile/sqlite.hpp"

namespace evtxhound::casefile::report {

// The figures and what qualifies them: runs without an end, evidence that was not counted.
std::string overview(Database& database);

// The story's five detections and what they could be made from.
std::string story(Database& database);

// Hits by indicator and by host; detections by rule.
std::string hits(Database& database);

struct Timeline {
  std::string section;  // HTML
  std::string data;     // JSON for the report's script, json_for_script()
};
Timeline timeline(Database& database, std::size_t most_events);

// The trees of processes that hits and detections are about.
std::string processes(Database& database);

// Data sources that are there and that are not; the census.
std::string sources(Database& database);

// Damaged and unreadable places by kind, and signs of tampering.
std::string problems(Database& database);

// Runs with their packs, and evidence with its hashes.
std::string custody(Database& database);

}  // namespace evtxhound::casefile::report
