// What can be said of a live record's content without its template: where it ends, and what stands
// behind it.
#pragma once

#include <cstddef>
#include <optional>

#include "evtxhound/base/bytes.hpp"
#include "evtxhound/evtx/binxml/instance.hpp"
#include "evtxhound/evtx/chunk.hpp"

namespace evtxhound::evtx {

// The template instance that a record's content is; absent where it is something else, or leaves
// the record. REQUIRES: `frame` lies within `chunk`
std::optional<InstanceFrame> find_instance(Bytes chunk, const RecordFrame& frame);

// Where a record's content ends by its own word, not its header's, from the chunk's start; absent
// where that cannot be read. REQUIRES: `frame` lies within `chunk`
std::optional<std::size_t> find_content_end(Bytes chunk, const RecordFrame& frame);

// The first record that begins at `begin` or behind it in `area`, a chunk up to the end of a live
// record: one that is a part of that record. Its size copy is not looked at, since the live
// record's stands there, but its signature and what its content begins with. `begin` may be
// anywhere.
std::optional<RecordFrame> find_hidden_record(Bytes area, std::size_t begin);

}  // namespace evtxhound::evtx
