#include "evtxhound/scan/chunk_scanner.hpp"

#include <algorithm>

#include "evtxhound/evtx/log_file.hpp"
#include "evtxhound/evtx/record_reader.hpp"

namespace evtxhound::scan {
namespace {

// HitRow::indicator is an index into IndicatorSet::indicators().
std::vector<casefile::HitRow> hit_rows(const evtx::Event& event, const evtx::Locator& locator,
                                       std::uint64_t base,
                                       const std::vector<indicators::Match>& matches) {
  std::vector<casefile::HitRow> hits;
  hits.reserve(matches.size());
  for (const indicators::Match& match : matches) {
    const std::string& value = match.field ? event.data[*match.field].value : event.computer;
    auto offset = match.field ? locator.locate(*match.field, match.begin, match.end)
                              : locator.locate(event.computer, match.begin, match.end);
    if (offset) *offset += base;
    hits.push_back({static_cast<casefile::RowId>(match.indicator),
                    match.field ? event.data[*match.field].name : "Computer",
                    value.substr(match.begin, match.end - match.begin), offset});
  }
  return hits;
}

}  // namespace

void Census::count(const evtx::Event& event) {
  merge(
      {event.channel, event.provider, event.event_code, 1, event.time_created, event.time_created});
}

void Census::add(const Census& other) {
  for (const auto& [key, row] : other.rows_) merge(row);
}

void Census::merge(const casefile::CensusRow& row) {
  const auto [known, is_new] = rows_.try_emplace({row.channel, row.provider, row.event_code}, row);
  if (is_new) return;
  casefile::CensusRow& sum = known->second;
  sum.count += row.count;
  sum.first_seen = std::min(sum.first_seen, row.first_seen);
  sum.last_seen = std::max(sum.last_seen, row.last_seen);
}

std::vector<casefile::CensusRow> Census::rows() const {
  std::vector<casefile::CensusRow> rows;
  rows.reserve(rows_.size());
  for (const auto& [key, row] : rows_) rows.push_back(row);
  return rows;
}

ChunkRows ChunkScanner::scan(const std::filesystem::path& log, std::uint64_t index) {
  ChunkRows rows;
  const Result<ReadOnlyFile>& file = open(log);
  if (!file) {
    // Opening worked when the log was found: say once, not for each chunk, that it no longer does.
    if (index == 0) rows.problems.push_back(file.problem());
    return rows;
  }
  const auto bytes = evtx::read_chunk_bytes(*file, index, buffer_);
  if (!bytes) {
    rows.problems.push_back(bytes.problem());
    return rows;
  }
  const std::uint64_t base = evtx::chunk_offset(index);
  evtx::ChunkContent content = options_.engine == evtx::Engine::kNative
                                   ? evtx::read_chunk(*reader_, *bytes, base)
                                   : evtx::read_chunk_by_libevtx(*bytes, base);
  rows.bytes_read = bytes->size();
  rows.events_read = content.events.size();
  rows.problems = std::move(content.problems);
  const auto state = content.has_header ? casefile::State::kLive : casefile::State::kRecovered;
  for (evtx::Event& event : content.events) {
    scan_event(*bytes, base, std::move(event), state, rows);
  }
  return rows;
}

const Result<ReadOnlyFile>& ChunkScanner::open(const std::filesystem::path& log) {
  if (!file_ || log_ != log) {
    file_.emplace(ReadOnlyFile::open(log));
    log_ = log;
  }
  return *file_;
}

void ChunkScanner::scan_event(Bytes chunk, std::uint64_t base, evtx::Event event,
                              casefile::State state, ChunkRows& rows) {
  if (options_.census) rows.census.count(event);
  const std::vector<indicators::Match>& matches = matcher_.find(event);
  if (matches.empty() && options_.store == Store::kHits) return;
  std::vector<casefile::HitRow> hits;
  if (!matches.empty()) {
    const std::size_t begin = event.byte_offset - base;
    const evtx::Locator locator(chunk, begin, begin + event.byte_size, event);
    hits = hit_rows(event, locator, base, matches);
  }
  rows.events.push_back({std::move(event), state, std::move(hits)});
}

}  // namespace evtxhound::scan
