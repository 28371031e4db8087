// What one record, and one chunk, may cost. Records are made of templates that can use a value, or
// another template, many times over, so that a few hundred bytes could ask for gigabytes or hours.
//
// The figures are those of the Rust crate `evtx` 0.15.1, far above any real record: the most that
// 21,720 real records took is 198 nodes each.
#pragma once

#include <cstddef>

namespace evtxhound::evtx {

inline constexpr std::size_t kMaxRecordText = std::size_t{16} << 20;
inline constexpr std::size_t kMaxChunkText = std::size_t{64} << 20;
inline constexpr std::size_t kMaxRecordNodes = std::size_t{1} << 18;
inline constexpr std::size_t kMaxChunkNodes = std::size_t{1} << 20;
inline constexpr std::size_t kMaxElementDepth = 512;
inline constexpr std::size_t kMaxTemplateDepth = 64;

// Counts nodes made, over a chunk and over each of its records.
class NodeBudget {
 public:
  void start_chunk() { chunk_left_ = kMaxChunkNodes; }
  // False where the chunk has spent what it has.
  [[nodiscard]] bool start_record() {
    record_left_ = kMaxRecordNodes;
    return chunk_left_ != 0;
  }
  [[nodiscard]] bool take(std::size_t nodes) {
    if (nodes > record_left_ || nodes > chunk_left_) {
      chunk_left_ -= record_left_ < chunk_left_ ? record_left_ : chunk_left_;
      record_left_ = 0;
      return false;
    }
    record_left_ -= nodes;
    chunk_left_ -= nodes;
    return true;
  }

 private:
  std::size_t chunk_left_ = kMaxChunkNodes;
  std::size_t record_left_ = kMaxRecordNodes;
};

}  // namespace evtxhound::evtx
