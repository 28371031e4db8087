#include "evtxhound/scan/row_writer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace evtxhound::scan {
namespace {

using casefile::RowId;

// Of so many indicators every one is a row; of more, those that were found.
constexpr std::size_t kListedIndicators = 10'000;

// Recovered records that wait for the end of their log may take about so much memory.
constexpr std::size_t kMostHeldBack = std::size_t{32} << 20U;

}  // namespace

RowWriter::RowWriter(const Options& options, const evidence::Findings& findings,
                     casefile::CaseFile& file, Monitor& monitor, Counters& counters,
                     std::string settings)
    : options_(options),
      findings_(findings),
      case_(file),
      monitor_(monitor),
      counters_(counters),
      copies_(findings, file),
      unread_(findings.pieces.size()),
      settings_(std::move(settings)) {
  list_indicators();
  list_rules();
}

void RowWriter::list_indicators() {
  const indicators::IndicatorSet& set = *options_.indicators;
  indicator_rows_.resize(set.size());
  if (set.size() > kListedIndicators) return;
  for (std::size_t i = 0; i < set.size(); ++i) row_of_indicator(i);
}

// All of them: that a rule is there and has no detection says something.
void RowWriter::list_rules() {
  const rules::CompiledRules& compiled = *options_.rules;
  for (std::size_t i = 0; i < compiled.set.rules.size(); ++i) {
    const bool listed = compiled.usable[i] && !compiled.silent[i];
    rule_rows_.push_back(listed ? add_rule(compiled.set.rules[i].head) : 0);
  }
  for (const rules::Correlation& correlation : compiled.set.correlations) {
    correlation_rows_.push_back(add_rule(correlation.head));
  }
}

RowId RowWriter::add_rule(const rules::RuleHead& head) {
  const std::string uuid = head.id.empty() ? fmt::format("{}:{}", head.path, head.line) : head.id;
  return case_.add_rule({uuid, head.title, head.story.type, head.level,
                         fmt::format("{}", fmt::join(head.attack, ",")), head.status});
}

RowId RowWriter::row_of_indicator(std::size_t i) {
  RowId& row = indicator_rows_[i];
  if (row == 0) row = case_.add_indicator(options_.indicators->indicator(i));
  return row;
}

void RowWriter::add_evidence(const Digests& digests) {
  const std::size_t number = evidence_rows_.size();
  const evidence::Piece& piece = findings_.pieces[number];
  casefile::EvidenceRow row;
  row.path = piece.path.string();
  row.kind = to_string(piece.kind);
  if (piece.kind != evidence::Kind::kFolder) row.size = piece.size;
  row.modified = piece.modified;
  row.created = piece.created;
  row.host = piece.host;
  row.host_from = piece.host_from;
  row.md5 = digests.md5;
  row.sha1 = digests.sha1;
  row.sha256 = digests.sha256;
  if (piece.parent) row.parent = evidence_rows_[*piece.parent];
  row.same_as = case_.find_same_content(row.sha256, piece.size);
  evidence_rows_.push_back(case_.add_evidence(row));
  unread_[number] =
      options_.hash != Hashes::kNone && evidence::is_hashed(piece.kind) && row.sha256.empty();
  report_finding();
}

void RowWriter::take_evidence(RowId row) {
  evidence_rows_.push_back(row);
  report_finding();
}

// The problems of finding the newest piece.
void RowWriter::report_finding() {
  const std::size_t number = evidence_rows_.size() - 1;
  for (const Problem& problem : findings_.pieces[number].problems) report(number, problem);
}

void RowWriter::end_evidence(std::size_t piece) {
  if (!unread_[piece]) case_.mark_read(evidence_rows_[piece], settings_);
}

void RowWriter::report(std::size_t piece, const Problem& problem) {
  case_.add_problem(evidence_rows_[piece], problem);
  if (problem.kind == ProblemKind::kUnreadable) unread_[piece] = true;
  ++counters_.problems;
  monitor_.on_problem(findings_.pieces[piece].path, problem);
}

void RowWriter::write(Log& log, ChunkRows& rows) {
  for (StoredEvent& stored : rows.events) {
    if (stored.row.source == casefile::SourceType::kRaw && !log.raw.admit(stored)) continue;
    if (stored.row.state == casefile::State::kRecovered) {
      hold_back(log, std::move(stored));
    } else {
      write_event(log, stored);
    }
  }
  for (const Problem& problem : rows.problems) report(log.number, problem);
  for (const casefile::CensusRow& row : rows.census) log.census.add(row);
  for (ChunkTrace& trace : rows.traces) add_findings(log, log.tampering.take(std::move(trace)));
  log.nameless = log.nameless || rows.nameless;
  log.raw.add(rows.left_out);
}

void RowWriter::hold_back(const Log& log, StoredEvent stored) {
  held_memory_ += stored.row.memory();
  held_back_.push_back(std::move(stored));
  if (held_memory_ > kMostHeldBack) write_held_back(log);
}

void RowWriter::write_held_back(const Log& log) {
  for (StoredEvent& stored : held_back_) write_event(log, stored);
  held_back_.clear();
  held_memory_ = 0;
}

void RowWriter::write_event(const Log& log, StoredEvent& stored) {
  const RowId evidence = evidence_rows_[log.number];
  copies_.enter(log.number);
  const casefile::EventRow& row = stored.row;
  if (const auto known = copies_.find(evidence, row)) {
    case_.add_place(*known, {evidence, row.byte_offset, row.byte_size, row.state});
    return;
  }
  for (casefile::HitRow& hit : stored.hits) {
    hit.indicator = row_of_indicator(static_cast<std::size_t>(hit.indicator));
  }
  std::vector<RowId> fulfilled;
  for (const std::uint32_t rule : stored.rules) fulfilled.push_back(rule_rows_[rule]);
  const auto added = case_.add_event(evidence, row, stored.hits, fulfilled);
  if (!copies_.add(added.event, row)) {
    report(copies_.scope(), {ProblemKind::kLimit, std::nullopt,
                             fmt::format("more than {} events are stored of this evidence; copies "
                                         "of further ones are events of their own",
                                         Copies::kMostKnown)});
  }
  for (rules::Occurrence& occurrence : stored.occurrences) {
    occurrence.event = static_cast<std::uint64_t>(added.event);
    occurrences_.push_back(std::move(occurrence));
  }
  counters_.hits += stored.hits.size();
  counters_.detections += fulfilled.size();
}

void RowWriter::add_findings(const Log& log, const std::vector<Finding>& findings) {
  for (const Finding& finding : findings) {
    case_.add_finding(evidence_rows_[log.number], row_of(finding));
  }
}

void RowWriter::end_log(Log& log) {
  if (!log.exported && !log.is_raw()) add_findings(log, log.tampering.finish());
  write_held_back(log);
  report_raw(log);
  if (options_.census && !log.nameless)
    case_.set_census(evidence_rows_[log.number], log.census.rows());
  log.census.clear();
  end_evidence(log.number);
}

// What was not listed outside of records.
void RowWriter::report_raw(Log& log) {
  for (const Problem& problem : log.raw.problems(*options_.indicators)) report(log.number, problem);
  log.raw = {};
}

// In the order of time; of events of one time, in that of rows.
void RowWriter::correlate() {
  std::ranges::stable_sort(occurrences_, {}, [](const rules::Occurrence& occurrence) {
    return std::pair(occurrence.time, occurrence.event);
  });
  rules::Correlator correlator(options_.rules->set);
  std::vector<rules::Correlated> found;
  for (const rules::Occurrence& occurrence : occurrences_) correlator.add(occurrence, found);
  correlator.finish(found);
  for (const rules::Correlated& correlated : found) {
    case_.add_detection(static_cast<RowId>(correlated.events.back()),
                        correlation_rows_[correlated.correlation]);
    ++counters_.detections;
  }
}

}  // namespace evtxhound::scan
