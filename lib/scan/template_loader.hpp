// The templates of logs, for what is carved together with them: a deleted record's definition is
// often still in use in the log that it was in.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>

#include "evtxhound/base/byte_source.hpp"
#include "evtxhound/evidence/piece.hpp"
#include "evtxhound/evtx/chunk_reader.hpp"

namespace evtxhound::scan {

// One per thread. REQUIRES: the templates outlive it.
class TemplateLoader {
 public:
  explicit TemplateLoader(evtx::TemplateCache& templates) : reader_(templates) {}

  // Reads the templates of `count` chunks of a log from the `first` on. What cannot be read has no
  // templates: whoever scans the log says so.
  void load(const evidence::Piece& log, std::uint64_t first, std::uint64_t count);

 private:
  evtx::ChunkReader reader_;
  Buffer buffer_;
  std::filesystem::path path_;
  std::shared_ptr<const ByteSource> source_;  // of the log at `path_`; null where it does not open
};

}  // namespace evtxhound::scan
