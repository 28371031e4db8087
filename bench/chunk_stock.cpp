#include "chunk_stock.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <unordered_set>
#include <utility>

#include "evtxhound/base/failure.hpp"
#include "evtxhound/base/file.hpp"
#include "evtxhound/base/hash.hpp"
#include "evtxhound/evidence/find.hpp"
#include "evtxhound/evtx/log_file.hpp"

namespace evtxhound::bench {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kWellUsed = evtx::kChunkSize * 9 / 10;

}  // namespace

// Space that was never used is no work, chunks without header are passed over by some readers and
// not by others, and cut ones cannot stand in the middle of a log: these are left out.
std::vector<Chunk> read_corpus(const fs::path& corpus) {
  std::vector<Chunk> chunks;
  std::unordered_set<std::string> seen;
  for (const evidence::Piece& piece : evidence::find({corpus}).pieces) {
    if (piece.kind != evidence::Kind::kEvtx) continue;
    const auto fail = [&piece](const Problem& problem) {
      return Failure(ExitStatus::kUsage,
                     fmt::format("{}: {}", piece.path.string(), problem.message));
    };
    const auto file = piece.open();
    if (!file) throw fail(file.problem());
    for (std::uint64_t i = 0; i < evtx::chunk_count((*file)->size()); ++i) {
      Chunk chunk;
      const auto bytes = evtx::read_chunk_bytes(**file, i, chunk.bytes);
      if (!bytes) throw fail(bytes.problem());
      const bool whole = bytes->size() == evtx::kChunkSize && evtx::has_chunk_signature(*bytes);
      if (!whole || !seen.insert(sha256_hex(*bytes)).second) continue;
      chunk.frames = evtx::find_records(*bytes);
      chunks.push_back(std::move(chunk));
    }
  }
  return chunks;
}

void refuse_to_write_into(const fs::path& corpus, const fs::path& out) {
  const fs::path whole_corpus = fs::weakly_canonical(corpus);
  const fs::path whole_out = fs::weakly_canonical(out);
  const auto [end, unused] = std::ranges::mismatch(whole_corpus, whole_out);
  if (end == whole_corpus.end()) {
    throw Failure(ExitStatus::kUsage, fmt::format("{}: lies in the corpus", out.string()));
  }
}

bool is_sound_and_well_used(const Chunk& chunk) {
  const evtx::ChunkFrames& frames = chunk.frames;
  return frames.problems.empty() && !frames.records.empty() && !frames.header->has_no_crc() &&
         frames.header->free_space_offset >= kWellUsed;
}

std::uint64_t next_record_id(const Chunk& chunk) {
  std::uint64_t next_id = 1;
  for (const evtx::RecordFrame& record : chunk.frames.records) {
    next_id = std::max(next_id, record.record_id + 1);
  }
  return next_id;
}

void renumber(Chunk& chunk, std::uint64_t first_id) {
  const MutableBytes bytes = chunk.bytes;
  std::uint64_t id = first_id;
  for (const evtx::RecordFrame& record : chunk.frames.records)
    store(bytes, record.offset + 8, id++);
  const std::uint64_t last_id = id - 1;
  store(bytes, 8, first_id);  // the record numbers: the same as the ids in a log never exported
  store(bytes, 16, last_id);
  store(bytes, 24, first_id);
  store(bytes, 32, last_id);
  const std::size_t end = chunk.frames.header->free_space_offset;
  store(bytes, evtx::kChunkDataChecksumOffset,
        crc32(Bytes(bytes).subspan(evtx::kChunkHeaderSize, end - evtx::kChunkHeaderSize)));
  evtx::seal_chunk_header(bytes);
}

}  // namespace evtxhound::bench
