#include "evtxhound/evtx/writer/chunk_writer.hpp"

#include "evtxhound/base/hash.hpp"
#include "evtxhound/evtx/chunk.hpp"
#include "evtxhound/evtx/format.hpp"
#include "evtxhound/evtx/writer/binxml.hpp"

namespace evtxhound::evtx::writer {
namespace {

constexpr std::uint32_t kUsedHeaderSize = 128;  // as the header says of itself: without the tables
constexpr std::uint32_t kChunkFlags = 1;        // measured: bit 0 is set in every chunk

// Zeros so that the record ends at a multiple of its alignment, its size copy being the last.
void pad_record(ChunkTables& chunk) {
  const std::size_t end = chunk.size() + sizeof(std::uint32_t);
  chunk.put_zeros((kRecordAlignment - end % kRecordAlignment) % kRecordAlignment);
}

}  // namespace

bool ChunkWriter::append(const Record& record) {
  const std::size_t start = chunk_.size();
  chunk_.put(kRecordSignature);
  const std::size_t size_offset = chunk_.put(std::uint32_t{0});
  chunk_.put(record.id);
  chunk_.put(record.written);
  put_fragment(chunk_, record.content);
  pad_record(chunk_);
  const auto size = static_cast<std::uint32_t>(chunk_.size() + 4 - start);
  chunk_.patch(size_offset, size);
  chunk_.put(size);
  if (chunk_.size() > kChunkSize) {
    chunk_.roll_back(start);
    return false;
  }
  if (record_count_++ == 0) first_id_ = record.id;
  last_id_ = record.id;
  last_offset_ = start;
  return true;
}

Buffer ChunkWriter::finish() const {
  Buffer out(chunk_.bytes().begin(), chunk_.bytes().end());
  const auto free_space = static_cast<std::uint32_t>(out.size());
  const std::uint32_t data_checksum = crc32(Bytes(out).subspan(kChunkHeaderSize));
  out.resize(kChunkSize);
  std::memcpy(out.data(), kChunkSignature.data(), kChunkSignature.size());
  store(out, 8, first_id_);  // the record numbers: the same as the ids in a log never exported
  store(out, 16, last_id_);
  store(out, 24, first_id_);
  store(out, 32, last_id_);
  store(out, 40, kUsedHeaderSize);
  store(out, 44, static_cast<std::uint32_t>(last_offset_));
  store(out, kChunkFreeSpaceOffset, free_space);
  store(out, kChunkDataChecksumOffset, data_checksum);
  store(out, kChunkFlagsOffset, kChunkFlags);
  seal_chunk_header(out);
  return out;
}

}  // namespace evtxhound::evtx::writer
