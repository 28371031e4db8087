// The lock that keeps a case file to one scan. Internal to lib/casefile and its tests.
//
// SQLite's own locks do not serve for this: between two transactions they are free, so a second
// scan would start and then fail, or be let in, somewhere in the middle; and its exclusive mode
// would keep an examiner from reading the case while a scan runs. So the scan holds a lock of its
// own, on one byte of the case file far behind any that SQLite locks or a case file reaches, for
// as long as it has the case open. The system lets go of it when the process ends, however that
// happens.
//
// It is an open file description lock (fcntl F_OFD_SETLK), for two reasons. It belongs to the
// opened file, not to the process, so it stays when somebody in this process closes another
// descriptor of the file, which would drop an ordinary fcntl lock. And it is, unlike flock, a lock
// on a range: on network file systems flock turns into a lock on the whole file, which SQLite's
// locks would run into.
//
// One trap is left: SQLite's own locks are ordinary fcntl locks, and closing our descriptor would
// drop those. Hence the order (opened before SQLite, closed after it), and hence a list of the
// case files that this process has open, consulted before a second descriptor is opened.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <utility>

namespace evtxhound::casefile {

// Holds the lock from construction to destruction. Thread-safe as different objects are.
class WriterLock {
 public:
  // Opens the file, making an empty one where there is none, and locks it. Throws Failure: kUsage
  // where the path is no regular file or its folder is not there; kCannotGoOn where another scan
  // has it locked or the system refuses. Does not change what is in the file.
  explicit WriterLock(const std::filesystem::path& path);
  ~WriterLock();
  WriterLock(const WriterLock&) = delete;
  WriterLock& operator=(const WriterLock&) = delete;

  // The locked file, for reading. Owned by the lock.
  [[nodiscard]] int descriptor() const { return descriptor_; }

 private:
  std::pair<dev_t, ino_t> identity_;
  int descriptor_ = -1;
};

// Whether this process holds the lock of the case file: then nobody else in it may open and close
// the file except through SQLite.
bool is_locked_here(const std::filesystem::path& path);

}  // namespace evtxhound::casefile
