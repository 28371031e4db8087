#include "evtxhound/scan/event_scanner.hpp"

#include "evtxhound/evtx/locate.hpp"

namespace evtxhound::scan {
namespace {

// HitRow::indicator is an index into the IndicatorSet.
std::vector<casefile::HitRow> hit_rows(const evtx::Event& event, const evtx::Locator& locator,
                                       std::uint64_t base,
                                       const std::vector<indicators::Match>& matches) {
  std::vector<casefile::HitRow> hits;
  hits.reserve(matches.size());
  for (const indicators::Match& match : matches) {
    const std::string& value = match.field ? event.data[*match.field].value : event.computer;
    auto offset = locator.locate(match.field, match.begin, match.end);
    if (offset) *offset += base;
    hits.push_back({static_cast<casefile::RowId>(match.indicator),
                    match.field ? event.data[*match.field].name : "Computer",
                    value.substr(match.begin, match.end - match.begin), offset});
  }
  return hits;
}

}  // namespace

EventScanner::EventScanner(const indicators::IndicatorSet& set, const rules::CompiledRules* rules,
                           Store store)
    : matcher_(set), store_(store) {
  if (rules != nullptr) rules_ = std::make_unique<RuleScanner>(*rules, set);
}

bool EventScanner::scan(Bytes chunk, std::uint64_t base, evtx::Event& event, casefile::State state,
                        ChunkRows& rows) {
  const std::vector<indicators::Match>& matches = matcher_.find(event);
  std::vector<casefile::HitRow> hits;
  if (!matches.empty()) {
    const std::size_t begin = event.byte_offset;
    const evtx::Locator locator(chunk, begin, begin + event.byte_size, event);
    hits = hit_rows(event, locator, base, matches);
  }
  RuleScanner::Fulfilled fulfilled;
  if (rules_ != nullptr) {
    fulfilled = rules_->evaluate(event, casefile::SourceType::kEvtx, hits, rows.problems);
  }
  if (hits.empty() && fulfilled.empty() && store_ == Store::kHits) return false;
  keep(base, event, state, rows);
  StoredEvent& stored = rows.events.back();
  stored.hits = std::move(hits);
  stored.rules = std::move(fulfilled.rules);
  stored.occurrences = std::move(fulfilled.occurrences);
  return true;
}

void EventScanner::keep(std::uint64_t base, evtx::Event& event, casefile::State state,
                        ChunkRows& rows) {
  event.byte_offset += base;
  rows.events.push_back({row_maker_.make(event, casefile::SourceType::kEvtx, state), {}, {}, {}});
}

}  // namespace evtxhound::scan
