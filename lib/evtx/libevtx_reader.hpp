// Records read by libevtx (libyal).
//
// libevtx opens whole files and gives up on much that is damaged: one bad chunk header, checksum
// or record can end a file for it, and a record that claims billions of values keeps it busy for
// minutes. A chunk, however, stands on its own. So each chunk is handed to libevtx as a small log
// in memory, a copy put in order first: a clean file header before it, the chunk header's counts
// and checksums made to fit what find_records() found, gaps bridged by an empty record, and the
// content of records that cannot be trusted made empty. The records themselves stay as they are.
// What is wrong with a chunk is reported by find_records(), not hidden by this.
#pragma once

#include <string>
#include <vector>

#include "evtxhound/base/bytes.hpp"
#include "evtxhound/base/problem.hpp"
#include "evtxhound/evtx/chunk.hpp"

namespace evtxhound::evtx {

// The XML of each of the chunk's records, as libevtx renders it (valid UTF-8), one for each of
// `frames.records` in their order; or the problem (kRecordDamaged, kRecordUnread), its offset
// counted from the chunk's start. REQUIRES: frames == find_records(chunk). Thread-safe.
std::vector<Result<std::string>> read_with_libevtx(Bytes chunk, const ChunkFrames& frames);

// The same XML without white space between elements, on one line.
std::string on_one_line(const std::string& xml);

// The version of libevtx that is in use.
std::string libevtx_version();

}  // namespace evtxhound::evtx
