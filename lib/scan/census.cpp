#include "evtxhound/scan/census.hpp"

#include <algorithm>

#include "evtxhound/base/time.hpp"

namespace evtxhound::scan {
void Census::count(const evtx::Event& event) {
  add({event.channel, event.provider, event.event_code, 1, event.time_created, event.time_created});
}

void Census::count(const evtx::Survey& survey) {
  Kind*& recent = recent_[hash_of(survey) % kSlots];
  if (recent == nullptr || !recent->is_of(survey)) recent = &kind_of(survey);
  ++recent->count;
  recent->first = std::min(recent->first, survey.time_created);
  recent->last = std::max(recent->last, survey.time_created);
}

// A kind that lost its slot to another one gets a new entry; they meet again in rows().
Census::Kind& Census::kind_of(const evtx::Survey& survey) {
  constexpr std::size_t kMostKinds = 4096;
  if (kinds_.size() >= kMostKinds) {  // a log that was made to have many: settle the account
    for (const Kind& kind : kinds_) add(row_of(kind));
    kinds_.clear();
    recent_.fill(nullptr);
  }
  Kind& kind = kinds_.emplace_back(survey);
  kind.first = survey.time_created;
  kind.last = survey.time_created;
  return kind;
}

casefile::CensusRow Census::row_of(const Kind& kind) {
  return {kind.channel_text(), kind.provider_text(),   kind.event_code,
          kind.count,          to_iso8601(kind.first), to_iso8601(kind.last)};
}

void Census::clear() {
  rows_.clear();
  kinds_.clear();
  recent_.fill(nullptr);
}

void Census::add(const casefile::CensusRow& row) {
  const auto [known, is_new] = rows_.try_emplace({row.channel, row.provider, row.event_code}, row);
  if (is_new) return;
  casefile::CensusRow& sum = known->second;
  sum.count += row.count;
  sum.first_seen = std::min(sum.first_seen, row.first_seen);
  sum.last_seen = std::max(sum.last_seen, row.last_seen);
}

std::vector<casefile::CensusRow> Census::rows() const {
  Census all;
  all.rows_ = rows_;
  for (const Kind& kind : kinds_) all.add(row_of(kind));
  std::vector<casefile::CensusRow> rows;
  rows.reserve(all.rows_.size());
  for (const auto& [key, row] : all.rows_) rows.push_back(row);
  return rows;
}

}  // namespace evtxhound::scan
