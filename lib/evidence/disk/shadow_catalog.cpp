#include "evtxhound/evidence/disk/shadow_catalog.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "evtxhound/evidence/disk/shadow_format.hpp"

namespace evtxhound::evidence {
namespace {

// Of one volume. Windows keeps 64 of them, and some versions 512.
constexpr std::size_t kMostStores = 512;
// Of one volume, some 300 GiB of saved blocks: libvshadow takes about 400 bytes for each.
constexpr std::size_t kMostDescriptors = 20'000'000;
// libvshadow keeps the runs of set bits as a list, and passes along it for each bit and block.
constexpr std::size_t kMostRuns = 100'000;

std::string hex(std::uint64_t offset) { return fmt::format("{:#x}", offset); }

// Where a catalog entry says that the parts of a store lie.
struct StorePlaces {
  std::uint64_t list = 0;
  std::uint64_t header = 0;
  std::uint64_t bitmap = 0;
  std::uint64_t bitmap_before = 0;
};

class Reader {
 public:
  explicit Reader(const ByteSource& volume) : volume_(volume) {}

  ShadowCatalog read() {
    const auto begin = catalog_offset();
    if (!begin || *begin == 0) return std::move(catalog_);
    read_catalog(*begin);
    std::ranges::stable_sort(catalog_.stores, {}, &ShadowStore::created);
    for (ShadowStore& store : catalog_.stores) read_store(store);
    if (!catalog_.stores.empty()) read_bitmaps(catalog_.stores.back());
    say_what_builds_on_damage();
    return std::move(catalog_);
  }

 private:
  using Chain = std::set<std::uint64_t>;  // offsets of its blocks

  void wrong(std::uint64_t offset, std::string message) {
    catalog_.problems.push_back({ProblemKind::kUnreadable, offset, std::move(message)});
  }

  static void wrong(ShadowStore& store, std::string message) {
    store.problems.push_back({ProblemKind::kUnreadable, std::nullopt, std::move(message)});
  }

  std::optional<std::uint64_t> catalog_offset() {
    Buffer header(shadow::kVolumeHeaderSize);
    const auto got = volume_.read_at(shadow::kVolumeHeader, header);
    if (!got || *got < header.size() || !shadow::has_signature(header)) return std::nullopt;
    const auto version = load<std::uint32_t>(header, shadow::kVersion);
    if ((version != 1 && version != 2) ||
        load<std::uint32_t>(header, shadow::kType) != shadow::kTypeVolume) {
      wrong(shadow::kVolumeHeader, "the volume's header of shadow copies is damaged");
      return std::nullopt;
    }
    return load<std::uint64_t>(header, shadow::kCatalogOffset);
  }

  // A block of a chain; none, with the reason, where it cannot be read, is not of that type, or was
  // in the chain before.
  std::optional<Buffer> block(std::uint64_t offset, std::uint32_t type, Chain& chain,
                              std::string& reason) {
    Buffer bytes(shadow::kBlock);
    const auto got = volume_.read_at(offset, bytes);
    if (!got || *got < bytes.size()) {
      reason = got ? "it lies behind the end of the volume" : got.problem().message;
    } else if (!shadow::has_signature(bytes) || load<std::uint32_t>(bytes, shadow::kVersion) != 1 ||
               load<std::uint32_t>(bytes, shadow::kType) != type) {
      reason = "it does not begin as one";
    } else if (!chain.insert(offset).second) {
      reason = "from there it begins again";
    } else {
      return bytes;
    }
    return std::nullopt;
  }

  void read_catalog(std::uint64_t begin) {
    std::string reason;
    Chain chain;
    for (std::uint64_t at = begin; at != 0;) {
      const auto bytes = block(at, shadow::kTypeCatalog, chain, reason);
      if (!bytes) {
        wrong(at, "the catalog of shadow copies is damaged, and copies may be missing: " + reason);
        break;
      }
      for (std::size_t i = shadow::kBlockHeader; i < shadow::kBlock; i += shadow::kEntrySize) {
        read_entry(at + i, Bytes(*bytes).subspan(i, shadow::kEntrySize));
      }
      at = load<std::uint64_t>(*bytes, shadow::kNext);
    }
  }

  void read_entry(std::uint64_t offset, Bytes entry) {
    const auto type = load<std::uint64_t>(entry, 0);
    const std::string id = shadow::guid_text(entry.subspan(16, 16));
    if (type == 2) {
      if (catalog_.stores.size() >= kMostStores) {
        catalog_.problems.push_back(
            {ProblemKind::kLimit, offset,
             fmt::format("more than {} shadow copies: the others are not read", kMostStores)});
        return;
      }
      ShadowStore store;
      store.id = id;
      store.created = load<std::uint64_t>(entry, 48);
      catalog_.stores.push_back(std::move(store));
    } else if (type == 3) {
      places_.insert_or_assign(
          id, StorePlaces{load<std::uint64_t>(entry, 8), load<std::uint64_t>(entry, 32),
                          load<std::uint64_t>(entry, 48), load<std::uint64_t>(entry, 72)});
    } else if (type > 3) {
      wrong(offset, "an entry in the catalog of shadow copies is damaged");
    }
  }

  void read_store(ShadowStore& store) {
    const auto found = places_.find(store.id);
    if (found == places_.end()) {
      wrong(store, "the catalog does not say where the copy's store lies");
      return;
    }
    const StorePlaces& places = found->second;
    std::string reason;
    Chain chain;
    if (const auto header = block(places.header, shadow::kTypeHeader, chain, reason)) {
      store.copy_id = shadow::guid_text(Bytes(*header).subspan(shadow::kBlockHeader + 16, 16));
    } else {
      wrong(store, fmt::format("the header of the copy's store, at {} of the volume, is damaged: "
                               "{}; the blocks that it kept are read",
                               hex(places.header), reason));
    }
    read_list(store, places.list);
  }

  // Of the newest copy: the others read what a newer one kept of their unused blocks.
  void read_bitmaps(ShadowStore& store) {
    const auto found = places_.find(store.id);
    if (found == places_.end()) return;
    const StorePlaces& places = found->second;
    store.unused = read_bitmap(store, places.bitmap);
    store.unused_before = read_bitmap(store, places.bitmap_before);
    // Without the second one, blocks of the first would be taken for unused that were in use.
    if (places.bitmap_before != 0 && store.unused_before.empty()) store.unused.clear();
  }

  void read_list(ShadowStore& store, std::uint64_t begin) {
    store.is_known = true;
    std::string reason;
    Chain chain;
    std::size_t nonsense = 0;
    for (std::uint64_t at = begin; at != 0; ++descriptors_) {  // so that empty blocks end, too
      const auto bytes = block(at, shadow::kTypeList, chain, reason);
      if (!bytes || descriptors_ > kMostDescriptors) {
        incomplete_.insert(store.id);
        store.is_known = !store.descriptors.empty();
        wrong(store,
              fmt::format("the list of the blocks that the copy kept is damaged at {} of the "
                          "volume ({}): {}",
                          hex(at), bytes ? "it is too long" : reason,
                          store.is_known ? "where it ends, a newer state is read" : "not read"));
        break;
      }
      for (std::size_t i = shadow::kBlockHeader; i < shadow::kBlock; i += shadow::kDescriptorSize) {
        const Bytes descriptor = Bytes(*bytes).subspan(i, shadow::kDescriptorSize);
        switch (shadow::judge(descriptor, volume_.size())) {
          case shadow::Descriptor::kSound:
            store.descriptors.insert(store.descriptors.end(), descriptor.begin(), descriptor.end());
            ++descriptors_;
            break;
          case shadow::Descriptor::kNonsense:
            ++nonsense;
            break;
          case shadow::Descriptor::kUnused:
            break;
        }
      }
      at = load<std::uint64_t>(*bytes, shadow::kNext);
    }
    if (nonsense == 0) return;
    incomplete_.insert(store.id);
    wrong(store, fmt::format("{} entries of the list of the blocks that the copy kept make no "
                             "sense: a newer state is read in their place",
                             nonsense));
  }

  Buffer read_bitmap(ShadowStore& store, std::uint64_t begin) {
    const std::uint64_t most = volume_.size() / shadow::kBlock / 8 + 1;  // bytes
    Buffer bits;
    std::string reason;
    Chain chain;
    for (std::uint64_t at = begin; at != 0 && bits.size() < most;) {
      const auto bytes = block(at, shadow::kTypeBitmap, chain, reason);
      if (!bytes) {
        wrong(store, fmt::format("the map of the blocks that were in use is damaged at {} of the "
                                 "volume ({}): unused blocks read as they are now",
                                 hex(at), reason));
        return {};
      }
      bits.insert(bits.end(), bytes->begin() + shadow::kBlockHeader, bytes->end());
      at = load<std::uint64_t>(*bytes, shadow::kNext);
    }
    std::size_t changes = 0;
    for (std::size_t i = 0; i < bits.size(); ++i) {
      const unsigned before = i == 0 ? 0 : bits[i - 1] >> 7U;
      changes += static_cast<std::size_t>(
          __builtin_popcount((bits[i] ^ ((bits[i] << 1U) | before)) & 0xFFU));
    }
    if (changes / 2 <= kMostRuns) return bits;
    store.problems.push_back(
        {ProblemKind::kLimit, std::nullopt,
         fmt::format("the map of the blocks that were in use has more than {} runs: unused blocks "
                     "read as they are now",
                     kMostRuns)});
    return {};
  }

  // A copy reads what newer copies kept.
  void say_what_builds_on_damage() {
    std::size_t damaged = 0;  // number of the nearest newer one
    for (std::size_t number = catalog_.stores.size(); number > 0; --number) {
      ShadowStore& store = catalog_.stores[number - 1];
      if (damaged != 0) {
        wrong(store, fmt::format("what shadow {} kept is not all known: where that is missing, a "
                                 "newer state is read",
                                 damaged));
      }
      if (!store.is_known || incomplete_.contains(store.id)) damaged = number;
    }
  }

  const ByteSource& volume_;
  ShadowCatalog catalog_;
  std::map<std::string, StorePlaces> places_;  // by the store's id
  std::set<std::string> incomplete_;           // ids of stores whose list is
  std::size_t descriptors_ = 0;
};

}  // namespace

ShadowCatalog read_shadow_catalog(const ByteSource& volume) { return Reader(volume).read(); }

}  // namespace evtxhound::evidence
