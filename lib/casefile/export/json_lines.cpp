#include <utility>

#include "evtxhound/casefile/export/event_json.hpp"
#include "evtxhound/casefile/export/event_writer.hpp"

namespace evtxhound::casefile {
namespace {

using Json = nlohmann::ordered_json;

Json number(const std::optional<std::int64_t>& value) { return value ? Json(*value) : Json(); }

Json hits(const StoredEvent& event) {
  Json all = Json::array();
  for (const StoredHit& hit : event.hits) {
    all.push_back({{"kind", hit.kind},
                   {"value", hit.value},
                   {"severity", hit.severity},
                   {"pack", hit.pack},
                   {"description", hit.description},
                   {"field", hit.field},
                   {"matched", hit.matched},
                   {"byte_offset", number(hit.byte_offset)}});
  }
  return all;
}

Json detections(const StoredEvent& event) {
  Json all = Json::array();
  for (const StoredDetection& detection : event.detections) {
    all.push_back({{"title", detection.title},
                   {"uuid", detection.uuid},
                   {"type", detection.type},
                   {"level", detection.level},
                   {"attack", detection.attack}});
  }
  return all;
}

class JsonLinesWriter : public EventWriter {
 public:
  explicit JsonLinesWriter(TimeZone zone) : zone_(std::move(zone)) {}

  void write(const StoredEvent& event, std::string& out) override {
    Json line;
    line["event_id"] = event.event_id;
    line["time"] = time_in(zone_, event);
    line["time_created"] = event.time_created;
    line["time_written"] = event.time_written;
    line["computer"] = event.computer;
    line["channel"] = event.channel;
    line["provider"] = event.provider;
    line["event_code"] = number(event.event_code);
    line["version"] = number(event.version);
    line["level"] = number(event.level);
    line["task"] = number(event.task);
    line["opcode"] = number(event.opcode);
    line["keywords"] = event.keywords;
    line["user_sid"] = event.user_sid;
    line["process_id"] = number(event.process_id);
    line["thread_id"] = number(event.thread_id);
    line["activity_id"] = event.activity_id;
    line["record_id"] = event.record_id;
    line["source_type"] = event.source_type;
    line["state"] = event.state;
    line["evidence"] = event.evidence;
    line["evidence_sha256"] = event.evidence_sha256.empty() ? Json() : Json(event.evidence_sha256);
    line["byte_offset"] = event.byte_offset;
    line["byte_size"] = event.byte_size;
    line["severity"] = severity_of(event);
    line["hits"] = hits(event);
    line["detections"] = detections(event);
    line["data"] = data_of(event);
    out += to_line(line) + '\n';
  }

 private:
  TimeZone zone_;
};

}  // namespace

std::unique_ptr<EventWriter> json_lines_writer(TimeZone zone) {
  return std::make_unique<JsonLinesWriter>(std::move(zone));
}

}  // namespace evtxhound::casefile
