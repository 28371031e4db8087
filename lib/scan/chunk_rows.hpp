// What a piece of work of a scan's threads comes to: rows for the case file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "evtxhound/base/problem.hpp"
#include "evtxhound/casefile/rows.hpp"
#include "evtxhound/evtx/event.hpp"
#include "evtxhound/scan/rule_scanner.hpp"

namespace evtxhound::scan {

// An event to be stored. HitRow::indicator is still an index into the IndicatorSet.
struct StoredEvent {
  evtx::Event event;
  casefile::State state = casefile::State::kLive;
  std::vector<casefile::HitRow> hits;
  std::vector<std::uint32_t> rules;            // that it fulfils, by their numbers in CompiledRules
  std::vector<rules::Occurrence> occurrences;  // of rules that correlations ask for
};

// About the memory that it takes, in bytes.
inline std::size_t memory_of(const StoredEvent& stored) {
  std::size_t bytes = sizeof stored;
  for (const evtx::Field& field : stored.event.data) {
    bytes += sizeof field + field.name.size() + field.value.size();
  }
  return bytes;
}

// What some chunks in a row, or another part of evidence, gave.
struct ChunkRows {
  std::vector<StoredEvent> events;
  std::vector<Problem> problems;
  std::vector<casefile::CensusRow> census;
  std::uint64_t bytes_read = 0;
  std::uint64_t events_read = 0;  // records that are events, rendered or not
  bool nameless = false;          // whether the census lacks some, whose kind nobody knows
};

}  // namespace evtxhound::scan
