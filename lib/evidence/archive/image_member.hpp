// Disk images that are members of archives.
//
// Reading a disk needs any of its bytes at any time, and an archive gives them only in a row. So an
// image is read in memory or not at all, and where it is not, that is a problem that says so.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "evtxhound/evidence/archive/archive_stream.hpp"
#include "evtxhound/evidence/disk/image_format.hpp"
#include "evtxhound/evidence/piece.hpp"

namespace evtxhound::evidence {

// The format of a member that begins with `head` (64 KiB, or all of it), or none. Later segments
// of a split image have none: the first one is what says that it is not looked into.
std::optional<ImageFormat> image_member_format(const ArchiveStream::Entry& entry, Bytes head);

struct ImageMember {
  bool within_limits = true;  // else nothing else holds
  std::uint64_t size = 0;     // in bytes; as the archive says where it was not read
  std::uint64_t kept = 0;     // bytes of memory that the opener holds
  Opener opener;              // null: it is no image after all
  bool readable = false;      // else one of the problems says why it is not looked into
  std::vector<Problem> problems;
};

// Reads a member of which `head` was read, if it has a format that can be read and at most `most`
// bytes. `count` is told of bytes that were decompressed, and answers false where
// the limits say that it is enough.
ImageMember read_image_member(ArchiveStream& stream, const ArchiveStream::Entry& entry,
                              ImageFormat format, Buffer head, std::uint64_t most,
                              const std::function<bool(std::uint64_t bytes)>& count);

}  // namespace evtxhound::evidence
