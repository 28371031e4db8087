// The first 4,096 bytes of an EVTX file.
//
// Source of the layout: libevtx's format documentation, "File header". All integers are
// little-endian. Only the first 128 bytes carry data.
#pragma once

#include <cstdint>

#include "evtxhound/base/bytes.hpp"
#include "evtxhound/evtx/format.hpp"

namespace evtxhound::evtx {

struct FileHeader {
  std::uint64_t first_chunk = 0;     // number of the oldest chunk
  std::uint64_t last_chunk = 0;      // number of the newest chunk
  std::uint64_t next_record_id = 1;  // that the next record written would get
  std::uint16_t minor_version = 1;   // or 2 since Windows 10 1903
  std::uint16_t major_version = 3;
  std::uint16_t chunk_count = 0;  // stale in a dirty log: derive it from the file's size
  std::uint32_t flags = 0;
  std::uint32_t stored_crc = 0;
  std::uint32_t computed_crc = 0;  // over the bytes [0, 120)

  [[nodiscard]] bool dirty() const { return (flags & kFileDirty) != 0; }
  [[nodiscard]] bool full() const { return (flags & kFileFull) != 0; }
  [[nodiscard]] bool has_no_crc() const { return (flags & kNoChecksums) != 0; }
  [[nodiscard]] bool crc_fits() const { return has_no_crc() || stored_crc == computed_crc; }
};

// Whether the bytes start with the signature "ElfFile\0".
bool has_file_signature(Bytes bytes);

// Reads the header whatever its signature is. REQUIRES: holds(bytes, 0, 128)
FileHeader parse_file_header(Bytes bytes);

// Writes a header with its signature and checksum; the header's own fields for the latter are not
// looked at. REQUIRES: holds(bytes, 0, 128)
void store_file_header(MutableBytes bytes, const FileHeader& header);

}  // namespace evtxhound::evtx
