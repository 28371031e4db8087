#include "evtxhound/scan/export_scanner.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "evtxhound/base/human.hpp"
#include "evtxhound/exports/text_place.hpp"

namespace evtxhound::scan {
namespace {

// So many places of a block are told one by one.
constexpr std::size_t kMostProblems = 200;

// Of very many problems the last one sums up the rest.
void limit(std::vector<Problem>& problems) {
  if (problems.size() <= kMostProblems) return;
  const std::size_t more = problems.size() - kMostProblems;
  Problem& last = problems[kMostProblems - 1];
  last.message += fmt::format("; and {} up to {:#x} that {} not whole",
                              counted(more, "more place", "more places"),
                              problems.back().offset.value_or(0), more == 1 ? "is" : "are");
  problems.resize(kMostProblems);
}

}  // namespace

casefile::SourceType source_type(evidence::Kind kind) {
  const bool xml = kind == evidence::Kind::kXml || kind == evidence::Kind::kXmlGzip;
  return xml ? casefile::SourceType::kXml : casefile::SourceType::kCrowdstrike;
}

SharedExport::SharedExport(const evidence::Piece& piece)
    : piece_(&piece),
      expected_blocks_(exports::ExportFile::expected_blocks(piece.size, piece.kind)) {}

std::optional<exports::Block> SharedExport::block(std::uint64_t number) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return next_ == number; });
  // Whatever happens here, those who wait must not wait for ever.
  struct Turn {
    SharedExport* shared;
    ~Turn() {
      ++shared->next_;
      shared->changed_.notify_all();
    }
  } const turn{this};
  return read();
}

bool SharedExport::ended() const {
  const std::lock_guard lock(mutex_);
  return next_ > 0 && file_ == nullptr;
}

std::optional<exports::Block> SharedExport::read() {
  if (next_ == 0) {
    const auto file = piece_->open();
    if (!file) {  // opening worked when the file was found
      exports::Block block;
      block.problems.push_back(file.problem());
      return block;
    }
    file_ = std::make_unique<exports::ExportFile>(*file, piece_->kind);
  }
  if (file_ == nullptr) return std::nullopt;
  exports::Block block;
  const bool has_block = file_->next(block);
  if (file_->ended()) file_.reset();
  if (!has_block) return std::nullopt;
  return block;
}

ExportScanner::ExportScanner(const indicators::IndicatorSet& set, ChunkScannerOptions options)
    : set_(&set), matcher_(set), options_(options) {
  if (options.rules != nullptr) rules_ = std::make_unique<RuleScanner>(*options.rules, set);
  if (options_.look == nullptr) options_.look = std::make_shared<Look>(set, options.rules);
  for (const auto* sought : options_.look->sets()) lookers_.emplace_back(*sought);
}

ChunkRows ExportScanner::scan(SharedExport& file, std::uint64_t number) {
  ChunkRows rows;
  auto block = file.block(number);
  if (!block) return rows;
  if (kind_ != file.kind()) {
    kind_ = file.kind();
    reader_ = exports::make_reader(kind_);
  }
  rows.bytes_read = block->bytes_taken;
  rows.problems = std::move(block->problems);
  choose(*block);
  for (std::size_t i = 0; i < block->events.size(); ++i) read(*block, i, rows);
  std::ranges::stable_sort(rows.problems, {},
                           [](const Problem& p) { return p.offset.value_or(0); });
  limit(rows.problems);
  if (options_.census) rows.census = census_.rows();
  census_.clear();
  return rows;
}

// Decides which events are read whole.
void ExportScanner::choose(const exports::Block& block) {
  const bool all =
      options_.exhaustive || options_.store == Store::kAll || options_.look->blind_everywhere();
  wanted_.assign(block.events.size(), all ? 1 : 0);
  if (all) return;
  for (std::size_t i = 0; i < block.events.size(); ++i) {
    if (!block.events[i].plain) wanted_[i] = 1;
  }
  text_.assign(block.bytes);
  const auto mark = [&](std::size_t end) {
    const std::size_t at = text_.offset_in(block.bytes, end - 1);
    const auto behind = std::ranges::upper_bound(
        block.events, at, {}, [](const exports::Span& span) { return std::size_t{span.begin}; });
    if (behind == block.events.begin()) return;
    wanted_[static_cast<std::size_t>(behind - block.events.begin()) - 1] = 1;
  };
  for (indicators::Matcher& looker : lookers_) looker.look(text_, mark);
}

// The event, or no more than its head, if no rule wants more of it: `whole` says which, before
// and after.
Result<exports::ReadEvent> ExportScanner::read_event(const exports::Block& block,
                                                     const exports::Span& span, bool& whole) {
  const Bytes bytes = Bytes(block.bytes).subspan(span.begin, span.size);
  const auto extent = whole ? exports::Extent::kAll : exports::Extent::kHead;
  auto result = reader_->read(bytes, block.encoding, extent);
  if (!result || whole || !options_.look->by_kind() ||
      !rules_->must_read(result->event, source_type(kind_))) {
    return result;
  }
  whole = true;
  return reader_->read(bytes, block.encoding, exports::Extent::kAll);
}

void ExportScanner::read(const exports::Block& block, std::size_t index, ChunkRows& rows) {
  const exports::Span& span = block.events[index];
  const std::uint64_t offset = block.offset + span.begin;
  bool whole = wanted_[index] != 0;
  auto result = read_event(block, span, whole);
  if (!result) {
    Problem problem = result.problem();
    problem.offset = offset;
    rows.problems.push_back(std::move(problem));
    return;
  }
  evtx::Event& event = result->event;
  event.byte_offset = offset;
  event.byte_size = span.size;
  ++rows.events_read;
  if (options_.census) census_.count(event);
  if (result->replaced) {
    rows.problems.push_back(
        {ProblemKind::kEncoding, offset, "what is no character stands in this event as U+FFFD"});
  }
  if (!whole) return;
  const std::vector<indicators::Match>& matches = matcher_.find(event);
  std::vector<casefile::HitRow> hits;
  if (!matches.empty()) hits = hit_rows(block, span, event, matches);
  RuleScanner::Fulfilled fulfilled;
  if (rules_ != nullptr) {
    fulfilled = rules_->evaluate(event, source_type(kind_), hits, rows.problems);
  }
  if (hits.empty() && fulfilled.empty() && options_.store == Store::kHits) return;
  rows.events.push_back({row_maker_.make(event, source_type(kind_), casefile::State::kLive),
                         std::move(hits), std::move(fulfilled.rules),
                         std::move(fulfilled.occurrences)});
}

// HitRow::indicator is an index into the IndicatorSet.
std::vector<casefile::HitRow> ExportScanner::hit_rows(
    const exports::Block& block, const exports::Span& span, const evtx::Event& event,
    const std::vector<indicators::Match>& matches) const {
  const Bytes bytes = Bytes(block.bytes).subspan(span.begin, span.size);
  const exports::TextPlaces places(bytes, block.encoding, kind_, event);
  std::vector<casefile::HitRow> hits;
  hits.reserve(matches.size());
  for (const indicators::Match& match : matches) {
    const std::string& value = match.field ? event.data[*match.field].value : event.computer;
    auto offset = places.find(match.field, match.begin, match.end);
    if (offset) *offset += event.byte_offset;
    hits.push_back({static_cast<casefile::RowId>(match.indicator),
                    match.field ? event.data[*match.field].name : "Computer",
                    value.substr(match.begin, match.end - match.begin), offset});
  }
  return hits;
}

}  // namespace evtxhound::scan
