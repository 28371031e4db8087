#include "evtxhound/evtx/writer/log_writer.hpp"

#include <utility>

#include "evtxhound/base/hash.hpp"
#include "evtxhound/evtx/format.hpp"

namespace evtxhound::evtx::writer {

void store_file_header(MutableBytes file, const FileHeader& header) {
  std::memcpy(file.data(), "ElfFile", 8);
  store(file, 8, std::uint64_t{0});  // the first chunk
  store(file, 16, header.last_chunk);
  store(file, 24, header.next_record_id);
  store(file, 32, std::uint32_t{128});  // the header's size
  store(file, 36, std::uint16_t{1});    // version 3.1, minor number first
  store(file, 38, std::uint16_t{3});
  store(file, 40, static_cast<std::uint16_t>(kFileHeaderSize));
  store(file, 42, header.chunk_count);
  store(file, kFileFlagsOffset, header.flags);
  store(file, kFileChecksumOffset, crc32(Bytes(file).first(kFileFlagsOffset)));
}

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
