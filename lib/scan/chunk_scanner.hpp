// One chunk's way from bytes to the rows that the case file takes: the work of the scan's threads.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "evtxhound/base/file.hpp"
#include "evtxhound/base/problem.hpp"
#include "evtxhound/casefile/rows.hpp"
#include "evtxhound/evtx/chunk_reader.hpp"
#include "evtxhound/evtx/engine.hpp"
#include "evtxhound/evtx/event.hpp"
#include "evtxhound/evtx/locate.hpp"
#include "evtxhound/indicators/matcher.hpp"
#include "evtxhound/scan/scan.hpp"

namespace evtxhound::scan {

// Counts the kinds of events in an evidence.
class Census {
 public:
  void count(const evtx::Event& event);
  void add(const Census& other);

  // Ordered by channel, provider and event code.
  [[nodiscard]] std::vector<casefile::CensusRow> rows() const;

 private:
  void merge(const casefile::CensusRow& row);

  using Key = std::tuple<std::string, std::string, std::optional<std::uint32_t>>;
  std::map<Key, casefile::CensusRow> rows_;
};

// An event to be stored. HitRow::indicator is still an index into IndicatorSet::indicators().
struct StoredEvent {
  evtx::Event event;
  casefile::State state = casefile::State::kLive;
  std::vector<casefile::HitRow> hits;
};

struct ChunkRows {
  std::vector<StoredEvent> events;
  std::vector<Problem> problems;
  Census census;
  std::uint64_t bytes_read = 0;
  std::uint64_t events_read = 0;
};

struct ChunkScannerOptions {
  Store store = Store::kHits;
  bool census = true;
  evtx::Engine engine = evtx::Engine::kNative;
};

// Scans chunks of logs. One per thread. REQUIRES: the set and the templates outlive it.
class ChunkScanner {
 public:
  ChunkScanner(const indicators::IndicatorSet& set, evtx::TemplateCache& templates,
               ChunkScannerOptions options)
      : matcher_(set), reader_(std::make_unique<evtx::ChunkReader>(templates)), options_(options) {}

  // Scans the i-th chunk of a log.
  ChunkRows scan(const std::filesystem::path& log, std::uint64_t index);

 private:
  const Result<ReadOnlyFile>& open(const std::filesystem::path& log);
  void scan_event(Bytes chunk, std::uint64_t base, evtx::Event event, casefile::State state,
                  ChunkRows& rows);
  indicators::Matcher matcher_;
  std::unique_ptr<evtx::ChunkReader> reader_;
  ChunkScannerOptions options_;
  std::filesystem::path log_;                 // the one that is open
  std::optional<Result<ReadOnlyFile>> file_;  // it, or why it cannot be opened
  Buffer buffer_;
};

}  // namespace evtxhound::scan
