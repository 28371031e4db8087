#include "evtxhound/evtx/carve/carver.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "evtxhound/evtx/carve/signatures.hpp"
#include "evtxhound/evtx/format.hpp"

namespace evtxhound::evtx {
namespace {

// Before a part: what begins there can go on into it, and says what begins within something else.
constexpr std::uint64_t kLookBack = 4 * kChunkSize;

// Definitions that are known may become so many before those out of reach are forgotten.
constexpr std::size_t kManyDefinitions = 4096;

// Whether all definitions that the record names stand in the chunk. Not only its own: that of
// System is the same in many chunks, and then often stands in the same place. Only where a record
// is torn, its first one has to do: the others may stand behind the tear.
bool is_own(Bytes chunk, const RecordFrame& frame) {
  auto definitions = named_definitions(chunk, frame);
  if (definitions.size() > 1 && !is_size_confirmed(chunk, frame)) definitions.resize(1);
  return std::ranges::all_of(definitions, [&](const NamedDefinition& named) {
    if (named.resident_at) return *named.resident_at == named.offset;
    return holds(chunk, named.offset, kDefinitionHeaderSize) &&
           load<std::uint32_t>(chunk, named.offset + 4) == named.template_id;
  });
}

// Whether the chunk's checksums say that header and records are what was written.
bool is_sealed(const ChunkHeader& header) {
  return !header.has_no_crc() && header.header_crc_fits() && header.data_crc_fits();
}

// Takes away what find_records() believes of a log and nobody can of a carved chunk: a record whose
// size nothing confirms, neither its copy, nor a record that begins where it ends, nor the record
// itself. Where the chunk is cut, its last bytes are those of something else.
void drop_doubtful(CarvedChunk& chunk) {
  std::vector<RecordFrame>& records = chunk.frames.records;
  std::size_t kept = 0;
  for (std::size_t i = 0; i < records.size(); ++i) {
    const std::size_t end = std::size_t{records[i].offset} + records[i].size;
    const bool followed = i + 1 < records.size() && records[i + 1].offset == end;
    const bool believed = is_size_confirmed(chunk.bytes, records[i]) || followed ||
                          vouches_for_itself(chunk.bytes, records[i]);
    if (believed) records[kept++] = records[i];
  }
  records.resize(kept);
}

std::uint64_t end_of(const std::vector<RecordFrame>& records) {
  return records.empty() ? 0 : std::uint64_t{records.back().offset} + records.back().size;
}

}  // namespace

Carver::Carver(const ByteSource& source, ByteRun run, std::size_t window)
    : window_(source, run, kChunkSize, kChunkSize + kChunkHeaderSize), step_(window) {}

void Carver::carve(std::uint64_t begin, std::uint64_t end, CarveSink& sink) {
  const ByteRun run = window_.run();
  begin_ = std::max(begin, run.begin);
  end = std::min(end, run.end);
  sink_ = &sink;
  chunk_end_ = sealed_end_ = record_end_ = chunk_records_end_ = 0;
  foreign_.clear();
  definitions_.clear();
  kept_definitions_ = 0;
  if (begin_ >= end) return;
  std::vector<Problem> problems;
  std::uint64_t at = begin_ - std::min(kLookBack, begin_ - run.begin);
  while (at < end) {
    const std::uint64_t next = at + std::min<std::uint64_t>(step_, end - at);
    window_.move(at, next, problems);
    for (Problem& problem : problems) {
      if (problem.offset >= begin_) sink.on_problem(std::move(problem));
    }
    problems.clear();
    if (next > begin_) {
      const std::uint64_t first = std::max(at, begin_);
      sink.on_bytes(first, static_cast<std::size_t>(next - first),
                    window_.bytes().subspan(static_cast<std::size_t>(first - window_.offset())));
    }
    look(at, next);
    at = next;
  }
}

// Takes what begins in [begin, end), which the window is at.
void Carver::look(std::uint64_t begin, std::uint64_t end) {
  const Bytes held = window_.bytes();
  const auto first = static_cast<std::size_t>(begin - window_.offset());
  found_.clear();
  find_signatures(held.subspan(first), static_cast<std::size_t>(end - begin), found_);
  for (const std::uint32_t found : found_) {
    const std::size_t at = first + found;
    if (is_chunk_header(held, at)) {
      take_chunk(at);
    } else if (const auto frame = lone_record(held, at)) {
      take_record(*frame);
    }
  }
}

void Carver::take_chunk(std::size_t at) {
  CarvedChunk chunk;
  chunk.offset = window_.offset() + at;
  if (chunk.offset < sealed_end_ || !read_chunk(chunk, at)) return;
  split(chunk);
  chunk_end_ = chunk.offset + chunk.bytes.size();
  if (is_sealed(*chunk.frames.header)) {
    sealed_end_ = chunk.offset + chunk.frames.header->free_space_offset;
  }
  if (chunk.offset >= begin_) sink_->on_chunk(chunk);
}

// Finds how far the chunk at `at` goes, and its records. False where another header stands in its
// own, which then is one no more.
bool Carver::read_chunk(CarvedChunk& chunk, std::size_t at) {
  const Bytes rest = window_.bytes().subspan(at);
  chunk.bytes = rest.first(std::min(kChunkSize, rest.size()));
  chunk.frames = find_records(chunk.bytes);
  const ChunkHeader header = *chunk.frames.header;
  const std::size_t used = header.free_space_offset;
  const std::size_t certain = is_sealed(header) ? used : kChunkSignature.size();
  const std::size_t end = next_header(at + certain, at + chunk.bytes.size()) - at;
  if (end < kChunkHeaderSize) return false;
  if (end < chunk.bytes.size()) {
    chunk.bytes = chunk.bytes.first(end);
    chunk.frames = find_records(chunk.bytes);
  }
  // Nothing ends here but what is known of the chunk, and that matters where it had records.
  std::erase_if(chunk.frames.problems,
                [](const Problem& problem) { return problem.kind == ProblemKind::kTruncated; });
  if (end < used) {
    chunk.frames.problems.push_back(
        {ProblemKind::kTruncated, end,
         fmt::format("the chunk is cut after {} of the {} bytes that it has in use", end, used)});
  }
  if (!is_sealed(header)) drop_doubtful(chunk);
  chunk.stale = find_stale_records(chunk.bytes, chunk.frames);
  return true;
}

// The first place in [begin, end) of what is held where a chunk's header stands; `end` without one.
std::size_t Carver::next_header(std::size_t begin, std::size_t end) {
  if (begin >= end) return end;
  const Bytes held = window_.bytes();
  found_in_chunk_.clear();
  find_signatures(held.subspan(begin), end - begin, found_in_chunk_);
  for (const std::uint32_t found : found_in_chunk_) {
    if (is_chunk_header(held, begin + found)) return begin + found;
  }
  return end;
}

// Takes the records out of a chunk whose definitions do not stand in it.
void Carver::split(CarvedChunk& chunk) {
  foreign_.clear();
  chunk_records_end_ = chunk.offset + std::max(end_of(chunk.frames.records), end_of(chunk.stale));
  const auto is_foreign = [&](const RecordFrame& frame) {
    if (is_own(chunk.bytes, frame) || !lone_record(chunk.bytes, frame.offset)) return false;
    foreign_.push_back(chunk.offset + frame.offset);
    return true;
  };
  std::erase_if(chunk.frames.records, is_foreign);
  std::erase_if(chunk.stale, is_foreign);
  std::ranges::sort(foreign_);
}

void Carver::take_record(const RecordFrame& frame) {
  const auto definitions = named_definitions(window_.bytes(), frame);
  learn(definitions);
  const std::uint64_t begin = window_.offset() + frame.offset;
  const std::uint64_t end = begin + frame.size;
  if (!is_alone(begin, end)) return;
  const bool torn = !is_size_confirmed(window_.bytes(), frame);
  // What stands where a torn record would go on has overwritten it.
  record_end_ = torn ? begin + kRecordHeaderSize : end;
  if (begin < begin_) return;
  if (torn) {
    sink_->on_problem({ProblemKind::kRecordDamaged, begin,
                       fmt::format("record {}: its size {} and the copy of it differ",
                                   frame.record_id, frame.size)});
  }
  report(frame, definitions);
}

// Whether a record there is not a chunk's own, nor a value of another one.
bool Carver::is_alone(std::uint64_t begin, std::uint64_t end) const {
  if (begin >= chunk_end_) return begin >= record_end_;
  if (std::ranges::binary_search(foreign_, begin)) return true;
  // What was written over a chunk's rest can go on behind where the chunk would have ended.
  return end > chunk_end_ && begin >= chunk_records_end_ && begin >= record_end_;
}

void Carver::report(const RecordFrame& frame, const std::vector<NamedDefinition>& definitions) {
  CarvedRecord record;
  record.offset = window_.offset() + frame.offset;
  record.frame = frame;
  if (const auto base = find_base(frame, definitions)) {
    record.has_base = true;
    record.bytes = chunk_from(*base);
    record.frame.offset =
        static_cast<std::uint32_t>(static_cast<std::int64_t>(record.offset) - *base);
  } else {
    record.bytes = window_.bytes().subspan(frame.offset, frame.size);
    record.frame.offset = 0;
  }
  sink_->on_record(record);
}

void Carver::learn(const std::vector<NamedDefinition>& definitions) {
  std::uint64_t last = 0;
  for (const NamedDefinition& named : definitions) {
    if (!named.resident_at) continue;
    last = window_.offset() + *named.resident_at;
    definitions_.insert_or_assign({named.template_id, named.offset}, last);
  }
  if (definitions_.size() < std::max(kManyDefinitions, 2 * kept_definitions_)) return;
  std::erase_if(definitions_,
                [last](const auto& known) { return known.second + 2 * kChunkSize < last; });
  kept_definitions_ = definitions_.size();
}

// Where the chunk of the record began, if a definition says so that the record has, or that it
// names and that stood last where it would have to.
std::optional<std::int64_t> Carver::find_base(
    const RecordFrame& frame, const std::vector<NamedDefinition>& definitions) const {
  const auto begin = static_cast<std::int64_t>(window_.offset() + frame.offset);
  for (const NamedDefinition& named : definitions) {
    std::uint64_t stands_at = 0;
    if (named.resident_at) {
      stands_at = window_.offset() + *named.resident_at;
    } else {
      const auto known = definitions_.find({named.template_id, named.offset});
      if (known == definitions_.end()) continue;
      stands_at = known->second;
    }
    const std::int64_t base = static_cast<std::int64_t>(stands_at) - named.offset;
    const std::int64_t at = begin - base;
    const bool fits = at >= static_cast<std::int64_t>(kChunkHeaderSize) &&
                      at + frame.size <= static_cast<std::int64_t>(kChunkSize);
    if (fits) return base;
  }
  return std::nullopt;
}

// The 64 KiB from there on, as far as the run has them; zeros for what is before it.
Bytes Carver::chunk_from(std::int64_t base) {
  const Bytes held = window_.bytes();
  const auto begin = static_cast<std::int64_t>(window_.run().begin);
  const std::size_t missing = base < begin ? static_cast<std::size_t>(begin - base) : 0;
  const auto first = static_cast<std::size_t>(base + static_cast<std::int64_t>(missing) -
                                              static_cast<std::int64_t>(window_.offset()));
  const Bytes there = held.subspan(first, std::min(kChunkSize - missing, held.size() - first));
  if (missing == 0) return there;
  if (padded_base_ != base) {
    padded_.assign(missing, 0);
    padded_.insert(padded_.end(), there.begin(), there.end());
    padded_base_ = base;
  }
  return padded_;
}

}  // namespace evtxhound::evtx
