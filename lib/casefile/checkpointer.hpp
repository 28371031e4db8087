// Folds the write-ahead log into the case file beside the thread that writes it. Internal to
// lib/casefile and its tests.
//
// Everything that is loaded is written twice, to the log and from there to its place, and the log
// must have reached the disk before its pages may be moved (SQLite's "Write-Ahead Logging", 3.2).
// SQLite does all that within a commit; here a second connection does it on a thread of its own,
// so that who writes waits neither for the copy nor for the disk. As the log never ends while it
// is written to, the last pages are moved by the writer, at rare moments at which few are left:
// then SQLite begins the log anew, and it stays small.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <mutex>
#include <optional>
#include <thread>

#include "evtxhound/casefile/sqlite.hpp"

namespace evtxhound::casefile {

// Made and used by one thread, that of the connection which it serves.
class Checkpointer {
 public:
  // Bytes of the log.
  struct Limits {
    std::uint64_t begin;    // not yet in place: when to move them
    std::uint64_t restart;  // in all: when to begin the log anew, and
    std::uint64_t rest;     // how few are then to be left for the writer to move,
    std::uint64_t most;     // and when to do it however many are left
  };
  static constexpr Limits kUsual{8U << 20U, 32U << 20U, 4U << 20U, 128U << 20U};

  // Takes the place of SQLite's own checkpoints in `writer`, which must outlive this. No thread and
  // no connection is made before the log has grown.
  Checkpointer(Database& writer, std::filesystem::path path, const Limits& limits = kUsual);

  // Waits for what is being moved.
  ~Checkpointer();
  Checkpointer(const Checkpointer&) = delete;
  Checkpointer& operator=(const Checkpointer&) = delete;

  // To be called after each commit of `writer`. Throws Failure where moving has failed, now or on
  // the other thread; nothing that was committed is lost then.
  void after_commit();

  // Waits for what is being moved and closes the second connection, without which a log cannot be
  // given up. The next after_commit() makes one again.
  void pause();

 private:
  void run(const std::stop_token& stop);
  void finish_log();

  Database& writer_;
  std::filesystem::path path_;
  Limits limits_;
  std::uint64_t page_size_;

  std::mutex mutex_;
  std::condition_variable_any changed_;
  bool wanted_ = false;      // something is to be moved
  bool working_ = false;     // and the thread is at it
  std::uint64_t moved_ = 0;  // pages of the log that are in place
  std::exception_ptr failure_;
  std::optional<std::jthread> thread_;
};

}  // namespace evtxhound::casefile
