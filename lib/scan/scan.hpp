// The pipeline: evidence -> chunks -> events -> hits -> case file.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "evtxhound/base/digests.hpp"
#include "evtxhound/base/failure.hpp"
#include "evtxhound/base/problem.hpp"
#include "evtxhound/evtx/engine.hpp"
#include "evtxhound/indicators/indicator_set.hpp"
#include "evtxhound/rules/compiled_rules.hpp"

namespace evtxhound::scan {

// Which events the case file keeps.
enum class Store {
  kHits,  // those with a hit or a detection
  kAll,   // every event
};

struct Options {
  std::vector<std::filesystem::path> evidence;
  std::filesystem::path case_file;
  const indicators::IndicatorSet* indicators = nullptr;  // must outlive the scan; never null
  const rules::CompiledRules* rules = nullptr;           // likewise
  Store store = Store::kHits;
  unsigned threads = 1;           // > 0
  Hashes hash = Hashes::kSha256;  // of every evidence file
  bool census = true;             // count what kinds of events there are
  bool exhaustive = false;        // read every record, and do not look before
  bool carve = false;             // look for remains of logs in files of no kind that can be read
  bool raw = false;  // carve, and look for indicators outside of what is found there, too
  // Not to read again what an earlier run by the same settings has read to its end, where its file
  // has the same size and time (earlier_work.hpp).
  bool resume = false;
  std::vector<std::filesystem::path> expand;  // files of values for placeholders of rules
  evtx::Engine engine = evtx::Engine::kNative;
  std::string command_line;
  std::string tool_version;

  [[nodiscard]] bool carves() const { return carve || raw; }
};

// What a scan has done so far, or in all.
struct Counters {
  std::uint64_t files_seen = 0;     // regular files looked at, in archives too
  std::uint64_t files_read = 0;     // read as evidence
  std::uint64_t files_skipped = 0;  // of no kind that can be read
  std::uint64_t files_known = 0;    // not read: an earlier run had read them to their end
  std::uint64_t bytes_known = 0;    // of these
  std::uint64_t bytes_total = 0;    // to be read and to be hashed
  std::uint64_t bytes_done = 0;     // of these
  std::uint64_t events = 0;
  std::uint64_t hits = 0;
  std::uint64_t detections = 0;
  std::uint64_t problems = 0;
};

// Watches a scan. Called on the thread that called scan().
class Monitor {
 public:
  virtual ~Monitor() = default;
  // Before anything else, while archives are searched: bytes that they gave so far.
  virtual void on_finding(std::uint64_t bytes) = 0;
  virtual void on_progress(const Counters& counters) = 0;
  virtual void on_problem(const std::filesystem::path& evidence, const Problem& problem) = 0;
};

struct Outcome {
  Counters counters;
  ExitStatus status = ExitStatus::kDone;  // kDone, kDamaged or kInterrupted
};

// Scans evidence into a case file. Whatever the number of threads, the order of `evidence`, and
// whether earlier scans by the same options were cut off: the same rows with the same ids. They are
// written in one order, so that a scan that was cut off has left the first ones of each table. Once
// `stop` is true (from a signal handler, say), what has been read is written and the case file is
// closed in good order. Throws Failure where it cannot go on.
Outcome scan(const Options& options, Monitor& monitor, const std::atomic<bool>& stop);

}  // namespace evtxhound::scan
