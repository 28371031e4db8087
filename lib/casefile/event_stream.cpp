#include "evtxhound/casefile/event_stream.hpp"

#include <algorithm>

#include "evtxhound/base/text.hpp"

namespace evtxhound::casefile {
namespace {

// A case file says what its text is; only its bytes say whether it is that.
std::string text_of(const Statement& row, int column) { return valid_utf8(row.text(column)); }

std::optional<std::int64_t> number_of(const Statement& row, int column) {
  if (row.is_null(column)) return std::nullopt;
  return row.integer(column);
}

void read_event(const Statement& row, StoredEvent& event) {
  int column = 0;
  const auto text = [&] { return text_of(row, column++); };
  const auto number = [&] { return number_of(row, column++); };
  const auto integer = [&] { return row.integer(column++); };
  event.event_id = integer();
  event.byte_offset = integer();
  event.byte_size = integer();
  event.record_id = integer();
  event.time_written = text();
  event.time_created = text();
  event.time = parse_iso8601(event.time_created);
  event.provider = text();
  event.channel = text();
  event.computer = text();
  event.event_code = number();
  event.version = number();
  event.level = number();
  event.task = number();
  event.opcode = number();
  event.keywords = text();
  event.user_sid = text();
  event.process_id = number();
  event.thread_id = number();
  event.activity_id = text();
  event.source_type = text();
  event.state = text();
  event.data = text();
  event.evidence = text();
  event.evidence_sha256 = text();
}

// In the order of read_event().
constexpr std::string_view kEvent =
    "SELECT event_id, byte_offset, byte_size, record_id, time_written, time_created, provider, "
    "channel, computer, event_code, version, level, task, opcode, keywords, user_sid, process_id, "
    "thread_id, activity_id, source_type, state, data, evidence.path, evidence.sha256 "
    "FROM event LEFT JOIN evidence USING (evidence_id) WHERE event_id = ?";

constexpr std::string_view kHits =
    "SELECT kind, value, severity, pack, description, field, matched, byte_offset "
    "FROM hit JOIN indicator USING (indicator_id) WHERE event_id = ? ORDER BY hit_id";

constexpr std::string_view kDetections =
    "SELECT title, uuid, type, level, attack FROM detection JOIN rule USING (rule_id) "
    "WHERE event_id = ? ORDER BY detection_id";

}  // namespace

std::string severity_of(const StoredEvent& event) {
  std::optional<indicators::Severity> highest;
  const auto take = [&highest](const std::string& name) {
    const auto severity = indicators::severity_from(name);
    if (severity && (!highest || *severity > *highest)) highest = severity;
  };
  for (const StoredHit& hit : event.hits) take(hit.severity);
  for (const StoredDetection& detection : event.detections) take(detection.level);
  return highest ? std::string(indicators::to_string(*highest)) : std::string();
}

std::string hits_as_text(const StoredEvent& event) {
  std::string out;
  for (const StoredHit& hit : event.hits) {
    out.append(out.empty() ? "" : "; ").append(hit.kind).append(" ").append(hit.value);
    out.append(" in ").append(hit.field);
  }
  return out;
}

std::string detections_as_text(const StoredEvent& event) {
  std::string out;
  for (const StoredDetection& detection : event.detections) {
    out.append(out.empty() ? "" : "; ").append(detection.title);
  }
  return out;
}

EventStream::EventStream(Database& database, const EventFilter& filter)
    : condition_(event_condition(filter)),
      ids_(database, "SELECT event.event_id FROM event WHERE " + condition_.sql +
                         " ORDER BY event.time_created, event.event_id"),
      event_(database, kEvent),
      hits_(database, kHits),
      detections_(database, kDetections) {
  condition_.bind(ids_);
}

bool EventStream::next(StoredEvent& event) {
  bool there = false;
  // An id without its event: only where another program deletes rows meanwhile.
  while (!there && ids_.step()) {
    event_.bind(ids_.integer(0));
    there = event_.step();
    if (there) read_event(event_, event);
    event_.reset();
  }
  if (!there) return false;
  read_hits(event);
  read_detections(event);
  return true;
}

void EventStream::read_hits(StoredEvent& event) {
  event.hits.clear();
  hits_.bind(event.event_id);
  while (hits_.step()) {
    event.hits.push_back({text_of(hits_, 0), text_of(hits_, 1), text_of(hits_, 2),
                          text_of(hits_, 3), text_of(hits_, 4), text_of(hits_, 5),
                          text_of(hits_, 6), number_of(hits_, 7)});
  }
  hits_.reset();
}

void EventStream::read_detections(StoredEvent& event) {
  event.detections.clear();
  detections_.bind(event.event_id);
  while (detections_.step()) {
    event.detections.push_back({text_of(detections_, 0), text_of(detections_, 1),
                                text_of(detections_, 2), text_of(detections_, 3),
                                text_of(detections_, 4)});
  }
  detections_.reset();
}

}  // namespace evtxhound::casefile
