// Bytes in memory as a source of bytes.
#pragma once

#include <memory>
#include <utility>

#include "evtxhound/base/byte_source.hpp"

namespace evtxhound::evidence {

// Bytes in memory. Thread-safe.
class MemorySource final : public ByteSource {
 public:
  explicit MemorySource(std::shared_ptr<const Buffer> bytes) : bytes_(std::move(bytes)) {}

  [[nodiscard]] std::uint64_t size() const override { return bytes_->size(); }
  [[nodiscard]] Result<std::size_t> read_at(std::uint64_t offset, MutableBytes into) const override;

 private:
  std::shared_ptr<const Buffer> bytes_;
};

}  // namespace evtxhound::evidence
