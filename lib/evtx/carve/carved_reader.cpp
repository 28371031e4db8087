#include "evtxhound/evtx/carve/carved_reader.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "evtxhound/evtx/binxml/limits.hpp"
#include "evtxhound/evtx/carve/bare_instance.hpp"
#include "evtxhound/evtx/system_field.hpp"

namespace evtxhound::evtx {
namespace {

// False where `area` holds no instance at `at`.
bool add_values(Bytes area, std::size_t at, std::size_t depth, Event& event) {
  if (depth > kMaxTemplateDepth) return false;
  const auto instance = read_bare_instance(area, at);
  if (!instance) return false;
  std::vector<Value> values;
  append_values(area, instance->frame, values);
  for (const Value& value : values) {
    const auto begin = static_cast<std::size_t>(value.bytes.data() - area.data());
    if (value.is_binxml() &&
        add_values(area.first(begin + value.bytes.size()), begin, depth + 1, event)) {
      continue;
    }
    event.data.push_back({fmt::format("Value{}", event.data.size() + 1), value.text()});
  }
  return true;
}

// All records of a chunk as they stand, with whether each is stale.
std::vector<std::pair<RecordFrame, bool>> records_of(const CarvedChunk& chunk) {
  std::vector<std::pair<RecordFrame, bool>> all;
  for (const RecordFrame& frame : chunk.frames.records) all.emplace_back(frame, false);
  for (const RecordFrame& frame : chunk.stale) all.emplace_back(frame, true);
  std::ranges::sort(all, {}, [](const auto& record) { return record.first.offset; });
  return all;
}

}  // namespace

std::optional<Event> event_of_values(Bytes bytes, const RecordFrame& frame) {
  Event event;
  const std::size_t end = std::size_t{frame.offset} + frame.size - 4;  // the size copy
  if (!add_values(bytes.first(end), frame.offset + kRecordHeaderSize, 0, event)) {
    return std::nullopt;
  }
  fill_from_frame(frame, event);
  return event;
}

void CarvedReader::read(const CarvedChunk& chunk, const Use& use, std::vector<Problem>& problems) {
  const std::size_t first_problem = problems.size();
  problems.insert(problems.end(), chunk.frames.problems.begin(), chunk.frames.problems.end());
  reader_.open(chunk.bytes, chunk.frames);
  close();
  for (const auto& [frame, stale] : records_of(chunk)) {
    read(chunk.bytes, chunk.offset, frame, use, stale ? nullptr : &problems);
  }
  const auto found = problems.begin() + static_cast<std::ptrdiff_t>(first_problem);
  for (auto problem = found; problem != problems.end(); ++problem) {
    problem->offset = problem->offset.value_or(0) + chunk.offset;
  }
  std::stable_sort(found, problems.end(),
                   [](const Problem& a, const Problem& b) { return *a.offset < *b.offset; });
}

void CarvedReader::read(const CarvedRecord& record, const Use& use,
                        std::vector<Problem>& problems) {
  open(record);
  const std::size_t first_problem = problems.size();
  if (read(record.bytes, record.offset - record.frame.offset, record.frame, use, &problems)) return;
  for (std::size_t i = first_problem; i < problems.size(); ++i) problems[i].offset = record.offset;
}

// Reads a record of the bytes that are open. Where that cannot be done, adds the reason to
// `problems`, with its offset from the start of the bytes, and returns false.
bool CarvedReader::read(Bytes bytes, std::uint64_t base, const RecordFrame& frame, const Use& use,
                        std::vector<Problem>* problems) {
  auto event = reader_.event(frame);
  if (event) {
    const Naming naming = reader_.last_was_rebuilt() ? Naming::kLike : Naming::kOwn;
    use({std::move(*event), naming, bytes, base});
    return true;
  }
  if (lone_record(bytes, frame.offset)) {
    if (auto values = event_of_values(bytes, frame)) {
      fill_system(frame, *values);
      use({std::move(*values), Naming::kNone, bytes, base});
      return true;
    }
  }
  if (problems != nullptr) problems->push_back(event.problem());
  return false;
}

// Fills the fields of System that the record's own first definition names, where only one within it
// is gone.
void CarvedReader::fill_system(const RecordFrame& frame, Event& event) {
  const Record record = reader_.record(frame);
  for (const SystemPlace& place : kSystemPlaces) {
    std::string name(place.element);
    if (!place.attribute.empty()) name += fmt::format(".{}", place.attribute);
    const auto value = record.system(name);
    if (value && !value->is_null()) set_system_field(place.field, value->text(), event);
  }
}

// The lone records of 64 KiB may cost what a chunk may, and those of one chunk read its templates
// once.
void CarvedReader::open(const CarvedRecord& record) {
  const std::uint64_t region = record.offset / kChunkSize;
  std::optional<std::uint64_t> base;
  if (record.has_base) base = record.offset - record.frame.offset;
  ChunkFrames frames{std::nullopt, {record.frame}, {}};
  if (region_ != region) {
    reader_.open(record.bytes, std::move(frames));
  } else if (base && base == base_) {
    reader_.open_again(record.bytes, std::move(frames));
  } else {
    reader_.open_next(record.bytes, std::move(frames));
  }
  region_ = region;
  base_ = base;
}

bool CarvedReader::load_templates(const CarvedChunk& chunk) {
  ChunkFrames all = chunk.frames;
  all.records.insert(all.records.end(), chunk.stale.begin(), chunk.stale.end());
  reader_.open(chunk.bytes, std::move(all));
  close();
  return reader_.load_templates();
}

bool CarvedReader::load_templates(const CarvedRecord& record) {
  if (!record.has_base) return false;
  open(record);
  return reader_.load_templates();
}

}  // namespace evtxhound::evtx
