#include "evtxhound/scan/raw_scanner.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <span>

namespace evtxhound::scan {
namespace {

class SearchSink : public evtx::CarveSink {
 public:
  explicit SearchSink(evtx::CarvedReader& reader) : reader_(&reader) {}

  void on_chunk(const evtx::CarvedChunk& chunk) override { add(reader_->load_templates(chunk)); }
  void on_record(const evtx::CarvedRecord& record) override {
    add(reader_->load_templates(record));
  }
  void on_problem(Problem /*problem*/) override { found.anything = true; }

  RawSearcher::Found found;

 private:
  void add(bool all_templates) {
    found.anything = true;
    if (!all_templates) found.lacks_names = true;
  }

  evtx::CarvedReader* reader_;
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

RawSearcher::Found RawSearcher::search(const evidence::Piece& piece, std::uint64_t begin,
                                       std::uint64_t end) {
  const auto carver = raw_.open(piece);
  if (!carver) return {.anything = true};
  SearchSink sink(reader_);
  reader_.start_part();
  (*carver)->carve(begin, end, sink);
  return sink.found;
}

// Reads what is found into rows.
class RawScanner::Sink : public evtx::CarveSink {
 public:
  Sink(RawScanner& scanner, ChunkRows& rows) : scanner_(&scanner), rows_(&rows) {}

  void on_chunk(const evtx::CarvedChunk& chunk) override {
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
    } else if (scanner_->with_census_) {
      scanner_->census_.count(found.event);
    }
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
  ChunkRows* rows_;
  std::vector<Problem> problems_;  // of what is read
};

RawScanner::RawScanner(const indicators::IndicatorSet& set, evtx::TemplateCache& templates,
                       const ChunkScannerOptions& options)
    : reader_(templates),
      events_(set, options.rules, options.store),
      with_census_(options.census) {}

ChunkRows RawScanner::scan(const evidence::Piece& piece, std::uint64_t begin, std::uint64_t end) {
  ChunkRows rows;
  const auto carver = raw_.open(piece);
  if (!carver) {
    // Opening worked when it was found: say once, not for each part, that it no longer does.
    if (begin == 0) rows.problems.push_back(carver.problem());
    return rows;
  }
  Sink sink(*this, rows);
  reader_.start_part();
  (*carver)->carve(begin, end, sink);
  rows.bytes_read = end - begin;
  std::ranges::stable_sort(rows.problems, {},
                           [](const Problem& problem) { return problem.offset.value_or(0); });
  if (with_census_) rows.census = census_.rows();
  census_.clear();
  return rows;
}

}  // namespace evtxhound::scan
