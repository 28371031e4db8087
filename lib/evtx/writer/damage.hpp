// Damage on request: what happens to logs on disks, done to a valid log at chosen places.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "evtxhound/base/bytes.hpp"

namespace evtxhound::evtx::writer {

enum class RecordPart {
  kSignature,  // its four bytes become zero
  kSize,       // the size becomes larger than a chunk
  kSizeCopy,   // the copy at the record's end becomes zero
  kContent,    // the BinXML's first 16 bytes become 0xff
};

struct RecordDamage {
  std::uint64_t record_id = 0;
  RecordPart part = RecordPart::kSignature;
};

// Chunks are counted from 0 in the order of the file. A damaged record also makes its chunk's data
// checksum wrong, as its bytes are not those that were checked.
struct Damage {
  bool dirty = false;  // not closed: the dirty flag, and a header as of the end of the first chunk
  bool file_checksum = false;                        // a wrong checksum of the file header
  std::vector<std::uint64_t> chunk_header_checksum;  // wrong checksums of these chunks' headers
  std::vector<std::uint64_t> chunk_data_checksum;    // wrong checksums of these chunks' records
  std::vector<std::uint64_t> zero_chunk_header;      // the first 512 bytes of these become zero
  std::vector<RecordDamage> records;
  std::optional<std::uint64_t> cut_at;  // the file ends after so many bytes
};

// Does the damage to a valid log. What is wrong with the request (a chunk or record that the log
// does not have, a cut behind its end) is returned as a text; empty where all was done.
std::string apply_damage(Buffer& log, const Damage& damage);

}  // namespace evtxhound::evtx::writer
