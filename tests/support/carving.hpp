// What the Carver finds, kept and in words that can be compared.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "evtxhound/evtx/carve/carved_reader.hpp"

namespace evtxhound::test {

// Bytes in memory as a source. The 4 KiB from each place of `bad` on cannot be read, nor what is
// read together with a byte of them.
class MemorySource final : public ByteSource {
 public:
  explicit MemorySource(Bytes bytes) : bytes_(bytes) {}
  std::vector<std::uint64_t> bad;

  [[nodiscard]] std::uint64_t size() const override { return bytes_.size(); }
  [[nodiscard]] Result<std::size_t> read_at(std::uint64_t offset,
                                            MutableBytes into) const override {
    if (offset >= bytes_.size()) return std::size_t{0};
    const std::size_t size = std::min<std::size_t>(into.size(), bytes_.size() - offset);
    for (const std::uint64_t place : bad) {
      if (place + 4096 > offset && place < offset + size) {
        return Problem{ProblemKind::kUnreadable, offset, "cannot read"};
      }
    }
    std::copy_n(bytes_.begin() + static_cast<std::ptrdiff_t>(offset), size, into.begin());
    return size;
  }

 private:
  Bytes bytes_;
};

// An event that was read from what was found.
struct FoundEvent {
  std::uint64_t offset = 0;  // from the start of the source
  evtx::Naming naming = evtx::Naming::kOwn;
  evtx::Event event;
};

// Keeps what is found. With a reader, reads it too.
class Finds : public evtx::CarveSink {
 public:
  explicit Finds(evtx::CarvedReader* reader = nullptr) : reader_(reader) {}

  void on_chunk(const evtx::CarvedChunk& chunk) override {
    chunks.push_back(chunk.offset);
    std::string line = fmt::format("chunk {} size {}", chunk.offset, chunk.bytes.size());
    const auto add = [&](const evtx::RecordFrame& frame) {
      line += fmt::format(" {}@{}", frame.record_id, frame.offset);
      records.push_back(chunk.offset + frame.offset);
    };
    for (const evtx::RecordFrame& frame : chunk.frames.records) add(frame);
    line += " stale";
    for (const evtx::RecordFrame& frame : chunk.stale) add(frame);
    for (const Problem& problem : chunk.frames.problems) line += "; " + problem.message;
    lines.push_back(std::move(line));
    chunk_problems.insert(chunk_problems.end(), chunk.frames.problems.begin(),
                          chunk.frames.problems.end());
    if (reader_ != nullptr) reader_->read(chunk, use(), problems);
  }

  void on_record(const evtx::CarvedRecord& record) override {
    lone.push_back(record.offset);
    records.push_back(record.offset);
    lines.push_back(fmt::format("record {} id {} at {} of {}", record.offset,
                                record.frame.record_id, record.frame.offset, record.bytes.size()));
    if (reader_ != nullptr) reader_->read(record, use(), problems);
  }

  void on_problem(Problem problem) override { problems.push_back(std::move(problem)); }

  std::vector<std::string> lines;
  std::vector<std::uint64_t> chunks;
  std::vector<std::uint64_t> lone;
  std::vector<std::uint64_t> records;  // of chunks and alone, in the order in which they came
  std::vector<Problem> chunk_problems;
  std::vector<Problem> problems;
  std::vector<FoundEvent> events;

 private:
  evtx::CarvedReader::Use use() {
    return [this](evtx::CarvedEvent&& found) {
      const std::uint64_t offset = found.base + found.event.byte_offset;
      events.push_back({offset, found.naming, std::move(found.event)});
    };
  }

  evtx::CarvedReader* reader_;
};

// Carves all of it, in windows and in parts of these sizes.
inline void carve(const ByteSource& source, Finds& finds,
                  std::size_t window = evtx::Carver::kWindow, std::uint64_t part = ~0ULL,
                  evtx::ByteRun run = {0, ~0ULL}) {
  const evtx::ByteRun all{run.begin, std::min(run.end, source.size())};
  evtx::Carver carver(source, all, window);
  for (std::uint64_t at = all.begin; at < all.end;) {
    const std::uint64_t next = at + std::min(part, all.end - at);
    carver.carve(at, next, finds);
    at = next;
  }
}

}  // namespace evtxhound::test
