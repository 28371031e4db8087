// What kind of disk image a file is, by its content.
#pragma once

#include <optional>
#include <string_view>

#include "evtxhound/base/byte_source.hpp"

namespace evtxhound::evidence {

enum class ImageFormat {
  kRaw,   // "raw": the disk's bytes as they are (dd), in one file or split
  kEwf,   // "ewf": Expert Witness format, as EnCase and FTK Imager write it (E01)
  kQcow,  // "qcow": QEMU's copy on write, versions 1 to 3
  kVmdk,  // "vmdk": VMware's, a descriptor with its extents or one sparse file
  kVhd,   // "vhd": Microsoft's, fixed, dynamic and differencing
  kVhdx,  // "vhdx": its successor
};

std::string_view to_string(ImageFormat format);

// Tells a format by signatures: those of the formats, and for a raw image those of what a disk
// begins with: a partition table (MBR, GPT), or the boot sector or superblock of NTFS, FAT, exFAT,
// ext or BitLocker. A raw image without any of these is not told from any other file.
// None, too, where the file cannot be read.
std::optional<ImageFormat> image_format(const ByteSource& file);

// As above, for a disk: whether it begins as one.
bool begins_as_disk(const ByteSource& disk);

}  // namespace evtxhound::evidence
