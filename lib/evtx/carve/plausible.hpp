// Whether bytes with the signature of a chunk or a record are one. Pure; no length or offset in the
// bytes is believed before it is compared with what is there.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "evtxhound/base/bytes.hpp"
#include "evtxhound/evtx/chunk.hpp"

namespace evtxhound::evtx {

// Whether a chunk's header stands at `offset`: signature, the header's own size of 128, a free
// space offset behind the header and within 64 KiB, the last record's offset before it, and ranges
// of record numbers and ids that do not run backwards, or the header's checksum. Where these are
// so, no checksum is asked: a header that was changed after it was sealed is still one. All 512
// bytes of it must be there.
bool is_chunk_header(Bytes bytes, std::size_t offset);

// The frame of a record at `offset` (its offset is this one), where it is one beyond doubt: its
// signature, a size that a chunk holds and that the copy at its end confirms, an id below 2^48, a
// time from 1980 to 2100, and BinXML in it; where the copy does not confirm the size, the record
// has to do it itself (vouches_for_itself). Absent where one of these is missing.
std::optional<RecordFrame> lone_record(Bytes bytes, std::size_t offset);

// Whether the copy of its size at the record's end is the size. REQUIRES: `frame` lies within
// `bytes`
bool is_size_confirmed(Bytes bytes, const RecordFrame& frame);

// Whether a record whose end was overwritten (by zeros, mostly, from a sector's begin on) says by
// what stands before that that it is one: the sizes of its values add up to its own, and one of
// them is its id or its time once more, as EventRecordID and TimeCreated are. The values behind the
// tear are not what they were. REQUIRES: `frame` lies within `bytes`
bool vouches_for_itself(Bytes bytes, const RecordFrame& frame);

// A template definition that a record names.
struct NamedDefinition {
  std::uint32_t template_id = 0;
  std::uint32_t offset = 0;                // from the start of its chunk, as the record says
  std::optional<std::size_t> resident_at;  // where it stands in the record itself, if it does
};

// The definitions that a record names, its own first, then those of BinXML among its values. Does
// not need to know where the record's chunk begins: a definition that stands in the record is known
// by its GUID, whose first part is the template id. Ends where the record makes no sense.
// REQUIRES: `frame` lies within `bytes`
std::vector<NamedDefinition> named_definitions(Bytes bytes, const RecordFrame& frame);

}  // namespace evtxhound::evtx
