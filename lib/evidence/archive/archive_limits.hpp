// How far into archives a search goes.
#pragma once

#include <algorithm>
#include <cstdint>

namespace evtxhound::evidence {

// An archive of some kilobytes can expand to more than any disk holds, at once or by archives
// within archives. These stop it, and leave room for what evidence is like: logs are made to their
// full size and filled with zeros, so that one of 20 MiB takes a few kilobytes in an archive.
struct ArchiveLimits {
  // What an outermost archive may expand to, with all archives in it: so much, and so many times
  // its size. Deflate reaches 1,030 times, whole collections of logs 10 to 50 times.
  std::uint64_t free_bytes = std::uint64_t{4} << 30U;
  std::uint64_t expansion = 200;
  // What all archives of an argument may expand to.
  std::uint64_t argument_bytes = std::uint64_t{4} << 40U;
  // Members of an outermost archive, those of archives in it included. The system disk of a
  // workstation has half a million files.
  std::uint64_t members = 4'000'000;
  // Archives and disk images within each other, the outermost image not counted. A collection in a
  // transport archive, with a rotated log in gzip, is 3.
  unsigned depth = 8;
  // A disk image in an archive is read in memory, up to this size.
  std::uint64_t image_bytes = std::uint64_t{128} << 20U;
};

// What has been used of the limits, for one argument. Not thread-safe.
class ArchiveBudget {
 public:
  explicit ArchiveBudget(const ArchiveLimits& limits) : limits_(limits) {}

  // A next outermost archive of this size in bytes begins.
  void begin(std::uint64_t size) {
    const std::uint64_t scaled = size > limits_.argument_bytes / limits_.expansion
                                     ? limits_.argument_bytes
                                     : size * limits_.expansion;
    bytes_left_ = std::min(limits_.free_bytes + scaled, limits_.argument_bytes - used_);
    members_left_ = limits_.members;
  }

  // Takes bytes that were decompressed. False, from then on, where there were too many.
  bool take_bytes(std::uint64_t bytes) {
    bytes = std::min(bytes, bytes_left_);
    used_ += bytes;
    bytes_left_ -= bytes;
    return bytes_left_ > 0;
  }

  // Takes a member. False where there were too many.
  bool take_member() {
    if (members_left_ == 0) return false;
    --members_left_;
    return true;
  }

  [[nodiscard]] bool exhausted() const { return bytes_left_ == 0 || members_left_ == 0; }
  [[nodiscard]] unsigned depth() const { return limits_.depth; }

 private:
  ArchiveLimits limits_;
  std::uint64_t bytes_left_ = 0;
  std::uint64_t members_left_ = 0;
  std::uint64_t used_ = 0;  // of argument_bytes
};

}  // namespace evtxhound::evidence
