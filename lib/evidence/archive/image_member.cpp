#include "evtxhound/evidence/archive/image_member.hpp"

#include <limits>

#include "evtxhound/evidence/disk/image.hpp"
#include "evtxhound/evidence/find.hpp"
#include "evtxhound/evidence/memory_source.hpp"

namespace evtxhound::evidence {
namespace {

constexpr std::size_t kBlockSize = std::size_t{1} << 20U;

Problem too_large() {
  return {ProblemKind::kLimit, std::nullopt,
          "not looked into: a disk image that is too large to be read within an archive; take it "
          "out first"};
}

Opener failing(Problem problem) {
  return [problem = std::move(problem)]() -> Result<std::shared_ptr<const ByteSource>> {
    return problem;
  };
}

}  // namespace

std::optional<ImageFormat> image_member_format(const ArchiveStream::Entry& entry, Bytes head) {
  const bool whole = head.size() < kHeadSize;
  const std::uint64_t unknown = std::numeric_limits<std::uint64_t>::max();
  const auto format = image_format(head, whole ? head.size() : entry.size.value_or(unknown));
  return format && is_later_segment(head, *format) ? std::nullopt : format;
}

ImageMember read_image_member(ArchiveStream& stream, const ArchiveStream::Entry& entry,
                              ImageFormat format, Buffer head, std::uint64_t most,
                              const std::function<bool(std::uint64_t bytes)>& count) {
  ImageMember member;
  member.size = entry.size.value_or(0);
  std::optional<Problem> unread = never_read(format);
  if (!unread && member.size > most) unread = too_large();
  auto bytes = std::make_shared<Buffer>(std::move(head));
  bool ended = unread || bytes->size() < kHeadSize;
  while (!ended && bytes->size() <= most) {
    const std::size_t size = bytes->size();
    bytes->resize(size + kBlockSize);
    const std::size_t got = stream.read(MutableBytes(*bytes).subspan(size));
    bytes->resize(size + got);
    ended = got < kBlockSize;
    if (!count(got)) return {false, 0, 0, nullptr, false, {}};
  }
  if (!unread && bytes->size() > most) unread = too_large();
  if (unread) {
    member.opener = failing(*unread);
    member.problems.push_back(*std::move(unread));
    return member;
  }
  member.size = member.kept = bytes->size();
  if (!image_format(*bytes, bytes->size())) return member;  // a copy of a boot sector
  if (auto problem = stream.take_member_problem()) member.problems.push_back(std::move(*problem));
  member.readable = true;
  member.opener = [bytes]() -> Result<std::shared_ptr<const ByteSource>> {
    return std::shared_ptr<const ByteSource>(std::make_shared<MemorySource>(bytes));
  };
  return member;
}

}  // namespace evtxhound::evidence
