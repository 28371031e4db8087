#include "evtxhound/evidence/disk/runs_source.hpp"

#include <algorithm>

namespace evtxhound::evidence {

RunsSource::RunsSource(std::shared_ptr<const ByteSource> volume, std::vector<DataRun> runs)
    : volume_(std::move(volume)), runs_(std::move(runs)) {
  std::erase_if(runs_, [](const DataRun& run) { return run.size == 0; });
  for (const DataRun& run : runs_) {
    begins_.push_back(size_);
    size_ += run.size;
  }
}

Result<std::size_t> RunsSource::read_at(std::uint64_t offset, MutableBytes into) const {
  std::size_t done = 0;
  while (done < into.size() && offset < size_ && done < size_ - offset) {
    const std::uint64_t at = offset + done;
    const auto index =
        static_cast<std::size_t>(std::ranges::upper_bound(begins_, at) - begins_.begin()) - 1;
    const DataRun& run = runs_[index];
    const std::uint64_t in_run = at - begins_[index];
    const auto room =
        static_cast<std::size_t>(std::min<std::uint64_t>(into.size() - done, run.size - in_run));
    const MutableBytes part = into.subspan(done, room);
    if (!run.offset) {
      std::ranges::fill(part, std::uint8_t{0});
    } else {
      const std::uint64_t from = *run.offset + in_run;
      const auto got = volume_->read_at(from, part);
      if (!got) {
        Problem problem = got.problem();
        problem.offset = at + (problem.offset.value_or(from) - from);
        return problem;
      }
      if (*got < room) {
        return Problem{ProblemKind::kTruncated, at + *got, "lies behind the end of the image"};
      }
    }
    done += room;
  }
  return done;
}

std::shared_ptr<const ByteSource> slice(std::shared_ptr<const ByteSource> disk, ByteRun part) {
  const std::uint64_t begin = std::min(part.offset, disk->size());
  const std::uint64_t size = std::min(part.size, disk->size() - begin);
  return std::make_shared<RunsSource>(std::move(disk), std::vector{DataRun{begin, size}});
}

namespace {

// In order, those that overlap or touch as one. Ends beyond 2^64 are cut.
std::vector<ByteRun> merged(std::vector<ByteRun> runs) {
  std::ranges::sort(runs, {}, &ByteRun::offset);
  std::vector<ByteRun> out;
  for (ByteRun run : runs) {
    run.size = std::min(run.size, UINT64_MAX - run.offset);
    if (run.size == 0) continue;
    if (out.empty() || run.offset > out.back().offset + out.back().size) {
      out.push_back(run);
    } else {
      const std::uint64_t end =
          std::max(out.back().offset + out.back().size, run.offset + run.size);
      out.back().size = end - out.back().offset;
    }
  }
  return out;
}

}  // namespace

std::vector<ByteRun> without(std::vector<ByteRun> runs, std::vector<ByteRun> others) {
  others = merged(std::move(others));
  std::vector<ByteRun> out;
  auto other = others.begin();
  for (const ByteRun& run : merged(std::move(runs))) {
    std::uint64_t at = run.offset;
    const std::uint64_t end = run.offset + run.size;
    while (other != others.end() && other->offset + other->size <= at) ++other;
    for (auto next = other; next != others.end() && next->offset < end; ++next) {
      if (next->offset > at) out.push_back({at, next->offset - at});
      at = std::max(at, std::min(end, next->offset + next->size));
    }
    if (at < end) out.push_back({at, end - at});
  }
  return out;
}

std::shared_ptr<const ByteSource> masked(std::shared_ptr<const ByteSource> disk,
                                         std::vector<ByteRun> runs) {
  const std::uint64_t size = disk->size();
  std::vector<DataRun> parts;
  std::uint64_t at = 0;
  for (const ByteRun& run : merged(std::move(runs))) {
    const std::uint64_t begin = std::min(run.offset, size);
    const std::uint64_t end = std::min(run.offset + run.size, size);
    parts.push_back({std::nullopt, begin - at});
    parts.push_back({begin, end - begin});
    at = end;
  }
  parts.push_back({std::nullopt, size - at});
  return std::make_shared<RunsSource>(std::move(disk), std::move(parts));
}

}  // namespace evtxhound::evidence
