// A piece of a log on its way from bytes to the rows that the case file takes: the work of the
// scan's threads.
//
// Nearly no chunk holds an indicator, so a chunk is looked at before it is parsed, or, where all
// events are stored, before they are matched:
//
//   1. Its record frames are walked and its checksums compared. A damaged chunk is read whole.
//   2. Each record is surveyed: which event it is, for the census, and whether all of its text
//      stands in it in one piece. One that a survey does not explain is read.
//   3. The chunk's bytes, without their zeros, are scanned for the indicators' texts, and for those
//      that rules imply; events of a class whose rules imply too many, or none, are read instead. A
//      record that a match lies in is read; for a match in a template definition, all records made
//      from it.
//   4. Of live records, what speaks of tampering is noted (chunk_trace.hpp). Records hidden within
//      others are read.
//   5. What is read is matched value by value, as in a scan of everything, and rules are evaluated.
//
// So the look only decides what is matched, never what is a hit. docs/matching.md says why it
// leaves out no record that has one; `exhaustive` reads everything, and tests hold both equal.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "evtxhound/base/problem.hpp"
#include "evtxhound/casefile/rows.hpp"
#include "evtxhound/evidence/piece.hpp"
#include "evtxhound/evtx/chunk_reader.hpp"
#include "evtxhound/evtx/engine.hpp"
#include "evtxhound/evtx/event.hpp"
#include "evtxhound/evtx/log_file.hpp"
#include "evtxhound/indicators/matcher.hpp"
#include "evtxhound/match/stripped_text.hpp"
#include "evtxhound/scan/census.hpp"
#include "evtxhound/scan/chunk_rows.hpp"
#include "evtxhound/scan/chunk_trace.hpp"
#include "evtxhound/scan/event_scanner.hpp"
#include "evtxhound/scan/look.hpp"
#include "evtxhound/scan/scan.hpp"

namespace evtxhound::scan {

struct ChunkScannerOptions {
  Store store = Store::kHits;
  bool census = true;
  bool exhaustive = false;
  evtx::Engine engine = evtx::Engine::kNative;
  const rules::CompiledRules* rules = nullptr;  // null: none; must outlive the scanner
  std::shared_ptr<const Look> look = nullptr;   // null: made from the set and the rules
  bool raw = false;  // look in what is carved outside of records, too (raw_matcher.hpp)
};

// Scans chunks of logs. One per thread. REQUIRES: the set and the templates outlive it.
class ChunkScanner {
 public:
  ChunkScanner(const indicators::IndicatorSet& set, evtx::TemplateCache& templates,
               ChunkScannerOptions options);

  // Scans `count` chunks of a log from the `first` on. It stays open until another is scanned.
  ChunkRows scan(const evidence::Piece& log, std::uint64_t first, std::uint64_t count);

 private:
  struct Log;

  // A record of the chunk at hand, in the order in which they stand.
  struct Entry {
    evtx::RecordFrame frame;
    bool stale = false;
    bool wanted = false;  // to be read and matched
    bool counted = false;
    std::array<std::uint32_t, evtx::Survey::kMostDefinitions> definitions{};
    std::size_t definition_count = 0;
  };

  bool open(const evidence::Piece& log, std::uint64_t first, ChunkRows& rows);
  void scan_chunk(std::uint64_t index, ChunkRows& rows);
  void scan_by_libevtx(Bytes chunk, std::uint64_t base, ChunkRows& rows);
  void list_entries(Bytes chunk);
  void choose(Bytes chunk, ChunkRows& rows);
  void survey(Entry& entry, ChunkRows& rows);
  bool must_read(const evtx::Survey& survey, const evtx::RecordFrame& frame);
  [[nodiscard]] bool may_hide(const indicators::BlindSpots& blind, const evtx::Survey& survey,
                              const evtx::RecordFrame& frame) const;
  void look(Bytes chunk);
  void mark(std::size_t offset);
  void mark_users(std::size_t definition);
  void read(Bytes chunk, std::uint64_t base, ChunkRows& rows);
  void read_hidden(Bytes chunk, std::uint64_t base, ChunkRows& rows);
  void trace_ids();

  EventScanner events_;
  std::vector<indicators::Matcher> lookers_;  // for each of options_.look->sets()
  std::unique_ptr<evtx::ChunkReader> reader_;
  evtx::Event event_;  // that was read last
  ChunkScannerOptions options_;
  std::shared_ptr<Log> log_;  // the one that is open
  Bytes chunk_;               // that is looked at
  Census census_;
  ChunkTracer tracer_;
  match::StrippedText text_;
  std::vector<Entry> entries_;
  std::vector<evtx::Area> definitions_;       // that the surveyed records are made from
  std::vector<std::size_t> hot_definitions_;  // of these, those with a match in them
};

}  // namespace evtxhound::scan
