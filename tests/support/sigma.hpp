// Where the published Sigma rules are that tests read: in the folder that EVTXHOUND_SIGMA names, or
// else in ../shared/sigma beside the project. They are not part of the project.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <optional>

namespace evtxhound::test {

inline std::optional<std::filesystem::path> sigma() {
  const char* named = std::getenv("EVTXHOUND_SIGMA");
  std::filesystem::path path =
      named != nullptr ? std::filesystem::path(named)
                       : std::filesystem::path(EVTXHOUND_SOURCE_DIR) / "../shared/sigma";
  if (!std::filesystem::is_directory(path)) return std::nullopt;
  return std::filesystem::canonical(path);
}

}  // namespace evtxhound::test
