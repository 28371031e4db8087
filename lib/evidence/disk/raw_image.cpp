#include <fmt/format.h>

#include <algorithm>

#include "evtxhound/base/file.hpp"
#include "evtxhound/evidence/disk/image_formats.hpp"
#include "evtxhound/evidence/disk/joined_source.hpp"
#include "evtxhound/evidence/disk/segments.hpp"

namespace evtxhound::evidence {

Result<DiskImage> open_raw_image(const std::filesystem::path& path) {
  DiskImage image;
  std::vector<JoinedSource::Part> parts;
  std::uint64_t begin = 0;
  for (const auto& segment : raw_segments(path)) {
    JoinedSource::Part part;
    std::string why = "is missing";
    if (segment) {
      auto file = ReadOnlyFile::open(*segment);
      if (file) {
        part.size = file->size();
        part.bytes = std::make_shared<ReadOnlyFile>(std::move(*file));
      } else if (parts.empty()) {
        return file.problem();
      } else {
        why = file.problem().message;
      }
      image.files.push_back(*segment);
    }
    if (!part.bytes) {
      // All segments but the last are of one size, and this one is the last or a missing one.
      part.size = parts.front().size;
      image.problems.push_back(
          {ProblemKind::kUnreadable, begin,
           fmt::format("segment {} of the image: {}; {} bytes of the disk cannot be read",
                       parts.size() + 1, why, part.size)});
    }
    begin += part.size;
    parts.push_back(std::move(part));
  }
  image.disk =
      parts.size() == 1 ? parts.front().bytes : std::make_shared<JoinedSource>(std::move(parts));
  return image;
}

}  // namespace evtxhound::evidence
