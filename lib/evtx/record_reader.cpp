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
  fill_from_frame(frame, *event);
  return event;
}

void add(Result<Event> event, ChunkContent& content) {
  if (event) {
    content.events.push_back(std::move(*event));
  } else {
    content.problems.push_back(event.problem());
  }
}

// Offsets from the chunk's start become such from the start of the evidence.
void finish(ChunkContent& content, std::uint64_t base) {
  for (Event& event : content.events) event.byte_offset += base;
  for (Problem& problem : content.problems) problem.offset = problem.offset.value_or(0) + base;
  std::ranges::stable_sort(content.problems, {}, [](const Problem& p) { return *p.offset; });
}

}  // namespace

ChunkContent read_chunk(ChunkReader& reader, Bytes chunk, std::uint64_t base) {
  ChunkContent content;
  if (is_unused(chunk)) return content;
  reader.open(chunk);
  const ChunkFrames& frames = reader.frames();
  content.has_header = frames.header.has_value();
  content.problems = frames.problems;
  for (const RecordFrame& frame : frames.records) add(reader.event(frame), content);
  finish(content, base);
  return content;
}

std::vector<Result<Event>> read_events_by_libevtx(Bytes chunk, const ChunkFrames& frames) {
  std::vector<Result<std::string>> records = read_with_libevtx(chunk, frames);
  std::vector<Result<Event>> events;
  events.reserve(records.size());
  for (std::size_t i = 0; i < records.size(); ++i) {
    events.push_back(to_event(records[i], frames.records[i]));
  }
  return events;
}

ChunkContent read_chunk_by_libevtx(Bytes chunk, std::uint64_t base) {
  ChunkContent content;
  if (is_unused(chunk)) return content;
  const ChunkFrames frames = find_records(chunk);
  content.has_header = frames.header.has_value();
  content.problems = frames.problems;
  for (Result<Event>& event : read_events_by_libevtx(chunk, frames)) {
    add(std::move(event), content);
  }
  finish(content, base);
  return content;
}

}  // namespace evtxhound::evtx
