// An EVTX file as a whole: its header, and where its chunks are.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "evtxhound/base/byte_source.hpp"
#include "evtxhound/base/bytes.hpp"
#include "evtxhound/base/problem.hpp"
#include "evtxhound/evtx/chunk.hpp"
#include "evtxhound/evtx/file_header.hpp"

namespace evtxhound::evtx {

// How many chunks a file of this size has room for, the last of them possibly cut. The header's
// own count is 16 bits wide and stale in a dirty log, so the size decides.
std::uint64_t chunk_count(std::uint64_t file_size);

// Where the i-th chunk starts, from the start of the file.
std::uint64_t chunk_offset(std::uint64_t index);

// Reads the i-th chunk of a log; fewer than 64 KiB only at the end of the file. `buffer` holds the
// bytes and must outlive the view. Fails, with the offset from the file's start, where the system
// cannot read (kUnreadable) or the file no longer reaches there (kTruncated).
Result<Bytes> read_chunk_bytes(const ByteSource& file, std::uint64_t index, Buffer& buffer);

// The chunks of a log for one thread, read several at a time: by pread, since a copy within the
// cache costs less than the faults of a mapping, and a failing disk is an error with a place and no
// signal.
class ChunkSource {
 public:
  // `file` must outlive it.
  explicit ChunkSource(const ByteSource& file) : file_(&file) {}

  // The i-th chunk, as read_chunk_bytes() has it; valid until the next call. Cheap where chunks
  // are asked for in their order.
  Result<Bytes> read(std::uint64_t index);

 private:
  const ByteSource* file_;
  Buffer buffer_;
  std::uint64_t first_ = 0;  // the chunk that buffer_ begins with
  std::size_t held_ = 0;     // bytes in buffer_
};

// The order in which to read a log's chunks, oldest records first. A full log writes each new chunk
// over its oldest, so the one with the lowest record id comes first, then those behind it, then
// those from the file's start. The file header's own word for it is stale in a dirty log and not
// taken; neither are chunk headers whose range of ids is empty. What cannot be read stays in its
// place.
std::vector<std::uint64_t> chunk_order(const ByteSource& file);

// Reads the file header. A damaged one is no reason to give up a log: what is wrong goes to
// `problems`, and only where it cannot be read at all the result is empty.
std::optional<FileHeader> read_file_header(const ByteSource& file, std::vector<Problem>& problems);

// A range of record ids, both ends included.
struct IdRange {
  std::uint64_t first = 0;
  std::uint64_t last = 0;
};

struct ChunkInfo {
  std::uint64_t offset = 0;  // from the file's start
  bool unused = false;       // nothing but zeros
  ChunkFrames frames;        // problems with offsets from the file's start
};

// What a log's headers and record frames say; no record's content is read.
struct LogInfo {
  std::uint64_t size = 0;
  std::optional<FileHeader> header;
  std::vector<ChunkInfo> chunks;
  std::vector<IdRange> missing;   // ids between the lowest and the highest that no record has
  std::vector<Problem> problems;  // of the file as a whole
  std::uint64_t record_count = 0;
};

// Throws nothing; what cannot be read is a problem.
LogInfo inspect_log(const ByteSource& file);

}  // namespace evtxhound::evtx
