// A file of a file system by its data runs.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "evtxhound/base/byte_source.hpp"

namespace evtxhound::evidence {

// A run of bytes of a disk or volume.
struct ByteRun {
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
  bool operator==(const ByteRun&) const = default;
};

// The part of a file that lies in one place, or nowhere.
struct DataRun {
  std::optional<std::uint64_t> offset;  // on the volume; none: zeros that are not stored
  std::uint64_t size = 0;
};

// Thread-safe as the volume is.
class RunsSource final : public ByteSource {
 public:
  // The runs, one behind the other, are its bytes. They may lie anywhere, also outside the volume.
  // REQUIRES: their sizes together are less than 2^63
  RunsSource(std::shared_ptr<const ByteSource> volume, std::vector<DataRun> runs);

  [[nodiscard]] std::uint64_t size() const override { return size_; }

  // Fails where the volume does, with the offset in this source, and with kTruncated where a run
  // lies behind the end of the volume.
  [[nodiscard]] Result<std::size_t> read_at(std::uint64_t offset, MutableBytes into) const override;

 private:
  std::shared_ptr<const ByteSource> volume_;
  std::vector<DataRun> runs_;
  std::vector<std::uint64_t> begins_;  // of each run, in this source
  std::uint64_t size_ = 0;
};

// A part of a disk, cut where the disk ends.
std::shared_ptr<const ByteSource> slice(std::shared_ptr<const ByteSource> disk, ByteRun part);

// The runs, less what others of them cover; in order, without overlaps.
std::vector<ByteRun> without(std::vector<ByteRun> runs, std::vector<ByteRun> others);

// A disk of which only these runs, in any order, are as they are, and all else is zeros.
std::shared_ptr<const ByteSource> masked(std::shared_ptr<const ByteSource> disk,
                                         std::vector<ByteRun> runs);

}  // namespace evtxhound::evidence
