// What libvshadow is given for a volume's own structures of shadow copies.
#pragma once

#include <vector>

#include "evtxhound/evidence/disk/shadow_catalog.hpp"

namespace evtxhound::evidence {

// Structures that say what the checked ones say and nothing else: the header for 0x1e00 of the
// volume, and blocks that lie, by the offsets in them, from kBegin on, behind the end of any
// volume.
class ShadowMetadata {
 public:
  static constexpr std::uint64_t kBegin = std::uint64_t{1} << 60;

  // Of the stores that are known, the oldest first; the copies have the times 1, 2, 3 …
  ShadowMetadata(const std::vector<ShadowStore>& stores, std::uint64_t volume_size);

  // Fills `into` with the bytes at that place. Below kBegin there is a volume of zeros, but for the
  // header. False where there is nothing.
  bool read(std::uint64_t offset, MutableBytes into) const;

 private:
  std::size_t add(std::uint32_t type);
  std::uint64_t add_chain(std::uint32_t type, Bytes content);
  void add_catalog(const std::vector<const ShadowStore*>& stores, std::uint64_t volume_size);

  Buffer header_;
  std::vector<Buffer> blocks_;  // the first ones are the catalog
};

}  // namespace evtxhound::evidence
