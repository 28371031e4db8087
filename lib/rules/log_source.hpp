// Where a rule's events are: Sigma's log sources as channels, providers and event ids, and Sigma's
// field names as those of the records there.
//
// Facts from the taxonomy of Sigma's specification (sigma-appendix-taxonomy.md), the manifests of
// Sysmon and of the Windows providers, and CrowdStrike's Falcon Data Replicator. A category is
// Sysmon's event, and also the event of Windows itself that says the same, where there is one: what
// that event lacks (4688 knows no hashes) is a field that is missing.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "evtxhound/rules/reading.hpp"
#include "evtxhound/rules/rule.hpp"

namespace evtxhound::rules {

// Where a Sigma field is in the records of one kind. A field can be in several places.
struct FieldSource {
  std::string_view sigma;             // the name in rules
  std::string_view record;            // the record's own name of it
  Reading reading = Reading::kPlain;  // how its value becomes what rules expect
  std::string_view other = {};        // the second field of the reading, or its fixed word
};

// What a record's field must be for the record to be one of the kind.
struct Requirement {
  std::string_view field;                    // the record's own name
  std::span<const std::string_view> values;  // one of these, in any case
  bool none_of = false;                      // none of these; it may also be missing
};

enum class LogFormat : std::uint8_t { kWindows, kCrowdStrike };

// A kind of events. All views are of constants.
struct EventKind {
  LogFormat format = LogFormat::kWindows;
  std::string_view channel;               // in any case; empty: whatever it is
  std::string_view provider;              // likewise; CrowdStrike's event_simpleName
  std::span<const std::uint32_t> codes;   // event ids; empty: whatever it is
  std::span<const FieldSource> fields;    // names that are not the record's own
  std::span<const Requirement> required;  // all of them
};

// What a log source stands for.
struct LogSourceMapping {
  enum class Status : std::uint8_t {
    kMapped,         // `kinds` has them, at least one
    kNotApplicable,  // events of other systems and products, which no evidence here has
    kUnknown         // no such log source is known: a misspelt rule, or a new one
  };
  Status status = Status::kUnknown;
  std::string reason;  // where it is not mapped, for the user
  std::vector<EventKind> kinds;
};

// Names are compared in any case. A rule without any product, category and service is unknown.
LogSourceMapping map_log_source(const LogSource& source);

// "evtx" and "xml" are kWindows. REQUIRES: a source_type of events
LogFormat format_of(std::string_view source_type);

// Where the field `name` of a rule is in records of the kind, by the kind's own table; empty where
// the table has none: then it is the record's field of that name.
std::vector<FieldSource> sources_of(const EventKind& kind, std::string_view name);

}  // namespace evtxhound::rules
