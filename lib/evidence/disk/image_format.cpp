#include "evtxhound/evidence/disk/image_format.hpp"

#include <array>
#include <string_view>

namespace evtxhound::evidence {
namespace {

constexpr std::size_t kSector = 512;
constexpr std::size_t kHead =
    8 * kSector;  // the second sector of a disk of 4-KiB sectors begins here

// Bytes from `offset`, at most `size`; none where they cannot be read.
Buffer bytes_at(const ByteSource& file, std::uint64_t offset, std::size_t size) {
  Buffer bytes(size);
  const auto got = file.read_at(offset, bytes);
  bytes.resize(got ? *got : 0);
  return bytes;
}

// A partition entry of an MBR in use: its status is one of the two there are, it has a type, a
// beginning behind the table and a size.
bool is_partition(Bytes entry) {
  const bool status = entry[0] == 0x00 || entry[0] == 0x80;
  return status && entry[4] != 0 && load<std::uint32_t>(entry, 8) != 0 &&
         load<std::uint32_t>(entry, 12) != 0;
}

bool has_partition_table(Bytes head) {
  constexpr std::size_t kEntries = 446;
  constexpr std::size_t kEntry = 16;
  if (!stands_at(head, kSector - 2, "\x55\xAA")) return false;
  bool any = false;
  for (std::size_t i = 0; i < 4; ++i) {
    const Bytes entry = head.subspan(kEntries + i * kEntry, kEntry);
    const bool empty = entry[4] == 0 && load<std::uint32_t>(entry, 12) == 0;
    if (!empty && !is_partition(entry)) return false;
    any = any || !empty;
  }
  return any;
}

// FAT's type as text is for people; its geometry is what makes it one.
bool is_fat(Bytes head) {
  const auto sector = load<std::uint16_t>(head, 11);
  const std::uint8_t cluster = head[13];
  const std::uint8_t media = head[21];
  const std::uint8_t fats = head[16];
  const bool sizes = (sector == 512 || sector == 1024 || sector == 2048 || sector == 4096) &&
                     cluster != 0 && (cluster & (cluster - 1)) == 0;
  return (head[0] == 0xEB || head[0] == 0xE9) && sizes && (fats == 1 || fats == 2) &&
         (media == 0xF0 || media >= 0xF8) && stands_at(head, kSector - 2, "\x55\xAA");
}

bool is_file_system(Bytes head) {
  constexpr std::size_t kExtMagic = 1024 + 56;
  for (const std::string_view name : {"NTFS    ", "EXFAT   ", "-FVE-FS-"}) {
    if (stands_at(head, 3, name)) return true;
  }
  return is_fat(head) || (stands_at(head, kExtMagic, "\x53\xEF") && head[kExtMagic + 2] <= 7);
}

bool is_disk(Bytes head) {
  if (head.size() < 2 * kSector + kSector) return false;
  return stands_at(head, kSector, "EFI PART") || stands_at(head, kHead, "EFI PART") ||
         is_file_system(head) || has_partition_table(head);
}

}  // namespace

std::string_view to_string(ImageFormat format) {
  switch (format) {
    case ImageFormat::kRaw:
      return "raw";
    case ImageFormat::kEwf:
      return "ewf";
    case ImageFormat::kQcow:
      return "qcow";
    case ImageFormat::kVmdk:
      return "vmdk";
    case ImageFormat::kVhd:
      return "vhd";
    case ImageFormat::kVhdx:
      return "vhdx";
    case ImageFormat::kEwf2:
      return "ewf2";
    case ImageFormat::kLogicalEwf:
      return "logical-ewf";
  }
  return "unknown";
}

bool begins_as_disk(const ByteSource& disk) { return is_disk(bytes_at(disk, 0, kImageHead)); }

std::optional<ImageFormat> image_format(Bytes head, std::uint64_t size) {
  struct Signature {
    std::string_view text;
    ImageFormat format;
  };
  constexpr std::array kSignatures{
      Signature{{"EVF\x09\x0d\x0a\xff\x00", 8}, ImageFormat::kEwf},
      Signature{"QFI\xfb", ImageFormat::kQcow},
      Signature{"KDMV", ImageFormat::kVmdk},
      Signature{"# Disk DescriptorFile", ImageFormat::kVmdk},
      Signature{"conectix", ImageFormat::kVhd},
      Signature{"vhdxfile", ImageFormat::kVhdx},
      Signature{{"EVF2\x0d\x0a\x81\x00", 8}, ImageFormat::kEwf2},
      Signature{{"LVF\x09\x0d\x0a\xff\x00", 8}, ImageFormat::kLogicalEwf},
      Signature{{"LEF2\x0d\x0a\x81\x00", 8}, ImageFormat::kLogicalEwf},
  };
  for (const Signature& signature : kSignatures) {
    if (stands_at(head, 0, signature.text)) return signature.format;
  }
  constexpr std::uint64_t kLeast = 131'072;  // smaller ones are copies of boot sectors
  if (size < kLeast || !is_disk(head)) return std::nullopt;
  return ImageFormat::kRaw;
}

std::optional<ImageFormat> image_format(const ByteSource& file) {
  const auto format = image_format(bytes_at(file, 0, kImageHead), file.size());
  if (format != ImageFormat::kRaw) return format;
  // A VHD of fixed size is a raw image with a footer.
  const Buffer footer = bytes_at(file, file.size() - kSector, kSector);
  return stands_at(footer, 0, "conectix") ? ImageFormat::kVhd : ImageFormat::kRaw;
}

}  // namespace evtxhound::evidence
