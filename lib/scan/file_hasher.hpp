// Digests of the evidence, while something else reads them.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "evtxhound/base/digests.hpp"
#include "evtxhound/base/problem.hpp"
#include "evtxhound/evidence/piece.hpp"

namespace evtxhound::scan {

struct FileHash {
  Digests digests;                 // empty where there are none
  std::optional<Problem> problem;  // why it could not be read to its end
  bool cut_off = false;            // by `stop`: the file may have digests
};

// Hashes pieces of evidence in their order on threads of its own, from construction on.
class FileHasher {
 public:
  // Null stands for something that has no hash; the others must outlive it. A hash that is known
  // from finding the piece is taken from there. `stop` ends the work early.
  FileHasher(std::vector<const evidence::Piece*> pieces, Hashes hashes, unsigned threads,
             const std::atomic<bool>& stop);
  // Leaves undone what has not been begun.
  ~FileHasher();
  FileHasher(const FileHasher&) = delete;
  FileHasher& operator=(const FileHasher&) = delete;

  // Whether the i-th piece's hash is known, or never will be.
  [[nodiscard]] bool is_done(std::size_t i) const;
  // Waits until it is. After `stop`, hashes that were not finished say so.
  FileHash wait(std::size_t i);

  // Bytes that were hashed so far.
  [[nodiscard]] std::uint64_t bytes_done() const { return bytes_done_; }

 private:
  void work();
  FileHash hash(const evidence::Piece& piece);

  std::vector<const evidence::Piece*> pieces_;
  Hashes wanted_;
  const std::atomic<bool>* stop_;
  std::atomic<bool> abandoned_ = false;
  std::atomic<std::size_t> next_ = 0;
  std::atomic<std::uint64_t> bytes_done_ = 0;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::optional<FileHash>> hashes_;  // guarded by mutex_
  std::vector<std::jthread> threads_;            // last: they use all of the above
};

}  // namespace evtxhound::scan
