// Builds a whole EVTX file in memory.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>

#include "evtxhound/base/bytes.hpp"
#include "evtxhound/evtx/writer/chunk_writer.hpp"

namespace evtxhound::evtx::writer {

// Appends records and opens a new chunk where one does not fit the current chunk, or where that
// has as many as it may.
class LogWriter {
 public:
  explicit LogWriter(std::uint64_t records_per_chunk = std::numeric_limits<std::uint64_t>::max());

  // False where the record is too large for a chunk of its own; the log is then as it was before.
  // REQUIRES: the id is above that of the record before; no more than 65,535 chunks in all
  bool append(const Record& record);

  // The file: header, then the chunks. Without records it is a header alone. Call once, last.
  Buffer finish();

 private:
  void close_chunk();

  std::uint64_t records_per_chunk_;
  std::uint64_t next_record_id_ = 1;
  std::uint16_t chunk_count_ = 0;
  std::optional<ChunkWriter> chunk_;
  Buffer file_;
};

}  // namespace evtxhound::evtx::writer
