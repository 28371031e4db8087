// What a piece of work costs: time on the processor (other programs do not count) and memory.
#pragma once

#include <sys/resource.h>

#include <cstddef>
#include <fstream>
#include <string>

namespace evtxhound::test {

#if defined(__SANITIZE_ADDRESS__)
inline constexpr bool kSanitized = true;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
inline constexpr bool kSanitized = true;
#else
inline constexpr bool kSanitized = false;
#endif
#else
inline constexpr bool kSanitized = false;
#endif

// Sanitizers take five to ten times as long, and what they find shows in a part of the random cases
// and of the real logs: under them, so many times less is tried.
inline constexpr unsigned kLess = kSanitized ? 4 : 1;

// Counts from its making on.
class Cost {
 public:
  Cost() : seconds_(now()), resident_(resident_kib()) {}

  [[nodiscard]] double seconds() const { return now() - seconds_; }
  // How far the most memory the process ever had is above what it had at the beginning: right for
  // the first work of a process that takes much, as each test is when ctest runs it. Not with
  // sanitizers, which hold back what was freed.
  [[nodiscard]] double mebibytes() const {
    return static_cast<double>(usage().ru_maxrss - resident_) / 1024;
  }

 private:
  static rusage usage() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return usage;
  }
  static double now() {
    const timeval time = usage().ru_utime;
    const timeval in_kernel = usage().ru_stime;
    return static_cast<double>(time.tv_sec + in_kernel.tv_sec) +
           static_cast<double>(time.tv_usec + in_kernel.tv_usec) / 1e6;
  }
  static long resident_kib() {
    std::ifstream status("/proc/self/statm");
    long total = 0;
    long resident = 0;
    status >> total >> resident;
    return resident * 4;
  }

  double seconds_;
  long resident_;
};

}  // namespace evtxhound::test
