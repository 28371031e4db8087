// The disk in a QCOW2 image (versions 2 and 3), read here: libqcow 20201213 reads behind its
// buffers in damaged ones, and such images lie on disks where nobody expects them.
//
// The disk is cut into clusters (512 bytes to 2 MiB). A table of the first level names tables of
// the second, which name where each cluster lies in the file, if it lies anywhere: what was never
// written reads as zeros. A cluster can be kept compressed, by raw deflate. All numbers are
// big-endian. The format is described in QEMU's docs/interop/qcow2.txt.
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "evtxhound/base/byte_source.hpp"

namespace evtxhound::evidence {

// Thread-safe, as far as the file's bytes are. Memory: the table of the first level, at most 32 MiB
// as QEMU allows, and one cluster.
class QcowSource final : public ByteSource {
 public:
  // Fails where the header is damaged (kUnreadable), cut (kTruncated), of an encrypted image
  // (kEncrypted), of one that is only the difference to another, or of one with features that are
  // not known: an external data file, clusters compressed by zstd, and what will come.
  static Result<std::shared_ptr<const ByteSource>> open(std::shared_ptr<const ByteSource> file);

  [[nodiscard]] std::uint64_t size() const override { return size_; }

  // Fails with kUnreadable where a table or a cluster lies outside of the file or makes no sense.
  [[nodiscard]] Result<std::size_t> read_at(std::uint64_t offset, MutableBytes into) const override;

 private:
  explicit QcowSource(std::shared_ptr<const ByteSource> file) : file_(std::move(file)) {}

  std::optional<Problem> read_header();
  std::optional<Problem> read_table(std::uint64_t offset, std::uint32_t entries);
  std::optional<Problem> read_part(std::uint64_t offset, MutableBytes into) const;
  [[nodiscard]] Result<std::uint64_t> entry_of(std::uint64_t cluster) const;
  std::optional<Problem> read_compressed(std::uint64_t entry, std::size_t within,
                                         MutableBytes into) const;
  [[nodiscard]] Result<Buffer> decompress(std::uint64_t entry) const;

  std::shared_ptr<const ByteSource> file_;
  std::uint64_t size_ = 0;
  unsigned cluster_bits_ = 0;
  bool has_zero_flag_ = false;
  std::vector<std::uint64_t> tables_;  // of the second level: their offsets, or 0

  mutable std::mutex mutex_;
  mutable std::uint64_t kept_entry_ = 0;  // of the cluster that is kept decompressed
  mutable Buffer kept_;
};

}  // namespace evtxhound::evidence
