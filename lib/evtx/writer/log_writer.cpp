#include "evtxhound/evtx/writer/log_writer.hpp"

#include <utility>

#include "evtxhound/evtx/file_header.hpp"
#include "evtxhound/evtx/format.hpp"

namespace evtxhound::evtx::writer {

LogWriter::LogWriter(std::uint64_t records_per_chunk)
    : records_per_chunk_(records_per_chunk), file_(kFileHeaderSize) {}

bool LogWriter::append(const Record& record) {
  if (chunk_ && chunk_->record_count() >= records_per_chunk_) close_chunk();
  if (chunk_ && !chunk_->append(record)) close_chunk();
  if (!chunk_) {
    ChunkWriter fresh;
    if (!fresh.append(record)) return false;
    chunk_ = std::move(fresh);
  }
  next_record_id_ = record.id + 1;
  return true;
}

void LogWriter::close_chunk() {
  const Buffer bytes = chunk_->finish();
  file_.insert(file_.end(), bytes.begin(), bytes.end());
  chunk_.reset();
  ++chunk_count_;
}

Buffer LogWriter::finish() {
  if (chunk_) close_chunk();
  FileHeader header;
  header.chunk_count = chunk_count_;
  header.last_chunk = chunk_count_ == 0 ? 0 : chunk_count_ - std::uint64_t{1};
  header.next_record_id = next_record_id_;
  store_file_header(file_, header);
  return std::move(file_);
}

}  // namespace evtxhound::evtx::writer
