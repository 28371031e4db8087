// Files, opened only for reading, and small files read or written whole.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "evtxhound/base/bytes.hpp"
#include "evtxhound/base/problem.hpp"

namespace evtxhound {

// A regular file opened read-only; it is never written, and its access time is left alone where
// the system allows that. Movable; reads are thread-safe.
//
// Bytes are read by pread, which gives a failing disk's error with its place.
class ReadOnlyFile {
 public:
  // Fails (kUnreadable) where `path` cannot be opened or is no regular file.
  static Result<ReadOnlyFile> open(const std::filesystem::path& path);

  ~ReadOnlyFile();
  ReadOnlyFile(ReadOnlyFile&& other) noexcept;
  ReadOnlyFile& operator=(ReadOnlyFile&& other) noexcept;
  ReadOnlyFile(const ReadOnlyFile&) = delete;
  ReadOnlyFile& operator=(const ReadOnlyFile&) = delete;

  // In bytes, as it was when the file was opened.
  [[nodiscard]] std::uint64_t size() const { return size_; }

  // Fills `into` from `offset`; returns how many bytes there were, fewer than asked for only at
  // the end of the file. Fails (kUnreadable, with the offset) where the system cannot read.
  [[nodiscard]] Result<std::size_t> read_at(std::uint64_t offset, MutableBytes into) const;

 private:
  ReadOnlyFile(int descriptor, std::uint64_t size) : descriptor_(descriptor), size_(size) {}

  int descriptor_ = -1;
  std::uint64_t size_ = 0;
};

// The whole content of a file. Throws Failure (kUsage) naming the file where it cannot be read.
std::string read_text_file(const std::filesystem::path& path);

// Writes a file whole or not at all (a new file beside it, renamed over it). Throws Failure
// (kCannotGoOn) naming the file where that is not possible; nothing is left behind then.
void write_file_atomically(const std::filesystem::path& path, Bytes content);

}  // namespace evtxhound
