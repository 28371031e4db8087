// Several sources of bytes, one behind the other, as one.
#pragma once

#include <memory>
#include <vector>

#include "evtxhound/base/byte_source.hpp"

namespace evtxhound::evidence {

// The segments of a split image. Thread-safe as its parts are.
class JoinedSource final : public ByteSource {
 public:
  struct Part {
    std::shared_ptr<const ByteSource> bytes;  // null: missing, its bytes cannot be read
    std::uint64_t size = 0;                   // at most bytes->size()
  };

  explicit JoinedSource(std::vector<Part> parts);

  [[nodiscard]] std::uint64_t size() const override { return size_; }

  // Fails with kUnreadable where a part is missing, and as the part that cannot be read does; the
  // offset is that in the whole.
  [[nodiscard]] Result<std::size_t> read_at(std::uint64_t offset, MutableBytes into) const override;

 private:
  std::vector<Part> parts_;
  std::vector<std::uint64_t> begins_;  // of each part, in the whole
  std::uint64_t size_ = 0;
};

}  // namespace evtxhound::evidence
