#include "evtxhound/base/user_cache.hpp"

#include <cstdlib>

#include "evtxhound/base/failure.hpp"
#include "evtxhound/base/file.hpp"

namespace evtxhound {

std::optional<std::filesystem::path> user_cache_file(std::string_view name) {
  // A relative path there counts as unset.
  const char* cache_home = std::getenv("XDG_CACHE_HOME");
  std::filesystem::path folder = cache_home != nullptr ? cache_home : "";
  if (!folder.is_absolute()) {
    const char* home = std::getenv("HOME");
    if (home == nullptr || *home == '\0') return std::nullopt;
    folder = std::filesystem::path(home) / ".cache";
  }
  return folder / "evtxhound" / name;
}

void write_cache(const std::filesystem::path& path, Bytes content) {
  std::error_code ignored;  // a folder that is not there makes the write fail
  std::filesystem::create_directories(path.parent_path(), ignored);
  try {
    write_file_atomically(path, content);
  } catch (const Failure&) {
    return;
  }
}

}  // namespace evtxhound
