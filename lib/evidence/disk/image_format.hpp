// What kind of disk image a file is, by its content.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "evtxhound/base/byte_source.hpp"

namespace evtxhound::evidence {

enum class ImageFormat {
  kRaw,         // "raw": the disk's bytes as they are (dd), in one file or split
  kEwf,         // "ewf": Expert Witness format, as EnCase and FTK Imager write it (E01)
  kQcow,        // "qcow": QEMU's copy on write, versions 1 to 3
  kVmdk,        // "vmdk": VMware's, a descriptor with its extents or one sparse file
  kVhd,         // "vhd": Microsoft's, fixed, dynamic and differencing
  kVhdx,        // "vhdx": its successor
  kEwf2,        // "ewf2": version 2 of the Expert Witness format (Ex01), which is not read
  kLogicalEwf,  // "logical-ewf": files and no disk (L01, Lx01), which are not read
};

std::string_view to_string(ImageFormat format);

// Tells a format by signatures: those of the formats, and for a raw image those of what a disk
// begins with: a partition table (MBR, GPT), or the boot sector or superblock of NTFS, FAT, exFAT,
// ext or BitLocker. A raw image without any of these is not told from any other file.
// None, too, where the file cannot be read.
std::optional<ImageFormat> image_format(const ByteSource& file);

// As above, by a file's first kImageHead bytes or more, and its size. A VHD of fixed size is a raw
// image by its head.
inline constexpr std::size_t kImageHead = 4104;
std::optional<ImageFormat> image_format(Bytes head, std::uint64_t size);

// As above, for a disk: whether it begins as one.
bool begins_as_disk(const ByteSource& disk);

}  // namespace evtxhound::evidence
