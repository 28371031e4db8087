#include "evtxhound/scan/scan.hpp"

#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>

#include "evtxhound/base/file.hpp"
#include "evtxhound/base/hash.hpp"
#include "evtxhound/base/parallel.hpp"
#include "evtxhound/base/time.hpp"
#include "evtxhound/casefile/case_file.hpp"
#include "evtxhound/evidence/find.hpp"
#include "evtxhound/evtx/libevtx_reader.hpp"
#include "evtxhound/evtx/log_file.hpp"
#include "evtxhound/indicators/matcher.hpp"
#include "evtxhound/match/database.hpp"
#include "evtxhound/scan/chunk_scanner.hpp"

namespace evtxhound::scan {
namespace {

namespace fs = std::filesystem;
using casefile::RowId;

// A chunk is 64 KiB and its rows can be several times that; this many may wait for the writer.
constexpr std::size_t kChunksAhead = 64;
constexpr std::size_t kHashBlock = std::size_t{1} << 20U;

std::string user_name() {
  const passwd* entry = ::getpwuid(::geteuid());
  return entry != nullptr ? entry->pw_name : std::to_string(::geteuid());
}

std::string host_name() {
  std::array<char, 256> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
}

casefile::RunRow describe_run(const Options& options) {
  nlohmann::ordered_json packs = nlohmann::ordered_json::array();
  for (const indicators::Pack& pack : options.packs) {
    packs.push_back({{"name", pack.name},
                     {"path", pack.path},
                     {"sha256", pack.sha256},
                     {"indicators", pack.indicators.size()}});
  }
  const nlohmann::ordered_json libraries = {{"libevtx", evtx::libevtx_version()},
                                            {"hyperscan", match::Database::version()},
                                            {"sqlite", casefile::CaseFile::sqlite_version()}};
  return {options.command_line, options.tool_version, libraries.dump(),          packs.dump(),
          host_name(),          user_name(),          to_iso8601(filetime_now())};
}

// A log to be read, and the evidence row that its events belong to.
struct Log {
  fs::path path;
  RowId evidence = 0;
  std::uint64_t first_chunk = 0;  // number of its first chunk among those of all logs
  std::uint64_t chunks = 0;
};

// One scan, from its arguments to the closed case file; the steps in the order of run().
class Scan {
 public:
  Scan(const Options& options, Monitor& monitor, const std::atomic<bool>& stop)
      : options_(options),
        monitor_(monitor),
        stop_(stop),
        set_(options.packs, indicators::cache_file_for(options.packs)),
        findings_(evidence::find(options.evidence, options.case_file)),
        case_(casefile::CaseFile::open_for_writing(options.case_file)) {}

  Outcome run() {
    run_ = case_.begin_run(describe_run(options_));
    for (const indicators::Indicator& indicator : set_.indicators()) {
      indicator_rows_.push_back(case_.add_indicator(indicator));
    }
    case_.commit();
    counters_.files_seen = findings_.files_seen;
    counters_.files_skipped = findings_.files_skipped;
    hash_files();
    add_evidence();
    read_logs();
    return finish();
  }

 private:
  // The bytes of all pieces, or of the logs among them, are what the phase has to do.
  void begin(Phase phase) {
    counters_.phase = phase;
    counters_.bytes_done = 0;
    counters_.bytes_total = 0;
    for (const evidence::Piece& piece : findings_.pieces) {
      const bool counts = phase == Phase::kHashing || piece.kind == evidence::Kind::kEvtx;
      if (counts) counters_.bytes_total += piece.size;
    }
  }

  void progress(std::uint64_t bytes) {
    counters_.bytes_done += bytes;
    monitor_.on_progress(counters_);
  }

  void report(RowId evidence, const fs::path& path, const Problem& problem) {
    case_.add_problem(evidence, problem);
    ++counters_.problems;
    monitor_.on_problem(path, problem);
  }

  struct Hashed {
    std::string sha256;
    std::optional<Problem> problem;
  };

  static Hashed hash_file(const evidence::Piece& piece, const std::atomic<bool>& stop) {
    Hashed hashed;
    const auto file = ReadOnlyFile::open(piece.path);
    if (!file) return hashed;  // finding it has reported that
    Sha256 hash;
    Buffer block(kHashBlock);
    for (std::uint64_t offset = 0; offset < file->size() && !stop; offset += block.size()) {
      const auto got = file->read_at(offset, block);
      if (!got) return {"", got.problem()};
      hash.update(Bytes(block).first(*got));
    }
    hashed.sha256 = hash.hex();
    return hashed;
  }

  // Hashes come before reading: they are part of what makes an evidence the same one.
  void hash_files() {
    hashes_.resize(findings_.pieces.size());
    if (!options_.hash) return;
    begin(Phase::kHashing);
    parallel_in_order(
        findings_.pieces.size(), options_.threads, kChunksAhead, stop_,
        [this] {
          return [this](std::size_t i) {
            const evidence::Piece& piece = findings_.pieces[i];
            const bool is_file = piece.kind != evidence::Kind::kFolder;
            return is_file ? hash_file(piece, stop_) : Hashed{};
          };
        },
        [this](std::size_t i, Hashed hashed) {
          hashes_[i] = std::move(hashed);
          progress(findings_.pieces[i].size);
        });
  }

  void add_evidence() {
    std::vector<RowId> rows;
    for (std::size_t i = 0; i < findings_.pieces.size() && !stop_; ++i) {
      const evidence::Piece& piece = findings_.pieces[i];
      const RowId row = evidence_row(i, rows);
      rows.push_back(row);
      for (const Problem& problem : piece.problems) report(row, piece.path, problem);
      if (hashes_[i].problem) report(row, piece.path, *hashes_[i].problem);
      if (piece.kind == evidence::Kind::kEvtx) add_log(piece, row);
    }
    case_.commit();
  }

  RowId evidence_row(std::size_t i, const std::vector<RowId>& rows) {
    const evidence::Piece& piece = findings_.pieces[i];
    casefile::EvidenceRow row;
    row.path = piece.path.string();
    row.kind = to_string(piece.kind);
    if (piece.kind != evidence::Kind::kFolder) row.size = piece.size;
    row.sha256 = hashes_[i].sha256;
    if (piece.parent) row.parent = rows[*piece.parent];
    row.same_as = case_.find_same_content(row.sha256, piece.size);
    return case_.add_evidence(row);
  }

  void add_log(const evidence::Piece& piece, RowId row) {
    std::vector<Problem> problems;
    if (const auto file = ReadOnlyFile::open(piece.path)) {
      evtx::read_file_header(*file, problems);
    } else {
      problems.push_back(file.problem());
    }
    for (const Problem& problem : problems) report(row, piece.path, problem);
    const std::uint64_t chunks = evtx::chunk_count(piece.size);
    logs_.push_back({piece.path, row, chunk_total_, chunks});
    chunk_total_ += chunks;
    ++counters_.files_read;
  }

  // The log that a chunk belongs to, by the chunk's number among those of all logs.
  [[nodiscard]] std::size_t log_of(std::uint64_t chunk) const {
    const auto after = std::ranges::upper_bound(logs_, chunk, {}, &Log::first_chunk);
    return static_cast<std::size_t>(after - logs_.begin()) - 1;
  }

  void read_logs() {
    begin(Phase::kReading);
    std::size_t current = 0;
    Census census;
    const std::size_t done = parallel_in_order(
        chunk_total_, options_.threads, kChunksAhead, stop_,
        [this] {
          return [this, scanner = ChunkScanner(set_, templates_,
                                               {options_.store, options_.census, options_.engine})](
                     std::size_t number) mutable {
            const Log& log = logs_[log_of(number)];
            return scanner.scan(log.path, number - log.first_chunk);
          };
        },
        [&](std::size_t number, ChunkRows rows) {
          const std::size_t log = log_of(number);
          for (; current < log; ++current) end_log(current, std::exchange(census, {}));
          census.add(rows.census);
          write(logs_[log], rows);
        });
    // The census of a log that was not read to its end would be a wrong count.
    if (done < chunk_total_ || stop_) return;
    for (; current < logs_.size(); ++current) end_log(current, std::exchange(census, {}));
  }

  void write(const Log& log, ChunkRows& rows) {
    for (StoredEvent& stored : rows.events) {
      for (casefile::HitRow& hit : stored.hits) {
        hit.indicator = indicator_rows_[static_cast<std::size_t>(hit.indicator)];
      }
      case_.add_event(log.evidence, stored.event, casefile::SourceType::kEvtx, stored.state,
                      stored.hits);
      counters_.hits += stored.hits.size();
    }
    for (const Problem& problem : rows.problems) report(log.evidence, log.path, problem);
    counters_.events += rows.events_read;
    bytes_read_ += rows.bytes_read;
    progress(rows.bytes_read);
    commit_each_second();
  }

  // So that who reads the case file meanwhile sees it grow, and a kill costs a second's work.
  void commit_each_second() {
    const auto now = std::chrono::steady_clock::now();
    if (now - committed_ < std::chrono::seconds(1)) return;
    case_.commit();
    committed_ = now;
  }

  void end_log(std::size_t log, const Census& census) {
    if (options_.census) case_.set_census(logs_[log].evidence, census.rows());
  }

  Outcome finish() {
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
    end.problems = counters_.problems;
    case_.end_run(run_, end);
    case_.close();
    return outcome;
  }

  const Options& options_;
  Monitor& monitor_;
  const std::atomic<bool>& stop_;
  indicators::IndicatorSet set_;
  evtx::TemplateCache templates_;
  evidence::Findings findings_;
  casefile::CaseFile case_;

  RowId run_ = 0;
  std::vector<RowId> indicator_rows_;  // by index into set_.indicators()
  std::vector<Hashed> hashes_;         // by index into findings_.pieces
  std::vector<Log> logs_;
  std::uint64_t chunk_total_ = 0;
  std::uint64_t bytes_read_ = 0;
  std::chrono::steady_clock::time_point committed_ = std::chrono::steady_clock::now();
  Counters counters_;
};

}  // namespace

Outcome scan(const Options& options, Monitor& monitor, const std::atomic<bool>& stop) {
  return Scan(options, monitor, stop).run();
}

}  // namespace evtxhound::scan
