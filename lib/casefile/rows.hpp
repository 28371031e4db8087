// The rows of a case file as plain values. Texts are valid UTF-8.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "evtxhound/base/problem.hpp"
#include "evtxhound/indicators/indicator.hpp"

namespace evtxhound::casefile {

using RowId = std::int64_t;

// Where an event comes from and how it was found; stored by these names.
enum class SourceType {
  kEvtx,         // "evtx"
  kXml,          // "xml"
  kCrowdstrike,  // "crowdstrike"
  kRaw,          // "raw": no event, but text outside of any record
};
std::string_view to_string(SourceType type);
enum class State {
  kLive,       // "live": in a chunk in use
  kRecovered,  // "recovered": left over in a chunk whose header is gone, or between live records
  kCarved,     // "carved": found by its own bytes in what is no log
};

struct EvidenceRow {
  std::string path;                   // absolute
  std::string kind;                   // evidence::to_string()
  std::optional<std::uint64_t> size;  // in bytes
  std::string sha256;                 // lower-case hex; empty where it was not computed
  std::optional<RowId> parent;        // the evidence that this one lies in
  std::optional<RowId> same_as;       // an earlier evidence of the same content
  std::string modified = {};          // ISO 8601 UTC; empty where it is not known
  std::string md5 = {};               // as sha256
  std::string sha1 = {};
  std::string created = {};    // of a shadow copy, ISO 8601 UTC; empty for all else
  std::string host = {};       // that it was taken from; empty where nothing says so
  std::string host_from = {};  // what says so; empty with `host`
};

// A further place where an event's record stands.
struct PlaceRow {
  RowId evidence = 0;
  std::uint64_t byte_offset = 0;  // of the record, from the start of the evidence
  std::uint32_t byte_size = 0;    // of the record there
  State state = State::kLive;     // of the record there
};

// One hit within an event.
struct HitRow {
  RowId indicator = 0;
  std::string field;    // the field's name; "Computer" for that System field
  std::string matched;  // the matched text, as the event has it
  // Of the matched text's first byte, from the start of the evidence; absent where the text does
  // not stand in the record's bytes as text (a binary value that is rendered as hex).
  std::optional<std::uint64_t> byte_offset;
};

// A Sigma rule.
struct RuleRow {
  std::string uuid;  // the Sigma id, or what stands for it
  std::string title;
  std::string type;    // "TTP" and so on; empty where the rule has none
  std::string level;   // in Sigma's words
  std::string attack;  // ATT&CK ids, separated by commas
  std::string status;  // in Sigma's words
};

// A sign of tampering. Of a gap, the records are those that are missing, and the times those of the
// records on both sides.
struct FindingRow {
  std::string kind;                          // scan::to_string(FindingKind)
  std::optional<std::uint64_t> byte_offset;  // absent where it concerns the evidence as a whole
  std::string detail;
  std::optional<std::uint64_t> first_record;  // ids, both ends included
  std::optional<std::uint64_t> last_record;
  std::optional<std::string> time_before;  // ISO 8601 UTC
  std::optional<std::string> time_after;
};

// One line of the census: how many events of one kind an evidence holds, hit or not.
struct CensusRow {
  std::string channel;
  std::string provider;
  std::optional<std::uint32_t> event_code;
  std::uint64_t count = 0;
  std::string first_seen;  // smallest and largest time_created
  std::string last_seen;
};

// One `scan` command.
struct RunRow {
  std::string command_line;
  std::string tool_version;
  std::string library_versions;  // JSON: name -> version
  std::string packs;             // JSON: [{name, path, sha256, indicators}]
  std::string host;              // the machine that the scan ran on
  std::string user;
  std::string started;         // ISO 8601 UTC
  std::string rules = "[]";    // JSON: [{path, rules, refused, sha256}]
  std::string options = "{}";  // JSON: name -> value
};

// What a run has done, written when it ends.
struct RunEnd {
  std::string ended;
  int exit_status = 0;
  std::uint64_t files_seen = 0;     // regular files looked at
  std::uint64_t files_read = 0;     // of these, read as evidence
  std::uint64_t files_skipped = 0;  // of these, of no kind that can be read
  std::uint64_t bytes_read = 0;
  std::uint64_t events_read = 0;
  std::uint64_t hits = 0;         // found by this run, known before or not
  std::uint64_t detections = 0;   // likewise
  std::uint64_t problems = 0;     // likewise
  std::uint64_t files_known = 0;  // not read: an earlier run had read them to their end
};

}  // namespace evtxhound::casefile
