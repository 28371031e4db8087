#include "evtxhound/evidence/disk/image.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "evtxhound/base/file.hpp"
#include "evtxhound/base/text.hpp"
#include "evtxhound/evidence/disk/image_formats.hpp"
#include "evtxhound/evidence/disk/runs_source.hpp"
#include "evtxhound/evidence/disk/segments.hpp"

namespace evtxhound::evidence {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kVhdFooter = 512;

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
    case ImageFormat::kEwf2:
    case ImageFormat::kLogicalEwf:
      return *never_read(format);
    case ImageFormat::kRaw:
      break;
  }
  return open_raw_image(path);
}

// The disk of a VHD of fixed size lies in front of its footer; of other types it does not.
bool is_fixed_vhd(const ByteSource& file) {
  Buffer footer(kVhdFooter);
  constexpr std::size_t kType = 60;
  if (file.size() < kVhdFooter) return false;
  const auto got = file.read_at(file.size() - kVhdFooter, footer);
  return got && *got == kVhdFooter && stands_at(footer, 0, "conectix") &&
         stands_at(footer, kType, std::string_view("\0\0\0\2", 4));
}

// A raw image, or a VHD of fixed size, which by its head is one.
Result<DiskImage> open_plain(const std::shared_ptr<const ByteSource>& bytes, ImageFormat format) {
  DiskImage image{format, nullptr, {}, {}};
  image.disk = is_fixed_vhd(*bytes) ? slice(bytes, {0, bytes->size() - kVhdFooter}) : bytes;
  return image;
}

Result<DiskImage> open_by_format(std::shared_ptr<const ByteSource> bytes, ImageFormat format) {
  switch (format) {
    case ImageFormat::kEwf:
      return open_ewf_image(bytes);
    case ImageFormat::kQcow:
      return open_qcow_image(std::move(bytes));
    case ImageFormat::kVmdk:
      return open_vmdk_image(bytes);
    case ImageFormat::kVhd:
      if (is_fixed_vhd(*bytes)) return open_plain(bytes, format);
      [[fallthrough]];
    case ImageFormat::kVhdx:
      return open_vhdi_image(bytes, format);
    case ImageFormat::kEwf2:
    case ImageFormat::kLogicalEwf:
      return *never_read(format);
    case ImageFormat::kRaw:
      break;
  }
  return open_plain(bytes, format);
}

// Says where the image ends before its disk does.
Result<DiskImage> with_end(Result<DiskImage> image) {
  if (!image) return image;
  if (const auto end = readable_end(*image->disk); end < image->disk->size()) {
    image->problems.push_back(
        {ProblemKind::kTruncated, end,
         fmt::format("the image ends before its disk does: of {} bytes the last {} cannot be read",
                     image->disk->size(), image->disk->size() - end)});
  }
  return image;
}

bool is_later_ewf2_segment(const fs::path& path) {
  const auto file = ReadOnlyFile::open(path);
  Buffer head(16);
  if (!file || !file->read_at(0, head) || !is_later_segment(head, ImageFormat::kEwf2)) return false;
  std::string first = path.extension().string();
  if (first.size() < 3) return false;
  first.replace(first.size() - 2, 2, "01");
  std::error_code ignored;
  return fs::is_regular_file(fs::path(path).replace_extension(first), ignored);
}

}  // namespace

std::optional<Problem> never_read(ImageFormat format) {
  if (format == ImageFormat::kEwf2) {
    return Problem{ProblemKind::kNotEvidence, std::nullopt,
                   "an Expert Witness image of version 2 (Ex01), which libewf does not read: "
                   "convert it to E01 or raw"};
  }
  if (format == ImageFormat::kLogicalEwf) {
    return Problem{ProblemKind::kNotEvidence, std::nullopt,
                   "a logical Expert Witness image (L01, Lx01), which holds files and no disk: "
                   "take them out first"};
  }
  return std::nullopt;
}

Result<DiskImage> open_image(const fs::path& path, ImageFormat format) {
  return with_end(open_by_format(path, format));
}

Result<DiskImage> open_image(std::shared_ptr<const ByteSource> bytes, ImageFormat format) {
  return with_end(open_by_format(std::move(bytes), format));
}

bool is_later_segment(Bytes head, ImageFormat format) {
  constexpr std::size_t kEwf2Number = 12;
  if (format == ImageFormat::kEwf) return ewf_segment_number(head).value_or(1) != 1;
  return format == ImageFormat::kEwf2 && holds(head, kEwf2Number, 4) &&
         load<std::uint32_t>(head, kEwf2Number) > 1;
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
  if (format == ImageFormat::kEwf2) return is_later_ewf2_segment(path);
  if (format == ImageFormat::kRaw && is_later_raw_segment(path)) return true;
  return (format == ImageFormat::kRaw || format == ImageFormat::kVmdk) && is_vmdk_extent(path);
}

}  // namespace evtxhound::evidence
