#include "evtxhound/evtx/carve/window.hpp"

#include <algorithm>

namespace evtxhound::evtx {
namespace {

// What a medium fails to read is lost in pieces of this size, whatever was asked for.
constexpr std::uint64_t kSector = 4096;

}  // namespace

Window::Window(const ByteSource& source, ByteRun run, std::size_t before, std::size_t behind)
    : source_(&source), run_(run), before_(before), behind_(behind) {
  run_.end = std::min(run.end, source.size());
  run_.begin = std::min(run.begin, run_.end);
  offset_ = run_.begin;
}

void Window::move(std::uint64_t begin, std::uint64_t end, std::vector<Problem>& problems) {
  const std::uint64_t first = begin - std::min<std::uint64_t>(before_, begin - run_.begin);
  const std::uint64_t last = end + std::min<std::uint64_t>(behind_, run_.end - end);
  const std::uint64_t held_end = offset_ + held_.size();
  if (first >= offset_ && first <= held_end) {
    held_.erase(held_.begin(), held_.begin() + static_cast<std::ptrdiff_t>(first - offset_));
  } else {
    held_.clear();
    unread_.clear();
  }
  offset_ = first;
  std::erase_if(unread_, [first](const Unread& gone) { return gone.end <= first; });
  const std::uint64_t there = offset_ + held_.size();
  if (last > there) append(there, static_cast<std::size_t>(last - there));
  report(begin, end, problems);
}

void Window::append(std::uint64_t begin, std::size_t size) {
  const std::size_t held = held_.size();
  held_.resize(held + size);
  const MutableBytes into = MutableBytes(held_).subspan(held);
  const auto got = source_->read_at(begin, into);
  if (got && *got == size) return;
  append_by_sectors(begin, into);
}

void Window::append_by_sectors(std::uint64_t begin, MutableBytes into) {
  for (std::size_t at = 0; at < into.size();) {
    const std::uint64_t place = begin + at;
    const std::size_t size = static_cast<std::size_t>(
        std::min<std::uint64_t>(into.size() - at, kSector - place % kSector));
    const MutableBytes sector = into.subspan(at, size);
    const auto got = source_->read_at(place, sector);
    if (!got || *got < size) {
      std::ranges::fill(sector, std::uint8_t{0});
      std::string message = got ? "the file no longer reaches here" : got.problem().message;
      if (!unread_.empty() && unread_.back().end == place) {
        unread_.back().end += size;
      } else {
        unread_.push_back({place, place + size, std::move(message)});
      }
    }
    at += size;
  }
}

void Window::report(std::uint64_t begin, std::uint64_t end, std::vector<Problem>& problems) {
  for (const Unread& unread : unread_) {
    if (unread.begin < begin || unread.begin >= end) continue;
    problems.push_back({ProblemKind::kUnreadable, unread.begin, unread.message});
  }
}

}  // namespace evtxhound::evtx
