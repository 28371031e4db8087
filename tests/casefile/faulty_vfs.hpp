// A file system for SQLite that fails when it is told to: it stands before the system's own one.
#pragma once

#include <sqlite3.h>

#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace evtxhound::casefile::testing {

enum class Fault {
  kFull,      // the disk is full: this write and all later ones fail
  kIoError,   // this one operation fails
  kPowerCut,  // nothing works any more; of what was not synced, some is on the disk and some not
};

// SQLite's default file system from construction to destruction. One at a time. Files may be used
// by several threads; the functions here by one, while no other is at a file.
//
// A power cut leaves each file as it was synced last, and of the writes since then an arbitrary
// half, in whole sectors. What was created, deleted or cut short is so at once.
class FaultyVfs {
 public:
  FaultyVfs();
  ~FaultyVfs();
  FaultyVfs(const FaultyVfs&) = delete;
  FaultyVfs& operator=(const FaultyVfs&) = delete;

  // From now on the n-th operation (from 1) that changes a file or syncs it fails.
  void fail_at(std::uint64_t n, Fault fault);
  // Nothing fails any more. Returns whether something had.
  bool heal();
  // Operations that change or sync, since fail_at() or heal().
  [[nodiscard]] std::uint64_t operations() const { return operations_; }

 private:
  friend struct FaultyFile;
  struct Write {
    std::int64_t offset = 0;
    std::string before;  // what stood there
    std::string after;
    std::int64_t size_before = 0;  // of the file
  };

  // Counts an operation; SQLITE_OK, or the error that it has to end with.
  int begin(int error);
  void cut_power();
  void cut(const std::string& path, const std::vector<Write>& writes);

  std::mutex mutex_;  // over what changes and syncs
  sqlite3_vfs vfs_{};
  sqlite3_vfs* real_ = nullptr;
  std::map<std::string, std::vector<Write>> unsynced_;  // by path
  Fault fault_ = Fault::kFull;
  std::uint64_t fails_at_ = 0;  // 0: never
  std::uint64_t operations_ = 0;
  std::atomic<bool> off_ = false;
  std::uint64_t dice_ = 1;
};

}  // namespace evtxhound::casefile::testing
