#include "evtxhound/evtx/file_header.hpp"

#include "evtxhound/base/hash.hpp"

namespace evtxhound::evtx {

bool has_file_signature(Bytes bytes) { return stands_at(bytes, 0, kFileSignature); }

FileHeader parse_file_header(Bytes bytes) {
  FileHeader header;
  header.first_chunk = load<std::uint64_t>(bytes, 8);
  header.last_chunk = load<std::uint64_t>(bytes, 16);
  header.next_record_id = load<std::uint64_t>(bytes, 24);
  header.minor_version = load<std::uint16_t>(bytes, 36);
  header.major_version = load<std::uint16_t>(bytes, 38);
  header.chunk_count = load<std::uint16_t>(bytes, 42);
  header.flags = load<std::uint32_t>(bytes, kFileFlagsOffset);
  header.stored_crc = load<std::uint32_t>(bytes, kFileChecksumOffset);
  header.computed_crc = crc32(bytes.first(kFileFlagsOffset));
  return header;
}

void store_file_header(MutableBytes bytes, const FileHeader& header) {
  std::memcpy(bytes.data(), kFileSignature.data(), kFileSignature.size());
  store(bytes, 8, header.first_chunk);
  store(bytes, 16, header.last_chunk);
  store(bytes, 24, header.next_record_id);
  store(bytes, 32, std::uint32_t{128});  // how much of the header block is in use
  store(bytes, 36, header.minor_version);
  store(bytes, 38, header.major_version);
  store(bytes, 40, static_cast<std::uint16_t>(kFileHeaderSize));
  store(bytes, 42, header.chunk_count);
  store(bytes, kFileFlagsOffset, header.flags);
  store(bytes, kFileChecksumOffset, crc32(Bytes(bytes).first(kFileFlagsOffset)));
}

}  // namespace evtxhound::evtx
