#include "evtxhound/indicators/matcher.hpp"

#include <algorithm>
#include <tuple>

#include "evtxhound/indicators/confirm.hpp"

namespace evtxhound::indicators {
namespace {

auto place_of(const Match& match) { return std::tie(match.field, match.begin, match.indicator); }

}  // namespace

Matcher::Matcher(const IndicatorSet& set)
    : set_(&set), anywhere_(set.anywhere_), values_(set.values_), raw_(set.raw_) {}

const std::vector<Match>& Matcher::find(const evtx::Event& event) {
  join(event);
  matches_.clear();
  regexes_.clear();
  // Two pointers fit into std::function itself: nothing is allocated.
  const match::Scanner::OnMatch confirm_each = [this, &event](match::PatternNumber number,
                                                              std::size_t end) {
    confirm_candidate(event, number, end);
  };
  anywhere_.scan(joined_, confirm_each);
  values_.scan(joined_, confirm_each);
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

// No text of a needle has a NUL, so none reaches over a value's border; an expression may, and is
// looked for again in the value by itself.
void Matcher::confirm_candidate(const evtx::Event& event, std::size_t indicator,
                                std::size_t joined_end) {
  const auto behind = std::ranges::lower_bound(starts_, joined_end);
  const auto place = static_cast<std::size_t>(behind - starts_.begin()) - 1;
  const auto field = place == 0 ? std::nullopt : std::optional(place - 1);
  const std::string_view value = value_of(event, field);
  const std::size_t end = joined_end - starts_[place];
  if (end > value.size()) return;  // an expression that took the NUL
  const Needle needle = set_->needle(indicator);
  if (needle.kind == Kind::kRegex && !is_first_of_regex(needle, indicator, place, value, end)) {
    return;
  }
  const auto range = confirm(needle, event, field, end);
  if (range) matches_.push_back({indicator, field, range->begin, range->end});
}

bool Matcher::is_first_of_regex(const Needle& needle, std::size_t indicator, std::size_t place,
                                std::string_view value, std::size_t end) {
  if (!find_start(needle, value, end)) return false;
  const std::pair looked_for(indicator, place);
  if (std::ranges::find(regexes_, looked_for) != regexes_.end()) return false;
  regexes_.push_back(looked_for);
  return true;
}

void Matcher::look(const match::StrippedText& block,
                   const std::function<void(std::size_t end)>& on_candidate) {
  look_for(block,
           [&on_candidate](std::size_t /*indicator*/, std::size_t end) { on_candidate(end); });
}

void Matcher::look_for(const match::StrippedText& block, const OnIndicator& on_candidate) {
  const match::Scanner::OnMatch take =
      [&on_candidate](match::PatternNumber number, std::size_t end) { on_candidate(number, end); };
  anywhere_.scan(block, take);
  raw_.scan(block, take);
}

void Matcher::look_for_unseen(std::string_view text, const OnIndicator& on_candidate) {
  values_.scan(text, [&on_candidate](match::PatternNumber number, std::size_t end) {
    on_candidate(number, end);
  });
}

}  // namespace evtxhound::indicators
