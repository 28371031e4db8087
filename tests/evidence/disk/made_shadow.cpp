#include "tests/evidence/disk/made_shadow.hpp"

#include <map>
#include <stdexcept>

#include "tests/evidence/disk/made_disk.hpp"

namespace evtxhound::test {
namespace {

constexpr std::size_t kHeader = 128;  // of a block of the catalog or of a store
constexpr std::size_t kRoom = kShadowBlock - kHeader;
constexpr std::uint64_t kVolumeHeader = 0x1e00;

void put(std::string& bytes, std::size_t at, std::uint64_t number, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i) bytes.at(at + i) = static_cast<char>(number >> (8 * i));
}

// 3808876b-c176-4e48-b7ae-04046e6cc752, version 1, and the record type.
void put_head(std::string& bytes, std::size_t at, unsigned type) {
  bytes.replace(at, 16, "\x6b\x87\x08\x38\x76\xc1\x48\x4e\xb7\xae\x04\x04\x6e\x6c\xc7\x52");
  put(bytes, at + 16, 1, 4);
  put(bytes, at + 20, type, 4);
}

std::string guid(std::size_t number) { return std::string(16, static_cast<char>(number)); }

// Table 4 of the format: original offset, offset in the store, offset on the volume, flags, bitmap.
struct Descriptor {
  std::uint64_t original;
  std::uint64_t relative;
  std::uint64_t kept;
  std::uint32_t flags;
  std::uint32_t bitmap;
};

class Writer {
 public:
  Writer(const std::string& now, std::vector<ShadowState> states, StoreArea area,
         ShadowOptions options)
      : states_(std::move(states)), area_(area), options_(options), next_(area.offset) {
    made_.volume = now;
  }

  MadeShadows write() {
    made_.catalog = take_linked(2, area_.offset, 0);
    put_volume_header(made_.volume);
    for (ShadowState& state : states_) put_volume_header(state.volume);
    made_.stores.resize(states_.size());
    // From the volume as it is now, so that nothing of a store is kept in another.
    const std::string now = made_.volume;
    for (std::size_t i = states_.size(); i > 0; --i) {
      const bool is_newest = i == states_.size();
      write_store(i - 1, is_newest ? now : states_[i].volume, is_newest);
    }
    return std::move(made_);
  }

 private:
  std::uint64_t take() {
    if (next_ + kShadowBlock > area_.offset + area_.size) {
      throw std::runtime_error("no more room for stores");
    }
    next_ += kShadowBlock;
    return next_ - kShadowBlock;
  }

  void put_volume_header(std::string& volume) const {
    put_head(volume, kVolumeHeader, 1);
    put(volume, kVolumeHeader + 24, kVolumeHeader, 8);
    put(volume, kVolumeHeader + 32, kVolumeHeader, 8);
    put(volume, kVolumeHeader + 48, made_.catalog, 8);
    volume.replace(kVolumeHeader + 64, 32, std::string(32, '\x77'));  // both volumes
  }

  // One block of a chain; `previous` gets its place.
  std::uint64_t take_linked(unsigned type, std::uint64_t store, std::uint64_t previous) {
    const std::uint64_t at = take();
    made_.volume.replace(at, kShadowBlock, kShadowBlock, '\0');
    put_head(made_.volume, at, type);
    put(made_.volume, at + 24, at - store, 8);
    put(made_.volume, at + 32, at, 8);
    if (previous != 0) put(made_.volume, previous + 40, at, 8);
    return at;
  }

  void write_store(std::size_t index, const std::string& next_state, bool is_newest) {
    MadeStore& store = made_.stores[index];
    const std::string& state = states_[index].volume;
    store.header = take_linked(4, next_, 0);
    std::string& volume = made_.volume;
    put(volume, store.header + 48, 72, 8);  // size of the information behind
    volume.replace(store.header + kHeader + 16, 16, guid(0xa1 + index));
    volume.replace(store.header + kHeader + 32, 16, guid(0xb1 + index));
    put(volume, store.header + kHeader + 48, 0xd, 4);       // client accessible, with writers
    put(volume, store.header + kHeader + 56, 0x42000d, 4);  // of the software provider
    put(volume, store.header + kHeader + 64, 4, 2);
    volume.replace(store.header + kHeader + 66, 4, std::string("P\0C\0", 4));
    put(volume, store.header + kHeader + 70, 4, 2);
    volume.replace(store.header + kHeader + 72, 4, std::string("P\0C\0", 4));

    std::string unused(kRoom, '\0');
    const auto descriptors = keep(index, state, next_state, is_newest ? &unused : nullptr);
    store.list = write_list(store.header, descriptors);
    if (is_newest) {
      store.bitmap = take_linked(6, store.header, 0);
      volume.replace(store.bitmap + kHeader, kRoom, unused);
    }
    const std::uint64_t ranges = take_linked(5, store.header, 0);
    put(volume, ranges + kHeader, store.header, 8);
    put(volume, ranges + kHeader + 16, next_ - store.header, 8);
    write_entries(index, ranges);
  }

  // Keeps the blocks of `state` that the next one has written over.
  std::vector<Descriptor> keep(std::size_t index, const std::string& state,
                               const std::string& next_state, std::string* unused) {
    std::vector<Descriptor> kept;
    std::vector<Descriptor> moved;
    std::map<std::string, std::uint64_t> places;  // of what stays where it is
    if (options_.forwarders) {
      for (std::uint64_t at = 0; at < next_state.size(); at += kShadowBlock) {
        const std::string block = next_state.substr(at, kShadowBlock);
        const bool stays = state.compare(at, block.size(), block) == 0;  // has no descriptor
        if (stays && !in_area(at)) places.emplace(block, at);
      }
    }
    const std::string zeros(kShadowBlock, '\0');
    const std::uint64_t store = made_.stores[index].header;
    for (std::uint64_t at = 0; at < state.size(); at += kShadowBlock) {
      const std::string block = state.substr(at, kShadowBlock);
      if (in_area(at) || next_state.compare(at, block.size(), block) == 0) continue;
      if (unused != nullptr && block == zeros) {
        const std::uint64_t bit = at / kShadowBlock;
        unused->at(bit / 8) = static_cast<char>(unused->at(bit / 8) | (1U << (bit % 8)));
        continue;
      }
      const auto elsewhere = places.find(block);
      if (elsewhere != places.end()) {
        moved.push_back({at, elsewhere->second, 0, 1, 0});
        continue;
      }
      const std::uint64_t place = take();
      std::uint32_t sectors = 0;
      for (unsigned i = 0; i < 32; ++i) {
        const bool same = next_state.compare(at + i * 512, 512, block, i * 512, 512) == 0;
        if (!same) sectors |= 1U << i;
      }
      const bool overlay = options_.overlays && index == 0 && sectors != 0xFFFFFFFF;
      if (overlay) {
        for (unsigned i = 0; i < 32; ++i) {
          const bool has = (sectors >> i & 1U) != 0;
          made_.volume.replace(place + i * 512, 512,
                               has ? block.substr(i * 512, 512) : std::string(512, '\xEE'));
        }
      } else {
        made_.volume.replace(place, kShadowBlock, block);
      }
      kept.push_back({at, place - store, place, overlay ? 2U : 0U, overlay ? sectors : 0U});
    }
    kept.insert(kept.end(), moved.begin(), moved.end());
    return kept;
  }

  [[nodiscard]] bool in_area(std::uint64_t at) const {
    return at + kShadowBlock > area_.offset && at < area_.offset + area_.size;
  }

  std::uint64_t write_list(std::uint64_t store, const std::vector<Descriptor>& descriptors) {
    std::uint64_t first = 0;
    std::uint64_t block = 0;
    for (std::size_t i = 0; i < descriptors.size() || i == 0; ++i) {
      const std::size_t slot = i % options_.descriptors_in_block;
      if (slot == 0) block = take_linked(3, store, block);
      if (i == 0) first = block;
      if (descriptors.empty()) break;
      const std::size_t at = block + kHeader + slot * 32;
      put(made_.volume, at, descriptors[i].original, 8);
      put(made_.volume, at + 8, descriptors[i].relative, 8);
      put(made_.volume, at + 16, descriptors[i].kept, 8);
      put(made_.volume, at + 24, descriptors[i].flags, 4);
      put(made_.volume, at + 28, descriptors[i].bitmap, 4);
    }
    return first;
  }

  // The newest copy's come first: the catalog is in no order.
  void write_entries(std::size_t index, std::uint64_t ranges) {
    MadeStore& store = made_.stores[index];
    std::string& volume = made_.volume;
    store.entry = made_.catalog + kHeader + (states_.size() - 1 - index) * 256;
    put(volume, store.entry, 2, 8);
    put(volume, store.entry + 8, volume.size(), 8);
    volume.replace(store.entry + 16, 16, guid(index + 1));
    put(volume, store.entry + 32, index + 1, 8);
    put(volume, store.entry + 40, 0x40, 8);
    put(volume, store.entry + 48, states_[index].created, 8);
    put(volume, store.entry + 128, 3, 8);
    put(volume, store.entry + 136, store.list, 8);
    volume.replace(store.entry + 144, 16, guid(index + 1));
    put(volume, store.entry + 160, store.header, 8);
    put(volume, store.entry + 168, ranges, 8);
    put(volume, store.entry + 176, store.bitmap, 8);
    put(volume, store.entry + 192, next_ - store.header, 8);
  }

  MadeShadows made_;
  std::vector<ShadowState> states_;
  StoreArea area_;
  ShadowOptions options_;
  std::uint64_t next_;  // free place in the area
};

void put_in_ntfs(const std::filesystem::path& path, const std::string& name,
                 const std::string& content) {
  const TemporaryFolder folder;
  write_file(folder / "file", content);
  must("ntfscp -f " + quoted(path) + " " + quoted(folder / "file") + " " + quoted(name));
}

void delete_and_overwrite(const std::filesystem::path& path, const std::string& name,
                          const std::string& content) {
  delete_in_ntfs(path, name);
  std::string volume = read_file(path);
  const std::size_t at = volume.find(content);
  if (at == std::string::npos) throw std::runtime_error(name + " is not in one piece");
  write_file(path, volume.replace(at, content.size(), content.size(), 'x'));
}

}  // namespace

MadeShadows with_shadow_copies(const std::string& now, const std::vector<ShadowState>& states,
                               StoreArea area, const ShadowOptions& options) {
  return Writer(now, states, area, options).write();
}

std::string store_file(std::size_t size) {
  std::string content;
  for (std::size_t i = 0; content.size() < size; ++i) {
    content += "free for stores " + std::to_string(i);
    content.resize((content.size() / 512 + 1) * 512, '.');
  }
  content.resize(size);
  return content;
}

StoreArea place_of_store_file(const std::string& volume, std::size_t size) {
  const std::size_t at = volume.find(store_file(size));
  if (at == std::string::npos) throw std::runtime_error("the store file is not in one piece");
  const std::size_t begin = (at + kShadowBlock - 1) / kShadowBlock * kShadowBlock;
  return {begin, (at + size - begin) / kShadowBlock * kShadowBlock};
}

MadeShadowVolume make_shadow_volume(const ShadowOptions& options) {
  constexpr std::size_t kStoreSize = std::size_t{2} << 20;
  const TemporaryFolder folder;
  const std::filesystem::path path = folder / "volume";
  MadeShadowVolume out;
  out.first = log_text();
  out.second = log_text("intrusion/OPS-WS-022/Security.evtx");
  out.third = log_text("intrusion/FIN-WS-014/Application.evtx");
  out.gone = log_text("intrusion/FIN-WS-014/Microsoft-Windows-Sysmon%4Operational.evtx");
  out.late = log_text("intrusion/HR-WS-007/Microsoft-Windows-Sysmon%4Operational.evtx");
  out.kept = log_text("intrusion/HR-WS-007/Security.evtx");
  make_ntfs(path, {{kStoreFile, store_file(kStoreSize)},
                   {"Security.evtx", out.first},
                   {"gone.evtx", out.gone},
                   {"late.evtx", out.late},
                   {"kept.evtx", out.kept}});
  out.before.push_back(read_file(path));
  put_in_ntfs(path, "Security.evtx", out.second);
  delete_and_overwrite(path, "gone.evtx", out.gone);
  out.before.push_back(read_file(path));
  put_in_ntfs(path, "Security.evtx", out.third);
  delete_and_overwrite(path, "late.evtx", out.late);
  const std::string now = read_file(path);
  std::vector<ShadowState> states;
  for (std::size_t i = 0; i < out.before.size(); ++i) {
    states.push_back({out.before[i], parse_iso8601(kShadowTimes[i]).value()});
  }
  out.made = with_shadow_copies(now, states, place_of_store_file(now, kStoreSize), options);
  return out;
}

std::filesystem::path make_shadow_disk(const MadeShadowVolume& volume,
                                       const TemporaryFolder& folder) {
  write_file(folder / "ntfs", volume.made.volume);
  make_partitioned(folder / "disk.dd", 12, "label: gpt\n2: start=2048,size=16384\n",
                   {{folder / "ntfs", 1}});
  return folder / "disk.dd";
}

}  // namespace evtxhound::test
