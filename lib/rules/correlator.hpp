// Sigma correlations: detections in the order of time -> detections of groups of them.
//
// Semantics of the Sigma correlation specification, and where it leaves them open:
//
//   * Events belong together that have the same text in every group-by field. An event without one
//     of these fields belongs to no group. Without group-by all are one group.
//   * Two events are in one window if they are no more than the timespan apart.
//   * event_count and value_count with lower bounds only (gt, gte), and temporal: the window
//   slides,
//     and what is asked for is detected with the event that completes it. All that counted is then
//     used up: a hundred logons are ten times ten, not ninety-one.
//   * With another bound (lt, lte, eq, neq) the answer depends on what is still to come: a window
//     begins with a group's first event, and is judged when it is over. No event, no window.
//   * value_count counts different texts of its field; an event that lacks it does not count.
//   * temporal counts the different rules that fired; without a condition, all of them must have.
//   * temporal_ordered wants all rules in their order. Events of the same time are in the order in
//     which they are given.
//   * A correlation can refer to others: their detections have the time and the fields of the event
//     that completed them.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "evtxhound/base/time.hpp"
#include "evtxhound/rules/rule.hpp"

namespace evtxhound::rules {

// A rule fired on an event.
struct Occurrence {
  std::uint32_t rule = 0;   // an index into RuleSet::rules
  Filetime time = 0;        // of the event
  std::uint64_t event = 0;  // the caller's number of it
  // The values of Correlator::wanted_fields(rule), in their order; absent where the event has no
  // such field. Of several values, the first.
  std::vector<std::optional<std::string>> values;
};

// A correlation was fulfilled.
struct Correlated {
  std::uint32_t correlation = 0;      // an index into RuleSet::correlations
  Filetime time = 0;                  // of the last event
  std::vector<std::uint64_t> events;  // that counted, in order, each once; at most kMostEvents
  friend bool operator==(const Correlated&, const Correlated&) = default;
};

// Not thread-safe. What it remembers is bounded: kMostGroups for each correlation, and kMostEvents
// for each of these; what goes beyond is forgotten, the oldest first, and counted.
class Correlator {
 public:
  static constexpr std::size_t kMostGroups = 100'000;
  static constexpr std::size_t kMostEvents = 10'000;

  // Takes copies of what it needs. Throws Failure (kUsage) where a correlation refers to a rule
  // that is not there, or through others to itself.
  explicit Correlator(const RuleSet& rules);
  ~Correlator();
  Correlator(Correlator&& other) noexcept;
  Correlator& operator=(Correlator&& other) noexcept;

  // The fields of an event that the rule fired on which correlations ask for, by the rule's words:
  // field_values() in field_place.hpp reads them. Empty where no correlation refers to the rule.
  [[nodiscard]] const std::vector<std::string>& wanted_fields(std::uint32_t rule) const;
  // Whether a correlation refers to the rule: only then it has to be given to add().
  [[nodiscard]] bool wants(std::uint32_t rule) const;

  // Whether the rule counts only for correlations: one refers to it, and none of those that do says
  // `generate`.
  [[nodiscard]] bool silences(std::uint32_t rule) const;

  // Appends what the occurrence completes to `out`. A time before that of the last occurrence
  // counts as that. REQUIRES: wants(occurrence.rule), and as many values as wanted fields
  void add(const Occurrence& occurrence, std::vector<Correlated>& out);

  // No more will come: appends what the windows amount to that are still open.
  void finish(std::vector<Correlated>& out);

  // Groups and events that were forgotten for want of room.
  [[nodiscard]] std::uint64_t forgotten() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace evtxhound::rules
