#include "evtxhound/scan/scan.hpp"

#include <algorithm>
#include <chrono>
#include <deque>
#include <memory>

#include "evtxhound/base/parallel.hpp"
#include "evtxhound/base/time.hpp"
#include "evtxhound/casefile/case_file.hpp"
#include "evtxhound/evidence/find.hpp"
#include "evtxhound/evtx/log_file.hpp"
#include "evtxhound/scan/describe_run.hpp"
#include "evtxhound/scan/earlier_work.hpp"
#include "evtxhound/scan/file_hasher.hpp"
#include "evtxhound/scan/part_scanner.hpp"
#include "evtxhound/scan/plan.hpp"
#include "evtxhound/scan/row_writer.hpp"
#include "evtxhound/scan/settings.hpp"
#include "evtxhound/scan/template_loader.hpp"

namespace evtxhound::scan {
namespace {

// Rows that wait for their log's hash may take about so much memory.
constexpr std::size_t kMostWaiting = std::size_t{32} << 20U;

// Of a log, about.
constexpr std::uint64_t kBytesInEvent = 1024;

// What a part gave, until it is written.
struct Waiting {
  std::size_t log = 0;
  bool ends_log = false;
  ChunkRows rows;
  std::size_t memory = 0;  // memory_of(rows), before they are written
};

// About the memory that a part's rows take.
std::size_t memory_of(const ChunkRows& rows) {
  std::size_t bytes = 0;
  for (const StoredEvent& stored : rows.events) bytes += stored.row.memory();
  for (const Problem& problem : rows.problems) bytes += sizeof problem + problem.message.size();
  for (const ChunkTrace& trace : rows.traces) {
    bytes += sizeof trace + trace.findings.size() * (sizeof(Finding) + 100);  // and its text
  }
  return bytes;
}

bool is_wanted(const evidence::Piece& piece, Hashes hashes) {
  return hashes != Hashes::kNone && evidence::is_hashed(piece.kind);
}

std::vector<const evidence::Piece*> pieces_to_hash(const evidence::Findings& findings,
                                                   const EarlierWork& earlier, Hashes hashes) {
  std::vector<const evidence::Piece*> pieces;
  for (std::size_t i = 0; i < findings.pieces.size(); ++i) {
    const evidence::Piece& piece = findings.pieces[i];
    pieces.push_back(is_wanted(piece, hashes) && !earlier.has(i) ? &piece : nullptr);
  }
  return pieces;
}

evidence::FindOptions find_options(const Options& options, Monitor& monitor,
                                   const std::atomic<bool>& stop) {
  evidence::FindOptions find;
  find.leave_out = options.case_file;
  find.carve = options.carves();
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
        settings_(settings_digest(options)),
        earlier_(find_earlier_work(options, settings_, findings_, case_)),
        plan_(make_plan(findings_, options.store, earlier_)),
        run_(case_.begin_run(describe_run(options, settings_))),
        writer_(options, findings_, case_, monitor, counters_, settings_),
        look_(std::make_shared<Look>(*options.indicators, options.rules)),
        hasher_(pieces_to_hash(findings_, earlier_, options.hash), options.hash, options.threads,
                stop) {
    case_.commit();
    if (options.store == Store::kAll) case_.expect_events(plan_.bytes_to_read / kBytesInEvent);
    count_work();
  }

  Outcome run() {
    search_raw();
    read_logs();
    return finish();
  }

 private:
  void count_work() {
    counters_.files_seen = findings_.files_seen;
    counters_.files_skipped = findings_.files_skipped;
    counters_.files_read = plan_.logs.size();
    counters_.files_known = earlier_.files;
    counters_.bytes_known = earlier_.bytes;
    counters_.bytes_total = plan_.bytes_to_read;
    for (std::size_t i = 0; i < findings_.pieces.size(); ++i) {
      if (is_to_be_hashed(i)) counters_.bytes_total += findings_.pieces[i].size;
    }
  }

  [[nodiscard]] bool is_to_be_hashed(std::size_t i) const {
    const evidence::Piece& piece = findings_.pieces[i];
    return is_wanted(piece, options_.hash) && piece.sha256.empty() && !earlier_.has(i);
  }

  // Until the scan is stopped. No thread runs further ahead of what is taken than makes up for its
  // waiting now and then; parts of what is carved are large.
  template <class MakeWorker, class Consume>
  void in_parallel(std::size_t count, unsigned threads, MakeWorker make_worker, Consume consume) {
    const std::size_t window = (plan_.has_raw() ? 2 : 8) * std::size_t{threads} + 2;
    parallel_in_order(count, threads, window, stop_, make_worker, consume);
  }

  // The first pass over what is carved (raw_scanner.hpp).
  void search_raw() {
    std::vector<std::size_t> raw;
    for (std::size_t i = 0; i < plan_.parts.size(); ++i) {
      if (plan_.logs[plan_.parts[i].log].is_raw()) raw.push_back(i);
    }
    in_parallel(
        raw.size(), options_.threads,
        [&] {
          const auto* sought = options_.raw ? options_.indicators : nullptr;
          return [&, searcher =
                         std::make_shared<RawSearcher>(templates_.carved, sought)](std::size_t i) {
            const Part& part = plan_.parts[raw[i]];
            return searcher->search(*plan_.logs[part.log].piece, part.first,
                                    part.first + part.count);
          };
        },
        [&](std::size_t i, RawSearcher::Found found) {
          Part& part = plan_.parts[raw[i]];
          part.is_barren = !found.anything;
          lacks_names_ = lacks_names_ || found.lacks_names;
          bytes_searched_ += part.count;
          show_progress();
        });
    if (lacks_names_) load_templates_of_logs();
  }

  void load_templates_of_logs() {
    std::vector<std::size_t> wanted;
    for (std::size_t i = 0; i < plan_.parts.size(); ++i) {
      const Part& part = plan_.parts[i];
      if (plan_.logs[part.log].piece->kind != evidence::Kind::kEvtx) continue;
      wanted.push_back(i);
      counters_.bytes_total += part.count * evtx::kChunkSize;
    }
    in_parallel(
        wanted.size(), options_.threads,
        [&] {
          return [&, loader = std::make_shared<TemplateLoader>(templates_.carved)](std::size_t i) {
            const Part& part = plan_.parts[wanted[i]];
            loader->load(*plan_.logs[part.log].piece, part.first, part.count);
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
    return {options_.store, options_.census, options_.exhaustive, options_.engine,
            options_.rules, look_,           options_.raw};
  }

  void read_logs() {
    const ChunkScannerOptions options = scanner_options();
    in_parallel(
        plan_.parts.size(), reading_threads(),
        [&] {
          return [this, scanner = std::make_shared<PartScanner>(*options_.indicators, templates_,
                                                                options)](std::size_t number) {
            const Part& part = plan_.parts[number];
            return scanner->scan(plan_.logs[part.log], part);
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
        plan_.logs, [this](const Log& log) { return is_to_be_hashed(log.number); });
    if (hashed >= std::ptrdiff_t{options_.threads}) return options_.threads;
    return std::max(1U, options_.threads - static_cast<unsigned>(hashed));
  }

  // Takes a part's rows, in the order of the parts.
  void take(std::size_t number, ChunkRows rows) {
    const Part& part = plan_.parts[number];
    const Log& log = plan_.logs[part.log];
    const bool open_end = part.ends_log && log.exported && !log.exported->ended();
    take_rows({part.log, part.ends_log && !open_end, std::move(rows)});
    if (open_end) take_rest(part);
  }

  // Takes what is behind the last part of an export that expands to more than was thought: read
  // here, one block after the other, so that the memory is bounded by how fast it is written.
  void take_rest(const Part& last) {
    Log& log = plan_.logs[last.log];
    ExportScanner scanner(*options_.indicators, scanner_options());
    for (std::uint64_t block = last.first + 1; !stop_ && !log.exported->ended(); ++block) {
      ChunkRows rows = scanner.scan(*log.exported, block);
      take_rows({last.log, log.exported->ended(), std::move(rows)});
    }
  }

  void take_rows(Waiting part) {
    counters_.events += part.rows.events_read;
    bytes_read_ += part.rows.bytes_read;
    part.memory = memory_of(part.rows);
    waiting_memory_ += part.memory;
    waiting_.push_back(std::move(part));
    write_waiting(waiting_memory_ > kMostWaiting);
    show_progress();
    commit_now_and_then();
  }

  // Writes what has its hash, or waits for that and writes everything.
  void write_waiting(bool all) {
    while (!waiting_.empty()) {
      Waiting& part = waiting_.front();
      Log& log = plan_.logs[part.log];
      if (!all && !hasher_.is_done(log.number)) return;
      // Reading has come to an end, and this one's hash is not known.
      if (!add_evidence(log.number + 1)) return;
      waiting_memory_ -= part.memory;
      writer_.write(log, part.rows);
      if (part.ends_log) writer_.end_log(log);
      waiting_.pop_front();
    }
  }

  // Adds the first `count` pieces of evidence, as far as they are not there yet. False where the
  // scan was stopped before their hashes were known.
  bool add_evidence(std::size_t count) {
    while (writer_.evidence_count() < count) {
      const std::size_t i = writer_.evidence_count();
      if (earlier_.has(i)) {
        writer_.take_evidence(*earlier_.rows[i]);
        continue;
      }
      const evidence::Piece& piece = findings_.pieces[i];
      const FileHash hash = hasher_.wait(i);
      if (hash.cut_off) return false;
      writer_.add_evidence(hash.digests);
      if (hash.problem) writer_.report(i, *hash.problem);
      const auto log = std::ranges::lower_bound(plan_.logs, i, {}, &Log::number);
      if (log == plan_.logs.end() || log->number != i) {
        if (piece.kind != evidence::Kind::kFolder) writer_.end_evidence(i);
        continue;
      }
      for (const Problem& problem : log->problems) writer_.report(i, problem);
      // A log without chunks has no part that ends it.
      if (piece.kind == evidence::Kind::kEvtx && evtx::chunk_count(piece.size) == 0) {
        writer_.end_log(*log);
      }
    }
    return true;
  }

  // So that who reads the case file meanwhile sees it grow, and a kill costs little. A commit waits
  // for no disk (casefile/open.cpp).
  void commit_now_and_then() {
    const auto now = std::chrono::steady_clock::now();
    if (now - committed_ < std::chrono::milliseconds(200)) return;
    case_.commit();
    committed_ = now;
  }

  Outcome finish() {
    if (!stop_) writer_.correlate();
    const bool sound = counters_.problems == 0 && earlier_.problems == 0;
    Outcome outcome{counters_, sound ? ExitStatus::kDone : ExitStatus::kDamaged};
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
    end.files_known = counters_.files_known;
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
  std::string settings_;
  EarlierWork earlier_;
  Plan plan_;
  casefile::RowId run_;
  Counters counters_;
  RowWriter writer_;
  std::shared_ptr<const Look> look_;
  FileHasher hasher_;

  std::deque<Waiting> waiting_;  // for a hash
  std::size_t waiting_memory_ = 0;
  std::uint64_t bytes_read_ = 0;
  std::uint64_t bytes_searched_ = 0;
  bool lacks_names_ = false;  // whether a carved record's template is gone
  std::chrono::steady_clock::time_point committed_ = std::chrono::steady_clock::now();
};

}  // namespace

Outcome scan(const Options& options, Monitor& monitor, const std::atomic<bool>& stop) {
  return Scan(options, monitor, stop).run();
}

}  // namespace evtxhound::scan
