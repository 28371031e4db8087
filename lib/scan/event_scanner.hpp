// The last step of a record's way: an event -> hits, detections, a row.
#pragma once

#include <memory>

#include "evtxhound/base/bytes.hpp"
#include "evtxhound/indicators/matcher.hpp"
#include "evtxhound/scan/chunk_rows.hpp"
#include "evtxhound/scan/rule_scanner.hpp"
#include "evtxhound/scan/scan.hpp"

namespace evtxhound::scan {

// Matches events of records value by value and evaluates rules on them. One per thread.
// REQUIRES: set and rules outlive it; `rules` may be null
class EventScanner {
 public:
  EventScanner(const indicators::IndicatorSet& set, const rules::CompiledRules* rules, Store store);

  // Adds the event to `rows` where it is to be stored; returns whether. Its offset counts from the
  // start of `chunk`, and `base` from the start of the evidence to there: that is where it counts
  // from afterwards.
  bool scan(Bytes chunk, std::uint64_t base, evtx::Event& event, casefile::State state,
            ChunkRows& rows);

  // Adds an event in which a look has found nothing, as it is.
  void keep(std::uint64_t base, evtx::Event& event, casefile::State state, ChunkRows& rows);

  // Null without rules.
  [[nodiscard]] RuleScanner* rules() { return rules_.get(); }

 private:
  indicators::Matcher matcher_;
  std::unique_ptr<RuleScanner> rules_;
  Store store_;
  casefile::EventRowMaker row_maker_;
};

}  // namespace evtxhound::scan
