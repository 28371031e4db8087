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
  regexes_.clear();
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
// one. No text of a needle has a NUL, so none reaches over a value's border; an expression may, and
// is looked for again in the value by itself.
void Matcher::confirm_candidate(const evtx::Event& event, std::size_t indicator,
                                std::size_t joined_end) {
  while (current_ + 1 < starts_.size() && starts_[current_ + 1] < joined_end) {
    ++current_;
    regexes_.clear();
  }
  const auto field = current_ == 0 ? std::nullopt : std::optional(current_ - 1);
  const std::size_t end = joined_end - starts_[current_];
  if (end > value_of(event, field).size()) return;  // an expression that took the NUL
  const Needle& needle = set_->needles_[indicator];
  if (needle.kind == Kind::kRegex && !is_first_of_regex(indicator, value_of(event, field), end)) {
    return;
  }
  const auto range = confirm(needle, event, field, end);
  if (range) matches_.push_back({indicator, field, range->begin, range->end});
}

bool Matcher::is_first_of_regex(std::size_t indicator, std::string_view value, std::size_t end) {
  if (!find_start(set_->needles_[indicator], value, end)) return false;
  if (std::find(regexes_.begin(), regexes_.end(), indicator) != regexes_.end()) return false;
  regexes_.push_back(indicator);
  return true;
}

}  // namespace evtxhound::indicators
