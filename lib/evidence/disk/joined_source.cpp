#include "evtxhound/evidence/disk/joined_source.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace evtxhound::evidence {

JoinedSource::JoinedSource(std::vector<Part> parts) : parts_(std::move(parts)) {
  for (const Part& part : parts_) {
    begins_.push_back(size_);
    size_ += part.size;
  }
}

Result<std::size_t> JoinedSource::read_at(std::uint64_t offset, MutableBytes into) const {
  std::size_t done = 0;
  while (done < into.size() && offset + done < size_) {
    const std::uint64_t at = offset + done;
    const auto next = std::ranges::upper_bound(begins_, at);
    const auto index = static_cast<std::size_t>(next - begins_.begin()) - 1;
    const Part& part = parts_[index];
    const std::uint64_t in_part = at - begins_[index];
    if (!part.bytes) {
      return Problem{ProblemKind::kUnreadable, at,
                     fmt::format("segment {} of the image is missing", index + 1)};
    }
    const auto room =
        static_cast<std::size_t>(std::min<std::uint64_t>(into.size() - done, part.size - in_part));
    const auto got = part.bytes->read_at(in_part, into.subspan(done, room));
    if (!got) {
      Problem problem = got.problem();
      problem.offset = begins_[index] + problem.offset.value_or(in_part);
      return problem;
    }
    if (*got < room) {
      return Problem{ProblemKind::kTruncated, at + *got,
                     fmt::format("segment {} of the image has become shorter", index + 1)};
    }
    done += room;
  }
  return done;
}

}  // namespace evtxhound::evidence
