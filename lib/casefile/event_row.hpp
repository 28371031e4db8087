// An event in the form of its row in the case file: what the threads that read make, so that it
// costs the one that writes as little as can be.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "evtxhound/base/text_buffer.hpp"
#include "evtxhound/base/time.hpp"
#include "evtxhound/casefile/rows.hpp"
#include "evtxhound/evtx/event.hpp"

namespace evtxhound::casefile {

// Owns its texts, all in one piece of memory. A plain value.
struct EventRow {
  // The columns that are texts, by their names in the table.
  enum Text {
    kTimeWritten,  // empty in exports, which do not have it
    kTimeCreated,
    kProvider,
    kChannel,
    kComputer,
    kKeywords,
    kUserSid,
    kActivityId,
    kData,  // JSON
    kTexts  // their number
  };

  std::uint64_t byte_offset = 0;
  std::uint32_t byte_size = 0;
  std::uint64_t record_id = 0;
  std::optional<std::uint32_t> event_code;
  std::optional<std::uint32_t> version;
  std::optional<std::uint32_t> level;
  std::optional<std::uint32_t> task;
  std::optional<std::uint32_t> opcode;
  std::optional<std::uint32_t> process_id;
  std::optional<std::uint32_t> thread_id;
  SourceType source = SourceType::kEvtx;
  State state = State::kLive;
  std::string texts;                         // one behind the other
  std::array<std::uint32_t, kTexts> ends{};  // of each, in `texts`
  // Rows that say the same have the same one, and hardly others. It is good within a run of the
  // program only.
  std::uint64_t fingerprint = 0;

  // Valid until `texts` changes.
  [[nodiscard]] std::string_view text(Text column) const {
    const std::uint32_t begin = column == 0 ? 0 : ends[column - 1];
    return std::string_view(texts).substr(begin, ends[column] - begin);
  }

  // About the memory that it takes, in bytes.
  [[nodiscard]] std::size_t memory() const { return sizeof *this + texts.size(); }
};

// Makes rows of events. Keeps memory from one to the next: one per thread.
class EventRowMaker {
 public:
  // Of an event's texts, 4 GiB in all at most: a record has 64 KiB, an export's event 16 MiB.
  EventRow make(const evtx::Event& event, SourceType source, State state);

 private:
  TextBuffer texts_;
  Iso8601Writer times_;
};

}  // namespace evtxhound::casefile
