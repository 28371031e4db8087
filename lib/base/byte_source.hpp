// Bytes that can be read at any place, wherever they lie: a file, a file within an archive or a
// disk image, a partition.
#pragma once

#include <cstdint>

#include "evtxhound/base/bytes.hpp"
#include "evtxhound/base/problem.hpp"

namespace evtxhound {

// Read-only. All functions are thread-safe.
class ByteSource {
 public:
  ByteSource() = default;
  virtual ~ByteSource() = default;
  ByteSource(const ByteSource&) = delete;
  ByteSource& operator=(const ByteSource&) = delete;

  // In bytes, as it was when the source was opened.
  [[nodiscard]] virtual std::uint64_t size() const = 0;

  // Fills `into` from `offset`; returns how many bytes there were, fewer than asked for only at
  // the end. Fails (with the offset) where the bytes cannot be read: kUnreadable where the system
  // cannot, kinds of damage where what holds them is damaged.
  [[nodiscard]] virtual Result<std::size_t> read_at(std::uint64_t offset,
                                                    MutableBytes into) const = 0;

 protected:
  ByteSource(ByteSource&&) = default;
  ByteSource& operator=(ByteSource&&) = default;
};

}  // namespace evtxhound
