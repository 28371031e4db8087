// What stops the whole command.
#pragma once

#include <stdexcept>
#include <string>

namespace evtxhound {

// The command line's exit statuses; docs and --help name them by these numbers.
enum class ExitStatus {
  kDone = 0,           // everything was read
  kDamaged = 1,        // done, but some evidence was damaged or unreadable: each place is a problem
  kUsage = 2,          // bad usage, indicator pack or rule: nothing was scanned
  kCannotGoOn = 3,     // disk full, case file locked
  kInterrupted = 130,  // stopped by Ctrl-C; what was read up to there is in the case file
};

// Thrown for what no caller between it and the command line can mend. The message is shown to
// the user as it is: it names the file and the place.
class Failure : public std::runtime_error {
 public:
  Failure(ExitStatus status, const std::string& message)
      : std::runtime_error(message), status_(status) {}

  [[nodiscard]] ExitStatus status() const { return status_; }

 private:
  ExitStatus status_;
};

}  // namespace evtxhound
