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
  header.computed_crc = crc32(bytes.first(120));
  return header;
}

}  // namespace evtxhound::evtx
