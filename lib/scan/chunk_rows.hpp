// What a piece of work of a scan's threads comes to: rows for the case file.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "evtxhound/base/problem.hpp"
#include "evtxhound/casefile/event_row.hpp"
#include "evtxhound/casefile/rows.hpp"
#include "evtxhound/scan/chunk_trace.hpp"
#include "evtxhound/scan/rule_scanner.hpp"

namespace evtxhound::scan {

// An event to be stored. HitRow::indicator is still an index into the IndicatorSet.
struct StoredEvent {
  casefile::EventRow row;
  std::vector<casefile::HitRow> hits;
  std::vector<std::uint32_t> rules;            // that it fulfils, by their numbers in CompiledRules
  std::vector<rules::Occurrence> occurrences;  // of rules that correlations ask for
};

// What some chunks in a row, or another part of evidence, gave.
struct ChunkRows {
  std::vector<StoredEvent> events;
  std::vector<Problem> problems;
  std::vector<casefile::CensusRow> census;
  std::vector<ChunkTrace> traces;  // of a log's chunks that are in use, in their order
  std::uint64_t bytes_read = 0;
  std::uint64_t events_read = 0;  // records that are events, rendered or not
  bool nameless = false;          // whether the census lacks some, whose kind nobody knows
  // Places outside of records that were found and are no rows, by indicator (raw_tally.hpp).
  std::map<std::size_t, std::uint64_t> left_out = {};
};

}  // namespace evtxhound::scan
