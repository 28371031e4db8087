// Indicators against events.
//
// All values of an event go through the one Hyperscan database in one scan; what it reports are
// candidates. Each candidate is then confirmed as its kind means it: a domain at label borders, a
// hash as a whole token, a version with its product (docs/indicator-packs.md).
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "evtxhound/evtx/event.hpp"
#include "evtxhound/indicators/indicator.hpp"
#include "evtxhound/indicators/pack.hpp"
#include "evtxhound/match/database.hpp"

namespace evtxhound::indicators {

// An indicator found in an event.
struct Match {
  std::size_t indicator = 0;  // index into IndicatorSet::indicators()
  // The field: an index into Event::data, or absent for the System field Computer.
  std::optional<std::size_t> field;
  std::size_t begin = 0;  // of the matched text in the field's value, in bytes
  std::size_t end = 0;
};

// The indicators of some packs, compiled. Immutable: any number of threads may share one.
class IndicatorSet {
 public:
  // Compiles the packs' indicators, or takes the database from `cache_file` where that was made
  // from the same packs for the same platform; else writes it there. A cache that cannot be read
  // or written is done without. An indicator that stands in several packs stays one of each.
  IndicatorSet(std::span<const Pack> packs, const std::optional<std::filesystem::path>& cache_file);
  ~IndicatorSet();
  IndicatorSet(IndicatorSet&&) noexcept;
  IndicatorSet& operator=(IndicatorSet&&) noexcept;

  [[nodiscard]] const std::vector<Indicator>& indicators() const { return indicators_; }

  // Whether the database came from the cache.
  [[nodiscard]] bool from_cache() const { return from_cache_; }

 private:
  friend class Matcher;
  std::vector<Indicator> indicators_;
  std::unique_ptr<match::Database> database_;
  bool from_cache_ = false;
};

// Where the compiled form of these packs is kept: beside the first pack that is a file, or in the
// user's cache folder for the built-in pack; absent where there is no such folder.
std::optional<std::filesystem::path> cache_file_for(std::span<const Pack> packs);

// Finds the indicators of a set in events. One per thread. REQUIRES: the set outlives it.
class Matcher {
 public:
  explicit Matcher(const IndicatorSet& set);

  // All matches, ordered by field, begin and indicator; each (indicator, field, begin) once.
  // The result is valid until the next call.
  const std::vector<Match>& find(const evtx::Event& event);

 private:
  const IndicatorSet* set_;
  match::Scanner scanner_;
  std::string joined_;                // the event's values between NUL borders
  std::vector<std::size_t> borders_;  // where each value starts in joined_
  std::vector<Match> matches_;
};

}  // namespace evtxhound::indicators
