// Builds one chunk of 64 KiB, record by record.
#pragma once

#include <cstdint>

#include "evtxhound/base/bytes.hpp"
#include "evtxhound/base/time.hpp"
#include "evtxhound/evtx/writer/chunk_tables.hpp"
#include "evtxhound/evtx/writer/instance.hpp"

namespace evtxhound::evtx::writer {

// One record: its header's fields and its content.
struct Record {
  std::uint64_t id = 0;
  Filetime written = 0;
  Instance content;
};

class ChunkWriter {
 public:
  // Appends a record. False where it does not fit any more; the chunk is then as it was before.
  // REQUIRES: the id is above that of the record before
  bool append(const Record& record);

  [[nodiscard]] std::uint64_t record_count() const { return record_count_; }

  // The whole chunk: header, tables, records, zeros up to its end, and both checksums.
  // REQUIRES: record_count() > 0
  [[nodiscard]] Buffer finish() const;

 private:
  ChunkTables chunk_;
  std::uint64_t record_count_ = 0;
  std::uint64_t first_id_ = 0;
  std::uint64_t last_id_ = 0;
  std::size_t last_offset_ = 0;
};

}  // namespace evtxhound::evtx::writer
