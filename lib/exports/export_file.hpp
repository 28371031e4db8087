// An export as it is read from its file: blocks of whole events, and what lies between them.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "evtxhound/base/byte_source.hpp"
#include "evtxhound/base/bytes.hpp"
#include "evtxhound/base/gzip_reader.hpp"
#include "evtxhound/base/problem.hpp"
#include "evtxhound/base/text_encoding.hpp"
#include "evtxhound/evidence/piece.hpp"
#include "evtxhound/exports/piece.hpp"

namespace evtxhound::exports {

// Where an event stands in a block. What `plain` says is in piece.hpp.
struct Span {
  std::uint32_t begin = 0;
  std::uint32_t size = 0;
  bool plain = false;
};

// Some events in a row.
struct Block {
  std::uint64_t offset = 0;  // of its first byte, from the start of the (decompressed) file
  Buffer bytes;
  TextEncoding encoding = TextEncoding::kUtf8;
  std::vector<Span> events;
  // What is no event, in the order of the places; runs of it are one. Of very many in one block the
  // last ones are summed up. Where damage reaches over blocks it is reported at its end.
  std::vector<Problem> problems;
  std::uint64_t bytes_taken = 0;  // of the file as it lies there
};

// Reads an export from its start to its end. Memory is bounded whatever is in it: by a few times
// the larger of a block and kMostEventSize. Not thread-safe; movable from thread to thread.
//
// Every byte is part of an event, of a problem, or of what holds the events together (white space,
// declarations, comments, the root's tags, the brackets of an array).
class ExportFile {
 public:
  // About so many bytes are a block. Tests make it small to have borders everywhere.
  static constexpr std::size_t kBlockSize = std::size_t{4} << 20U;

  // REQUIRES: evidence::is_export(kind)
  ExportFile(std::shared_ptr<const ByteSource> file, evidence::Kind kind,
             std::size_t block_size = kBlockSize);
  ~ExportFile();
  ExportFile(const ExportFile&) = delete;
  ExportFile& operator=(const ExportFile&) = delete;

  // The next block; false at the end. Each but the last takes at least block_size bytes of the
  // (decompressed) file.
  bool next(Block& block);

  // Whether there is no next block.
  [[nodiscard]] bool ended() const { return ended_; }

  // No file of this size has more blocks than that, but for a gzip file that expands to more than
  // 16 times its size.
  static std::uint64_t expected_blocks(std::uint64_t file_size, evidence::Kind kind,
                                       std::size_t block_size = kBlockSize);

 private:
  // A run of bytes that are no event.
  struct Damage {
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
    const char* why = nullptr;  // null: there is none
    bool cut = false;
  };

  void read_more(std::size_t size);
  void split(Block& block);
  void take_damage(std::uint64_t begin, const Piece& piece, std::uint64_t end, Block& block);
  void report_damage(Block& block);
  void report(Block& block, Problem problem);
  void end(Block& block);

  std::shared_ptr<const ByteSource> file_;
  std::unique_ptr<GzipReader> gzip_;  // null for a plain file
  std::unique_ptr<Splitter> splitter_;
  std::size_t block_size_;
  TextEncoding encoding_ = TextEncoding::kUtf8;
  Buffer bytes_;                // read, and in no block yet
  std::uint64_t offset_ = 0;    // of bytes_
  std::uint64_t taken_ = 0;     // bytes of the file that blocks have reported
  std::uint64_t plain_at_ = 0;  // where a plain file is read on
  bool complete_ = false;       // nothing follows bytes_
  bool ended_ = false;
  std::string units_;  // bytes_ as a splitter takes them, where that is UTF-16
  Damage damage_;
  std::vector<Problem> of_source_;  // of reading the file
  std::size_t unreported_ = 0;      // problems of a block that are summed up
};

}  // namespace evtxhound::exports
