// Which bytes of a raw piece of evidence belong to records: what is found in these is told of the
// record. And where text ends, be there more of it behind.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "evtxhound/evtx/carve/carved_reader.hpp"

namespace evtxhound::scan {

// A set of stretches of bytes. Fill it, seal() it, ask it. Then const and thread-safe.
class TakenBytes {
 public:
  void add(evtx::ByteRun bytes) { runs_.push_back(bytes); }
  // Adds what a record that was read takes: all of it, but only its header where the copy of its
  // size does not confirm where it ends, since something else can stand there.
  void add(const evtx::CarvedEvent& record);
  // Adds a chunk's signature: text before it ends there.
  void add(const evtx::CarvedChunk& chunk);
  void seal();
  void clear() { runs_.clear(); }

  // The stretch around a place within `run` that no record has; absent where one has the place.
  // REQUIRES: sealed; `at` lies in the run
  [[nodiscard]] std::optional<evtx::ByteRun> free_around(std::uint64_t at, evtx::ByteRun run) const;

 private:
  std::vector<evtx::ByteRun> runs_;  // once sealed: in order, apart from each other
};

// Adds what the records and chunks take that begin in [begin, end) of what the carver carves.
void add_records(evtx::Carver& carver, evtx::CarvedReader& reader, std::uint64_t begin,
                 std::uint64_t end, TakenBytes& taken);

}  // namespace evtxhound::scan
