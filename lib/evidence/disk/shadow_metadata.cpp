#include "evtxhound/evidence/disk/shadow_metadata.hpp"

#include <algorithm>

#include "evtxhound/evidence/disk/shadow_format.hpp"

namespace evtxhound::evidence {
namespace {

std::uint64_t place_of(std::size_t block) {
  return ShadowMetadata::kBegin + block * std::uint64_t{shadow::kBlock};
}

void put_head(Buffer& block, std::uint32_t type, std::uint64_t place) {
  std::ranges::copy(shadow::kSignature, block.begin());
  store<std::uint32_t>(block, shadow::kVersion, 1);
  store<std::uint32_t>(block, shadow::kType, type);
  store<std::uint64_t>(block, shadow::kPlace, place);
}

}  // namespace

ShadowMetadata::ShadowMetadata(const std::vector<ShadowStore>& stores, std::uint64_t volume_size)
    : header_(shadow::kVolumeHeaderSize) {
  put_head(header_, shadow::kTypeVolume, shadow::kVolumeHeader);
  store<std::uint64_t>(header_, shadow::kCatalogOffset, place_of(0));
  std::vector<const ShadowStore*> known;
  for (const ShadowStore& store : stores) {
    if (store.is_known) known.push_back(&store);
  }
  add_catalog(known, volume_size);
}

std::size_t ShadowMetadata::add(std::uint32_t type) {
  Buffer block(shadow::kBlock);
  put_head(block, type, place_of(blocks_.size()));
  blocks_.push_back(std::move(block));
  return blocks_.size() - 1;
}

// Returns where it begins, or 0 where there is no content.
std::uint64_t ShadowMetadata::add_chain(std::uint32_t type, Bytes content) {
  const std::size_t begin = blocks_.size();
  while (!content.empty()) {
    const std::size_t index = add(type);
    if (index > begin) {
      store<std::uint64_t>(blocks_[index - 1], shadow::kNext, place_of(index));
    }
    const Bytes part =
        content.first(std::min(content.size(), shadow::kBlock - shadow::kBlockHeader));
    std::ranges::copy(part, blocks_[index].begin() + shadow::kBlockHeader);
    content = content.subspan(part.size());
  }
  return begin == blocks_.size() ? 0 : place_of(begin);
}

void ShadowMetadata::add_catalog(const std::vector<const ShadowStore*>& stores,
                                 std::uint64_t volume_size) {
  // All entries first, without the places of what does not lie anywhere yet.
  Buffer entries(std::max<std::size_t>(1, stores.size()) * 2 * shadow::kEntrySize);
  add_chain(shadow::kTypeCatalog, entries);
  const std::uint64_t header = place_of(add(shadow::kTypeHeader));  // one for all: without names
  const auto entry = [this](std::size_t index) {
    constexpr std::size_t kInBlock = shadow::kBlock / shadow::kEntrySize - 1;
    return MutableBytes(blocks_[index / kInBlock])
        .subspan(shadow::kBlockHeader + index % kInBlock * shadow::kEntrySize, shadow::kEntrySize);
  };
  for (std::size_t i = 0; i < stores.size(); ++i) {
    // Identifiers stay zeros: what follows an entry of type 2 belongs to it.
    store<std::uint64_t>(entry(2 * i), 0, 2);
    store<std::uint64_t>(entry(2 * i), 8, volume_size);
    store<std::uint64_t>(entry(2 * i), 48, i + 1);
    const std::uint64_t list = add_chain(shadow::kTypeList, stores[i]->descriptors);
    const std::uint64_t unused = add_chain(shadow::kTypeBitmap, stores[i]->unused);
    const std::uint64_t unused_before = add_chain(shadow::kTypeBitmap, stores[i]->unused_before);
    const MutableBytes places = entry(2 * i + 1);
    store<std::uint64_t>(places, 0, 3);
    store<std::uint64_t>(places, 8, list);
    store<std::uint64_t>(places, 32, header);
    store<std::uint64_t>(places, 48, unused);
    store<std::uint64_t>(places, 72, unused_before);
  }
}

bool ShadowMetadata::read(std::uint64_t offset, MutableBytes into) const {
  if (offset < kBegin) {
    std::ranges::fill(into, std::uint8_t{0});
    if (offset != shadow::kVolumeHeader) return true;
    std::copy_n(header_.begin(), std::min(into.size(), header_.size()), into.begin());
    return true;
  }
  const std::uint64_t index = (offset - kBegin) / shadow::kBlock;
  const std::size_t within = offset % shadow::kBlock;
  if (index >= blocks_.size() || !holds(blocks_[index], within, into.size())) return false;
  std::copy_n(blocks_[index].begin() + static_cast<std::ptrdiff_t>(within), into.size(),
              into.begin());
  return true;
}

}  // namespace evtxhound::evidence
