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

namespace evtxhound::scan {

// A piece of evidence that is open to be carved, or why it is not. Not thread-safe.
class OpenRaw {
 public:
  // Opens the piece, unless it is open already. Fails where it cannot be opened.
  Result<evtx::Carver*> open(const evidence::Piece& piece);

 private:
  std::filesystem::path path_;
  std::shared_ptr<const ByteSource> source_;
  std::optional<evtx::Carver> carver_;
};

// The first pass. One per thread. REQUIRES: the templates outlive it.
class RawSearcher {
 public:
  explicit RawSearcher(evtx::TemplateCache& templates) : reader_(templates) {}

  struct Found {
    bool anything = false;     // for the second pass to say, be it that bytes cannot be read
    bool lacks_names = false;  // a record's template is gone
  };

  // Reads the templates of what begins in [begin, end) of the piece.
  Found search(const evidence::Piece& piece, std::uint64_t begin, std::uint64_t end);

 private:
  OpenRaw raw_;
  evtx::CarvedReader reader_;
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
  ChunkRows scan(const evidence::Piece& piece, std::uint64_t begin, std::uint64_t end);

 private:
  class Sink;

  OpenRaw raw_;
  evtx::CarvedReader reader_;
  EventScanner events_;
  bool with_census_;
  Census census_;
};

}  // namespace evtxhound::scan
