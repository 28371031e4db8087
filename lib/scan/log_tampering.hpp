// What the chunks of a log show of tampering when they are seen together.
//
//   LogTampering tampering;
//   tampering.set_header(header);
//   for (ChunkTrace& trace : traces) write(tampering.take(std::move(trace)));  // in file order
//   write(tampering.finish());
//
// A full log goes on at its file's start, over its oldest chunk, so that chunks are put in the
// order of their ids first: any rotation of that order is a log as Windows writes it. The file
// header of a log that was not closed is as old as the last time when it was: it may know less than
// the chunks, never more.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "evtxhound/evtx/file_header.hpp"
#include "evtxhound/scan/chunk_trace.hpp"
#include "evtxhound/scan/finding.hpp"

namespace evtxhound::scan {

// Of one log. Not thread-safe. The findings depend on the log alone.
class LogTampering {
 public:
  // So many findings of a kind are given singly; the rest are counted by one more.
  static constexpr std::uint64_t kMostOfAKind = 1000;

  void set_header(const evtx::FileHeader& header) { header_ = header; }

  // Takes the next chunk of the file that is in use. Returns what it shows by itself.
  std::vector<Finding> take(ChunkTrace trace);

  // Returns what all of them show together, once the log was read to its end.
  std::vector<Finding> finish();

 private:
  void check_chunk_order();
  void check_gaps();
  void add_gap(std::uint64_t first, std::uint64_t last, const ChunkTrace& before,
               const ChunkTrace& after);
  void check_times();
  void check_header();
  void check_closed_header(const ChunkTrace& newest);
  void check_rewritten();
  [[nodiscard]] bool lacks_one_between(const ChunkTrace& a, const ChunkTrace& b) const;
  void add(Finding finding) { found_.push_back(std::move(finding)); }
  void say_mismatch(std::string detail);
  std::vector<Finding> few_of(std::vector<Finding> findings);

  std::optional<evtx::FileHeader> header_;
  std::vector<ChunkTrace> sound_;       // with records; after finish() in the order of their ids
  std::vector<ChunkTrace> headerless_;  // with records
  std::vector<std::uint64_t> unread_;   // indices, ascending
  std::uint64_t in_use_ = 0;            // chunks
  std::vector<Finding> found_;          // by finish()
  std::map<FindingKind, std::uint64_t> counts_;
};

}  // namespace evtxhound::scan
