// From the names of packs to a compiled set.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "evtxhound/indicators/indicator_set.hpp"

namespace evtxhound::indicators {

// Which packs a command was given.
struct PackSources {
  bool builtin_3cx = false;                  // it comes first
  std::vector<std::filesystem::path> files;  // packs, or what `iocs compile` has made of some
  bool cache = true;  // whether a compiled set is kept, and taken, where it is the same
};

struct LoadedIndicators {
  IndicatorSet set;
  bool from_cache = false;
};

// Reads packs and compiles them, or takes the compiled set from the cache where that was made of
// the same packs by the same program. Each note on a pack is told, formatted: those of a cached set
// too. Throws Failure (kUsage) where a pack has wrong lines, cannot be read, or is a compiled file
// that is damaged or was made by another program or for another processor.
LoadedIndicators load_indicators(const PackSources& sources,
                                 const std::function<void(const std::string&)>& tell_note);

// Compiles packs to a file that load_indicators() takes in place of them. Throws Failure: kUsage
// like load_indicators(), kCannotGoOn where the file cannot be written.
void write_indicators(const IndicatorSet& set, const std::filesystem::path& path);

// Where the compiled form of these packs is kept: beside the first file, or in the user's cache
// folder for the built-in pack; absent where there is no such folder.
std::optional<std::filesystem::path> cache_file_for(const PackSources& sources);

}  // namespace evtxhound::indicators
