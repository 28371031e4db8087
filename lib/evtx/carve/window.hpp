// A window over a run of bytes that moves forward, with as many bytes before and behind it as it
// takes to read what begins in it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "evtxhound/base/byte_source.hpp"
#include "evtxhound/base/problem.hpp"

namespace evtxhound::evtx {

// Bytes of a source, [begin, end), counted from its start.
struct ByteRun {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
};

// Not thread-safe.
class Window {
 public:
  // `before` and `behind`: so many bytes are there before its begin and behind its end, as far as
  // the run has them. The source must outlive the window. The run may be longer than the source.
  Window(const ByteSource& source, ByteRun run, std::size_t before, std::size_t behind);

  // Moves to [begin, end). Cheap where it moves a little forward: what is held is not read again.
  // Where the source cannot be read, zeros stand for each 4 KiB that cannot, and a problem is added
  // for each stretch of them that begins within [begin, end).
  void move(std::uint64_t begin, std::uint64_t end, std::vector<Problem>& problems);

  // All bytes that are held, and where the first of them stands in the source.
  [[nodiscard]] Bytes bytes() const { return held_; }
  [[nodiscard]] std::uint64_t offset() const { return offset_; }

  // The part of the run that there is.
  [[nodiscard]] ByteRun run() const { return run_; }

 private:
  void append(std::uint64_t begin, std::size_t size);
  void append_by_sectors(std::uint64_t begin, MutableBytes into);
  void report(std::uint64_t begin, std::uint64_t end, std::vector<Problem>& problems);

  struct Unread {
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
    std::string message;
  };

  const ByteSource* source_;
  ByteRun run_;
  std::size_t before_;
  std::size_t behind_;
  Buffer held_;
  std::uint64_t offset_ = 0;
  std::vector<Unread> unread_;  // within what is held, in order
};

}  // namespace evtxhound::evtx
