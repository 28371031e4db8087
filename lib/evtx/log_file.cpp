#include "evtxhound/evtx/log_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <numeric>

namespace evtxhound::evtx {
namespace {

std::vector<IdRange> missing_ids(const std::vector<ChunkInfo>& chunks) {
  std::vector<std::uint64_t> ids;
  for (const ChunkInfo& chunk : chunks) {
    for (const RecordFrame& record : chunk.frames.records) ids.push_back(record.record_id);
  }
  std::ranges::sort(ids);
  std::vector<IdRange> missing;
  for (std::size_t i = 1; i < ids.size(); ++i) {
    if (ids[i] > ids[i - 1] + 1) missing.push_back({ids[i - 1] + 1, ids[i] - 1});
  }
  return missing;
}

}  // namespace

std::uint64_t chunk_count(std::uint64_t file_size) {
  if (file_size <= kFileHeaderSize) return 0;
  return (file_size - kFileHeaderSize + kChunkSize - 1) / kChunkSize;
}

std::uint64_t chunk_offset(std::uint64_t index) { return kFileHeaderSize + index * kChunkSize; }

Result<Bytes> read_chunk_bytes(const ByteSource& file, std::uint64_t index, Buffer& buffer) {
  buffer.resize(kChunkSize);
  const auto got = file.read_at(chunk_offset(index), buffer);
  if (!got) return got.problem();
  if (*got == 0) {
    return Problem{ProblemKind::kTruncated, chunk_offset(index),
                   "the file has become shorter since it was found"};
  }
  return Bytes(buffer).first(*got);
}

Result<Bytes> ChunkSource::read(std::uint64_t index) {
  constexpr std::size_t kChunksAtOnce = 4;  // as much as stays in a core's own cache
  const auto at = [&] { return static_cast<std::size_t>(index - first_) * kChunkSize; };
  if (index < first_ || index - first_ >= kChunksAtOnce || at() >= held_) {
    first_ = index;
    buffer_.resize(kChunksAtOnce * kChunkSize);
    const auto got = file_->read_at(chunk_offset(index), buffer_);
    held_ = got ? *got : 0;
    // By itself, so that a place on the disk that cannot be read costs no other chunk.
    if (held_ == 0) return read_chunk_bytes(*file_, index, buffer_);
  }
  return Bytes(buffer_).first(held_).subspan(at(), std::min(kChunkSize, held_ - at()));
}

std::vector<std::uint64_t> chunk_order(const ByteSource& file) {
  const std::uint64_t count = chunk_count(file.size());
  std::array<std::uint8_t, kChunkIdRangeEnd> head{};
  std::uint64_t oldest = 0;
  std::uint64_t lowest = std::numeric_limits<std::uint64_t>::max();
  for (std::uint64_t i = 0; i < count; ++i) {
    const auto got = file.read_at(chunk_offset(i), head);
    if (!got || *got != head.size() || !has_chunk_signature(head)) continue;
    const auto first = load<std::uint64_t>(head, kChunkFirstRecordIdOffset);
    const auto last = load<std::uint64_t>(head, kChunkFirstRecordIdOffset + 8);
    if (first > last || first >= lowest) continue;
    lowest = first;
    oldest = i;
  }
  std::vector<std::uint64_t> order(count);
  std::iota(order.begin(), order.end(), std::uint64_t{0});
  std::rotate(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(oldest), order.end());
  return order;
}

std::optional<FileHeader> read_file_header(const ByteSource& file, std::vector<Problem>& problems) {
  constexpr std::size_t kUsedSize = 128;
  Buffer head(kUsedSize);
  const auto got = file.read_at(0, head);
  if (!got) {
    problems.push_back(got.problem());
    return std::nullopt;
  }
  if (file.size() < kFileHeaderSize) {
    problems.push_back({ProblemKind::kTruncated, file.size(),
                        fmt::format("the file ends after {} of the header's {} bytes", file.size(),
                                    kFileHeaderSize)});
  }
  if (*got < kUsedSize) return std::nullopt;
  if (!has_file_signature(head)) {
    problems.push_back({ProblemKind::kFileHeader, 0, "the file header has no signature"});
  }
  const FileHeader header = parse_file_header(head);
  if (!header.crc_fits()) {
    problems.push_back({ProblemKind::kChecksum, 0,
                        fmt::format("file header CRC32 is {:08x}, computed {:08x}",
                                    header.stored_crc, header.computed_crc)});
  }
  const std::uint64_t room = chunk_count(file.size());
  if (has_file_signature(head) && header.chunk_count > room) {
    problems.push_back({ProblemKind::kTruncated, file.size(),
                        fmt::format("the file header counts {} chunks, the file ends after {}",
                                    header.chunk_count, room)});
  }
  return header;
}

LogInfo inspect_log(const ByteSource& file) {
  LogInfo info;
  info.size = file.size();
  info.header = read_file_header(file, info.problems);
  Buffer buffer;
  for (std::uint64_t i = 0; i < chunk_count(file.size()); ++i) {
    const auto bytes = read_chunk_bytes(file, i, buffer);
    if (!bytes) {
      info.problems.push_back(bytes.problem());
      continue;
    }
    ChunkInfo chunk{chunk_offset(i), is_unused(*bytes), {}};
    if (!chunk.unused) chunk.frames = find_records(*bytes);
    for (Problem& problem : chunk.frames.problems) {
      problem.offset = problem.offset.value_or(0) + chunk.offset;
    }
    info.record_count += chunk.frames.records.size();
    info.chunks.push_back(std::move(chunk));
  }
  info.missing = missing_ids(info.chunks);
  return info;
}

}  // namespace evtxhound::evtx
