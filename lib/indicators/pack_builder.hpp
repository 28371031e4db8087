// What the readers of all pack formats share: values are checked, duplicates left out, and whatever
// is refused, mended or left out gets a note with its place.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "evtxhound/indicators/csv.hpp"
#include "evtxhound/indicators/pack.hpp"

namespace evtxhound::indicators {

using PackPlace = CsvPlace;

// What a pack says of an indicator besides its kind and value.
struct IndicatorDetails {
  std::string product;
  std::string description;
  Severity severity = Severity::kMedium;
  std::string source;
};

// Fills a pack. REQUIRES: the pack outlives it and is changed by nobody else meanwhile, except for
// descriptions, severities and sources.
class PackBuilder {
 public:
  explicit PackBuilder(Pack& pack);

  void note_wrong(PackPlace place, std::string message);
  void note_doubtful(PackPlace place, std::string message);

  // Notes that something is not looked for, though the pack asks for it.
  void note_left_out(PackPlace place, std::string_view what);

  // Checks a value and adds its indicator, or notes why not. REQUIRES: all texts are valid UTF-8
  void add(Kind kind, std::string_view value, PackPlace place, IndicatorDetails details);

  // Adds an indicator whose value is in normal form; notes it where it is a duplicate.
  void add_valid(Indicator indicator, PackPlace place);

  [[nodiscard]] const std::string& pack_name() const { return pack_->name; }
  [[nodiscard]] std::vector<Indicator>& indicators() { return pack_->indicators; }

  // Whether there is neither an indicator nor a note.
  [[nodiscard]] bool is_blank() const;

 private:
  // Indexes of indicators_, by kind, value and product; letters of either case are equal, but for a
  // regex.
  struct Hash {
    const Pack* pack;
    std::size_t operator()(std::uint32_t index) const;
  };
  struct Equal {
    const Pack* pack;
    bool operator()(std::uint32_t a, std::uint32_t b) const;
  };

  Pack* pack_;
  std::vector<std::size_t> lines_;  // of the indicators
  std::unordered_set<std::uint32_t, Hash, Equal> seen_;
};

}  // namespace evtxhound::indicators
