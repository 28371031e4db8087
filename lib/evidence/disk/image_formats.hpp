// One function for each format, for image.cpp alone, and what they have in common. All are as
// open_image() promises.
#pragma once

#include <string>
#include <string_view>

#include "evtxhound/evidence/disk/image.hpp"

namespace evtxhound::evidence {

// Why an image cannot be read that needs another one, in the words of its format.
inline Problem only_difference(std::string_view other) {
  return {ProblemKind::kUnreadable, std::nullopt,
          "the image is only the difference to another, its " + std::string(other) +
              "; convert it to one image (qemu-img convert)"};
}

Result<DiskImage> open_raw_image(const std::filesystem::path& path);
Result<DiskImage> open_ewf_image(const std::filesystem::path& path);
Result<DiskImage> open_qcow_image(const std::filesystem::path& path);
Result<DiskImage> open_vmdk_image(const std::filesystem::path& path);
Result<DiskImage> open_vhdi_image(const std::filesystem::path& path, ImageFormat format);

// The same for an image of one file that lies in another container.
Result<DiskImage> open_ewf_image(const std::shared_ptr<const ByteSource>& bytes);
Result<DiskImage> open_qcow_image(std::shared_ptr<const ByteSource> bytes);
Result<DiskImage> open_vmdk_image(const std::shared_ptr<const ByteSource>& bytes);
Result<DiskImage> open_vhdi_image(const std::shared_ptr<const ByteSource>& bytes,
                                  ImageFormat format);

}  // namespace evtxhound::evidence
