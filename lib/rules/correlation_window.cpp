#include "evtxhound/rules/correlation_window.hpp"

#include <algorithm>
#include <utility>

namespace evtxhound::rules {
namespace {

using Compare = Correlation::Compare;

bool holds(const Correlation::Condition& condition, std::uint64_t count) {
  switch (condition.compare) {
    case Compare::kLess:
      return count < condition.count;
    case Compare::kLessOrEqual:
      return count <= condition.count;
    case Compare::kEqual:
      return count == condition.count;
    case Compare::kGreater:
      return count > condition.count;
    case Compare::kGreaterOrEqual:
      return count >= condition.count;
    case Compare::kNotEqual:
      return count != condition.count;
  }
  return false;
}

}  // namespace

bool fulfils(const std::vector<Correlation::Condition>& conditions, std::uint64_t count) {
  return std::ranges::all_of(
      conditions, [&](const Correlation::Condition& each) { return holds(each, count); });
}

bool only_lower_bounds(const std::vector<Correlation::Condition>& conditions) {
  return std::ranges::all_of(conditions, [](const Correlation::Condition& each) {
    return each.compare == Compare::kGreater || each.compare == Compare::kGreaterOrEqual;
  });
}

void CorrelationWindow::add(Entry entry) {
  ++values_[entry.value];
  ++rules_[entry.rule];
  const std::size_t place = entry.rule;
  if (chains_.size() <= place) chains_.resize(place + 1);
  if (place == 0) {
    chains_[0] = Chain{entry.time, entry.event};
  } else if (const auto& before = chains_[place - 1]; before && before->last_event != entry.event) {
    chains_[place] = Chain{before->begin, entry.event};
  }
  entries_.push_back(std::move(entry));
}

void CorrelationWindow::forget_before(Filetime now, Filetime span) {
  while (!entries_.empty() && now - entries_.front().time > span) forget_first();
}

void CorrelationWindow::forget_first() {
  const Entry& first = entries_.front();
  if (const auto at = values_.find(first.value); --at->second == 0) values_.erase(at);
  if (const auto at = rules_.find(first.rule); --at->second == 0) rules_.erase(at);
  entries_.pop_front();
}

void CorrelationWindow::clear() {
  entries_.clear();
  values_.clear();
  rules_.clear();
  chains_.clear();
}

bool CorrelationWindow::has_in_order(std::uint32_t count, Filetime span) const {
  if (entries_.empty() || count == 0 || chains_.size() < count) return false;
  const auto& last = chains_[count - 1];
  return last && end() - last->begin <= span;
}

std::vector<std::uint64_t> CorrelationWindow::events() const {
  std::vector<std::uint64_t> events;
  for (const Entry& entry : entries_) events.push_back(entry.event);
  std::ranges::sort(events);
  events.erase(std::unique(events.begin(), events.end()), events.end());
  return events;
}

}  // namespace evtxhound::rules
