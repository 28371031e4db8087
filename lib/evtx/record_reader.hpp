// chunk -> events: the one call that the scan makes for each chunk.
#pragma once

#include <vector>

#include "evtxhound/base/bytes.hpp"
#include "evtxhound/base/problem.hpp"
#include "evtxhound/evtx/chunk_reader.hpp"
#include "evtxhound/evtx/event.hpp"

namespace evtxhound::evtx {

// The events of one chunk and what is wrong with it. Every record that find_records() sees is
// either an event or a problem.
struct ChunkContent {
  bool has_header = true;     // without one, its records are leftovers of a cleared or torn chunk
  std::vector<Event> events;  // in the order of their bytes
  std::vector<Problem> problems;  // likewise
};

// Reads a chunk by the native reader, which has it open afterwards. Offsets, in events and
// problems, are counted from the chunk's start plus `base`. A chunk that was never used gives
// nothing.
ChunkContent read_chunk(ChunkReader& reader, Bytes chunk, std::uint64_t base);

// What libevtx makes of each of `frames.records`, in their order; offsets count from the chunk's
// start. REQUIRES: frames == find_records(chunk). Thread-safe.
std::vector<Result<Event>> read_events_by_libevtx(Bytes chunk, const ChunkFrames& frames);

// The same as read_chunk() by libevtx. Thread-safe.
ChunkContent read_chunk_by_libevtx(Bytes chunk, std::uint64_t base);

}  // namespace evtxhound::evtx
