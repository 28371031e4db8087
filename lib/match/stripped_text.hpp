// A block of bytes as the text that may stand in it, whatever its encoding: without its zero bytes,
// and with ASCII letters in lower case.
//
// Most text of Windows is UTF-16LE of ASCII characters, every second byte of it zero. Without the
// zeros it is the same bytes as the same text in ASCII, at whatever alignment it stood. So one scan
// by plain patterns over half the bytes finds what would take a scan by UTF-16 patterns, which
// Hyperscan does at a seventh of the speed, and another by ASCII ones.
//
// What it finds is a superset: text of printable characters that is contiguous in the block, in
// UTF-16LE or in an encoding that has ASCII's bytes for them, is contiguous here too. What is found
// can also be put together of unrelated neighbours (two values that abut, the high byte of a
// character that is not ASCII): a match is a candidate, to be confirmed on the original bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "evtxhound/base/bytes.hpp"

namespace evtxhound::match {

// Keeps its memory from block to block. Not thread-safe; one for each thread.
class StrippedText {
 public:
  // Bytes that can be read before and behind text(): what is there means nothing.
  static constexpr std::size_t kPadding = 64;

  // Takes a block in, in place of the one before. It need not outlive this call.
  // REQUIRES: below 4 GiB
  void assign(Bytes block);

  // Valid until the next assign().
  [[nodiscard]] std::string_view text() const {
    return {reinterpret_cast<const char*>(buffer_.data()) + kPadding, size_};
  }

  // Where the byte at `at` of text() stands in the block. REQUIRES: `block` is what was assigned,
  // at < text().size()
  [[nodiscard]] std::size_t offset_in(Bytes block, std::size_t at) const;

 private:
  Buffer buffer_;
  std::size_t size_ = 0;
  std::vector<std::uint32_t> starts_;  // of each 64 bytes of the block: what stood before them
};

// Appends `text` with ASCII letters in lower case to `out`, which has room for it and kPadding
// more; the bytes behind it are overwritten with anything. Returns the end of the text.
std::uint8_t* copy_lower(std::string_view text, std::uint8_t* out);

}  // namespace evtxhound::match
