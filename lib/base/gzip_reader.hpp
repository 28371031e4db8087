// A gzip file (RFC 1952), decompressed as it is read.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "evtxhound/base/byte_source.hpp"
#include "evtxhound/base/bytes.hpp"
#include "evtxhound/base/problem.hpp"

namespace evtxhound {

// Whether bytes begin as a gzip file does.
bool is_gzip(Bytes head);

// What the first bytes of a gzip file decompress to, at most `most` of it.
Buffer inflate_head(Bytes head, std::size_t most);

// Reads from a file's start to its end, one member after the other, in memory of a fixed size. Not
// thread-safe.
class GzipReader {
 public:
  // `file` must outlive it.
  explicit GzipReader(const ByteSource& file);
  ~GzipReader();
  GzipReader(const GzipReader&) = delete;
  GzipReader& operator=(const GzipReader&) = delete;

  // Fills `into`; returns how many bytes there were, fewer only at the end: that of the file, or
  // the place from which on it cannot be decompressed.
  std::size_t read(MutableBytes into);

  // Why it ended before the file's end, or with doubts; the offset is that in what was
  // decompressed. Set once read() has returned fewer bytes than it was asked for.
  [[nodiscard]] const std::optional<Problem>& problem() const { return problem_; }

  // Bytes of the file that were taken so far.
  [[nodiscard]] std::uint64_t bytes_taken() const { return taken_; }

 private:
  struct Inflater;
  bool refill();
  bool begin_member();
  void end(ProblemKind kind, const char* what);

  const ByteSource* file_;
  std::unique_ptr<Inflater> inflater_;
  Buffer input_;
  std::uint64_t taken_ = 0;     // bytes of the file read
  std::uint64_t produced_ = 0;  // bytes decompressed
  bool in_member_ = true;
  bool ended_ = false;
  std::optional<Problem> problem_;
};

}  // namespace evtxhound
