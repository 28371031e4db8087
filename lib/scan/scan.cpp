#include "evtxhound/scan/scan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <deque>
#include <functional>
#include <memory>

#include "evtxhound/base/parallel.hpp"
#include "evtxhound/base/time.hpp"
#include "evtxhound/casefile/case_file.hpp"
#include "evtxhound/evidence/find.hpp"
#include "evtxhound/evtx/log_file.hpp"
#include "evtxhound/scan/census.hpp"
#include "evtxhound/scan/chunk_scanner.hpp"
#include "evtxhound/scan/describe_run.hpp"
#include "evtxhound/scan/export_scanner.hpp"
#include "evtxhound/scan/file_hasher.hpp"
#include "evtxhound/scan/raw_scanner.hpp"
#include "evtxhound/scan/template_loader.hpp"

namespace evtxhound::scan {
namespace {

namespace fs = std::filesystem;
using casefile::RowId;

// So much of a log is one piece of work: long enough for handing it out to cost nothing, short
// enough for all threads to have some, and for the rows of a few to fit into memory.
constexpr std::uint64_t kChunksInPart = 64;
constexpr std::uint64_t kChunksInStoredPart = 8;  // where every event is a row

// Of what is carved, in bytes; the same for any number of threads, as what is found belongs to the
// part in which it begins.
constexpr std::uint64_t kRawPart = std::uint64_t{16} << 20U;

// Rows that wait for their log's hash may take about so much memory.
constexpr std::size_t kMostWaiting = std::size_t{32} << 20U;

// Of so many indicators every one is a row; of more, those that were found.
constexpr std::size_t kListedIndicators = 10'000;

// A log or an export to be read, or raw bytes to be carved.
struct Log {
  std::size_t number = 0;  // index into Findings::pieces
  const evidence::Piece* piece = nullptr;
  std::vector<Problem> problems;  // of its header
  Census census;
  std::shared_ptr<SharedExport> exported;  // null: it is no export
  bool nameless = false;                   // whether events of it are not in its census

  [[nodiscard]] bool is_raw() const { return evidence::is_carved(piece->kind); }
};

// Some chunks in a row of a log, blocks of an export, or bytes of what is raw.
struct Part {
  std::size_t log = 0;
  std::uint64_t first = 0;
  std::uint64_t count = 0;
  bool ends_log = false;
  bool is_barren = false;  // raw, and nothing was found in it
};

// What a part gave, until it is written.
struct Waiting {
  std::size_t log = 0;
  bool ends_log = false;
  ChunkRows rows;
};

// About the memory that a part's rows take.
std::size_t memory_of(const ChunkRows& rows) {
  std::size_t bytes = 0;
  for (const StoredEvent& stored : rows.events) {
    bytes += sizeof stored;
    for (const evtx::Field& field : stored.event.data) {
      bytes += sizeof field + field.name.size() + field.value.size();
    }
  }
  for (const Problem& problem : rows.problems) bytes += sizeof problem + problem.message.size();
  return bytes;
}

bool has_bytes(const evidence::Piece& piece) { return piece.kind != evidence::Kind::kFolder; }

casefile::SourceType source_of(const Log& log) {
  if (!log.exported) return casefile::SourceType::kEvtx;
  return source_type(log.exported->kind());
}

// The templates that threads share: of logs as they are read, and for what is carved. Not the same
// ones, since what is like a template that is gone must not depend on which logs were read before.
struct Templates {
  evtx::TemplateCache logs;
  evtx::TemplateCache carved{true};
};

// Scans parts of any kind. One per thread.
class PartScanner {
 public:
  PartScanner(const indicators::IndicatorSet& set, Templates& templates,
              const ChunkScannerOptions& options)
      : chunks_(set, templates.logs, options),
        exports_(set, options),
        make_raw_([&set, &templates, options] {
          return std::make_unique<RawScanner>(set, templates.carved, options);
        }) {}

  ChunkRows scan(const Log& log, const Part& part) {
    if (part.is_barren) {
      ChunkRows rows;
      rows.bytes_read = part.count;
      return rows;
    }
    if (log.is_raw()) {
      if (raw_ == nullptr) raw_ = make_raw_();
      return raw_->scan(*log.piece, part.first, part.first + part.count);
    }
    if (!log.exported) return chunks_.scan(*log.piece, part.first, part.count);
    return exports_.scan(*log.exported, part.first);
  }

 private:
  ChunkScanner chunks_;
  ExportScanner exports_;
  std::function<std::unique_ptr<RawScanner>()> make_raw_;
  std::unique_ptr<RawScanner> raw_;  // null until there is something to carve
};

std::vector<const evidence::Piece*> pieces_to_hash(const evidence::Findings& findings, bool hash) {
  std::vector<const evidence::Piece*> pieces;
  for (const evidence::Piece& piece : findings.pieces) {
    pieces.push_back(hash && evidence::is_hashed(piece.kind) ? &piece : nullptr);
  }
  return pieces;
}

evidence::FindOptions find_options(const Options& options, Monitor& monitor,
                                   const std::atomic<bool>& stop) {
  evidence::FindOptions find;
  find.leave_out = options.case_file;
  find.carve = options.carve;
  find.hash = options.hash;
  find.stop = &stop;
  find.on_read = [&monitor](std::uint64_t bytes) { monitor.on_finding(bytes); };
  return find;
}

// One scan, from its arguments to the closed case file; the steps in the order of run().
//
// Files are hashed while they are read. A file's hash is part of what makes it the same evidence,
// so that its rows wait for it; where they become too many, reading waits too.
class Scan {
 public:
  Scan(const Options& options, Monitor& monitor, const std::atomic<bool>& stop)
      : options_(options),
        monitor_(monitor),
        stop_(stop),
        findings_(evidence::find(options.evidence, find_options(options, monitor, stop))),
        case_(casefile::CaseFile::open_for_writing(options.case_file)),
        look_(std::make_shared<Look>(*options.indicators, options.rules)),
        hasher_(pieces_to_hash(findings_, options.hash), options.threads, stop) {}

  Outcome run() {
    run_ = case_.begin_run(describe_run(options_));
    list_indicators();
    list_rules();
    case_.commit();
    counters_.files_seen = findings_.files_seen;
    counters_.files_skipped = findings_.files_skipped;
    plan();
    search_raw();
    read_logs();
    return finish();
  }

 private:
  void list_indicators() {
    const indicators::IndicatorSet& set = *options_.indicators;
    indicator_rows_.resize(set.size());
    if (set.size() > kListedIndicators) return;
    for (std::size_t i = 0; i < set.size(); ++i) row_of_indicator(i);
  }

  // All of them: that a rule is there and has no detection says something.
  void list_rules() {
    const rules::CompiledRules& compiled = *options_.rules;
    for (std::size_t i = 0; i < compiled.set.rules.size(); ++i) {
      const bool listed = compiled.usable[i] && !compiled.silent[i];
      rule_rows_.push_back(listed ? add_rule(compiled.set.rules[i].head) : 0);
    }
    for (const rules::Correlation& correlation : compiled.set.correlations) {
      correlation_rows_.push_back(add_rule(correlation.head));
    }
  }

  RowId add_rule(const rules::RuleHead& head) {
    const std::string uuid = head.id.empty() ? fmt::format("{}:{}", head.path, head.line) : head.id;
    return case_.add_rule({uuid, head.title, head.story.type, head.level,
                           fmt::format("{}", fmt::join(head.attack, ",")), head.status});
  }

  RowId row_of_indicator(std::size_t i) {
    RowId& row = indicator_rows_[i];
    if (row == 0) row = case_.add_indicator(options_.indicators->indicator(i));
    return row;
  }

  // What there is to be read, in parts.
  void plan() {
    for (std::size_t i = 0; i < findings_.pieces.size(); ++i) {
      const evidence::Piece& piece = findings_.pieces[i];
      if (is_to_be_hashed(piece)) counters_.bytes_total += piece.size;
      if (!evidence::is_readable(piece.kind)) continue;
      counters_.bytes_total += piece.size;
      ++counters_.files_read;
      logs_.push_back({i, &piece, {}, {}, nullptr});
      if (evidence::is_export(piece.kind)) {
        plan_export(logs_.back(), piece);
      } else if (evidence::is_carved(piece.kind)) {
        plan_raw(piece);
      } else {
        plan_log(logs_.back(), piece);
      }
    }
  }

  [[nodiscard]] bool is_to_be_hashed(const evidence::Piece& piece) const {
    return options_.hash && evidence::is_hashed(piece.kind) && piece.sha256.empty();
  }

  void plan_log(Log& log, const evidence::Piece& piece) {
    if (const auto file = piece.open()) {
      evtx::read_file_header(**file, log.problems);
    } else {
      log.problems.push_back(file.problem());
    }
    const std::uint64_t chunks = evtx::chunk_count(piece.size);
    const std::uint64_t most = options_.store == Store::kAll ? kChunksInStoredPart : kChunksInPart;
    for (std::uint64_t first = 0; first < chunks; first += most) {
      const std::uint64_t count = std::min(most, chunks - first);
      parts_.push_back({logs_.size() - 1, first, count, first + count == chunks});
    }
  }

  void plan_export(Log& log, const evidence::Piece& piece) {
    log.exported = std::make_shared<SharedExport>(piece);
    const std::uint64_t blocks = log.exported->expected_blocks();
    for (std::uint64_t first = 0; first < blocks; ++first) {
      parts_.push_back({logs_.size() - 1, first, 1, first + 1 == blocks});
    }
  }

  void plan_raw(const evidence::Piece& piece) {
    counters_.bytes_total += piece.size;  // searched, and then read
    for (std::uint64_t first = 0; first < piece.size; first += kRawPart) {
      const std::uint64_t count = std::min(kRawPart, piece.size - first);
      parts_.push_back({logs_.size() - 1, first, count, first + count == piece.size});
    }
  }

  // The first pass over what is carved (raw_scanner.hpp).
  void search_raw() {
    std::vector<std::size_t> raw;
    for (std::size_t i = 0; i < parts_.size(); ++i) {
      if (logs_[parts_[i].log].is_raw()) raw.push_back(i);
    }
    parallel_in_order(
        raw.size(), options_.threads, 2 * std::size_t{options_.threads} + 2, stop_,
        [&] {
          return [&, searcher = std::make_shared<RawSearcher>(templates_.carved)](std::size_t i) {
            const Part& part = parts_[raw[i]];
            return searcher->search(*logs_[part.log].piece, part.first, part.first + part.count);
          };
        },
        [&](std::size_t i, RawSearcher::Found found) {
          Part& part = parts_[raw[i]];
          part.is_barren = !found.anything;
          lacks_names_ = lacks_names_ || found.lacks_names;
          bytes_searched_ += part.count;
          show_progress();
        });
    if (lacks_names_) load_templates_of_logs();
  }

  void load_templates_of_logs() {
    std::vector<std::size_t> wanted;
    for (std::size_t i = 0; i < parts_.size(); ++i) {
      if (logs_[parts_[i].log].piece->kind != evidence::Kind::kEvtx) continue;
      wanted.push_back(i);
      counters_.bytes_total += parts_[i].count * evtx::kChunkSize;
    }
    parallel_in_order(
        wanted.size(), options_.threads, 2 * std::size_t{options_.threads} + 2, stop_,
        [&] {
          return [&, loader = std::make_shared<TemplateLoader>(templates_.carved)](std::size_t i) {
            const Part& part = parts_[wanted[i]];
            loader->load(*logs_[part.log].piece, part.first, part.count);
            return part.count * evtx::kChunkSize;
          };
        },
        [&](std::size_t /*i*/, std::uint64_t bytes) {
          bytes_searched_ += bytes;
          show_progress();
        });
  }

  void show_progress() {
    counters_.bytes_done = bytes_searched_ + bytes_read_ + hasher_.bytes_done();
    monitor_.on_progress(counters_);
  }

  [[nodiscard]] ChunkScannerOptions scanner_options() const {
    return {options_.store,  options_.census, options_.exhaustive,
            options_.engine, options_.rules,  look_};
  }

  void read_logs() {
    const ChunkScannerOptions options = scanner_options();
    const unsigned threads = reading_threads();
    const std::size_t ahead = 2 * std::size_t{threads} + 2;
    parallel_in_order(
        parts_.size(), threads, ahead, stop_,
        [&] {
          return [this, scanner = std::make_shared<PartScanner>(*options_.indicators, templates_,
                                                                options)](std::size_t number) {
            const Part& part = parts_[number];
            return scanner->scan(logs_[part.log], part);
          };
        },
        [this](std::size_t number, ChunkRows rows) { take(number, std::move(rows)); });
    write_waiting(true);
    if (!stop_) add_evidence(findings_.pieces.size());
  }

  // Hashing a file takes longer than reading it, so that where there are fewer files than threads,
  // each being hashed leaves one thread less for reading.
  [[nodiscard]] unsigned reading_threads() const {
    const auto hashed = std::ranges::count_if(
        logs_, [this](const Log& log) { return is_to_be_hashed(*log.piece); });
    if (hashed >= std::ptrdiff_t{options_.threads}) return options_.threads;
    return std::max(1U, options_.threads - static_cast<unsigned>(hashed));
  }

  // Takes a part's rows, in the order of the parts.
  void take(std::size_t number, ChunkRows rows) {
    const Part& part = parts_[number];
    const Log& log = logs_[part.log];
    const bool open_end = part.ends_log && log.exported && !log.exported->ended();
    take_rows({part.log, part.ends_log && !open_end, std::move(rows)});
    if (open_end) take_rest(part);
  }

  // Takes what is behind the last part of an export that expands to more than was thought: read
  // here, one block after the other, so that the memory is bounded by how fast it is written.
  void take_rest(const Part& last) {
    Log& log = logs_[last.log];
    ExportScanner scanner(*options_.indicators, scanner_options());
    for (std::uint64_t block = last.first + 1; !stop_ && !log.exported->ended(); ++block) {
      ChunkRows rows = scanner.scan(*log.exported, block);
      take_rows({last.log, log.exported->ended(), std::move(rows)});
    }
  }

  void take_rows(Waiting part) {
    const ChunkRows& rows = part.rows;
    counters_.events += rows.events_read;
    bytes_read_ += rows.bytes_read;
    waiting_memory_ += memory_of(rows);
    waiting_.push_back(std::move(part));
    write_waiting(waiting_memory_ > kMostWaiting);
    show_progress();
    commit_each_second();
  }

  // Writes what has its hash, or waits for that and writes everything.
  void write_waiting(bool all) {
    while (!waiting_.empty()) {
      Waiting& part = waiting_.front();
      const std::size_t piece = logs_[part.log].number;
      if (!all && !hasher_.is_done(piece)) return;
      // Reading has come to an end, and this one's hash is not known.
      if (!add_evidence(piece + 1)) return;
      waiting_memory_ -= memory_of(part.rows);
      write(part);
      waiting_.pop_front();
    }
  }

  // Adds the first `count` pieces of evidence, as far as they are not there yet. False where the
  // scan was stopped before their hashes were known.
  bool add_evidence(std::size_t count) {
    while (evidence_rows_.size() < count) {
      const std::size_t i = evidence_rows_.size();
      const evidence::Piece& piece = findings_.pieces[i];
      const FileHash hash = hasher_.wait(i);
      const bool hashed = !options_.hash || !evidence::is_hashed(piece.kind) ||
                          !hash.sha256.empty() || hash.problem || piece.size == 0;
      if (stop_ && !hashed) return false;
      const RowId row = add_piece(piece, hash.sha256);
      evidence_rows_.push_back(row);
      for (const Problem& problem : piece.problems) report(row, piece.path, problem);
      if (hash.problem) report(row, piece.path, *hash.problem);
      const auto log = std::ranges::find(logs_, i, &Log::number);
      if (log == logs_.end()) continue;
      for (const Problem& problem : log->problems) report(row, piece.path, problem);
      // A log without chunks has no part that ends it.
      if (piece.kind == evidence::Kind::kEvtx && evtx::chunk_count(piece.size) == 0) end_log(*log);
    }
    return true;
  }

  RowId add_piece(const evidence::Piece& piece, const std::string& sha256) {
    casefile::EvidenceRow row;
    row.path = piece.path.string();
    row.kind = to_string(piece.kind);
    if (has_bytes(piece)) row.size = piece.size;
    row.sha256 = sha256;
    if (piece.parent) row.parent = evidence_rows_[*piece.parent];
    row.same_as = case_.find_same_content(row.sha256, piece.size);
    return case_.add_evidence(row);
  }

  void write(Waiting& part) {
    ChunkRows& rows = part.rows;
    Log& log = logs_[part.log];
    const RowId evidence = evidence_rows_[log.number];
    for (StoredEvent& stored : rows.events) {
      for (casefile::HitRow& hit : stored.hits) {
        hit.indicator = row_of_indicator(static_cast<std::size_t>(hit.indicator));
      }
      std::vector<RowId> fulfilled;
      for (const std::uint32_t rule : stored.rules) fulfilled.push_back(rule_rows_[rule]);
      const RowId event = case_
                              .add_event(evidence, stored.event, source_of(log), stored.state,
                                         stored.hits, fulfilled)
                              .event;
      for (rules::Occurrence& occurrence : stored.occurrences) {
        occurrence.event = static_cast<std::uint64_t>(event);
        occurrences_.push_back(std::move(occurrence));
      }
      counters_.hits += stored.hits.size();
      counters_.detections += fulfilled.size();
    }
    for (const Problem& problem : rows.problems) report(evidence, log.piece->path, problem);
    for (const casefile::CensusRow& row : rows.census) log.census.add(row);
    log.nameless = log.nameless || rows.nameless;
    if (part.ends_log) end_log(log);
  }

  void report(RowId evidence, const fs::path& path, const Problem& problem) {
    case_.add_problem(evidence, problem);
    ++counters_.problems;
    monitor_.on_problem(path, problem);
  }

  // Only of a log that was read to its end: any other census would be a wrong count. So would be
  // that of events whose kind is not known.
  void end_log(Log& log) {
    if (options_.census && !log.nameless)
      case_.set_census(evidence_rows_[log.number], log.census.rows());
    log.census.clear();
  }

  // So that who reads the case file meanwhile sees it grow, and a kill costs a second's work.
  void commit_each_second() {
    const auto now = std::chrono::steady_clock::now();
    if (now - committed_ < std::chrono::seconds(1)) return;
    case_.commit();
    committed_ = now;
  }

  // Of all events that were read, in the order of time; of those of one time, in that of rows.
  void correlate() {
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

  Outcome finish() {
    if (!stop_) correlate();
    Outcome outcome{counters_, counters_.problems == 0 ? ExitStatus::kDone : ExitStatus::kDamaged};
    if (stop_) outcome.status = ExitStatus::kInterrupted;
    casefile::RunEnd end;
    end.ended = to_iso8601(filetime_now());
    end.exit_status = static_cast<int>(outcome.status);
    end.files_seen = counters_.files_seen;
    end.files_read = counters_.files_read;
    end.files_skipped = counters_.files_skipped;
    end.bytes_read = bytes_read_;
    end.events_read = counters_.events;
    end.hits = counters_.hits;
    end.detections = counters_.detections;
    end.problems = counters_.problems;
    case_.end_run(run_, end);
    case_.close();
    return outcome;
  }

  const Options& options_;
  Monitor& monitor_;
  const std::atomic<bool>& stop_;
  Templates templates_;
  evidence::Findings findings_;
  casefile::CaseFile case_;
  std::shared_ptr<const Look> look_;
  FileHasher hasher_;

  RowId run_ = 0;
  std::vector<RowId> indicator_rows_;  // by indicator; 0 where it is no row yet
  std::vector<RowId> rule_rows_;       // by rule; 0 for those that cannot fire
  std::vector<RowId> correlation_rows_;
  std::vector<rules::Occurrence> occurrences_;  // for correlations
  std::vector<RowId> evidence_rows_;            // by index into findings_.pieces, as far as added
  std::vector<Log> logs_;
  std::vector<Part> parts_;
  std::deque<Waiting> waiting_;  // for a hash
  std::size_t waiting_memory_ = 0;
  std::uint64_t bytes_read_ = 0;
  std::uint64_t bytes_searched_ = 0;
  bool lacks_names_ = false;  // whether a carved record's template is gone
  std::chrono::steady_clock::time_point committed_ = std::chrono::steady_clock::now();
  Counters counters_;
};

}  // namespace

Outcome scan(const Options& options, Monitor& monitor, const std::atomic<bool>& stop) {
  return Scan(options, monitor, stop).run();
}

}  // namespace evtxhound::scan
