// What a chunk shows of tampering: the work of the scan's threads. What only several chunks show
// together is log_tampering.hpp's.
//
// Only live records count: those of a chunk with a header, up to its free space. What is left over
// behind and between them is of other times, and its ids say nothing.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "evtxhound/base/bytes.hpp"
#include "evtxhound/evtx/chunk.hpp"
#include "evtxhound/evtx/event.hpp"
#include "evtxhound/evtx/survey.hpp"
#include "evtxhound/scan/finding.hpp"

namespace evtxhound::scan {

// A record that was written before the one before it is a finding from so many seconds on. Where
// several processors log at once, records are written up to a second out of order (measured: 0.78
// seconds at most in 21,781 records of real logs, and nothing between that and 8 seconds, where
// clocks were set).
inline constexpr std::uint64_t kTimeBackSeconds = 5;

// A record id, and when it was written.
struct TracedRecord {
  std::uint64_t id = 0;
  Filetime time = 0;
  std::uint64_t offset = 0;                      // from the evidence's start
  std::optional<std::uint64_t> event_record_id;  // that its content says, where that was asked for
};

// The step back in time from one record to the next, if it is a finding. A time of 0 is none, and
// not compared.
std::optional<Finding> time_back(const TracedRecord& before, const TracedRecord& after);

// What a chunk hands on to the checks of the whole log.
struct ChunkTrace {
  enum class Kind : std::uint8_t {
    kSound,       // has a header
    kHeaderless,  // has none, but is in use
    kUnread,      // cannot be read
  };
  std::uint64_t index = 0;
  Kind kind = Kind::kSound;
  // The first and the last of its records as they stand; absent where there is none.
  std::optional<std::pair<TracedRecord, TracedRecord>> ends;
  std::vector<Finding> findings;  // by offset
};

// Makes the trace of one chunk after the other. Not thread-safe.
class ChunkTracer {
 public:
  // Begins with a chunk and walks its record frames. `chunk` must stay valid until finish().
  void start(Bytes chunk, std::uint64_t index, const evtx::ChunkFrames& frames);

  // Tells where the content of a live record ends, from the chunk's start: that of its template
  // instance, behind which only padding may stand. Called for records of the chunk in any order.
  void content_ends(const evtx::RecordFrame& frame, std::size_t end) {
    constexpr std::size_t kUsualPadding = 24;  // measured: 5 to 12 bytes, with the size copy
    if (std::size_t{frame.offset} + frame.size - end > kUsualPadding) search_tail(frame, end);
  }
  // The same for a record that nothing is known of yet.
  void find_content_end(const evtx::RecordFrame& frame);

  // The records of this chunk that were found within others.
  [[nodiscard]] const std::vector<evtx::RecordFrame>& hidden() const { return hidden_; }

  // A live record that cannot be read.
  void unreadable(const evtx::RecordFrame& frame);

  // Whether an event of this kind is a finding, so that it has to be read.
  static bool is_notable(const evtx::Survey& survey);
  // A live event. Its byte_offset counts from the chunk's start.
  void event(const evtx::Event& event);

  // The ids that the first and the last record have by their content.
  void event_record_ids(std::optional<std::uint64_t> first, std::optional<std::uint64_t> last);

  // Ends the chunk.
  ChunkTrace finish();

 private:
  void walk(const evtx::ChunkFrames& frames);
  void check_pair(const evtx::RecordFrame& before, const evtx::RecordFrame& after);
  void check_header(const evtx::ChunkFrames& frames);
  void search_tail(const evtx::RecordFrame& frame, std::size_t end);
  void add(Finding finding) { trace_.findings.push_back(std::move(finding)); }

  Bytes chunk_;
  std::uint64_t base_ = 0;
  ChunkTrace trace_;
  std::vector<evtx::RecordFrame> hidden_;
};

// The trace of a chunk that cannot be read.
ChunkTrace unread_chunk(std::uint64_t index);

}  // namespace evtxhound::scan
