// The events of a case file, one by one in time order, with what was found in them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "evtxhound/base/time.hpp"
#include "evtxhound/casefile/event_filter.hpp"
#include "evtxhound/casefile/rows.hpp"
#include "evtxhound/casefile/sqlite.hpp"

namespace evtxhound::casefile {

// A hit as it is shown with its event.
struct StoredHit {
  std::string kind;
  std::string value;
  std::string severity;
  std::string pack;
  std::string description;
  std::string field;
  std::string matched;
  std::optional<std::int64_t> byte_offset;
};

// A detection, likewise.
struct StoredDetection {
  std::string title;
  std::string uuid;
  std::string type;
  std::string level;
  std::string attack;
};

// An event of the case file. All texts are valid UTF-8; columns are as docs/case-schema.md has
// them.
struct StoredEvent {
  RowId event_id = 0;
  std::int64_t byte_offset = 0;
  std::int64_t byte_size = 0;
  std::int64_t record_id = 0;
  std::string time_written;
  std::string time_created;
  std::optional<Filetime> time;  // time_created, where it is a time
  std::string provider;
  std::string channel;
  std::string computer;
  std::optional<std::int64_t> event_code;
  std::optional<std::int64_t> version;
  std::optional<std::int64_t> level;
  std::optional<std::int64_t> task;
  std::optional<std::int64_t> opcode;
  std::string keywords;
  std::string user_sid;
  std::optional<std::int64_t> process_id;
  std::optional<std::int64_t> thread_id;
  std::string activity_id;
  std::string source_type;
  std::string state;
  std::string data;             // JSON
  std::string evidence;         // the path
  std::string evidence_sha256;  // empty where it was not computed
  std::vector<StoredHit> hits;
  std::vector<StoredDetection> detections;
};

// The highest severity of the event's hits and level of its detections; empty where it has none.
std::string severity_of(const StoredEvent& event);

// "domain akamaicontainer.com in QueryName", of each hit, separated by "; ".
std::string hits_as_text(const StoredEvent& event);

// The titles of the detections, separated by "; ".
std::string detections_as_text(const StoredEvent& event);

// Reads the events that fulfil a filter, ordered by time_created and event_id. Never holds more
// than one event and the ids of the others (SQLite's sorter spills them to disk). Not thread-safe.
class EventStream {
 public:
  // `database` must outlive the stream. For events of one moment, open a transaction on it before.
  EventStream(Database& database, const EventFilter& filter);

  // Reads the next event into `event`; false past the last. Throws Failure where SQLite fails.
  bool next(StoredEvent& event);

 private:
  void read_hits(StoredEvent& event);
  void read_detections(StoredEvent& event);

  SqlCondition condition_;
  Statement ids_;
  Statement event_;
  Statement hits_;
  Statement detections_;
};

}  // namespace evtxhound::casefile
