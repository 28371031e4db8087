// A log that is written chunk by chunk: it may be larger than memory.
#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>

#include "evtxhound/base/bytes.hpp"

namespace evtxhound::bench {

inline constexpr std::uint64_t kMiB = 1U << 20U;
inline constexpr std::size_t kMostChunks = 65535;  // the file header counts them with 16 bits

// How many chunks a log of so many MiB has, its header included.
std::size_t chunks_in(std::uint64_t mib);

// A GUID as it stands on disk.
using TemplateIds = std::set<std::string>;

// A log on disk that grows by chunks. It gets its own header when it is finished, and without
// finish() it is no log. Throws Failure (kCannotGoOn) where it cannot be written.
class LogOut {
 public:
  explicit LogOut(std::filesystem::path path);

  // `next_record_id` is the one that would come after this chunk's.
  void append(Bytes chunk, std::uint64_t records, std::uint64_t next_record_id);

  [[nodiscard]] std::size_t chunk_count() const { return chunks_; }

  // REQUIRES: 0 < chunk_count() <= kMostChunks
  void finish();

  // One line: name, size, and how many chunks, records and templates.
  [[nodiscard]] std::string describe() const;

 private:
  void write(Bytes bytes);
  void check() const;

  std::filesystem::path path_;
  std::ofstream out_;
  std::size_t chunks_ = 0;
  std::uint64_t records_ = 0;
  std::uint64_t next_record_id_ = 1;
  TemplateIds templates_;
};

}  // namespace evtxhound::bench
