// Exports on their way from bytes to the rows that the case file takes.
//
// Where an event ends is seen only by who has read all that stands before it, so one thread at a
// time takes the next block from a file, in the order of the blocks; what costs the time, reading
// the block's events and matching them, is done by all of them at once.
//
// As with logs, a block is looked at before its events are read: one in whose bytes no indicator's
// text stands, and whose values all stand there in one piece and in ASCII, has no hit. Of it only
// the head is read, for the census; and the rest, where that is of a kind that a rule applies to.
// `exhaustive` reads all of each; both give the same rows.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "evtxhound/evidence/piece.hpp"
#include "evtxhound/exports/event_reader.hpp"
#include "evtxhound/exports/export_file.hpp"
#include "evtxhound/indicators/matcher.hpp"
#include "evtxhound/match/stripped_text.hpp"
#include "evtxhound/scan/census.hpp"
#include "evtxhound/scan/chunk_scanner.hpp"
#include "evtxhound/scan/rule_scanner.hpp"

namespace evtxhound::scan {

// What the events of such a file are called.
casefile::SourceType source_type(evidence::Kind kind);

// The blocks of one export, given out to many threads. Thread-safe.
class SharedExport {
 public:
  // `piece` must outlive it. REQUIRES: evidence::is_export(piece.kind)
  explicit SharedExport(const evidence::Piece& piece);

  [[nodiscard]] evidence::Kind kind() const { return piece_->kind; }

  // Blocks that there are at most, as a rule: those behind the last one are empty, and a gzip file
  // that expands very much has more.
  [[nodiscard]] std::uint64_t expected_blocks() const { return expected_blocks_; }

  // The block of this number; waits until those before it have been given out. Absent where there
  // are not so many. REQUIRES: each number is asked for once, by threads that ask in order
  std::optional<exports::Block> block(std::uint64_t number);

  // Whether the last block has been given out.
  [[nodiscard]] bool ended() const;

 private:
  std::optional<exports::Block> read();

  const evidence::Piece* piece_;
  std::uint64_t expected_blocks_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::uint64_t next_ = 0;
  std::unique_ptr<exports::ExportFile> file_;  // while there is something to be read
};

// Scans blocks of exports. One per thread. REQUIRES: the set outlives it.
class ExportScanner {
 public:
  // `options.engine` means nothing here.
  ExportScanner(const indicators::IndicatorSet& set, ChunkScannerOptions options);

  ChunkRows scan(SharedExport& file, std::uint64_t number);

 private:
  void choose(const exports::Block& block);
  void read(const exports::Block& block, std::size_t index, ChunkRows& rows);
  Result<exports::ReadEvent> read_event(const exports::Block& block, const exports::Span& span,
                                        bool& whole);
  std::vector<casefile::HitRow> hit_rows(const exports::Block& block, const exports::Span& span,
                                         const evtx::Event& event,
                                         const std::vector<indicators::Match>& matches) const;

  const indicators::IndicatorSet* set_;
  indicators::Matcher matcher_;
  std::unique_ptr<RuleScanner> rules_;        // null without rules
  std::vector<indicators::Matcher> lookers_;  // for each of options_.look->sets()
  ChunkScannerOptions options_;
  evidence::Kind kind_ = evidence::Kind::kFile;  // that reader_ reads
  std::unique_ptr<exports::EventReader> reader_;
  Census census_;
  match::StrippedText text_;
  casefile::EventRowMaker row_maker_;
  std::vector<char> wanted_;  // by event of the block: whether all of it is to be read
};

}  // namespace evtxhound::scan
