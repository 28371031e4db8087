#include "evtxhound/scan/census.hpp"

#include <algorithm>

#include "evtxhound/base/time.hpp"

namespace evtxhound::scan {
namespace {

bool equal(const Buffer& kept, Bytes bytes) { return std::ranges::equal(kept, bytes); }

// Cheap, and different for the kinds of one log.
std::size_t hash_of(const evtx::Survey& survey) {
  const auto sample = [](Bytes text) -> std::uint64_t {
    return text.size() < 8 ? text.size() : load<std::uint64_t>(text, text.size() - 8);
  };
  std::uint64_t hash = survey.event_code.value_or(0) * 0x9e3779b97f4a7c15U;
  hash ^= (sample(survey.provider.bytes) + survey.provider.bytes.size()) * 0xbf58476d1ce4e5b9U;
  hash ^= (sample(survey.channel.bytes) + survey.channel.bytes.size()) * 0x94d049bb133111ebU;
  return hash ^ hash >> 29U;
}

// A Value that holds a kept string.
std::string text_of(const Buffer& utf16) {
  return evtx::Value{evtx::ValueType::kString, utf16}.text();
}

}  // namespace

void Census::count(const evtx::Event& event) {
  add({event.channel, event.provider, event.event_code, 1, event.time_created, event.time_created});
}

void Census::count(const evtx::Survey& survey) {
  Kind*& recent = recent_[hash_of(survey) % kSlots];
  const bool same = recent != nullptr && recent->event_code == survey.event_code &&
                    equal(recent->provider, survey.provider.bytes) &&
                    equal(recent->channel, survey.channel.bytes);
  if (!same) recent = &kind_of(survey);
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
  const Bytes provider = survey.provider.bytes;
  const Bytes channel = survey.channel.bytes;
  return kinds_.emplace_back(Kind{survey.event_code,
                                  {provider.begin(), provider.end()},
                                  {channel.begin(), channel.end()},
                                  0,
                                  survey.time_created,
                                  survey.time_created});
}

casefile::CensusRow Census::row_of(const Kind& kind) {
  return {text_of(kind.channel),  text_of(kind.provider), kind.event_code, kind.count,
          to_iso8601(kind.first), to_iso8601(kind.last)};
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
