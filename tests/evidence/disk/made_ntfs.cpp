#include "tests/evidence/disk/made_ntfs.hpp"

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <vector>

#include "tests/evidence/disk/made_disk.hpp"
#include "tests/support/bytes.hpp"

namespace evtxhound::test {
namespace {

constexpr std::size_t kCluster = 4096;
constexpr std::size_t kUnit = 16;  // clusters that are compressed together
constexpr std::size_t kMftRecord = 1024;
constexpr std::size_t kSector = 512;
constexpr std::uint32_t kStandardInformation = 0x10;
constexpr std::uint32_t kData = 0x80;

// Clusters of a file, in its order: their numbers among those that are stored, or a hole.
using Clusters = std::vector<std::optional<std::size_t>>;

struct Laid {
  std::string stored;
  Clusters clusters;
};

Laid sparse(const std::string& content) {
  Laid laid;
  for (std::size_t at = 0; at < content.size(); at += kCluster) {
    std::string cluster = content.substr(at, kCluster);
    cluster.resize(kCluster);
    if (cluster == std::string(kCluster, '\0')) {
      laid.clusters.emplace_back();
    } else {
      laid.clusters.emplace_back(laid.stored.size() / kCluster);
      laid.stored += cluster;
    }
  }
  return laid;
}

Laid compressed(const std::string& content) {
  Laid laid;
  for (std::size_t at = 0; at < content.size(); at += kUnit * kCluster) {
    std::string unit = content.substr(at, kUnit * kCluster);
    unit.resize(kUnit * kCluster);
    std::string packed = unit == std::string(unit.size(), '\0') ? "" : lznt1(unit);
    if (packed.size() > (kUnit - 1) * kCluster) packed = unit;  // as it is
    packed.resize((packed.size() + kCluster - 1) / kCluster * kCluster);
    const std::size_t first = laid.stored.size() / kCluster;
    for (std::size_t i = 0; i < kUnit; ++i) {
      const bool is_there = i < packed.size() / kCluster;
      laid.clusters.push_back(is_there ? std::optional(first + i) : std::nullopt);
    }
    laid.stored += packed;
  }
  return laid;
}

Laid scattered(const std::string& content) {
  Laid laid;
  const std::size_t count = (content.size() + kCluster - 1) / kCluster;
  std::string padded = content;
  padded.resize(count * kCluster);
  for (std::size_t i = 0; i < count; ++i) {
    laid.clusters.emplace_back(count - 1 - i);
    laid.stored.insert(0, padded, i * kCluster, kCluster);
  }
  return laid;
}

template <class T>
T number(const std::string& bytes, std::size_t at) {
  return load<T>(as_bytes(bytes), at);
}

template <class T>
void set(std::string& bytes, std::size_t at, T value) {
  for (std::size_t i = 0; i < sizeof value; ++i) {
    bytes[at + i] = static_cast<char>(static_cast<std::uint64_t>(value) >> (8 * i));
  }
}

// Takes the numbers that guard each sector's end out of an MFT record, or puts them there.
void take_out_guards(std::string& record) {
  const auto guards = number<std::uint16_t>(record, 4);
  for (std::size_t i = 1; i <= kMftRecord / kSector; ++i) {
    record.replace(i * kSector - 2, 2, record, guards + 2 * i, 2);
  }
}
void put_in_guards(std::string& record) {
  const auto guards = number<std::uint16_t>(record, 4);
  for (std::size_t i = 1; i <= kMftRecord / kSector; ++i) {
    record.replace(guards + 2 * i, 2, record, i * kSector - 2, 2);
    record.replace(i * kSector - 2, 2, record, guards, 2);
  }
}

// The clusters of a volume that a list of runs names, and the list that names such.
std::vector<std::int64_t> read_runs(const std::string& record, std::size_t at) {
  std::vector<std::int64_t> clusters;
  std::int64_t cluster = 0;
  while (record[at] != 0) {
    const auto head = static_cast<std::uint8_t>(record[at++]);
    const auto take = [&](unsigned size) {
      std::int64_t value = static_cast<signed char>(record[at + size - 1]);
      for (unsigned i = size - 1; i-- > 0;) {
        value = value * 256 + static_cast<std::uint8_t>(record[at + i]);
      }
      at += size;
      return value;
    };
    const std::int64_t count = take(head & 0x0FU);
    cluster += take(head >> 4U);
    for (std::int64_t i = 0; i < count; ++i) clusters.push_back(cluster + i);
  }
  return clusters;
}

std::string runs_of(const std::vector<std::optional<std::int64_t>>& clusters) {
  ByteBuilder runs;
  std::int64_t last = 0;
  for (std::size_t i = 0; i < clusters.size();) {
    const auto first = clusters[i];
    std::uint16_t count = 1;
    while (i + count < clusters.size() && clusters[i + count].has_value() == first.has_value() &&
           (!first || *clusters[i + count] == *first + count)) {
      ++count;
    }
    runs.put<std::uint8_t>(first ? 0x22 : 0x02).put(count);
    if (first) runs.put(static_cast<std::int16_t>(*first - last));
    if (first) last = *first;
    i += count;
  }
  runs.put<std::uint8_t>(0);
  return {runs.get().begin(), runs.get().end()};
}

std::size_t find_attribute(const std::string& record, std::uint32_t type) {
  std::size_t at = number<std::uint16_t>(record, 20);
  while (number<std::uint32_t>(record, at) < type) at += number<std::uint32_t>(record, at + 4);
  return at;
}

// The file's data attribute, the record's last one, with other runs.
void rewrite(std::string& record, const Laid& laid, std::size_t size, Lying lying) {
  take_out_guards(record);
  // The file's flags of the system say it too.
  const std::size_t info = find_attribute(record, kStandardInformation);
  const std::size_t flags_at = info + number<std::uint16_t>(record, info + 20) + 32;
  const std::uint32_t more = lying == Lying::kCompressed ? 0x800
                             : lying == Lying::kSparse   ? 0x200
                                                         : 0;
  set(record, flags_at, number<std::uint32_t>(record, flags_at) | more);
  const std::size_t at = find_attribute(record, kData);
  const auto old_runs = number<std::uint16_t>(record, at + 32);
  const bool is_last =
      number<std::uint32_t>(record, at + number<std::uint32_t>(record, at + 4)) == 0xFFFF'FFFFU;
  if (number<std::uint32_t>(record, at) != kData || record[at + 8] != 1 || !is_last) {
    throw std::runtime_error("an MFT record of another shape");
  }
  const std::vector<std::int64_t> places = read_runs(record, at + old_runs);
  std::vector<std::optional<std::int64_t>> clusters;
  for (const auto& cluster : laid.clusters) {
    clusters.push_back(cluster ? std::optional(places.at(*cluster)) : std::nullopt);
  }
  const bool with_holes = lying != Lying::kScattered;
  const std::size_t header = with_holes ? 72 : 64;
  std::string attribute = record.substr(at, 64);
  attribute.resize(header);
  const std::uint16_t flags = lying == Lying::kCompressed ? 0x0001 : with_holes ? 0x8000 : 0;
  set<std::uint16_t>(attribute, 12, flags);
  set<std::uint64_t>(attribute, 24, clusters.size() - 1);
  set(attribute, 32, static_cast<std::uint16_t>(header));
  attribute[34] = with_holes ? 4 : 0;  // 16 clusters
  set<std::uint64_t>(attribute, 40, clusters.size() * kCluster);
  set<std::uint64_t>(attribute, 48, size);
  set<std::uint64_t>(attribute, 56, size);
  if (with_holes) set<std::uint64_t>(attribute, 64, laid.stored.size());
  attribute += runs_of(clusters);
  attribute.resize((attribute.size() + 7) / 8 * 8);
  set(attribute, 4, static_cast<std::uint32_t>(attribute.size()));
  attribute += std::string("\xFF\xFF\xFF\xFF\0\0\0\0", 8);
  if (at + attribute.size() > kMftRecord) throw std::runtime_error("too many runs");
  record.replace(at, attribute.size(), attribute);
  set(record, 24, static_cast<std::uint32_t>(at + attribute.size()));
  put_in_guards(record);
}

}  // namespace

std::string lznt1(const std::string& unit) {
  std::string out;
  for (std::size_t begin = 0; begin < unit.size(); begin += 4096) {
    const std::string block = unit.substr(begin, 4096);
    std::string packed;
    std::size_t flags_at = 0;
    unsigned items = 8;
    for (std::size_t at = 0; at < block.size(); ++items) {
      if (items == 8) {
        items = 0;
        flags_at = packed.size();
        packed += '\0';
      }
      // The further into the block, the more bits of a reference say how far back it goes.
      unsigned length_bits = 12;
      while (at > 0 && (at - 1) >> (16U - length_bits) != 0) --length_bits;
      const std::size_t most = std::min(block.size() - at, (std::size_t{1} << length_bits) + 2);
      std::size_t length = 0;
      std::size_t back = 0;
      for (std::size_t tried = 1; tried <= std::min<std::size_t>(at, 600); ++tried) {
        std::size_t same = 0;
        while (same < most && block[at + same] == block[at + same - tried]) ++same;
        if (same > length) {
          length = same;
          back = tried;
        }
      }
      if (length < 3) {
        packed += block[at++];
        continue;
      }
      const std::size_t reference = ((back - 1) << length_bits) | (length - 3);
      packed += static_cast<char>(reference & 0xFFU);
      packed += static_cast<char>(reference >> 8U);
      packed[flags_at] =
          static_cast<char>(static_cast<std::uint8_t>(packed[flags_at]) | (1U << items));
      at += length;
    }
    const bool helps = packed.size() < block.size();
    const std::string& kept = helps ? packed : block;
    const auto header = static_cast<std::uint16_t>((helps ? 0xB000U : 0x3000U) | (kept.size() - 1));
    out += static_cast<char>(header & 0xFFU);
    out += static_cast<char>(header >> 8U);
    out += kept;
  }
  return out + std::string(2, '\0');
}

void make_ntfs(const std::filesystem::path& path, const std::string& name,
               const std::string& content, Lying lying) {
  const Laid laid = lying == Lying::kSparse       ? sparse(content)
                    : lying == Lying::kCompressed ? compressed(content)
                                                  : scattered(content);
  make_ntfs(path, {{name, laid.stored}});
  std::string volume = read_file(path);
  if (number<std::uint16_t>(volume, 11) * static_cast<std::uint8_t>(volume[13]) != kCluster) {
    throw std::runtime_error("mkntfs makes clusters of another size");
  }
  std::string wide;
  for (const char c : name) wide += {c, '\0'};
  for (std::size_t at = 0; at + kMftRecord <= volume.size(); at += kMftRecord) {
    if (volume.compare(at, 4, "FILE") != 0) continue;
    std::string record = volume.substr(at, kMftRecord);
    if (record.find(wide) == std::string::npos) continue;
    rewrite(record, laid, content.size(), lying);
    volume.replace(at, kMftRecord, record);
    return write_file(path, volume);
  }
  throw std::runtime_error("no record of " + name);
}

}  // namespace evtxhound::test
