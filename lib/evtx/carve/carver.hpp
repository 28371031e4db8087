// Finds chunks and records in bytes that are no log: a raw image, unallocated space, a memory dump,
// a page file.
//
// What is found, from what stands at a place and nothing else, wherever windows and parts end:
//
//   1. A chunk, at any offset, is a header that can be one (is_chunk_header). It goes on for 64
//   KiB,
//      or to the end of the run, or to the next chunk's header. A header within the records of a
//      chunk whose checksum fits is a value of a record, and none.
//   2. A record is one beyond doubt (lone_record). It counts for the chunk that it stands in where
//      its template definitions stand there, and is a lone one otherwise: outside of any chunk, or
//      in what was written over the rest of one. A record within a lone record is a value of it,
//      unless that one's end is not there any more; of such that lie within each other, a limited
//      number is read (TornLimit).
//   3. A lone record's chunk, if its header is gone, began where its definition's place says: a
//      definition stands in the record that used it first, and every record names its definition's
//      offset from the chunk's begin. Without that, the begin is not known.
//
// Every record is found once; memory is bounded by the window.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "evtxhound/base/byte_source.hpp"
#include "evtxhound/base/problem.hpp"
#include "evtxhound/evtx/carve/definition_places.hpp"
#include "evtxhound/evtx/carve/plausible.hpp"
#include "evtxhound/evtx/carve/torn_limit.hpp"
#include "evtxhound/evtx/carve/window.hpp"
#include "evtxhound/evtx/chunk.hpp"

namespace evtxhound::evtx {

// A chunk that was found.
struct CarvedChunk {
  std::uint64_t offset = 0;  // of its signature, from the start of the source
  Bytes bytes;               // 64 KiB, or as far as it goes
  // Header and the records whose definitions stand in the chunk and whose sizes are confirmed, by
  // their copy, by a record that follows, by their own values, or by the chunk's checksum.
  // Problems: a checksum that does not fit, bytes that hold no record, kTruncated where records are
  // cut off; offsets from its start.
  ChunkFrames frames;
  std::vector<RecordFrame>
      stale;  // likewise those behind its free space offset and between records
};

// A record that was found alone.
struct CarvedRecord {
  std::uint64_t offset = 0;  // of its signature, from the start of the source
  // What there is of the 64 KiB from where its chunk began, zeros where the run begins later; the
  // record alone where that is not known. `frame` counts from the start of these bytes.
  Bytes bytes;
  RecordFrame frame;
  bool has_base = false;  // whether it is known where its chunk began
};

// Takes what is found, in the order of its begins. Bytes are valid during the call only.
class CarveSink {
 public:
  virtual ~CarveSink() = default;
  virtual void on_chunk(const CarvedChunk& chunk) = 0;
  virtual void on_record(const CarvedRecord& record) = 0;
  // Bytes that could not be read (kUnreadable), a record, reported next, whose end was overwritten
  // (kRecordDamaged), and the first of such records that are not reported, since too many lie
  // within each other (kLimit, after all else of the same 64 KiB); offsets from the start of the
  // source.
  virtual void on_problem(Problem problem) = 0;
  // All bytes of the part, in some stretches one after the other, each before what begins in it:
  // [offset, offset + size) of the source are the first of `bytes`, and more stand behind these, 64
  // KiB as far as the run has them.
  virtual void on_bytes(std::uint64_t /*offset*/, std::size_t /*size*/, Bytes /*bytes*/) {}
};

// Not thread-safe; one for each thread. The source must outlive it.
class Carver {
 public:
  static constexpr std::size_t kWindow = std::size_t{1} << 20U;

  // Looks at no byte outside of `run`. `window` > 0: in bytes, and no more than a matter of speed.
  Carver(const ByteSource& source, ByteRun run, std::size_t window = kWindow);

  // How many bytes were looked at so far beyond the search for signatures, each as often as it was:
  // those of chunks for their records and checksums, those of records for what they name. A few
  // times what was carved, whatever that is; but every chunk's header whose own checksum fits, and
  // that has another one within the 64 KiB behind it, asks for the checksum of these.
  [[nodiscard]] std::uint64_t work() const { return work_; }

  // Finds what begins in [begin, end) of the source, as far as it lies in the run. Parts that
  // together are the run give, one after the other, what the run gives as a whole. (To be exact:
  // unless more than 192 KiB before a part are chunks, or records, each of which begins within the
  // one before it.)
  void carve(std::uint64_t begin, std::uint64_t end, CarveSink& sink);

 private:
  void look(std::uint64_t begin, std::uint64_t end);
  void search(std::uint64_t begin);
  void take_chunk(std::size_t at);
  void take_record(const RecordFrame& frame);
  void leave_out(const RecordFrame& frame);
  void report_left_out();
  [[nodiscard]] bool is_alone(std::uint64_t begin, std::uint64_t end) const;
  void report(const RecordFrame& frame, const std::vector<NamedDefinition>& definitions);
  [[nodiscard]] std::size_t next_header(std::size_t begin, std::size_t end);
  bool read_chunk(CarvedChunk& chunk, std::size_t at);
  [[nodiscard]] std::size_t find_chunk_end(Bytes chunk, std::size_t at);
  void split(CarvedChunk& chunk);
  [[nodiscard]] Bytes chunk_from(std::int64_t base);

  Window window_;
  std::size_t step_;
  CarveSink* sink_ = nullptr;
  std::uint64_t work_ = 0;
  std::uint64_t begin_ = 0;  // of the part

  // How far what was found so far goes, from the start of the source.
  std::uint64_t chunk_end_ = 0;
  std::uint64_t sealed_end_ = 0;  // the records of a chunk whose checksum fits
  std::uint64_t record_end_ = 0;
  std::uint64_t chunk_records_end_ = 0;  // of the last record in the last chunk
  std::vector<std::uint64_t> foreign_;   // records in that chunk that are not its own, in order

  TornLimit torn_limit_;
  struct LeftOut {
    std::uint64_t first = 0;  // where it begins
    std::uint64_t last = 0;
    std::uint64_t first_id = 0;
    std::size_t count = 0;
  };
  LeftOut left_out_;  // torn records that are not reported
  DefinitionPlaces definitions_;
  // Where signatures stand in what is held, from the part's begin on, and how far they were looked
  // for: no byte is searched twice.
  std::vector<std::uint64_t> signatures_;
  std::uint64_t searched_end_ = 0;
  std::vector<std::uint32_t> found_;
  Buffer padded_;  // a chunk that began before the run
  std::optional<std::int64_t> padded_base_;
};

}  // namespace evtxhound::evtx
