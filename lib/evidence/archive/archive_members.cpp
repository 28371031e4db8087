#include "evtxhound/evidence/archive/archive_members.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace evtxhound::evidence {
namespace {

// The reader goes on by so much.
constexpr std::size_t kStep = std::size_t{1} << 20U;

// Whoever reads a member takes so much at a time, so that threads that read side by side are in
// each other's way only at its borders.
constexpr std::size_t kAhead = std::size_t{4} << 20U;

std::size_t copy_at(Bytes from, std::uint64_t offset, MutableBytes into) {
  if (offset >= from.size()) return 0;
  const Bytes part = from.subspan(static_cast<std::size_t>(offset));
  const std::size_t size = std::min(part.size(), into.size());
  std::copy_n(part.begin(), size, into.begin());
  return size;
}

// A member as one of its readers sees it.
class MemberSource final : public ByteSource {
 public:
  MemberSource(std::shared_ptr<ArchiveReader> reader, std::size_t member, std::uint64_t size,
               std::shared_ptr<const Buffer> head)
      : reader_(std::move(reader)), member_(member), size_(size), head_(std::move(head)) {}

  [[nodiscard]] std::uint64_t size() const override { return size_; }

  [[nodiscard]] Result<std::size_t> read_at(std::uint64_t offset,
                                            MutableBytes into) const override {
    std::size_t done = copy_at(*head_, offset, into);
    const std::lock_guard lock(mutex_);
    while (done < into.size() && offset + done < size_) {
      const std::uint64_t at = offset + done;
      const bool held = at >= ahead_offset_ && at - ahead_offset_ < ahead_.size();
      if (!held) {
        if (auto failed = refill(at)) return *failed;
      }
      done += copy_at(ahead_, at - ahead_offset_, into.subspan(done));
    }
    return done;
  }

 private:
  std::optional<Problem> refill(std::uint64_t at) const {
    ahead_.resize(static_cast<std::size_t>(std::min<std::uint64_t>(kAhead, size_ - at)));
    ahead_offset_ = at;
    const auto got = reader_->read(member_, at, ahead_);
    if (got && *got > 0) {
      ahead_.resize(*got);
      return std::nullopt;
    }
    ahead_.clear();
    return Problem{got ? ProblemKind::kUnreadable : got.problem().kind, at,
                   got ? "the archive has no more of it" : got.problem().message};
  }

  std::shared_ptr<ArchiveReader> reader_;
  std::size_t member_;
  std::uint64_t size_;
  std::shared_ptr<const Buffer> head_;
  mutable std::mutex mutex_;
  mutable Buffer ahead_;
  mutable std::uint64_t ahead_offset_ = 0;
};

}  // namespace

std::size_t ArchiveIndex::add(std::uint64_t entry, std::uint64_t size) {
  const std::uint64_t begin = members.empty() ? 0 : members.back().begin + members.back().size;
  members.push_back({entry, size, begin});
  return members.size() - 1;
}

std::shared_ptr<const ByteSource> ArchiveMembers::open(std::size_t member,
                                                       std::shared_ptr<const Buffer> head) {
  const std::lock_guard lock(mutex_);
  auto reader = reader_.lock();
  if (!reader) reader_ = reader = std::make_shared<ArchiveReader>(index_);
  return std::make_shared<MemberSource>(std::move(reader), member, index_->members[member].size,
                                        std::move(head));
}

Result<std::size_t> ArchiveReader::read(std::size_t member, std::uint64_t offset,
                                        MutableBytes into) {
  const ArchiveIndex::Member& sought = index_->members[member];
  if (offset >= sought.size) return std::size_t{0};
  into = into.first(
      static_cast<std::size_t>(std::min<std::uint64_t>(into.size(), sought.size - offset)));
  const std::uint64_t begin = sought.begin + offset;
  std::unique_lock lock(mutex_);
  const auto place = waiting_.insert(begin);
  turn_.wait(lock, [&] { return !busy_ && place == waiting_.begin(); });
  busy_ = true;
  lock.unlock();
  // Whatever happens here, those who wait must not wait for ever.
  struct Turn {
    ArchiveReader* reader;
    std::multiset<std::uint64_t>::const_iterator place;
    ~Turn() {
      const std::lock_guard guard(reader->mutex_);
      reader->busy_ = false;
      reader->waiting_.erase(place);
      reader->turn_.notify_all();
    }
  } const turn{this, place};
  return serve(member, begin, into);
}

Result<std::size_t> ArchiveReader::serve(std::size_t member, std::uint64_t begin,
                                         MutableBytes into) {
  const std::uint64_t window = window_.empty() ? place_ : window_.front().begin;
  if (stream_ == nullptr || begin < window) {
    if (auto problem = start()) return *problem;
  }
  std::size_t done = copy(begin, into);
  while (done < into.size()) {
    if (auto problem = advance(member)) {
      stream_.reset();
      return *problem;
    }
    done += copy(begin + done, into.subspan(done));
  }
  return done;
}

// Copies what the window has of it from its beginning on.
std::size_t ArchiveReader::copy(std::uint64_t begin, MutableBytes into) const {
  std::size_t done = 0;
  for (const Block& block : window_) {
    const std::uint64_t at = begin + done;
    if (at < block.begin || done == into.size()) break;
    done += copy_at(block.bytes, at - block.begin, into.subspan(done));
  }
  return done;
}

std::optional<Problem> ArchiveReader::start() {
  ++starts_;
  window_.clear();
  stream_.reset();
  auto container = index_->container();
  if (!container) return container.problem();
  auto stream = ArchiveStream::open(*container, nullptr);
  if (!stream) return stream.problem();
  stream_ = std::move(*stream);
  next_entry_ = 0;
  member_ = 0;
  entered_ = false;
  place_ = 0;
  return std::nullopt;
}

Problem ArchiveReader::gone() {
  return {ProblemKind::kUnreadable, std::nullopt,
          "the archive no longer gives what it gave before"};
}

// Moves the stream to a member that is in front of it.
std::optional<Problem> ArchiveReader::enter(std::size_t member) {
  const ArchiveIndex::Member& sought = index_->members[member];
  while (next_entry_ <= sought.entry) {
    if (!stream_->next()) return gone();
    ++next_entry_;
  }
  member_ = member;
  entered_ = true;
  if (place_ != sought.begin) window_.clear();  // it has no gaps
  place_ = sought.begin;
  return std::nullopt;
}

// Reads the next bytes, on the way to those of `member`.
std::optional<Problem> ArchiveReader::advance(std::size_t member) {
  const auto end_of = [this](std::size_t i) {
    return index_->members[i].begin + index_->members[i].size;
  };
  if (!entered_ || place_ == end_of(member_)) {
    std::size_t next = entered_ ? member_ + 1 : member_;
    // Others may want what is between, but for what would not stay in the window.
    while (next < member && end_of(next) + kWindow <= index_->members[member].begin) ++next;
    if (auto problem = enter(next)) return problem;
    if (index_->members[next].size == 0) return std::nullopt;
  }
  Block block{
      place_,
      Buffer(static_cast<std::size_t>(std::min<std::uint64_t>(kStep, end_of(member_) - place_)))};
  const std::size_t got = stream_->read(block.bytes);
  if (got < block.bytes.size()) return gone();
  place_ += got;
  window_.push_back(std::move(block));
  while (place_ - window_.front().begin > kWindow) window_.pop_front();
  return std::nullopt;
}

}  // namespace evtxhound::evidence
