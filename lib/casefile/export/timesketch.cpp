// Timesketch takes JSON Lines with the fields message, datetime and timestamp_desc; any other field
// becomes an attribute. What Plaso calls the same thing gets Plaso's name, so that Timesketch's own
// analyzers find it.
#include <algorithm>
#include <set>

#include "evtxhound/casefile/export/event_json.hpp"
#include "evtxhound/casefile/export/event_writer.hpp"

namespace evtxhound::casefile {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::int64_t kUnixEpoch = 116444736000000000;  // as a Filetime

// Microseconds since 1970; rounded down, also before that.
std::int64_t microseconds(Filetime time) {
  const std::int64_t steps = static_cast<std::int64_t>(time) - kUnixEpoch;
  return (steps - (steps % 10 + 10) % 10) / 10;
}

// An attribute's name of letters, digits and underscores: a dot would make OpenSearch nest it.
std::string attribute(const std::string& name) {
  std::string out = "data_";
  for (const char c : name) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       static_cast<unsigned char>(c) >= 0x80;
    out += plain ? c : '_';
  }
  return out;
}

void add_data(const StoredEvent& event, Json& line) {
  for (const auto& [name, value] : fields_of(event)) {
    const std::string base = attribute(name);
    std::string key = base;
    for (int i = 2; line.contains(key); ++i) key = base + "_" + std::to_string(i);
    line[key] = value;
  }
}

Json tags(const StoredEvent& event) {
  Json all = Json::array({"evtxhound"});
  const std::string severity = severity_of(event);
  if (!severity.empty()) all.push_back(severity);
  std::set<std::string> kinds;
  for (const StoredHit& hit : event.hits) kinds.insert(hit.kind);
  for (const std::string& kind : kinds) all.push_back(kind);
  return all;
}

class TimesketchWriter : public EventWriter {
 public:
  void write(const StoredEvent& event, std::string& out) override {
    if (!event.time) count_without_time();
    const Filetime time = event.time.value_or(static_cast<Filetime>(kUnixEpoch));
    Json line;
    line["message"] = message_of(event);
    line["datetime"] = TimeZone::utc().iso8601(time).substr(0, 26) + "+00:00";
    // Plaso's word for what has no time; it stands at 1970.
    line["timestamp_desc"] = event.time ? "Event Logged" : "Not a time";
    line["timestamp"] = microseconds(time);
    const bool is_raw = event.source_type == "raw";  // no event, but text
    line["data_type"] = is_raw ? "evtxhound:raw" : "windows:evtx:record";
    line["source_short"] = is_raw ? "RAW" : "EVT";
    line["source_long"] = is_raw ? "raw bytes" : "WinEVTX";
    line["event_identifier"] = event.event_code ? Json(*event.event_code) : Json();
    line["source_name"] = event.provider;
    line["channel"] = event.channel;
    line["computer_name"] = event.computer;
    line["user_sid"] = event.user_sid;
    line["record_number"] = event.record_id;
    line["event_level"] = event.level ? Json(*event.level) : Json();
    line["display_name"] = event.evidence;
    line["byte_offset"] = event.byte_offset;
    line["byte_size"] = event.byte_size;
    line["state"] = event.state;
    line["time_created"] = event.time_created;
    line["severity"] = severity_of(event);
    line["hits"] = hits_as_text(event);
    line["detections"] = detections_as_text(event);
    line["tag"] = tags(event);
    add_data(event, line);
    out += to_line(line) + '\n';
  }
};

}  // namespace

std::unique_ptr<EventWriter> timesketch_writer() { return std::make_unique<TimesketchWriter>(); }

}  // namespace evtxhound::casefile
