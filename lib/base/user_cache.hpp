// Files that make the next run of the program faster, and can be deleted at any time.
#pragma once

#include <filesystem>
#include <optional>
#include <string_view>

#include "evtxhound/base/bytes.hpp"

namespace evtxhound {

// The file of this name in the user's cache folder, `evtxhound` in $XDG_CACHE_HOME or else in
// ~/.cache (XDG Base Directory Specification); absent where there is no such folder. Reads the
// environment, and is as thread-safe as that.
std::optional<std::filesystem::path> user_cache_file(std::string_view name);

// Writes a file whole, with its folder, or leaves things as they are where that is not possible.
void write_cache(const std::filesystem::path& path, Bytes content);

}  // namespace evtxhound
