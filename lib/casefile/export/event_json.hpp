// Events of a case file as JSON values. Internal to lib/casefile.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "evtxhound/casefile/event_stream.hpp"

namespace evtxhound::casefile {

// The event's data fields in their order. What is no JSON object, or nests deeper than anything a
// scan writes, comes as one text.
nlohmann::ordered_json data_of(const StoredEvent& event);

// The data fields with their values as text; other values than texts as JSON.
std::vector<std::pair<std::string, std::string>> fields_of(const StoredEvent& event);

// The first of the named data fields that the event has; else empty.
std::string first_field(const nlohmann::ordered_json& data, const std::vector<const char*>& names);

// The program that the event is about, and what it did (command line, name looked up, file …), by
// the fields that v_timeline takes them from.
std::string process_of(const nlohmann::ordered_json& data);
std::string detail_of(const nlohmann::ordered_json& data);

// On one line; what is no UTF-8 becomes U+FFFD.
std::string to_line(const nlohmann::ordered_json& value);

// The event in one sentence: `[22] Microsoft-Windows-Sysmon: QueryName: x; Image: y`.
std::string message_of(const StoredEvent& event);

}  // namespace evtxhound::casefile
