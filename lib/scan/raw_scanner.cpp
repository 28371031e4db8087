#include "evtxhound/scan/raw_scanner.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <span>

#include "evtxhound/evtx/format.hpp"

namespace evtxhound::scan {
namespace {

class SearchSink : public evtx::CarveSink {
 public:
  SearchSink(evtx::CarvedReader& reader, RawMatcher* text) : reader_(&reader), text_(text) {}

  void on_chunk(const evtx::CarvedChunk& chunk) override { add(reader_->load_templates(chunk)); }
  void on_record(const evtx::CarvedRecord& record) override {
    add(reader_->load_templates(record));
  }
  void on_problem(Problem /*problem*/) override { found.anything = true; }
  void on_bytes(std::uint64_t /*offset*/, std::size_t size, Bytes bytes) override {
    if (text_ == nullptr || found.anything) return;
    found.anything = text_->may_find(bytes, size);
  }

  RawSearcher::Found found;

 private:
  void add(bool all_templates) {
    found.anything = true;
    if (!all_templates) found.lacks_names = true;
  }

  evtx::CarvedReader* reader_;
  RawMatcher* text_;  // can be null
};

std::string how_named(const evtx::Event& event, evtx::Naming naming) {
  return naming == evtx::Naming::kLike
             ? fmt::format("record {}: its template is gone; its fields are named by a like one",
                           event.record_id)
             : fmt::format(
                   "record {}: its template is gone, and none is like it; its values are "
                   "kept without names",
                   event.record_id);
}

}  // namespace

Result<evtx::Carver*> OpenRaw::open(const evidence::Piece& piece) {
  if (!carver_ || path_ != piece.path) {
    carver_.reset();
    const auto source = piece.open();
    if (!source) return source.problem();
    source_ = *source;
    path_ = piece.path;
    carver_.emplace(*source_, evtx::ByteRun{0, source_->size()});
  }
  return &*carver_;
}

RawSearcher::RawSearcher(evtx::TemplateCache& templates, const indicators::IndicatorSet* sought)
    : reader_(templates), text_(sought ? std::make_unique<RawMatcher>(*sought) : nullptr) {}

RawSearcher::Found RawSearcher::search(const evidence::Piece& piece, std::uint64_t begin,
                                       std::uint64_t end) {
  const auto carver = raw_.open(piece);
  if (!carver) return {.anything = true};
  SearchSink sink(reader_, text_.get());
  reader_.start_part();
  (*carver)->carve(begin, end, sink);
  return sink.found;
}

// Reads what is found into rows.
class RawScanner::Sink : public evtx::CarveSink {
 public:
  // `count`: whether the events are for the census.
  Sink(RawScanner& scanner, bool count, ChunkRows& rows)
      : scanner_(&scanner), count_(count), rows_(&rows) {}

  void on_chunk(const evtx::CarvedChunk& chunk) override {
    if (scanner_->text_ != nullptr) scanner_->taken_.add(chunk);
    scanner_->reader_.read(chunk, use(), problems_);
    take_problems();
  }
  void on_record(const evtx::CarvedRecord& record) override {
    scanner_->reader_.read(record, use(), problems_);
    take_problems();
  }
  void on_problem(Problem problem) override { rows_->problems.push_back(std::move(problem)); }

 private:
  evtx::CarvedReader::Use use() {
    return [this](evtx::CarvedEvent&& found) { take(std::move(found)); };
  }

  void take_problems() {
    rows_->problems.insert(rows_->problems.end(), problems_.begin(), problems_.end());
    problems_.clear();
  }

  void take(evtx::CarvedEvent found) {
    ++rows_->events_read;
    // Its own first template may have said what it is, where only the one of its data is gone.
    const bool is_known = found.event.event_code && !found.event.provider.empty();
    if (found.naming == evtx::Naming::kNone && !is_known) {
      rows_->nameless = true;
    } else if (count_) {
      scanner_->census_.count(found.event);
    }
    if (scanner_->text_ != nullptr) scanner_->taken_.add(found);
    const std::uint64_t offset = found.base + found.event.byte_offset;
    std::string how;
    if (found.naming != evtx::Naming::kOwn) how = how_named(found.event, found.naming);
    const std::size_t first_problem = rows_->problems.size();
    const bool stored = scanner_->events_.scan(found.bytes, found.base, found.event,
                                               casefile::State::kCarved, *rows_);
    for (Problem& problem : std::span(rows_->problems).subspan(first_problem)) {
      problem.offset = problem.offset.value_or(0) + found.base;  // a rule's, from the chunk's start
    }
    if (stored && !how.empty()) {
      rows_->problems.push_back({ProblemKind::kRebuilt, offset, std::move(how)});
    }
  }

  RawScanner* scanner_;
  bool count_;
  ChunkRows* rows_;
  std::vector<Problem> problems_;  // of what is read
};

RawScanner::RawScanner(const indicators::IndicatorSet& set, evtx::TemplateCache& templates,
                       const ChunkScannerOptions& options)
    : reader_(templates),
      events_(set, options.rules, options.store),
      text_(options.raw ? std::make_unique<RawMatcher>(set) : nullptr),
      with_census_(options.census) {}

void RawScanner::carve(evtx::Carver& carver, std::uint64_t begin, std::uint64_t end, bool count,
                       ChunkRows& rows) {
  Sink sink(*this, count, rows);
  reader_.start_part();
  carver.carve(begin, end, sink);
}

// Looks at what no record has. Records that begin before the part can reach into it, and where one
// begins behind it, a text ends.
void RawScanner::find_text(evtx::Carver& carver, std::uint64_t begin, std::uint64_t end,
                           ChunkRows& rows) {
  ChunkRows around;
  carve(carver, begin - std::min<std::uint64_t>(begin, evtx::kChunkSize), begin, false, around);
  carve(carver, end, end + 2 * kReach, false, around);
  taken_.seal();
  std::vector<RawMatcher::Place> known;  // a text can be told of a record that it is not in
  for (const ChunkRows* some : {&rows, &around}) {
    for (const StoredEvent& stored : some->events) {
      for (const casefile::HitRow& hit : stored.hits) {
        if (hit.byte_offset) known.emplace_back(hit.indicator, *hit.byte_offset);
      }
    }
  }
  std::ranges::sort(known);
  text_->find(raw_.source(), begin, end, taken_, known, rows);
}

ChunkRows RawScanner::scan(const evidence::Piece& piece, std::uint64_t begin, std::uint64_t end) {
  ChunkRows rows;
  const auto carver = raw_.open(piece);
  if (!carver) {
    // Opening worked when it was found: say once, not for each part, that it no longer does.
    if (begin == 0) rows.problems.push_back(carver.problem());
    return rows;
  }
  taken_.clear();
  carve(**carver, begin, end, with_census_, rows);
  if (text_ != nullptr) find_text(**carver, begin, end, rows);
  rows.bytes_read = end - begin;
  std::ranges::stable_sort(rows.problems, {},
                           [](const Problem& problem) { return problem.offset.value_or(0); });
  if (with_census_) rows.census = census_.rows();
  census_.clear();
  return rows;
}

}  // namespace evtxhound::scan
