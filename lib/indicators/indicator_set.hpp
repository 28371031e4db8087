// The indicators of some packs, compiled for matching.
#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <vector>

#include "evtxhound/indicators/indicator.hpp"
#include "evtxhound/indicators/needle.hpp"
#include "evtxhound/indicators/pack.hpp"
#include "evtxhound/match/database.hpp"

namespace evtxhound::indicators {

// Immutable: any number of threads may share one.
class IndicatorSet {
 public:
  // Compiles the packs' indicators, or takes the database from `cache_file` where that was made
  // from the same indicators for the same platform; else writes it there. A cache that cannot be
  // read or written is done without. An indicator that stands in several packs stays one of each.
  IndicatorSet(std::span<const Pack> packs, const std::optional<std::filesystem::path>& cache_file);

  [[nodiscard]] const std::vector<Indicator>& indicators() const { return indicators_; }

  // Whether the database came from the cache.
  [[nodiscard]] bool from_cache() const { return from_cache_; }

 private:
  friend class Matcher;
  std::vector<Indicator> indicators_;
  std::vector<Needle> needles_;  // one for each indicator, in the same order
  bool from_cache_ = false;      // set while database_ is made: it must stand before it
  match::Database database_;
};

// Where the compiled form of these packs is kept: beside the first pack that is a file, or in the
// user's cache folder for the built-in pack; absent where there is no such folder.
std::optional<std::filesystem::path> cache_file_for(std::span<const Pack> packs);

}  // namespace evtxhound::indicators
