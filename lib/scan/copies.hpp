// Which of the records that a scan reads are copies of an event that is stored.
//
// A disk image, a collection or a dump holds the same record in several places: in a log, in its
// shadow copy, in a deleted log, in clusters that no file has, in the slack of a chunk. The first
// place in the order of the scan is the event, the others are rows of `also_at`.
//
// A copy is a record that says the same in every column of `event` but its place and its state.
// Here only a fingerprint of 64 bits is kept for each event, to find candidates; the case file
// itself then says whether one is the same, so that no record is ever lost for a fingerprint.
//
// What is compared is bounded by a scope, since each file that an examiner hands over is evidence
// for itself:
//
//   a container that is no folder   everything in it, at any depth
//   a raw file                      everything in it
//   a log                           its recovered records, with all its records
//   an export                       nothing
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include "evtxhound/casefile/case_file.hpp"
#include "evtxhound/evidence/find.hpp"

namespace evtxhound::scan {

// Finds the copies of one scan's stored events, log by log. Memory: up to 80 bytes for each event
// of the scope at hand, up to a bound. Not thread-safe. REQUIRES: findings and case file outlive it
class Copies {
 public:
  // So many events of a scope are known: 1 GiB. Copies of others are events of their own.
  static constexpr std::size_t kMostKnown = std::size_t{1} << 25U;

  Copies(const evidence::Findings& findings, casefile::CaseFile& file,
         std::size_t most_known = kMostKnown);

  // Goes to a log (index into the findings' pieces), in the order of the findings. What is known of
  // another scope is forgotten. Costs nothing where it is the same log.
  void enter(std::size_t piece);

  // The outermost evidence of the scope at hand, as an index into the findings' pieces.
  [[nodiscard]] std::size_t scope() const { return scope_; }

  // The stored event of which this record, at record.byte_offset of `evidence`, is a copy. Throws
  // as CaseFile does.
  std::optional<casefile::RowId> find(casefile::RowId evidence, const casefile::EventRow& record);

  // Makes a stored event known. False, once for a scope, where it is one too many.
  bool add(casefile::RowId row, const casefile::EventRow& event);

 private:
  enum class Compared { kNothing, kRecovered, kEverything };

  struct Known {
    std::uint64_t fingerprint = 0;
    casefile::RowId row = 0;  // 0: free
  };

  [[nodiscard]] std::size_t known() const { return taken_in_ + added_.size(); }
  void take_in();
  void grow();
  void put(Known known);

  const evidence::Findings& findings_;
  casefile::CaseFile& case_;
  std::size_t most_known_;
  std::size_t piece_ = std::numeric_limits<std::size_t>::max();
  std::size_t scope_ = std::numeric_limits<std::size_t>::max();
  Compared compared_ = Compared::kNothing;
  std::vector<Known> added_;  // not yet in the table: most logs have nothing to be looked up
  std::vector<Known> table_;  // open addressing; its size is a power of two, or 0
  std::size_t taken_in_ = 0;  // of events in the table
  bool overflowed_ = false;
};

}  // namespace evtxhound::scan
