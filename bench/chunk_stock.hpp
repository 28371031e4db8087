// Chunks to make logs of: where they come from, and how they get new record ids.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "evtxhound/base/bytes.hpp"
#include "evtxhound/evtx/chunk.hpp"

namespace evtxhound::bench {

// A whole chunk, in whatever state it is, and the records found in it.
struct Chunk {
  Buffer bytes;
  evtx::ChunkFrames frames;
};

// Every distinct chunk of the corpus once, in the order of the files' names. Throws Failure
// (kUsage) where a file of it cannot be read.
std::vector<Chunk> read_corpus(const std::filesystem::path& corpus);

// Throws Failure (kUsage) where `out` lies in the corpus, which would change what the corpus is.
void refuse_to_write_into(const std::filesystem::path& corpus, const std::filesystem::path& out);

// Whether readers will agree on every byte of the chunk, and find little empty space in it.
bool is_sound_and_well_used(const Chunk& chunk);

// The id that would come after those of the chunk's records.
std::uint64_t next_record_id(const Chunk& chunk);

// Gives the chunk's records the ids from `first_id` on and mends what follows from them. The
// EventRecordID among a record's values stays as it was: no reader orders records by it.
// REQUIRES: the chunk is sound and has records
void renumber(Chunk& chunk, std::uint64_t first_id);

}  // namespace evtxhound::bench
