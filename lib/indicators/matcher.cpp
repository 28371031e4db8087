#include "evtxhound/indicators/matcher.hpp"

#include <algorithm>
#include <tuple>

#include "evtxhound/indicators/confirm.hpp"

namespace evtxhound::indicators {
namespace {

auto place_of(const Match& match) { return std::tie(match.field, match.begin, match.indicator); }

}  // namespace

Matcher::Matcher(const IndicatorSet& set) : set_(&set), scanner_(set.database_) {}

const std::vector<Match>& Matcher::find(const evtx::Event& event) {
  join(event);
  matches_.clear();
  current_ = 0;
  // Two pointers fit into std::function itself: nothing is allocated.
  scanner_.scan(joined_, [this, &event](match::PatternNumber number, std::size_t end) {
    confirm_candidate(event, number, end);
  });
  std::sort(matches_.begin(), matches_.end(),
            [](const Match& a, const Match& b) { return place_of(a) < place_of(b); });
  const auto last =
      std::unique(matches_.begin(), matches_.end(),
                  [](const Match& a, const Match& b) { return place_of(a) == place_of(b); });
  matches_.erase(last, matches_.end());
  return matches_;
}

void Matcher::join(const evtx::Event& event) {
  joined_.clear();
  starts_.clear();
  const auto append = [this](const std::string& value) {
    starts_.push_back(joined_.size());
    joined_ += value;
    joined_ += '\0';
  };
  append(event.computer);
  for (const evtx::Field& field : event.data) append(field.value);
}

// Ends do not fall, so the value that a candidate stands in is found by going on from the last
// one. No needle has a NUL, so none reaches over a value's border.
void Matcher::confirm_candidate(const evtx::Event& event, std::size_t indicator,
                                std::size_t joined_end) {
  while (current_ + 1 < starts_.size() && starts_[current_ + 1] < joined_end) ++current_;
  const auto field = current_ == 0 ? std::nullopt : std::optional(current_ - 1);
  const auto range =
      confirm(set_->needles_[indicator], event, field, joined_end - starts_[current_]);
  if (range) matches_.push_back({indicator, field, range->begin, range->end});
}

}  // namespace evtxhound::indicators
