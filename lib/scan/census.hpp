// How many events of each kind an evidence holds.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "evtxhound/casefile/rows.hpp"
#include "evtxhound/evtx/event.hpp"
#include "evtxhound/evtx/survey.hpp"
#include "evtxhound/scan/survey_kind.hpp"

namespace evtxhound::scan {

// Counts kinds of events: channel, provider, event code. Not thread-safe.
class Census {
 public:
  void count(const evtx::Event& event);
  // The same of a record that was not read. Its values need not outlive this call.
  void count(const evtx::Survey& survey);
  void add(const casefile::CensusRow& row);
  void clear();

  // Ordered by channel, provider and event code.
  [[nodiscard]] std::vector<casefile::CensusRow> rows() const;

 private:
  struct Kind : SurveyKind {
    using SurveyKind::SurveyKind;
    std::uint64_t count = 0;
    Filetime first = 0;
    Filetime last = 0;
  };

  Kind& kind_of(const evtx::Survey& survey);
  static casefile::CensusRow row_of(const Kind& kind);

  using Key = std::tuple<std::string, std::string, std::optional<std::uint32_t>>;
  std::map<Key, casefile::CensusRow> rows_;
  // Kinds of surveys, found by a hash; two with the same text are one in rows().
  static constexpr std::size_t kSlots = 256;
  std::deque<Kind> kinds_;
  std::array<Kind*, kSlots> recent_{};
};

}  // namespace evtxhound::scan
