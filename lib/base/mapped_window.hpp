// Part of a file, mapped: read without a copy, while only that part counts as this process' memory.
#pragma once

#include <cstdint>
#include <optional>

#include "evtxhound/base/bytes.hpp"
#include "evtxhound/base/file.hpp"

namespace evtxhound {

// Moves over a file. Not thread-safe; one for each thread, and used on the thread that called
// view().
//
// A place that a failing disk cannot give, or that another program has cut off, raises SIGBUS where
// a mapping is touched. That must not end a run over other evidence: the first window installs a
// handler, which puts zeros there and makes was_broken() true. What was made of such a view is to
// be thrown away; ReadOnlyFile::read_at() then says what is wrong with the file. Signals from
// anywhere else go on to the handler that was there before.
class MappedWindow {
 public:
  // `file` must outlive the window.
  explicit MappedWindow(const ReadOnlyFile& file) : file_(&file) {}
  ~MappedWindow() { unmap(); }
  MappedWindow(const MappedWindow&) = delete;
  MappedWindow& operator=(const MappedWindow&) = delete;

  // [offset, offset + size) of the file, cut off at its end. Absent where it cannot be mapped.
  // Valid until the next call.
  std::optional<Bytes> view(std::uint64_t offset, std::size_t size);

  // Whether bytes that the last view() gave could not be read when they were touched.
  [[nodiscard]] bool was_broken() const;

 private:
  bool map(std::uint64_t offset, std::size_t size);
  void unmap();

  const ReadOnlyFile* file_;
  std::uint8_t* begin_ = nullptr;
  std::size_t size_ = 0;
  std::uint64_t offset_ = 0;  // of begin_ in the file
};

}  // namespace evtxhound
