// One function for each format, and only for image.cpp. All are as open_image() promises.
#pragma once

#include "evtxhound/evidence/disk/image.hpp"

namespace evtxhound::evidence {

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
