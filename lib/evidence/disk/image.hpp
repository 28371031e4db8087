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

// Why an image of this format is read only where it is a file on disk, or none where it is not so.
std::optional<Problem> not_read_from_bytes(ImageFormat format);

// Opens an image that is no file on disk, but lies in another container: a raw one, or a VHD of
// fixed size. Fails with not_read_from_bytes() where it is of another format. Thread-safe as the
// bytes are.
Result<DiskImage> open_image(std::shared_ptr<const ByteSource> bytes, ImageFormat format);

// Whether a file of the Expert Witness format is a later segment, by its head.
bool is_later_segment(Bytes head, ImageFormat format);

// Whether the file is a part of an image that another file beside it begins: it is no evidence of
// its own then.
bool is_part_of_image(const std::filesystem::path& path, ImageFormat format);

}  // namespace evtxhound::evidence
