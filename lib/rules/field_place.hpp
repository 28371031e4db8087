// Where the values of a rule's field are, in events of one kind, with everything that goes beyond
// the tables of log_source.hpp: names of System, and fields that are neither renamed nor read in
// another way.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "evtxhound/rules/log_source.hpp"
#include "evtxhound/rules/rule_event.hpp"

namespace evtxhound::rules {

// A record's field that a rule's field can come from.
struct DataPlace {
  std::string name;
  Reading reading = Reading::kPlain;
  std::string other;
  friend auto operator<=>(const DataPlace&, const DataPlace&) = default;
};

struct FieldPlace {
  // What the event itself offers; kSystemName is a field of RuleEvent::system.
  enum class System : std::uint8_t { kNone, kEventCode, kProvider, kChannel, kSystemName };
  std::vector<DataPlace> data;    // any of them
  System system = System::kNone;  // asked for only where `data` gave nothing
  std::string system_name;        // kSystemName
  friend auto operator<=>(const FieldPlace&, const FieldPlace&) = default;
};

// EventID and Provider_Name are System's, whatever a record's data is named. Every other name is
// the data's, and System's only in events whose data has no such field: event 104 names the channel
// that was cleared.
FieldPlace place_of(const EventKind& kind, std::string_view field);

// All values of the field in an event of the kind, as a rule reads them. Slow, for the few events
// that something was found in.
std::vector<std::string> values_of(const FieldPlace& place, const RuleEvent& event);

// Whether an event is of the kind: its System fields fit, and its data what is required.
bool is_of_kind(const EventKind& kind, const RuleEvent& event);

// All values of a field in an event that the rule fired on: what group-by and value_count of a
// correlation ask for. The first kind of the rule's log source that the event is of says where.
std::vector<std::string> field_values(const Rule& rule, std::string_view field,
                                      const RuleEvent& event);

}  // namespace evtxhound::rules
