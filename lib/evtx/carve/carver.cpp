#include "evtxhound/evtx/carve/carver.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "evtxhound/evtx/carve/signatures.hpp"
#include "evtxhound/evtx/format.hpp"

namespace evtxhound::evtx {
namespace {

// Before a part: what begins there can go on into it, and says what begins within something else.
constexpr std::uint64_t kLookBack = 4 * kChunkSize;

// Whether all definitions that the record names stand in the chunk. Not only its own: that of
// System is the same in many chunks, and then often stands in the same place. Only where a record
// is torn, its first one has to do: the others may stand behind the tear.
bool is_own(Bytes chunk, const RecordFrame& frame, std::vector<NamedDefinition> definitions) {
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
  torn_limit_ = {};
  left_out_ = {};
  definitions_.clear();
  signatures_.clear();
  searched_end_ = 0;
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
  report_left_out();
}

// Takes what begins in [begin, end), which the window is at.
void Carver::look(std::uint64_t begin, std::uint64_t end) {
  search(begin);
  const Bytes held = window_.bytes();
  for (std::size_t i = 0; i < signatures_.size() && signatures_[i] < end; ++i) {
    const auto at = static_cast<std::size_t>(signatures_[i] - window_.offset());
    if (is_chunk_header(held, at)) {
      take_chunk(at);
    } else if (const auto frame = lone_record(held, at)) {
      take_record(*frame);
    }
  }
}

// Finds the signatures from `begin` to the end of what is held.
void Carver::search(std::uint64_t begin) {
  signatures_.erase(signatures_.begin(), std::ranges::lower_bound(signatures_, begin));
  const Bytes held = window_.bytes();
  // One that goes on behind what is held is found with what comes next.
  std::uint64_t end = window_.offset() + held.size();
  if (end < window_.run().end) end -= kLongestSignature - 1;
  searched_end_ = std::max(searched_end_, begin);
  if (searched_end_ >= end) return;
  found_.clear();
  const auto first = static_cast<std::size_t>(searched_end_ - window_.offset());
  find_signatures(held.subspan(first), static_cast<std::size_t>(end - searched_end_), found_);
  for (const std::uint32_t found : found_) signatures_.push_back(searched_end_ + found);
  searched_end_ = end;
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
  const Bytes whole = rest.first(std::min(kChunkSize, rest.size()));
  const std::size_t end = find_chunk_end(whole, at);
  if (end < kChunkHeaderSize) return false;
  chunk.bytes = whole.first(end);
  chunk.frames = find_records(chunk.bytes);
  work_ += end;
  // Nothing ends here but what is known of the chunk, and that matters where it had records.
  std::erase_if(chunk.frames.problems,
                [](const Problem& problem) { return problem.kind == ProblemKind::kTruncated; });
  const std::size_t used = chunk.frames.header->free_space_offset;
  if (end < used) {
    chunk.frames.problems.push_back(
        {ProblemKind::kTruncated, end,
         fmt::format("the chunk is cut after {} of the {} bytes that it has in use", end, used)});
  }
  if (!is_sealed(*chunk.frames.header)) drop_doubtful(chunk);
  chunk.stale = find_stale_records(chunk.bytes, chunk.frames);
  work_ += end;
  return true;
}

// Where the next chunk's header stands, from the begin of the one at `at`; otherwise the end of
// `chunk`. Checksums are computed only where it depends on them.
std::size_t Carver::find_chunk_end(Bytes chunk, std::size_t at) {
  const std::size_t next = next_header(at + kChunkSignature.size(), at + chunk.size()) - at;
  const std::size_t used = load<std::uint32_t>(chunk, kChunkFreeSpaceOffset);
  if (next >= used || used > chunk.size()) return next;
  work_ += kChunkHeaderSize;
  const ChunkHeader header = read_chunk_header(chunk.first(kChunkHeaderSize));
  if (header.has_no_crc() || !header.header_crc_fits()) return next;
  work_ += used;
  if (!is_sealed(read_chunk_header(chunk))) return next;
  return next_header(at + used, at + chunk.size()) - at;
}

// The first place in [begin, end) of what is held where a chunk's header stands; `end` without one.
std::size_t Carver::next_header(std::size_t begin, std::size_t end) {
  const Bytes held = window_.bytes();
  auto found = std::ranges::lower_bound(signatures_, window_.offset() + begin);
  for (; found != signatures_.end() && *found < window_.offset() + end; ++found) {
    const auto at = static_cast<std::size_t>(*found - window_.offset());
    if (is_chunk_header(held, at)) return at;
  }
  return end;
}

// Takes the records out of a chunk whose definitions do not stand in it.
void Carver::split(CarvedChunk& chunk) {
  foreign_.clear();
  chunk_records_end_ = chunk.offset + std::max(end_of(chunk.frames.records), end_of(chunk.stale));
  std::vector<std::pair<std::uint64_t, std::vector<NamedDefinition>>> own;
  const auto is_foreign = [&](const RecordFrame& frame) {
    auto definitions = named_definitions(chunk.bytes, frame);
    work_ += frame.size;
    if (is_own(chunk.bytes, frame, definitions) || !lone_record(chunk.bytes, frame.offset)) {
      own.emplace_back(chunk.offset + frame.offset, std::move(definitions));
      return false;
    }
    foreign_.push_back(chunk.offset + frame.offset);
    return true;
  };
  std::erase_if(chunk.frames.records, is_foreign);
  std::erase_if(chunk.stale, is_foreign);
  std::ranges::sort(foreign_);
  std::ranges::sort(own, {}, [](const auto& record) { return record.first; });
  definitions_.advance(chunk.offset);
  for (const auto& [record, definitions] : own) {
    definitions_.learn_later(record, definitions, chunk.offset);
  }
}

void Carver::take_record(const RecordFrame& frame) {
  const std::uint64_t begin = window_.offset() + frame.offset;
  const std::uint64_t end = begin + frame.size;
  if (!is_alone(begin, end)) return;
  if (begin / kChunkSize != left_out_.first / kChunkSize) report_left_out();
  const bool torn = !is_size_confirmed(window_.bytes(), frame);
  // What stands where a torn record would go on has overwritten it.
  record_end_ = torn ? begin + kRecordHeaderSize : end;
  if (torn && !torn_limit_.take(begin, end)) return leave_out(frame);
  const auto definitions = named_definitions(window_.bytes(), frame);
  work_ += frame.size;
  definitions_.advance(begin);
  definitions_.learn(definitions, window_.offset());
  if (begin < begin_) return;
  if (torn) {
    sink_->on_problem({ProblemKind::kRecordDamaged, begin,
                       fmt::format("record {}: its size {} and the copy of it differ",
                                   frame.record_id, frame.size)});
  }
  report(frame, definitions);
}

// One problem for all of the same 64 KiB: they can stand at each 50 bytes.
void Carver::leave_out(const RecordFrame& frame) {
  const std::uint64_t begin = window_.offset() + frame.offset;
  if (begin < begin_) return;
  if (left_out_.count++ == 0) {
    left_out_.first = begin;
    left_out_.first_id = frame.record_id;
  }
  left_out_.last = begin;
}

void Carver::report_left_out() {
  if (left_out_.count == 0) return;
  sink_->on_problem(
      {ProblemKind::kLimit, left_out_.first,
       fmt::format(
           "{} torn records, the first of them record {} here, the last at byte {}, are not "
           "read: too many lie within each other",
           left_out_.count, left_out_.first_id, left_out_.last)});
  left_out_ = {};
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
  if (const auto base =
          definitions_.find_base(record.offset, frame.size, definitions, window_.offset())) {
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
