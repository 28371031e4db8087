// Files, opened only for reading, and small files read or written whole.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "evtxhound/base/byte_source.hpp"
#include "evtxhound/base/bytes.hpp"
#include "evtxhound/base/problem.hpp"
#include "evtxhound/base/time.hpp"

namespace evtxhound {

// A regular file opened read-only; it is never written, and its access time is left alone where
// the system allows that. Movable; reads are thread-safe.
//
// Bytes are read by pread, which gives a failing disk's error with its place.
class ReadOnlyFile final : public ByteSource {
 public:
  // Fails (kUnreadable) where `path` cannot be opened or is no regular file.
  static Result<ReadOnlyFile> open(const std::filesystem::path& path);

  ~ReadOnlyFile() override;
  ReadOnlyFile(ReadOnlyFile&& other) noexcept;
  ReadOnlyFile& operator=(ReadOnlyFile&& other) noexcept;

  [[nodiscard]] std::uint64_t size() const override { return size_; }

  // Fails with kUnreadable only.
  [[nodiscard]] Result<std::size_t> read_at(std::uint64_t offset, MutableBytes into) const override;

 private:
  ReadOnlyFile(int descriptor, std::uint64_t size) : descriptor_(descriptor), size_(size) {}

  int descriptor_ = -1;
  std::uint64_t size_ = 0;
};

// When the file was written to last, links followed; absent where the system does not tell. Times
// before 1601 become the first of that year.
std::optional<Filetime> last_modified(const std::filesystem::path& path);

// The whole content of a file. Throws Failure (kUsage) naming the file where it cannot be read.
std::string read_text_file(const std::filesystem::path& path);

// Writes a file whole or not at all (a new file beside it, renamed over it). Throws Failure
// (kCannotGoOn) naming the file where that is not possible; nothing is left behind then.
void write_file_atomically(const std::filesystem::path& path, Bytes content);

}  // namespace evtxhound
