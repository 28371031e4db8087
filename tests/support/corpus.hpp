// Where the real logs are that tests read: in the folder that EVTXHOUND_CORPUS names, or else in
// ../shared/corpus beside the project. They are not part of the project.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <optional>
#include <vector>

#include "tests/support/cost.hpp"

namespace evtxhound::test {

inline std::optional<std::filesystem::path> corpus() {
  const char* named = std::getenv("EVTXHOUND_CORPUS");
  std::filesystem::path path =
      named != nullptr ? std::filesystem::path(named)
                       : std::filesystem::path(EVTXHOUND_SOURCE_DIR) / "../shared/corpus";
  if (!std::filesystem::is_directory(path)) return std::nullopt;
  return std::filesystem::canonical(path);
}

inline std::vector<std::filesystem::path> logs_below(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> logs;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.path().extension() == ".evtx") logs.push_back(entry.path());
  }
  std::sort(logs.begin(), logs.end());
  return logs;
}

// All of them, or a few of each kind where sanitizers take their time.
inline std::vector<std::filesystem::path> some_logs_below(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> logs = logs_below(folder);
  std::size_t at = 0;
  std::erase_if(logs, [&](const auto& /*log*/) { return at++ % kLess != 0; });
  return logs;
}

}  // namespace evtxhound::test

// Ends a test case, as skipped, where `thing` (an optional or pointer) is absent.
#define EVTXHOUND_NEEDS(thing, why)              \
  do {                                           \
    if (!(thing)) {                              \
      std::cout << "SKIPPED: " << (why) << '\n'; \
      return;                                    \
    }                                            \
  } while (false)
