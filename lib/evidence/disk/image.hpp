// A disk image as the disk that is in it.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

#include "evtxhound/base/byte_source.hpp"
#include "evtxhound/evidence/disk/image_format.hpp"

namespace evtxhound::evidence {

struct DiskImage {
  ImageFormat format = ImageFormat::kRaw;
  std::shared_ptr<const ByteSource> disk;
  std::vector<std::filesystem::path> files;  // that it is made of, the first one first
  std::vector<Problem> problems;             // with opening it, that do not keep it from being read
};

// Opens the image that begins with the file `path` (absolute), told by image_format(), with its
// further segments beside it. Offsets in problems count on the disk.
//
// What a missing segment or the end of a cut image leaves is read: reading the rest of the disk
// fails with its place. (An Expert Witness image is read up to the first segment that is missing:
// libewf needs them in one row.) Fails as a whole where the disk's size or layout is not known (the
// first segment's headers are damaged), where the image is only the difference to another (a
// snapshot, named in the message), encrypted, or a later segment, and where the library is not
// installed.
Result<DiskImage> open_image(const std::filesystem::path& path, ImageFormat format);

// Why images of this format are not read wherever they lie; none where they are.
std::optional<Problem> never_read(ImageFormat format);

// Opens an image that is no file on disk, but lies in another container. It is what its bytes are:
// of an Expert Witness image in segments the first one only (the rest is a problem kTruncated), and
// of a VMDK whose extents are other files nothing (kLimit). Also kLimit: QCOW of version 1. Else as
// above. The disk is thread-safe as the bytes are.
Result<DiskImage> open_image(std::shared_ptr<const ByteSource> bytes, ImageFormat format);

// Whether a file of the Expert Witness format is a later segment, by its head.
bool is_later_segment(Bytes head, ImageFormat format);

// Whether the file is a part of an image that another file beside it begins: it is no evidence of
// its own then.
bool is_part_of_image(const std::filesystem::path& path, ImageFormat format);

}  // namespace evtxhound::evidence
