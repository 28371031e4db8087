#include "evtxhound/evidence/disk/qcow_source.hpp"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <new>

#include "evtxhound/evidence/disk/image_formats.hpp"

namespace evtxhound::evidence {
namespace {

constexpr std::uint64_t kPlace = 0x00FF'FFFF'FFFF'FE00;  // in entries of both levels
constexpr std::uint64_t kCompressed = std::uint64_t{1} << 62U;
constexpr std::uint64_t kSector = 512;

std::uint32_t u32(Bytes bytes, std::size_t offset) {
  return __builtin_bswap32(load<std::uint32_t>(bytes, offset));
}

std::uint64_t u64(Bytes bytes, std::size_t offset) {
  return __builtin_bswap64(load<std::uint64_t>(bytes, offset));
}

Problem damaged(std::string message, std::optional<std::uint64_t> offset = std::nullopt) {
  return {ProblemKind::kUnreadable, offset, "cannot read the image: " + std::move(message)};
}

// All of it, or why not.
std::optional<Problem> read_all(const ByteSource& file, std::uint64_t offset, MutableBytes into) {
  const auto got = file.read_at(offset, into);
  if (!got) return got.problem();
  if (*got == into.size()) return std::nullopt;
  return damaged(fmt::format("what should lie at {:#x} of the file is behind its end", offset));
}

// Of version 3: what a reader has to know. That the image was not closed, or has been found to be
// damaged, keeps nothing from being read.
std::optional<Problem> unknown_feature(std::uint64_t features) {
  constexpr std::uint64_t kDirty = 1;
  constexpr std::uint64_t kCorrupt = 2;
  constexpr std::uint64_t kDataFile = 4;
  const std::uint64_t unknown = features & ~(kDirty | kCorrupt);
  if (unknown == 0) return std::nullopt;
  return damaged(fmt::format("{} ({:#x}): convert it to raw (qemu-img convert)",
                             unknown == kDataFile ? "its data lies in another file"
                                                  : "it has features that are not known here",
                             unknown));
}

}  // namespace

Result<std::shared_ptr<const ByteSource>> QcowSource::open(std::shared_ptr<const ByteSource> file) {
  std::shared_ptr<QcowSource> source(new QcowSource(std::move(file)));
  if (auto problem = source->read_header()) return *std::move(problem);
  return std::shared_ptr<const ByteSource>(std::move(source));
}

std::optional<Problem> QcowSource::read_header() {
  constexpr std::size_t kSize = 72;      // of version 2
  constexpr std::size_t kFeatures = 72;  // of version 3
  Buffer head(kFeatures + 8);
  const auto got = file_->read_at(0, head);
  if (!got) return got.problem();
  if (*got < kSize) return Problem{ProblemKind::kTruncated, *got, "the image ends in its header"};
  const std::uint32_t version = u32(head, 4);
  if (version != 2 && version != 3) return damaged(fmt::format("it is of version {}", version));
  if (u32(head, 32) != 0) {
    return Problem{ProblemKind::kEncrypted, std::nullopt, "the image is encrypted"};
  }
  if (u64(head, 8) != 0) {
    return only_difference("backing file");
  }
  has_zero_flag_ = version == 3;
  if (version == 3) {
    if (auto problem = unknown_feature(u64(head, kFeatures))) return problem;
  }
  cluster_bits_ = u32(head, 20);
  size_ = u64(head, 24);
  if (cluster_bits_ < 9 || cluster_bits_ > 21) {
    return damaged(fmt::format("its clusters are of 2^{} bytes", cluster_bits_));
  }
  return read_table(u64(head, 40), u32(head, 36));
}

std::optional<Problem> QcowSource::read_table(std::uint64_t offset, std::uint32_t entries) {
  constexpr std::uint64_t kMost = (std::uint64_t{32} << 20U) / 8;
  const unsigned covered = 2 * cluster_bits_ - 3;  // bits of the disk, by a table
  const std::uint64_t needed =
      (size_ >> covered) + ((size_ & ((1ULL << covered) - 1)) != 0 ? 1 : 0);
  if (needed > kMost || needed > entries) {
    return damaged(fmt::format("its table has {} entries for a disk of {} bytes", entries, size_));
  }
  Buffer table(static_cast<std::size_t>(needed) * 8);
  if (auto problem = read_all(*file_, offset, table)) return problem;
  for (std::size_t i = 0; i < needed; ++i) tables_.push_back(u64(table, i * 8) & kPlace);
  return std::nullopt;
}

Result<std::size_t> QcowSource::read_at(std::uint64_t offset, MutableBytes into) const {
  if (offset >= size_) return std::size_t{0};
  const auto wanted =
      static_cast<std::size_t>(std::min<std::uint64_t>(into.size(), size_ - offset));
  const std::uint64_t cluster = std::uint64_t{1} << cluster_bits_;
  for (std::size_t done = 0; done < wanted;) {
    const std::uint64_t at = offset + done;
    const auto part = static_cast<std::size_t>(
        std::min<std::uint64_t>(wanted - done, cluster - (at & (cluster - 1))));
    if (auto problem = read_part(at, into.subspan(done, part))) {
      problem->offset = at;  // on the disk, whatever it was in the file
      return *std::move(problem);
    }
    done += part;
  }
  return wanted;
}

// What lies within one cluster.
std::optional<Problem> QcowSource::read_part(std::uint64_t offset, MutableBytes into) const {
  const auto entry = entry_of(offset >> cluster_bits_);
  if (!entry) return entry.problem();
  const auto within = static_cast<std::size_t>(offset & ((std::uint64_t{1} << cluster_bits_) - 1));
  if ((*entry & kCompressed) != 0) return read_compressed(*entry, within, into);
  const std::uint64_t place = *entry & kPlace;
  if (place == 0 || (has_zero_flag_ && (*entry & 1U) != 0)) {
    std::ranges::fill(into, std::uint8_t{0});
    return std::nullopt;
  }
  return read_all(*file_, place + within, into);
}

// What the table of the second level says of a cluster of the disk.
Result<std::uint64_t> QcowSource::entry_of(std::uint64_t cluster) const {
  const unsigned bits = cluster_bits_ - 3;
  const std::uint64_t table = tables_[static_cast<std::size_t>(cluster >> bits)];
  if (table == 0) return std::uint64_t{0};
  Buffer entry(8);
  const std::uint64_t index = cluster & ((std::uint64_t{1} << bits) - 1);
  if (auto problem = read_all(*file_, table + index * 8, entry)) return *std::move(problem);
  return u64(entry, 0);
}

std::optional<Problem> QcowSource::read_compressed(std::uint64_t entry, std::size_t within,
                                                   MutableBytes into) const {
  const std::lock_guard guard(mutex_);
  if (kept_entry_ != entry) {
    auto cluster = decompress(entry);
    if (!cluster) return cluster.problem();
    kept_ = std::move(*cluster);
    kept_entry_ = entry;
  }
  std::copy_n(kept_.begin() + static_cast<std::ptrdiff_t>(within), into.size(), into.begin());
  return std::nullopt;
}

Result<Buffer> QcowSource::decompress(std::uint64_t entry) const {
  const unsigned place_bits = 62 - (cluster_bits_ - 8);
  const std::uint64_t place = entry & ((std::uint64_t{1} << place_bits) - 1);
  const std::uint64_t sectors = ((entry & (kCompressed - 1)) >> place_bits) + 1;
  Buffer packed(static_cast<std::size_t>(sectors * kSector - place % kSector));
  const auto got = file_->read_at(place, packed);  // the last sector may not be there as a whole
  if (!got) return got.problem();
  Buffer cluster(std::size_t{1} << cluster_bits_);
  z_stream stream{};
  if (inflateInit2(&stream, -MAX_WBITS) != Z_OK) throw std::bad_alloc();
  stream.next_in = packed.data();
  stream.avail_in = static_cast<uInt>(*got);
  stream.next_out = cluster.data();
  stream.avail_out = static_cast<uInt>(cluster.size());
  inflate(&stream, Z_FINISH);
  const bool whole = stream.avail_out == 0;
  inflateEnd(&stream);
  if (!whole) return damaged(fmt::format("the compressed cluster at {:#x} is damaged", place));
  return cluster;
}

}  // namespace evtxhound::evidence
