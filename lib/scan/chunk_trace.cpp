#include "evtxhound/scan/chunk_trace.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "evtxhound/evtx/binxml/instance.hpp"
#include "evtxhound/evtx/log_file.hpp"
#include "evtxhound/evtx/record_content.hpp"
#include "evtxhound/scan/notable_event.hpp"

namespace evtxhound::scan {
namespace {

TracedRecord traced(const evtx::RecordFrame& frame, std::uint64_t base) {
  return {frame.record_id, frame.time_written, base + frame.offset, std::nullopt};
}

// What stands between two records that should follow each other.
std::string between(const evtx::RecordFrame& before, const evtx::RecordFrame& after) {
  const std::size_t bytes = after.offset - (std::size_t{before.offset} + before.size);
  if (bytes == 0) return "with no byte between them";
  return fmt::format("with {} bytes between them that hold no record", bytes);
}

}  // namespace

std::optional<Finding> time_back(const TracedRecord& before, const TracedRecord& after) {
  constexpr std::uint64_t kSecond = 10'000'000;  // in 100 ns
  if (before.time == 0 || after.time == 0 || after.time >= before.time) return std::nullopt;
  const std::uint64_t step = before.time - after.time;
  if (step < kTimeBackSeconds * kSecond) return std::nullopt;
  return Finding{
      FindingKind::kTimeBack,
      after.offset,
      fmt::format("record {} was written {:.3f} seconds before record {} before it", after.id,
                  static_cast<double>(step) / static_cast<double>(kSecond), before.id),
      {{before.id, after.id}},
      before.time,
      after.time};
}

void ChunkTracer::start(Bytes chunk, std::uint64_t index, const evtx::ChunkFrames& frames) {
  chunk_ = chunk;
  base_ = evtx::chunk_offset(index);
  trace_ = {};
  hidden_.clear();
  trace_.index = index;
  trace_.kind = frames.header ? ChunkTrace::Kind::kSound : ChunkTrace::Kind::kHeaderless;
  if (!frames.records.empty()) {
    trace_.ends = {traced(frames.records.front(), base_), traced(frames.records.back(), base_)};
  }
  for (const Problem& problem : frames.problems) {
    if (problem.kind != ProblemKind::kChecksum) continue;
    add({FindingKind::kChecksum, base_ + problem.offset.value_or(0), problem.message, {}, 0, 0});
  }
  check_header(frames);
  if (frames.header) walk(frames);
}

void ChunkTracer::walk(const evtx::ChunkFrames& frames) {
  constexpr Filetime kLeastStep = kTimeBackSeconds * 10'000'000;
  for (std::size_t i = 1; i < frames.records.size(); ++i) {
    const evtx::RecordFrame& before = frames.records[i - 1];
    const evtx::RecordFrame& after = frames.records[i];
    const bool usual = (after.record_id == before.record_id + 1) &
                       (after.time_written + kLeastStep > before.time_written);
    if (!usual) check_pair(before, after);
  }
}

void ChunkTracer::check_pair(const evtx::RecordFrame& before, const evtx::RecordFrame& after) {
  if (auto back = time_back(traced(before, base_), traced(after, base_))) add(std::move(*back));
  if (after.record_id == before.record_id + 1) return;
  Finding finding;
  finding.offset = base_ + after.offset;
  finding.before = before.time_written;
  finding.after = after.time_written;
  if (after.record_id > before.record_id) {
    finding.kind = FindingKind::kRecordGap;
    finding.records = {before.record_id + 1, after.record_id - 1};
    finding.detail = fmt::format("{}: {} follows {} within a chunk, {}",
                                 missing_records(finding.records->first, finding.records->second),
                                 after.record_id, before.record_id, between(before, after));
  } else {
    finding.kind = FindingKind::kRecordOrder;
    finding.records = {before.record_id, after.record_id};
    finding.detail = fmt::format("record {} follows {} within a chunk, {}", after.record_id,
                                 before.record_id, between(before, after));
  }
  add(std::move(finding));
}

// A chunk that the file cuts off has a header that knows more than is there; that is a problem, and
// of the log's end.
void ChunkTracer::check_header(const evtx::ChunkFrames& frames) {
  Finding finding{FindingKind::kChunkMismatch, base_, {}, {}, 0, 0};
  if (!frames.header) {
    if (frames.records.empty()) return;
    finding.detail =
        fmt::format("{} records stand in a chunk without header", frames.records.size());
    finding.records = {trace_.ends->first.id, trace_.ends->second.id};
    finding.before = trace_.ends->first.time;
    finding.after = trace_.ends->second.time;
    add(std::move(finding));
    return;
  }
  if (chunk_.size() < evtx::kChunkSize) return;
  const evtx::ChunkHeader& header = *frames.header;
  const bool is_empty = frames.records.empty();
  if (is_empty && header.first_record_id > header.last_record_id) return;
  if (is_empty) {
    finding.detail = fmt::format("the chunk's header says records {} to {}, none stands in it",
                                 header.first_record_id, header.last_record_id);
  } else if (header.first_record_id != trace_.ends->first.id ||
             header.last_record_id != trace_.ends->second.id) {
    finding.detail =
        fmt::format("the chunk's header says records {} to {}, those that stand in it are {} to {}",
                    header.first_record_id, header.last_record_id, trace_.ends->first.id,
                    trace_.ends->second.id);
  } else {
    return;
  }
  finding.records = {header.first_record_id, header.last_record_id};
  add(std::move(finding));
}

void ChunkTracer::find_content_end(const evtx::RecordFrame& frame) {
  if (trace_.kind != ChunkTrace::Kind::kSound) return;
  if (const auto end = evtx::find_content_end(chunk_, frame)) content_ends(frame, *end);
}

// Who hides records makes the one before it reach over it, whose size copy then stands in the
// hidden one's last bytes. So its own size copy does not count, but what it begins with.
void ChunkTracer::search_tail(const evtx::RecordFrame& frame, std::size_t end) {
  if (trace_.kind != ChunkTrace::Kind::kSound) return;
  const Bytes area = chunk_.first(std::size_t{frame.offset} + frame.size);
  while (const auto hidden = evtx::find_hidden_record(area, end)) {
    add({FindingKind::kHiddenRecord,
         base_ + hidden->offset,
         fmt::format("record {} of {} bytes stands within record {}, behind its content",
                     hidden->record_id, hidden->size, frame.record_id),
         {{hidden->record_id, hidden->record_id}},
         frame.time_written,
         hidden->time_written});
    hidden_.push_back(*hidden);
    end = std::size_t{hidden->offset} + evtx::kMinRecordSize;  // one can hide in another
  }
}

void ChunkTracer::unreadable(const evtx::RecordFrame& frame) {
  if (trace_.kind != ChunkTrace::Kind::kSound) return;
  const auto instance = evtx::find_instance(chunk_, frame);
  if (!instance) return;
  evtx::DefinitionFrame definition;
  if (evtx::read_definition(chunk_, instance->definition, definition)) return;
  const auto stands = load<std::uint32_t>(definition.guid, 0);
  if (stands == instance->template_id) return;
  add({FindingKind::kTemplateReplaced,
       base_ + frame.offset,
       fmt::format("record {} is made from template {:08x}; {:08x} stands where that should be",
                   frame.record_id, instance->template_id, stands),
       {{frame.record_id, frame.record_id}},
       0,
       frame.time_written});
}

bool ChunkTracer::is_notable(const evtx::Survey& survey) { return is_notable_event(survey); }

void ChunkTracer::event(const evtx::Event& event) {
  if (trace_.kind != ChunkTrace::Kind::kSound) return;
  auto finding = finding_of(event);
  if (!finding) return;
  *finding->offset += base_;
  add(std::move(*finding));
}

void ChunkTracer::event_record_ids(std::optional<std::uint64_t> first,
                                   std::optional<std::uint64_t> last) {
  if (!trace_.ends) return;
  trace_.ends->first.event_record_id = first;
  trace_.ends->second.event_record_id = last;
}

ChunkTrace ChunkTracer::finish() {
  std::ranges::stable_sort(trace_.findings, {}, [](const Finding& finding) {
    return std::pair(finding.offset, finding.kind);
  });
  return std::move(trace_);
}

ChunkTrace unread_chunk(std::uint64_t index) {
  ChunkTrace trace;
  trace.index = index;
  trace.kind = ChunkTrace::Kind::kUnread;
  return trace;
}

}  // namespace evtxhound::scan
