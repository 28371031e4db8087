// The indicators of some packs, compiled for matching.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "evtxhound/base/bytes.hpp"
#include "evtxhound/indicators/blind_spots.hpp"
#include "evtxhound/indicators/indicator.hpp"
#include "evtxhound/indicators/indicator_store.hpp"
#include "evtxhound/indicators/needle.hpp"
#include "evtxhound/indicators/pack.hpp"
#include "evtxhound/match/database.hpp"

namespace evtxhound::indicators {

// What is known of a pack without its indicators.
struct PackSummary {
  std::string name;
  std::string path;
  std::string sha256;
  std::uint64_t indicators = 0;
  std::vector<std::string> notes;  // formatted: format_note()
};

// Immutable: any number of threads may share one.
class IndicatorSet {
 public:
  // Compiles the packs' indicators. One that stands in several packs stays one of each.
  // Throws Failure (kUsage) where Hyperscan refuses one.
  explicit IndicatorSet(std::span<const Pack> packs);

  // The set as bytes, for this very program on this kind of processor, and back. They are used
  // where they stand, begin at a multiple of kPackAlignment, and live as long as `owner`. Bytes
  // that were changed are mostly not noticed: keep a checksum. Absent where they are no set.
  [[nodiscard]] Buffer serialize() const;
  static std::optional<IndicatorSet> deserialize(Bytes bytes, std::shared_ptr<const void> owner);

  [[nodiscard]] std::size_t size() const { return store_.size(); }
  // REQUIRES: i < size()
  [[nodiscard]] Indicator indicator(std::size_t i) const { return store_.at(i); }

  // The same made ready to be confirmed. REQUIRES: i < size()
  [[nodiscard]] Needle needle(std::size_t i) const;

  [[nodiscard]] const std::vector<PackSummary>& packs() const { return packs_; }
  // Says where the packs were read from this time. REQUIRES: one path for each of packs()
  void set_paths(std::span<const std::string> paths);

  // What a look at raw bytes cannot see of these indicators.
  [[nodiscard]] const BlindSpots& blind_spots() const { return blind_spots_; }

  // Whether a look at raw bytes does not find some of the indicators, not even where they stand as
  // text: regular expressions without a fixed text.
  [[nodiscard]] bool has_unseen_text() const;

 private:
  friend class Matcher;
  IndicatorSet() = default;

  std::shared_ptr<const void> owner_;  // of what the others are views of; null without any
  IndicatorStore store_;
  std::vector<PackSummary> packs_;
  std::map<std::size_t, Needle> regexes_;  // by indicator: what is dear to make
  BlindSpots blind_spots_;
  match::Database anywhere_;  // patterns for values and for raw bytes
  match::Database values_;    // those for values alone
  match::Database raw_;       // and those for raw bytes
};

}  // namespace evtxhound::indicators
