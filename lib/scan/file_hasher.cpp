#include "evtxhound/scan/file_hasher.hpp"

#include <algorithm>
#include <utility>

namespace evtxhound::scan {

FileHasher::FileHasher(std::vector<const evidence::Piece*> pieces, Hashes hashes, unsigned threads,
                       const std::atomic<bool>& stop)
    : pieces_(std::move(pieces)), wanted_(hashes), stop_(&stop), hashes_(pieces_.size()) {
  const std::size_t useful = std::min<std::size_t>(threads, pieces_.size());
  for (std::size_t i = 0; i < useful; ++i) threads_.emplace_back([this] { work(); });
}

FileHasher::~FileHasher() { abandoned_ = true; }

bool FileHasher::is_done(std::size_t i) const {
  const std::lock_guard lock(mutex_);
  return hashes_[i].has_value();
}

FileHash FileHasher::wait(std::size_t i) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return hashes_[i].has_value(); });
  return *hashes_[i];
}

void FileHasher::work() {
  for (std::size_t i = next_++; i < pieces_.size(); i = next_++) {
    FileHash hashed = pieces_[i] == nullptr ? FileHash() : hash(*pieces_[i]);
    const std::lock_guard lock(mutex_);
    hashes_[i] = std::move(hashed);
    changed_.notify_all();
  }
}

FileHash FileHasher::hash(const evidence::Piece& piece) {
  if (!piece.sha256.empty()) return {{piece.md5, piece.sha1, piece.sha256}, std::nullopt};
  if (*stop_ || abandoned_) return {{}, std::nullopt, true};
  const auto file = piece.open();
  if (!file) return {};  // finding it has reported that
  auto hashed = digests_of(**file, wanted_, [this](std::size_t bytes) {
    bytes_done_ += bytes;
    return !*stop_ && !abandoned_;
  });
  if (!hashed) return {{}, hashed.problem()};
  const bool cut_off = hashed->sha256.empty();
  return {std::move(*hashed), std::nullopt, cut_off};
}

}  // namespace evtxhound::scan
