// The chunks of logs, for tests that go over all of them.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "evtxhound/base/bytes.hpp"
#include "evtxhound/evtx/format.hpp"
#include "tests/support/corpus.hpp"
#include "tests/support/temporary_folder.hpp"

namespace evtxhound::test {

// The chunks of a log, the last of them possibly cut.
inline std::vector<Buffer> chunks_of(const std::filesystem::path& path) {
  const std::string log = read_file(path);
  std::vector<Buffer> chunks;
  for (std::size_t at = evtx::kFileHeaderSize; at < log.size(); at += evtx::kChunkSize) {
    const std::string chunk = log.substr(at, evtx::kChunkSize);
    chunks.emplace_back(chunk.begin(), chunk.end());
  }
  return chunks;
}

inline std::vector<std::filesystem::path> forged_logs() {
  return logs_below(std::filesystem::path(EVTXHOUND_SOURCE_DIR) / "testdata");
}

}  // namespace evtxhound::test
