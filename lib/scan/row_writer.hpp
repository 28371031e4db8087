// Puts what a scan finds into the case file.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "evtxhound/casefile/case_file.hpp"
#include "evtxhound/evidence/find.hpp"
#include "evtxhound/rules/correlator.hpp"
#include "evtxhound/scan/chunk_rows.hpp"
#include "evtxhound/scan/copies.hpp"
#include "evtxhound/scan/plan.hpp"
#include "evtxhound/scan/scan.hpp"

namespace evtxhound::scan {

// Writes rows in the order of its calls, so that the same calls make the same case file. Reports
// each problem to the monitor, and counts. Throws as CaseFile does. Not thread-safe.
//
// REQUIRES: everything given to the constructor outlives it.
class RowWriter {
 public:
  // Lists the indicators and the rules that are looked for. `settings`: settings_digest()
  RowWriter(const Options& options, const evidence::Findings& findings, casefile::CaseFile& file,
            Monitor& monitor, Counters& counters, std::string settings);

  // Of how many pieces of evidence there are rows: the first so many of the findings.
  [[nodiscard]] std::size_t evidence_count() const { return evidence_rows_.size(); }

  // Adds the next piece of evidence, with the problems of finding it.
  void add_evidence(const Digests& digests);

  // Takes an earlier run's row for the next piece of evidence.
  void take_evidence(casefile::RowId row);

  // Says that no more will come of a piece, so that a later run need not read it again; unless some
  // of it could not be read, which may go better then.
  void end_evidence(std::size_t piece);

  // Adds a problem of a piece that has its row.
  void report(std::size_t piece, const Problem& problem);

  // Adds what was found in a part of a log whose piece has its row. A copy of an event is a place
  // of that (copies.hpp). Recovered records wait for the log's end, as long as they take no more
  // than some memory, so that the live one of two is the event.
  void write(Log& log, ChunkRows& rows);

  // Adds what waits for the end of a log, what it shows of tampering as a whole, and its census: of
  // a log that was not read to its end it would be a wrong count. So would be that of events whose
  // kind is not known.
  void end_log(Log& log);

  // Evaluates correlations, over the events of all logs.
  void correlate();

 private:
  void list_indicators();
  void list_rules();
  casefile::RowId add_rule(const rules::RuleHead& head);
  casefile::RowId row_of_indicator(std::size_t i);
  void add_findings(const Log& log, const std::vector<Finding>& findings);
  void report_finding();
  void report_raw(Log& log);
  void write_event(const Log& log, StoredEvent& stored);
  void hold_back(const Log& log, StoredEvent stored);
  void write_held_back(const Log& log);

  const Options& options_;
  const evidence::Findings& findings_;
  casefile::CaseFile& case_;
  Monitor& monitor_;
  Counters& counters_;
  std::vector<casefile::RowId> indicator_rows_;  // by indicator; 0 where it is no row yet
  std::vector<casefile::RowId> rule_rows_;       // by rule; 0 for those that cannot fire
  std::vector<casefile::RowId> correlation_rows_;
  std::vector<casefile::RowId> evidence_rows_;  // by index into the findings' pieces
  std::vector<rules::Occurrence> occurrences_;  // for correlations
  Copies copies_;
  std::vector<StoredEvent> held_back_;  // of the log at hand
  std::size_t held_memory_ = 0;
  std::vector<bool> unread_;  // by piece: whether some of it was not read
  std::string settings_;
};

}  // namespace evtxhound::scan
