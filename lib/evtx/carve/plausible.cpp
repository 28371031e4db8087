#include "evtxhound/evtx/carve/plausible.hpp"

#include <algorithm>
#include <string_view>

#include "evtxhound/evtx/binxml/limits.hpp"
#include "evtxhound/evtx/carve/bare_instance.hpp"
#include "evtxhound/evtx/format.hpp"
#include "evtxhound/evtx/likeness.hpp"

namespace evtxhound::evtx {
namespace {

constexpr std::string_view kFragmentHeader("\x0f\x01\x01\0", 4);
constexpr std::size_t kLeastRecordSize = kMinRecordSize + kFragmentHeader.size();
constexpr std::uint32_t kHeaderSizeField = 128;  // at byte 40 of every chunk

constexpr Filetime kEarliest = 119'600'064'000'000'000;  // 1980-01-01
constexpr Filetime kLatest = 157'469'184'000'000'000;    // 2100-01-01

// Nobody has written so many.
constexpr std::uint64_t kMostRecordId = std::uint64_t{1} << 48U;

// Between a record's last value and the copy of its size: the end token, and zeros to a multiple of
// eight (measured over 34,000 real records).
constexpr std::size_t kMostBehindValues = 8;

// The most definitions of one record that are looked at. Ordinary ones name two.
constexpr std::size_t kMostDefinitions = 16;

void add_definitions(Bytes area, std::size_t at, std::size_t depth,
                     std::vector<NamedDefinition>& found) {
  if (depth > kMaxTemplateDepth || found.size() >= kMostDefinitions) return;
  const auto instance = read_bare_instance(area, at);
  if (!instance) return;
  const InstanceFrame& frame = instance->frame;
  found.push_back(
      {frame.template_id, static_cast<std::uint32_t>(frame.definition), instance->resident_at});
  std::size_t value = frame.values;
  for (std::size_t i = 0; i < frame.count; ++i) {
    const std::size_t descriptor = frame.descriptors + i * kDescriptorSize;
    const std::size_t size = load<std::uint16_t>(area, descriptor);
    if (static_cast<ValueType>(area[descriptor + 2]) == ValueType::kBinXml) {
      add_definitions(area.first(value + size), value, depth + 1, found);
    }
    value += size;
  }
}

}  // namespace

bool is_chunk_header(Bytes bytes, std::size_t offset) {
  if (!holds(bytes, offset, kChunkHeaderSize)) return false;
  const Bytes header = bytes.subspan(offset, kChunkHeaderSize);
  if (!stands_at(header, 0, kChunkSignature)) return false;
  if (load<std::uint32_t>(header, 40) != kHeaderSizeField) return false;
  const auto last = load<std::uint32_t>(header, 44);
  const auto free = load<std::uint32_t>(header, kChunkFreeSpaceOffset);
  if (free < kChunkHeaderSize || free > kChunkSize || last > free) return false;
  const bool ordered = load<std::uint64_t>(header, 8) <= load<std::uint64_t>(header, 16) &&
                       load<std::uint64_t>(header, kChunkFirstRecordIdOffset) <=
                           load<std::uint64_t>(header, kChunkFirstRecordIdOffset + 8);
  if (ordered) return true;
  // A chunk that has no record yet has no range of them; its checksum then has to speak for it.
  const ChunkHeader read = read_chunk_header(header);
  return !read.has_no_crc() && read.header_crc_fits();
}

std::optional<RecordFrame> lone_record(Bytes bytes, std::size_t offset) {
  if (!holds(bytes, offset, kMinRecordSize)) return std::nullopt;
  const Bytes record = bytes.subspan(offset);
  // In this order: what nearly all that is no record fails at comes first, and costs no jump.
  if (!stands_at(record, kRecordHeaderSize, kFragmentHeader)) return std::nullopt;
  RecordFrame frame;
  frame.size = load<std::uint32_t>(record, 4);
  frame.record_id = load<std::uint64_t>(record, 8);
  frame.time_written = load<std::uint64_t>(record, 16);
  if (load<std::uint32_t>(record, 0) != kRecordSignature) return std::nullopt;
  if (frame.size < kLeastRecordSize || frame.size > kChunkSize - kChunkHeaderSize) {
    return std::nullopt;
  }
  if (frame.record_id >= kMostRecordId) return std::nullopt;
  if (frame.time_written < kEarliest || frame.time_written >= kLatest) return std::nullopt;
  if (!holds(record, 0, frame.size)) return std::nullopt;
  frame.offset = static_cast<std::uint32_t>(offset);
  if (!is_size_confirmed(bytes, frame) && !vouches_for_itself(bytes, frame)) return std::nullopt;
  return frame;
}

bool is_size_confirmed(Bytes bytes, const RecordFrame& frame) {
  return load<std::uint32_t>(bytes, std::size_t{frame.offset} + frame.size - 4) == frame.size;
}

bool vouches_for_itself(Bytes bytes, const RecordFrame& frame) {
  const std::size_t end = std::size_t{frame.offset} + frame.size - 4;  // the size copy
  const std::size_t content = std::size_t{frame.offset} + kRecordHeaderSize;
  if (load<std::uint32_t>(bytes, std::size_t{frame.offset} + 4) != frame.size) return false;
  const auto instance = read_bare_instance(bytes.first(end), content);
  if (!instance) return false;
  const std::size_t behind = end - instance->frame.end;
  if (behind == 0 || behind > kMostBehindValues) return false;
  std::vector<Value> values;
  append_values(bytes.first(end), instance->frame, values);
  return std::ranges::any_of(values,
                             [&](const Value& value) { return repeats_header(value, frame); });
}

std::vector<NamedDefinition> named_definitions(Bytes bytes, const RecordFrame& frame) {
  std::vector<NamedDefinition> found;
  const std::size_t end = std::size_t{frame.offset} + frame.size - 4;  // the size copy
  add_definitions(bytes.first(end), frame.offset + kRecordHeaderSize, 0, found);
  return found;
}

}  // namespace evtxhound::evtx
