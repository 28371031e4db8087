#include "evtxhound/evtx/writer/damage.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "evtxhound/evtx/chunk.hpp"
#include "evtxhound/evtx/file_header.hpp"

namespace evtxhound::evtx::writer {
namespace {

std::uint64_t chunk_count(const Buffer& log) { return (log.size() - kFileHeaderSize) / kChunkSize; }

MutableBytes chunk_at(Buffer& log, std::uint64_t number) {
  return MutableBytes(log).subspan(kFileHeaderSize + number * kChunkSize, kChunkSize);
}

void spoil_checksum(MutableBytes bytes, std::size_t offset) {
  store(bytes, offset, ~load<std::uint32_t>(bytes, offset));
}

// The bytes of a record; empty where the log has none of this id.
MutableBytes find_record(Buffer& log, std::uint64_t id) {
  for (std::uint64_t number = 0; number < chunk_count(log); ++number) {
    const MutableBytes chunk = chunk_at(log, number);
    const auto end = load<std::uint32_t>(chunk, kChunkFreeSpaceOffset);
    std::size_t at = kChunkHeaderSize;
    while (at < end) {
      const auto size = load<std::uint32_t>(chunk, at + 4);
      if (load<std::uint64_t>(chunk, at + 8) == id) return chunk.subspan(at, size);
      at += size;
    }
  }
  return {};
}

void damage_record(MutableBytes record, RecordPart part) {
  switch (part) {
    case RecordPart::kSignature:
      store(record, 0, std::uint32_t{0});
      break;
    case RecordPart::kSize:
      store(record, 4, static_cast<std::uint32_t>(kChunkSize + kRecordAlignment));
      break;
    case RecordPart::kSizeCopy:
      store(record, record.size() - 4, std::uint32_t{0});
      break;
    case RecordPart::kContent:
      std::ranges::fill(record.subspan(kRecordHeaderSize, 16), std::uint8_t{0xff});
      break;
  }
}

// The header as Windows last wrote it when the log had one chunk; the log has grown since.
void make_dirty(Buffer& log) {
  FileHeader stale;
  stale.flags = kFileDirty;
  if (chunk_count(log) > 0) {
    stale.chunk_count = 1;
    stale.next_record_id = load<std::uint64_t>(chunk_at(log, 0), 32) + 1;
  }
  store_file_header(log, stale);
}

}  // namespace

std::string apply_damage(Buffer& log, const Damage& damage) {
  for (const auto* chunks :
       {&damage.chunk_header_checksum, &damage.chunk_data_checksum, &damage.zero_chunk_header}) {
    for (const std::uint64_t number : *chunks) {
      if (number >= chunk_count(log)) return fmt::format("the log has no chunk {}", number);
    }
  }
  if (damage.cut_at && *damage.cut_at > log.size()) {
    return fmt::format("the log has only {} bytes", log.size());
  }
  std::vector<MutableBytes> records;
  for (const RecordDamage& wanted : damage.records) {
    records.push_back(find_record(log, wanted.record_id));
    if (records.back().empty()) return fmt::format("the log has no record {}", wanted.record_id);
  }

  if (damage.dirty) make_dirty(log);
  if (damage.file_checksum) spoil_checksum(log, kFileChecksumOffset);
  for (std::size_t i = 0; i < records.size(); ++i) {
    damage_record(records[i], damage.records[i].part);
  }
  for (const std::uint64_t number : damage.chunk_data_checksum) {
    spoil_checksum(chunk_at(log, number), kChunkDataChecksumOffset);
    seal_chunk_header(chunk_at(log, number));  // which covers the checksum of the data
  }
  for (const std::uint64_t number : damage.chunk_header_checksum) {
    spoil_checksum(chunk_at(log, number), kChunkHeaderChecksumOffset);
  }
  for (const std::uint64_t number : damage.zero_chunk_header) {
    std::ranges::fill(chunk_at(log, number).first(kChunkHeaderSize), std::uint8_t{0});
  }
  if (damage.cut_at) log.resize(*damage.cut_at);
  return {};
}

}  // namespace evtxhound::evtx::writer
