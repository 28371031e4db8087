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
inline constexpr std::size_t kMaxChunkTemplateNodes = std::size_t{1} << 18;  // of its definitions
inline constexpr std::size_t kMaxElementDepth = 512;
inline constexpr std::size_t kMaxTemplateDepth = 64;
// In characters; the longest in real logs has 60. What overwrote a name mostly claims far more.
inline constexpr std::size_t kMaxNameSize = 1024;

// What is counted as nodes beside nodes: what it takes to pass over something that makes none, and
// text, since a few nodes can refer to the same long text, or name, over and over. So many bytes of
// it count as one, so that a record's whole text is about as limited as what is written of it.
inline constexpr std::size_t kTextPerNode = 64;
// Likewise in template definitions, which stay in memory as long as their chunk is read.
inline constexpr std::size_t kDefinitionBytesPerNode = 16;
// A tree of its own, for a value of BinXML.
inline constexpr std::size_t kFragmentNodes = 16;

// What each record may take whatever others took, so that bombs do not silence their neighbours.
// Ordinary records need no more: it is ten times what was measured.
inline constexpr std::size_t kFreeRecordNodes = 2048;
inline constexpr std::size_t kFreeRecordText = std::size_t{128} << 10;

// Counts nodes made, over a chunk and over each of its records.
class NodeBudget {
 public:
  void start_chunk(std::size_t most = kMaxChunkNodes) { chunk_left_ = most; }
  // `free` of the nodes that follow do not count for the chunk.
  void start_record(std::size_t free) {
    record_left_ = kMaxRecordNodes;
    free_left_ = free;
  }
  [[nodiscard]] bool take(std::size_t nodes) {
    const std::size_t from_chunk = nodes - (nodes < free_left_ ? nodes : free_left_);
    if (nodes > record_left_ || from_chunk > chunk_left_) {
      record_left_ = 0;
      return false;
    }
    record_left_ -= nodes;
    free_left_ -= nodes - from_chunk;
    chunk_left_ -= from_chunk;
    return true;
  }
  // What was taken since the last start_record().
  [[nodiscard]] std::size_t taken() const { return kMaxRecordNodes - record_left_; }
  [[nodiscard]] std::size_t chunk_left() const { return chunk_left_; }

 private:
  std::size_t chunk_left_ = kMaxChunkNodes;
  std::size_t record_left_ = kMaxRecordNodes;
  std::size_t free_left_ = 0;
};

}  // namespace evtxhound::evtx
