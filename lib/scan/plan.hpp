// What a scan has to read, cut into pieces of work.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <vector>

#include "evtxhound/base/problem.hpp"
#include "evtxhound/evidence/find.hpp"
#include "evtxhound/scan/census.hpp"
#include "evtxhound/scan/earlier_work.hpp"
#include "evtxhound/scan/export_scanner.hpp"
#include "evtxhound/scan/log_tampering.hpp"
#include "evtxhound/scan/raw_tally.hpp"
#include "evtxhound/scan/scan.hpp"

namespace evtxhound::scan {

// Of what is carved, a part in bytes; the same for any number of threads, as what is found belongs
// to the part in which it begins.
inline constexpr std::uint64_t kRawPart = std::uint64_t{16} << 20U;

// A log or an export to be read, or raw bytes to be carved.
struct Log {
  std::size_t number = 0;                  // index into Findings::pieces
  const evidence::Piece* piece = nullptr;  // of the findings, which must outlive it
  std::vector<Problem> problems;           // of its header
  Census census;                           // of what was written so far
  std::shared_ptr<SharedExport> exported;  // null: it is no export
  bool nameless = false;                   // whether events of it are not in its census
  LogTampering tampering;                  // of what was written so far
  RawTally raw;                            // likewise

  [[nodiscard]] bool is_raw() const { return evidence::is_carved(piece->kind); }
};

// Some chunks in a row of a log, blocks of an export, or bytes of what is raw.
struct Part {
  std::size_t log = 0;  // index into Plan::logs
  std::uint64_t first = 0;
  std::uint64_t count = 0;
  bool ends_log = false;
  bool is_barren = false;  // raw, and nothing was found in it
};

// The same for any number of threads.
struct Plan {
  std::vector<Log> logs;            // in the order of the findings
  std::vector<Part> parts;          // in the order of the logs, without gaps
  std::uint64_t bytes_to_read = 0;  // what is carved counts twice: it is searched, and then read

  [[nodiscard]] bool has_raw() const { return std::ranges::any_of(logs, &Log::is_raw); }
};

// Opens each log for its header. What is known from an earlier run is not in it.
Plan make_plan(const evidence::Findings& findings, Store store, const EarlierWork& earlier);

}  // namespace evtxhound::scan
