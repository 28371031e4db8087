// A chunk: 64 KiB that stand on their own. Its header, and the frames of its records.
//
// Source of the layout: libevtx's format documentation, "Chunk" and "Event record". Offsets count
// from the chunk's first byte; all integers are little-endian.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "evtxhound/base/bytes.hpp"
#include "evtxhound/base/problem.hpp"
#include "evtxhound/base/time.hpp"
#include "evtxhound/evtx/format.hpp"

namespace evtxhound::evtx {

struct ChunkHeader {
  std::uint64_t first_record_number = 0;
  std::uint64_t last_record_number = 0;
  std::uint64_t first_record_id = 0;
  std::uint64_t last_record_id = 0;
  std::uint32_t last_record_offset = 0;
  std::uint32_t free_space_offset = 0;  // behind the last record; untrusted
  std::uint32_t stored_data_crc = 0;
  std::uint32_t flags = 0;
  std::uint32_t stored_header_crc = 0;
  std::uint32_t computed_header_crc = 0;  // over [0, 120) and [128, 512)
  // Over [512, free_space_offset); absent where that offset lies outside the chunk.
  std::optional<std::uint32_t> computed_data_crc;

  [[nodiscard]] bool has_no_crc() const { return (flags & kNoChecksums) != 0; }
  [[nodiscard]] bool header_crc_fits() const {
    return has_no_crc() || stored_header_crc == computed_header_crc;
  }
  [[nodiscard]] bool data_crc_fits() const {
    return has_no_crc() || computed_data_crc == stored_data_crc;
  }
};

// Where a record stands and what its own header says.
struct RecordFrame {
  std::uint32_t offset = 0;  // of its signature
  std::uint32_t size = 0;    // from the signature to the end of the size copy
  std::uint64_t record_id = 0;
  Filetime time_written = 0;
};

// What a chunk's bytes say of themselves.
struct ChunkFrames {
  // Absent where the signature "ElfChnk\0" is missing: a cleared or overwritten header. Records
  // that still stand behind such a header are listed all the same.
  std::optional<ChunkHeader> header;
  std::vector<RecordFrame> records;  // by offset; they do not overlap
  // Header, checksums and bytes that form no record; offsets count from the chunk's start.
  std::vector<Problem> problems;
};

// Whether the bytes start with the signature "ElfChnk\0".
bool has_chunk_signature(Bytes bytes);

// What the header of a chunk says. `chunk` may end anywhere behind its header; the checksum of its
// records is computed where it does not end before they do. REQUIRES: chunk.size() >=
// kChunkHeaderSize
ChunkHeader read_chunk_header(Bytes chunk);

// Stores the checksum of a chunk's header, which covers the tables and the checksum of the records
// too. REQUIRES: chunk.size() >= kChunkHeaderSize
void seal_chunk_header(MutableBytes chunk);

// Whether the chunk holds nothing but zeros: space that Windows allocated and never used.
bool is_unused(Bytes chunk);

// Finds the records of a chunk, up to the free space. A place that holds no record is a problem,
// and reading goes on at the next signature whose record fits. The record's content is not read.
//
// `chunk` may be shorter than 64 KiB: the last one of a cut file.
ChunkFrames find_records(Bytes chunk);

// Finds stale records: those that still stand where `live` has none, behind the free space offset
// and between records, left over from what the chunk held before. Only what is a record beyond
// doubt: its signature, a size that its copy confirms, and BinXML in it. By offset; they overlap
// neither each other nor live ones. REQUIRES: live == find_records(chunk)
std::vector<RecordFrame> find_stale_records(Bytes chunk, const ChunkFrames& live);

}  // namespace evtxhound::evtx
