// Holds a case file against the evidence: whether what it says still stands there.
//
// Each evidence is found again by its path, as a scan finds it; its size and its hash are compared.
// Then each record that the case stands on is read again where it stands, by the same readers, and
// compared column by column; and each hit's text has to stand at its own offset.
// docs/case-verify.md says what follows from what.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "evtxhound/base/failure.hpp"
#include "evtxhound/casework/stored_pieces.hpp"

namespace evtxhound::casework {

struct VerifyOptions {
  std::filesystem::path case_file;
  bool all = false;  // every stored event, not only those with a hit or a detection
  std::vector<Relocation> moved;
};

// One thing that is not as the case file has it.
struct Discrepancy {
  std::string evidence;  // its path in the case file
  std::optional<std::uint64_t> byte_offset;
  std::string what;     // of which row: "event 12, record 345", "hit 7"; empty: the evidence
  std::string message;  // what was and what is, in one line; text from evidence, not made visible
};

// How many there are of each outcome.
struct Tally {
  std::uint64_t verified = 0;
  std::uint64_t differ = 0;
  std::uint64_t missing = 0;  // the evidence is not there, or not found in its container
  std::uint64_t unread = 0;   // the evidence is there, and cannot be read

  [[nodiscard]] std::uint64_t total() const { return verified + differ + missing + unread; }
  [[nodiscard]] bool is_sound() const { return verified == total(); }
};

struct Verified {
  Tally evidence;                  // files, and what lies in them; no folders
  std::uint64_t without_hash = 0;  // evidence verified by its size alone
  Tally records;                   // places of events, copies included
  std::uint64_t copies = 0;        // of these, rows of also_at
  Tally hits;
  ExitStatus status = ExitStatus::kDone;  // kDone; kDamaged: something is not verified; or
                                          // kInterrupted
};

// Watches a verification. Called on the thread that called verify_case().
class VerifyMonitor {
 public:
  virtual ~VerifyMonitor() = default;
  virtual void on_discrepancy(const Discrepancy& discrepancy) = 0;
  // Now and then: files of evidence that are done, of how many, and records so far.
  virtual void on_progress(std::size_t files, std::size_t of, std::uint64_t records) = 0;
};

// Verifies a case file, which is opened read-only; what a scan adds meanwhile is not looked at.
// Ends early once `stop` is true. Throws Failure where there is no such case file.
Verified verify_case(const VerifyOptions& options, VerifyMonitor& monitor,
                     const std::atomic<bool>& stop);

}  // namespace evtxhound::casework
