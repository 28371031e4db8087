#include "evtxhound/evidence/archive/archive_sign.hpp"

#include <algorithm>
#include <string_view>

#include "evtxhound/base/gzip_reader.hpp"

namespace evtxhound::evidence {
namespace {

// A header's checksum is the sum of its bytes, with those of the checksum itself as spaces, in
// octal digits. Other bytes do not pass by chance, and old tars have no other sign.
bool is_tar(Bytes head) {
  constexpr std::size_t kChecksum = 148;
  constexpr std::size_t kChecksumSize = 8;
  if (head.size() < kTarHeader || head[0] == 0) return false;
  std::uint32_t sum = kChecksumSize * ' ';
  for (std::size_t i = 0; i < kTarHeader; ++i) {
    if (i < kChecksum || i >= kChecksum + kChecksumSize) sum += head[i];
  }
  std::uint32_t stored = 0;
  unsigned digits = 0;
  for (const std::uint8_t byte : head.subspan(kChecksum, kChecksumSize)) {
    if (byte == ' ' && digits == 0) continue;
    if (byte < '0' || byte > '7') {
      if (byte != 0 && byte != ' ') return false;
      break;
    }
    stored = stored * 8 + (byte - '0');
    ++digits;
  }
  return digits > 0 && stored == sum;
}

}  // namespace

std::optional<ArchiveFormat> archive_format(Bytes head) {
  if (stands_at(head, 0, "PK\x03\x04") || stands_at(head, 0, "PK\x05\x06") ||
      stands_at(head, 0, "PK\x07\x08PK\x03\x04")) {
    return ArchiveFormat::kZip;
  }
  if (stands_at(head, 0, "7z\xBC\xAF\x27\x1C")) return ArchiveFormat::kSevenZip;
  if (is_gzip(head)) return ArchiveFormat::kGzip;
  if (stands_at(head, 0,
                std::string_view("\xFD"
                                 "7zXZ\0",
                                 6)))
    return ArchiveFormat::kXz;
  if (stands_at(head, 0, "\x28\xB5\x2F\xFD")) return ArchiveFormat::kZstd;
  constexpr std::size_t kBlock = 4;  // behind the signature and the size of blocks
  if (stands_at(head, 0, "BZh") && stands_at(head, kBlock, "\x31\x41\x59\x26\x53\x59")) {
    return ArchiveFormat::kBzip2;
  }
  if (is_tar(head)) return ArchiveFormat::kTar;
  return std::nullopt;
}

}  // namespace evtxhound::evidence
