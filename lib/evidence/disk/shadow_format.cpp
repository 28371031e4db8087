#include "evtxhound/evidence/disk/shadow_format.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace evtxhound::evidence::shadow {

bool has_signature(Bytes bytes) {
  return bytes.size() >= kSignature.size() &&
         std::ranges::equal(bytes.first(kSignature.size()), kSignature);
}

std::string guid_text(Bytes guid) {
  std::string text = fmt::format("{:08x}-{:04x}-{:04x}-", load<std::uint32_t>(guid, 0),
                                 load<std::uint16_t>(guid, 4), load<std::uint16_t>(guid, 6));
  for (std::size_t i = 8; i < 16; ++i) {
    if (i == 10) text += '-';
    text += fmt::format("{:02x}", guid[i]);
  }
  return text;
}

Descriptor judge(Bytes descriptor, std::uint64_t volume_size) {
  constexpr std::uint32_t kForwarder = 1;  // the block has moved, and is at `relative` now
  constexpr std::uint32_t kOverlay = 2;    // kept in part, by sectors
  constexpr std::uint32_t kNotUsed = 4;
  if (std::ranges::all_of(descriptor, [](std::uint8_t byte) { return byte == 0; })) {
    return Descriptor::kUnused;
  }
  const auto original = load<std::uint64_t>(descriptor, 0);
  const auto relative = load<std::uint64_t>(descriptor, 8);
  const auto kept = load<std::uint64_t>(descriptor, 16);
  const auto flags = load<std::uint32_t>(descriptor, 24);
  if ((flags & kNotUsed) != 0) return Descriptor::kUnused;
  const bool forwarder = (flags & kForwarder) != 0;
  if (flags > 0xFF || original % kBlock != 0 || original >= volume_size) {
    return Descriptor::kNonsense;
  }
  if (forwarder && (kept != 0 || (flags & kOverlay) != 0 || relative >= volume_size)) {
    return Descriptor::kNonsense;
  }
  return kept < volume_size ? Descriptor::kSound : Descriptor::kNonsense;
}

}  // namespace evtxhound::evidence::shadow
