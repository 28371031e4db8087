// Whether bytes are an archive, by its first bytes.
#pragma once

#include <optional>

#include "evtxhound/base/bytes.hpp"

namespace evtxhound::evidence {

enum class ArchiveFormat {
  kZip,
  kSevenZip,
  kTar,
  // A file that is compressed: a tar within, or anything else.
  kGzip,
  kXz,
  kZstd,
  kBzip2,
};

// Tells a format by its signature, a tar by the checksum of its first header: kTarHeader bytes are
// enough for each. Nothing else is taken for an archive.
inline constexpr std::size_t kTarHeader = 512;
std::optional<ArchiveFormat> archive_format(Bytes head);

constexpr bool is_compression(ArchiveFormat format) {
  return format != ArchiveFormat::kZip && format != ArchiveFormat::kSevenZip &&
         format != ArchiveFormat::kTar;
}

}  // namespace evtxhound::evidence
