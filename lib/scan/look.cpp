#include "evtxhound/scan/look.hpp"

#include <algorithm>

#include "evtxhound/indicators/pack.hpp"

namespace evtxhound::scan {
namespace {

// Looking for one set of both costs less than looking for two; making it again, for so many
// indicators, next to nothing.
constexpr std::size_t kMostJoined = 2000;

indicators::Pack pack_of(const std::vector<std::string>& texts) {
  indicators::Pack pack;
  for (const std::string& text : texts) {
    indicators::Indicator indicator;
    indicator.kind = indicators::Kind::kText;
    indicator.value = text;
    pack.indicators.push_back(std::move(indicator));
  }
  return pack;
}

}  // namespace

Look::Look(const indicators::IndicatorSet& set, const rules::CompiledRules* rules) {
  by_kind_ = rules != nullptr && std::ranges::count(rules->look.is_to_be_read, true) > 0;
  if (rules == nullptr || rules->look.texts.empty()) {
    sets_ = {&set};
    return;
  }
  indicators::Pack pack = pack_of(rules->look.texts);
  const bool joined = set.size() <= kMostJoined;
  for (std::size_t i = 0; joined && i < set.size(); ++i) {
    pack.indicators.push_back(set.indicator(i));
  }
  made_ = std::make_unique<indicators::IndicatorSet>(std::span(&pack, 1));
  sets_ = {made_.get()};
  if (!joined) sets_.push_back(&set);
}

bool Look::blind_everywhere() const {
  return std::ranges::any_of(sets_,
                             [](const auto* set) { return set->blind_spots().everywhere(); });
}

}  // namespace evtxhound::scan
