#include "evtxhound/evidence/disk/image.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "evtxhound/base/file.hpp"
#include "evtxhound/base/text.hpp"
#include "evtxhound/evidence/disk/image_formats.hpp"
#include "evtxhound/evidence/disk/segments.hpp"

namespace evtxhound::evidence {
namespace {

namespace fs = std::filesystem;

// `disk-flat.vmdk`, `disk-f001.vmdk` and `disk-s001.vmdk` are extents of `disk.vmdk`.
bool is_vmdk_extent(const fs::path& path) {
  const std::string stem = path.stem().string();
  const std::size_t dash = stem.rfind('-');
  if (ascii_lower(path.extension().string()) != ".vmdk" || dash == std::string::npos) return false;
  const std::string part = stem.substr(dash + 1);
  const bool numbered = part.size() == 4 && (part[0] == 'f' || part[0] == 's') &&
                        part.find_first_not_of("0123456789", 1) == std::string::npos;
  std::error_code ignored;
  return (part == "flat" || numbered) &&
         fs::is_regular_file(
             path.parent_path() / (stem.substr(0, dash) + path.extension().string()), ignored);
}

// Where the readable part of a disk ends whose end cannot be read; its size where it can. The place
// is right to the block where everything behind the first unreadable place is unreadable, too.
std::uint64_t readable_end(const ByteSource& disk) {
  constexpr std::uint64_t kBlock = 32'768;
  Buffer block(512);
  const auto reads = [&](std::uint64_t offset) { return disk.read_at(offset, block).ok(); };
  if (disk.size() == 0 || reads(disk.size() - std::min<std::uint64_t>(disk.size(), block.size()))) {
    return disk.size();
  }
  std::uint64_t good = 0;  // in blocks: those before it can be read
  std::uint64_t bad = (disk.size() - 1) / kBlock;
  while (good < bad) {
    const std::uint64_t middle = good + (bad - good) / 2;
    if (reads(middle * kBlock)) {
      good = middle + 1;
    } else {
      bad = middle;
    }
  }
  return good * kBlock;
}

Result<DiskImage> open_by_format(const fs::path& path, ImageFormat format) {
  switch (format) {
    case ImageFormat::kEwf:
      return open_ewf_image(path);
    case ImageFormat::kQcow:
      return open_qcow_image(path);
    case ImageFormat::kVmdk:
      return open_vmdk_image(path);
    case ImageFormat::kVhd:
    case ImageFormat::kVhdx:
      return open_vhdi_image(path, format);
    case ImageFormat::kRaw:
      break;
  }
  return open_raw_image(path);
}

}  // namespace

Result<DiskImage> open_image(const fs::path& path, ImageFormat format) {
  auto image = open_by_format(path, format);
  if (!image) return image;
  if (const auto end = readable_end(*image->disk); end < image->disk->size()) {
    image->problems.push_back(
        {ProblemKind::kTruncated, end,
         fmt::format("the image ends before its disk does: of {} bytes the last {} cannot be read",
                     image->disk->size(), image->disk->size() - end)});
  }
  return image;
}

bool is_part_of_image(const fs::path& path, ImageFormat format) {
  if (format == ImageFormat::kEwf) {
    const auto file = ReadOnlyFile::open(path);
    Buffer head(16);
    if (!file || !file->read_at(0, head)) return false;
    const auto number = ewf_segment_number(head);
    if (!number || *number == 1) return false;
    const Segments segments = ewf_segments(path);
    return !segments.empty() && segments.front();
  }
  if (format == ImageFormat::kRaw && is_later_raw_segment(path)) return true;
  return (format == ImageFormat::kRaw || format == ImageFormat::kVmdk) && is_vmdk_extent(path);
}

}  // namespace evtxhound::evidence
