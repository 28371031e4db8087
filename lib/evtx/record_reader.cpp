#include "evtxhound/evtx/record_reader.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "evtxhound/evtx/chunk.hpp"
#include "evtxhound/evtx/libevtx_reader.hpp"
#include "evtxhound/evtx/xml_event.hpp"

namespace evtxhound::evtx {
namespace {

Result<Event> to_event(Result<std::string>& xml, const RecordFrame& frame) {
  if (!xml) return xml.problem();
  auto event = event_from_xml(std::move(*xml));
  if (!event) {
    return Problem{ProblemKind::kRecordUnread, frame.offset,
                   fmt::format("record {}: {}", frame.record_id, event.problem().message)};
  }
  event->byte_size = frame.size;
  event->record_id = frame.record_id;
  event->time_written = frame.time_written;
  // A record without a readable TimeCreated is placed by the time in its header.
  if (event->time_created.empty()) event->time_created = to_iso8601(frame.time_written);
  return event;
}

}  // namespace

ChunkContent read_chunk(Bytes chunk, std::uint64_t base) {
  ChunkContent content;
  if (is_unused(chunk)) return content;
  ChunkFrames frames = find_records(chunk);
  content.has_header = frames.header.has_value();
  content.problems = std::move(frames.problems);

  std::vector<Result<std::string>> records = read_with_libevtx(chunk, frames);
  for (std::size_t i = 0; i < records.size(); ++i) {
    const RecordFrame& frame = frames.records[i];
    auto event = to_event(records[i], frame);
    if (!event) {
      content.problems.push_back(event.problem());
      continue;
    }
    event->byte_offset = base + frame.offset;
    content.events.push_back(std::move(*event));
  }
  for (Problem& problem : content.problems) problem.offset = problem.offset.value_or(0) + base;
  std::ranges::stable_sort(content.problems, {}, [](const Problem& p) { return *p.offset; });
  return content;
}

}  // namespace evtxhound::evtx
