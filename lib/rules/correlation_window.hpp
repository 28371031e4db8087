// The events of one group that a correlation counts at the time.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "evtxhound/base/time.hpp"
#include "evtxhound/rules/rule.hpp"

namespace evtxhound::rules {

// Whether a count fulfils all conditions.
bool fulfils(const std::vector<Correlation::Condition>& conditions, std::uint64_t count);

// Whether more events can only help: bounds from below alone.
bool only_lower_bounds(const std::vector<Correlation::Condition>& conditions);

class CorrelationWindow {
 public:
  struct Entry {
    Filetime time = 0;
    std::uint64_t event = 0;
    std::uint32_t rule = 0;  // its place in Correlation::rules
    std::string value;       // kValueCount
  };

  // REQUIRES: entries come in the order of time
  void add(Entry entry);
  // Forgets what is more than `span` older than `now`.
  void forget_before(Filetime now, Filetime span);
  void forget_first();
  void clear();

  [[nodiscard]] bool empty() const { return entries_.empty(); }
  [[nodiscard]] std::size_t size() const { return entries_.size(); }
  [[nodiscard]] Filetime begin() const { return entries_.front().time; }
  [[nodiscard]] Filetime end() const { return entries_.back().time; }
  [[nodiscard]] std::uint64_t different_values() const { return values_.size(); }
  [[nodiscard]] std::uint64_t different_rules() const { return rules_.size(); }
  // Whether rules 0 to count - 1 have fired in this order, each on another event than the one
  // before, the first no more than `span` before the last entry.
  [[nodiscard]] bool has_in_order(std::uint32_t count, Filetime span) const;
  // The events, in order, each once.
  [[nodiscard]] std::vector<std::uint64_t> events() const;

 private:
  // The latest that rules 0 to the index have fired in order.
  struct Chain {
    Filetime begin = 0;
    std::uint64_t last_event = 0;
  };
  std::deque<Entry> entries_;
  std::map<std::string, std::size_t> values_;   // how many entries have each
  std::map<std::uint32_t, std::size_t> rules_;  // likewise
  std::vector<std::optional<Chain>> chains_;
};

}  // namespace evtxhound::rules
