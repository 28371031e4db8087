#include "evtxhound/base/text_buffer.hpp"

#include <algorithm>

namespace evtxhound {

void TextBuffer::shrink(std::size_t most) {
  clear();
  if (static_cast<std::size_t>(limit_ - begin_.get()) <= most) return;
  begin_.reset();
  end_ = limit_ = nullptr;
}

void TextBuffer::grow(std::size_t room) {
  constexpr std::size_t kSmallest = 256;
  const std::size_t used = size();
  const auto capacity = static_cast<std::size_t>(limit_ - begin_.get());
  const std::size_t wanted = std::max({kSmallest, 2 * capacity, used + room});
  std::unique_ptr<char[]> larger(new char[wanted]);  // NOLINT(modernize-avoid-c-arrays)
  if (used != 0) std::memcpy(larger.get(), begin_.get(), used);
  begin_ = std::move(larger);
  end_ = begin_.get() + used;
  limit_ = begin_.get() + wanted;
}

}  // namespace evtxhound
