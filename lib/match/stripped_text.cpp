#include "evtxhound/match/stripped_text.hpp"

#include <algorithm>

#include "evtxhound/match/simd_text.hpp"

namespace evtxhound::match {
namespace {

constexpr std::size_t kBlock = 64;  // bytes of the input for each number in starts_

}  // namespace

void StrippedText::assign(Bytes block) {
  if (buffer_.size() < block.size() + 2 * kPadding) buffer_.resize(block.size() + 2 * kPadding);
  starts_.resize((block.size() + kBlock - 1) / kBlock);
  std::uint8_t* const begin = buffer_.data() + kPadding;
  std::uint8_t* const end = strip_zeros(block.data(), block.size(), begin, starts_.data());
  size_ = static_cast<std::size_t>(end - begin);
}

std::size_t StrippedText::offset_in(Bytes block, std::size_t at) const {
  const auto behind = std::ranges::upper_bound(starts_, at);
  std::size_t offset = static_cast<std::size_t>(behind - starts_.begin() - 1) * kBlock;
  // The byte is so many of those behind the block's start that are not zero.
  for (std::size_t before = at - *(behind - 1);; ++offset) {
    if (block[offset] == 0) continue;
    if (before == 0) return offset;
    --before;
  }
}

std::uint8_t* copy_lower(std::string_view text, std::uint8_t* out) {
  lower_ascii(reinterpret_cast<const std::uint8_t*>(text.data()), text.size(), out);
  return out + text.size();
}

}  // namespace evtxhound::match
