// A whole file in memory without reading it: for large files of the program's own.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>

#include "evtxhound/base/bytes.hpp"

namespace evtxhound {

// Read-only. Where another program cuts the file off meanwhile, or the disk fails, touching it ends
// the program: evidence is read by ReadOnlyFile instead. Thread-safe.
class MappedFile {
 public:
  // Null where the file cannot be opened or mapped, or is empty.
  static std::shared_ptr<const MappedFile> open(const std::filesystem::path& path);

  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  // Begins at a page's border; valid as long as this lives.
  [[nodiscard]] Bytes bytes() const { return bytes_; }

 private:
  explicit MappedFile(Bytes bytes) : bytes_(bytes) {}
  Bytes bytes_;
};

}  // namespace evtxhound
