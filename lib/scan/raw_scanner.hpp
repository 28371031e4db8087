// Bytes of no kind that can be read on their way to rows: carved for what is left of logs.
//
// Two passes. The first finds where there is anything, and reads the templates that stand there, so
// that the second can read a record whose own template is gone by any like it, whichever thread
// comes first. The second reads only parts where the first has found something. Between them, if a
// record's template is gone, the templates of the logs are read that are scanned together with it
// (template_loader.hpp).
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>

#include "evtxhound/evidence/piece.hpp"
#include "evtxhound/evtx/carve/carved_reader.hpp"
#include "evtxhound/scan/census.hpp"
#include "evtxhound/scan/chunk_rows.hpp"
#include "evtxhound/scan/chunk_scanner.hpp"
#include "evtxhound/scan/event_scanner.hpp"
#include "evtxhound/scan/raw_matcher.hpp"
#include "evtxhound/scan/taken_bytes.hpp"

namespace evtxhound::scan {

// A piece of evidence that is open to be carved, or why it is not. Not thread-safe.
class OpenRaw {
 public:
  // Opens the piece, unless it is open already. Fails where it cannot be opened.
  Result<evtx::Carver*> open(const evidence::Piece& piece);

  // What is open. REQUIRES: the last open() did not fail
  [[nodiscard]] const ByteSource& source() const { return *source_; }

 private:
  std::filesystem::path path_;
  std::shared_ptr<const ByteSource> source_;
  std::optional<evtx::Carver> carver_;
};

// The first pass. One per thread. REQUIRES: the templates outlive it.
class RawSearcher {
 public:
  // With `sought`, which must outlive it, text is looked for as well.
  explicit RawSearcher(evtx::TemplateCache& templates,
                       const indicators::IndicatorSet* sought = nullptr);

  struct Found {
    // For the second pass to say, be it that bytes cannot be read, or that an indicator's text may
    // stand there.
    bool anything = false;
    bool lacks_names = false;  // a record's template is gone
  };

  // Reads the templates of what begins in [begin, end) of the piece.
  Found search(const evidence::Piece& piece, std::uint64_t begin, std::uint64_t end);

 private:
  OpenRaw raw_;
  evtx::CarvedReader reader_;
  std::unique_ptr<RawMatcher> text_;  // null: not looked for
};

// The second pass. One per thread. REQUIRES: set, rules and templates outlive it.
class RawScanner {
 public:
  // Of the options, `exhaustive`, `engine` and `look` mean nothing here: every record that is found
  // is read, by the native reader.
  RawScanner(const indicators::IndicatorSet& set, evtx::TemplateCache& templates,
             const ChunkScannerOptions& options);

  // Scans what begins in [begin, end) of the piece. Events have the state kCarved. One that is
  // stored, and whose names are not its own template's, has a problem (kRebuilt) that says so.
  // Where options.raw, behind them come the hits outside of records.
  ChunkRows scan(const evidence::Piece& piece, std::uint64_t begin, std::uint64_t end);

 private:
  class Sink;

  void carve(evtx::Carver& carver, std::uint64_t begin, std::uint64_t end, bool count,
             ChunkRows& rows);
  void find_text(evtx::Carver& carver, std::uint64_t begin, std::uint64_t end, ChunkRows& rows);

  OpenRaw raw_;
  evtx::CarvedReader reader_;
  EventScanner events_;
  std::unique_ptr<RawMatcher> text_;  // null: not looked for
  TakenBytes taken_;                  // by the records of the part at hand, and around it
  bool with_census_;
  Census census_;
};

}  // namespace evtxhound::scan
