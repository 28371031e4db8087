#include "evtxhound/evtx/chunk.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "evtxhound/base/hash.hpp"
#include "evtxhound/evtx/record_content.hpp"

namespace evtxhound::evtx {
namespace {

std::uint32_t header_crc(Bytes chunk) {
  const Bytes tables = chunk.subspan(kStringTableOffset, kChunkHeaderSize - kStringTableOffset);
  return crc32(tables, crc32(chunk.first(kChunkFlagsOffset)));
}

// In a full chunk of ordinary records.
constexpr std::size_t kUsualRecords = 128;

// How far a frame can be believed.
enum class Trust { kNone, kSizeDoubtful, kSound };

struct Candidate {
  RecordFrame frame;
  Trust trust = Trust::kNone;
};

bool starts_record(Bytes area, std::size_t offset) {
  return holds(area, offset, kMinRecordSize) &&
         load<std::uint32_t>(area, offset) == kRecordSignature;
}

// Reads the frame at `offset`. A size copy that differs leaves the size doubtful.
Candidate frame_at(Bytes area, std::size_t offset) {
  if (!starts_record(area, offset)) return {};
  Candidate candidate;
  candidate.frame.offset = static_cast<std::uint32_t>(offset);
  candidate.frame.size = load<std::uint32_t>(area, offset + 4);
  candidate.frame.record_id = load<std::uint64_t>(area, offset + 8);
  candidate.frame.time_written = load<std::uint64_t>(area, offset + 16);
  const std::size_t size = candidate.frame.size;
  if (size < kMinRecordSize || !holds(area, offset, size)) return {};
  const bool copy_fits = load<std::uint32_t>(area, offset + size - 4) == size;
  candidate.trust = copy_fits ? Trust::kSound : Trust::kSizeDoubtful;
  return candidate;
}

// The next place from `offset` on that holds a record beyond doubt, or the area's end.
std::size_t next_sound_record(Bytes area, std::size_t offset) {
  constexpr int kFirstByte = kRecordSignature & 0xFFU;
  while (offset < area.size()) {
    const void* const found = std::memchr(area.data() + offset, kFirstByte, area.size() - offset);
    if (found == nullptr) break;
    offset = static_cast<std::size_t>(static_cast<const std::uint8_t*>(found) - area.data());
    if (frame_at(area, offset).trust == Trust::kSound) return offset;
    ++offset;
  }
  return area.size();
}

// A doubtful size is believed where another record, or the end of the area, follows it, and none
// begins before that: a size that spans two records must not swallow the second.
bool is_followed(Bytes area, const RecordFrame& frame) {
  const std::size_t end = std::size_t{frame.offset} + frame.size;
  if (end != area.size() && !starts_record(area, end)) return false;
  return next_sound_record(area.first(end), frame.offset + kMinRecordSize) == end;
}

void add_problem(ChunkFrames& frames, ProblemKind kind, std::uint64_t offset, std::string message) {
  frames.problems.push_back({kind, offset, std::move(message)});
}

void check_header(Bytes chunk, ChunkFrames& frames) {
  const ChunkHeader& header = *frames.header;
  if (!header.header_crc_fits()) {
    add_problem(frames, ProblemKind::kChecksum, 0,
                fmt::format("chunk header CRC32 is {:08x}, computed {:08x}",
                            header.stored_header_crc, header.computed_header_crc));
  }
  if (chunk.size() < kChunkSize) return;  // a cut chunk: its data and their CRC32 are not all there
  if (!header.computed_data_crc) {
    add_problem(
        frames, ProblemKind::kChunkHeader, kChunkFreeSpaceOffset,
        fmt::format("free space offset {:#x} lies outside the chunk", header.free_space_offset));
  } else if (!header.data_crc_fits()) {
    add_problem(frames, ProblemKind::kChecksum, 0,
                fmt::format("CRC32 of the chunk's records is {:08x}, computed {:08x}",
                            header.stored_data_crc, *header.computed_data_crc));
  }
}

// A record torn before its end: its size copy is wrong and no record follows, but its content is
// whole. It goes as far as it says, unless another one stands before that.
std::optional<RecordFrame> torn_record(Bytes area, const Candidate& candidate) {
  if (candidate.trust != Trust::kSizeDoubtful) return std::nullopt;
  RecordFrame frame = candidate.frame;
  const auto end = find_content_end(area, frame);
  if (!end) return std::nullopt;
  const std::size_t next = next_sound_record(area, *end);
  frame.size = static_cast<std::uint32_t>(std::min<std::size_t>(frame.size, next - frame.offset));
  if (frame.size < *end - frame.offset + 4) return std::nullopt;
  return frame;
}

void walk(Bytes area, ChunkFrames& frames, bool end_is_known) {
  std::size_t offset = kChunkHeaderSize;
  while (offset < area.size()) {
    const Candidate candidate = frame_at(area, offset);
    std::optional<RecordFrame> frame;
    if (candidate.trust == Trust::kSound) {
      frame = candidate.frame;
    } else {
      const bool doubtful = candidate.trust == Trust::kSizeDoubtful;
      frame = doubtful && is_followed(area, candidate.frame) ? candidate.frame
                                                             : torn_record(area, candidate);
      if (frame) {
        add_problem(frames, ProblemKind::kRecordDamaged, offset,
                    fmt::format("record {}: its size {} and the copy of it differ",
                                frame->record_id, candidate.frame.size));
      }
    }
    if (frame) {
      frames.records.push_back(*frame);
      offset += frame->size;
      continue;
    }
    const std::size_t next = next_sound_record(area, offset + 1);
    // Without a known end the last record is followed by free space, which is no damage.
    if (next == area.size() && !end_is_known) return;
    add_problem(frames, ProblemKind::kRecordDamaged, offset,
                fmt::format("{} bytes hold no record", next - offset));
    offset = next;
  }
}

void report_cut(Bytes chunk, ChunkFrames& frames) {
  std::string message =
      fmt::format("the file ends after {} of the chunk's {} bytes", chunk.size(), kChunkSize);
  const std::uint64_t read = frames.records.empty() ? 0 : frames.records.back().record_id;
  if (frames.header && read < frames.header->last_record_id) {
    message += fmt::format("; records {} to {} are missing",
                           std::max(read + 1, frames.header->first_record_id),
                           frames.header->last_record_id);
  }
  add_problem(frames, ProblemKind::kTruncated, chunk.size(), std::move(message));
}

}  // namespace

bool has_chunk_signature(Bytes bytes) { return stands_at(bytes, 0, kChunkSignature); }

ChunkHeader read_chunk_header(Bytes chunk) {
  ChunkHeader header;
  header.first_record_number = load<std::uint64_t>(chunk, 8);
  header.last_record_number = load<std::uint64_t>(chunk, 16);
  header.first_record_id = load<std::uint64_t>(chunk, kChunkFirstRecordIdOffset);
  header.last_record_id = load<std::uint64_t>(chunk, kChunkFirstRecordIdOffset + 8);
  header.last_record_offset = load<std::uint32_t>(chunk, 44);
  header.free_space_offset = load<std::uint32_t>(chunk, kChunkFreeSpaceOffset);
  header.stored_data_crc = load<std::uint32_t>(chunk, kChunkDataChecksumOffset);
  header.flags = load<std::uint32_t>(chunk, kChunkFlagsOffset);
  header.stored_header_crc = load<std::uint32_t>(chunk, kChunkHeaderChecksumOffset);
  header.computed_header_crc = header_crc(chunk);
  const std::size_t free = header.free_space_offset;
  if (free >= kChunkHeaderSize && free <= chunk.size()) {
    header.computed_data_crc = crc32(chunk.subspan(kChunkHeaderSize, free - kChunkHeaderSize));
  }
  return header;
}

void seal_chunk_header(MutableBytes chunk) {
  store(chunk, kChunkHeaderChecksumOffset, header_crc(chunk));
}

bool is_unused(Bytes chunk) {
  if (chunk.empty() || chunk[0] != 0) return chunk.empty();
  // Each byte is the one before it.
  return std::memcmp(chunk.data(), chunk.data() + 1, chunk.size() - 1) == 0;
}

ChunkFrames find_records(Bytes chunk) {
  ChunkFrames frames;
  if (chunk.size() < kChunkHeaderSize) {
    report_cut(chunk, frames);
    return frames;
  }
  Bytes area = chunk;
  bool end_is_known = false;
  if (has_chunk_signature(chunk)) {
    frames.header = read_chunk_header(chunk);
    check_header(chunk, frames);
    const std::size_t free = frames.header->free_space_offset;
    end_is_known = frames.header->computed_data_crc.has_value();
    if (end_is_known) area = chunk.first(free);
  }
  frames.records.reserve(kUsualRecords);
  walk(area, frames, end_is_known);
  if (!frames.header) {
    add_problem(frames, ProblemKind::kChunkHeader, 0,
                fmt::format("chunk without header; {} records stand in it", frames.records.size()));
  }
  if (chunk.size() < kChunkSize) report_cut(chunk, frames);
  return frames;
}

std::vector<RecordFrame> find_stale_records(Bytes chunk, const ChunkFrames& live) {
  std::vector<RecordFrame> stale;
  const auto search = [&](std::size_t begin, std::size_t end) {
    const Bytes area = chunk.first(end);
    for (std::size_t at = next_sound_record(area, begin); at < end;) {
      const RecordFrame frame = frame_at(area, at).frame;
      const bool has_content = stands_at(area, at + kRecordHeaderSize, kContentBegin);
      if (has_content) stale.push_back(frame);
      at = next_sound_record(area, at + (has_content ? frame.size : 1));
    }
  };
  std::size_t at = kChunkHeaderSize;
  for (const RecordFrame& record : live.records) {
    search(at, record.offset);
    at = std::size_t{record.offset} + record.size;
  }
  if (at < chunk.size()) search(at, chunk.size());
  return stale;
}

}  // namespace evtxhound::evtx
