#include "evtxhound/scan/chunk_scanner.hpp"

#include <algorithm>
#include <span>

#include "evtxhound/evtx/record_reader.hpp"
#include "evtxhound/evtx/template_instance.hpp"

namespace evtxhound::scan {
namespace {

// Whether some of these, in the order of their begins, have bytes in common: definitions that were
// overwritten, or made to hide in one another. A byte's definition is then not one.
bool overlap(const std::vector<evtx::Area>& areas) {
  return std::ranges::adjacent_find(areas, [](const evtx::Area& a, const evtx::Area& b) {
           return b.begin < a.end;
         }) != areas.end();
}

}  // namespace

// A log that is being read, or why it cannot be.
struct ChunkScanner::Log {
  explicit Log(const evidence::Piece& piece) : path(piece.path), file(piece.open()) {
    if (file) chunks.emplace(**file);
  }

  std::filesystem::path path;
  Result<std::shared_ptr<const ByteSource>> file;
  std::optional<evtx::ChunkSource> chunks;
};

ChunkScanner::ChunkScanner(const indicators::IndicatorSet& set, evtx::TemplateCache& templates,
                           ChunkScannerOptions options)
    : events_(set, options.rules, options.store),
      reader_(std::make_unique<evtx::ChunkReader>(templates)),
      options_(options) {
  if (options_.look == nullptr) options_.look = std::make_shared<Look>(set, options.rules);
  for (const auto* sought : options_.look->sets()) lookers_.emplace_back(*sought);
}

ChunkRows ChunkScanner::scan(const evidence::Piece& log, std::uint64_t first, std::uint64_t count) {
  ChunkRows rows;
  if (!open(log, first, rows)) return rows;
  for (std::uint64_t index = first; index < first + count; ++index) scan_chunk(index, rows);
  if (options_.census) rows.census = census_.rows();
  census_.clear();
  return rows;
}

bool ChunkScanner::open(const evidence::Piece& log, std::uint64_t first, ChunkRows& rows) {
  if (!log_ || log_->path != log.path) log_ = std::make_shared<Log>(log);
  if (log_->file) return true;
  // Opening worked when the log was found: say once, not for each piece, that it no longer does.
  if (first == 0) rows.problems.push_back(log_->file.problem());
  rows.traces.push_back(unread_chunk(first));
  return false;
}

void ChunkScanner::scan_chunk(std::uint64_t index, ChunkRows& rows) {
  const auto bytes = log_->chunks->read(index);
  if (!bytes) {
    rows.problems.push_back(bytes.problem());
    rows.traces.push_back(unread_chunk(index));
    return;
  }
  rows.bytes_read += bytes->size();
  if (evtx::is_unused(*bytes)) return;
  const std::uint64_t base = evtx::chunk_offset(index);
  const std::size_t first_problem = rows.problems.size();
  reader_->open(*bytes);
  const evtx::ChunkFrames& frames = reader_->frames();
  tracer_.start(*bytes, index, frames);
  if (options_.engine == evtx::Engine::kLibevtx) {
    scan_by_libevtx(*bytes, base, rows);
  } else {
    rows.problems.insert(rows.problems.end(), frames.problems.begin(), frames.problems.end());
    list_entries(*bytes);
    choose(*bytes, rows);
    read(*bytes, base, rows);
  }
  read_hidden(*bytes, base, rows);
  trace_ids();
  rows.traces.push_back(tracer_.finish());
  // Offsets from the chunk's start become such from the start of the evidence.
  const std::span found = std::span(rows.problems).subspan(first_problem);
  for (Problem& problem : found) problem.offset = problem.offset.value_or(0) + base;
  std::ranges::stable_sort(found, {}, [](const Problem& p) { return *p.offset; });
}

void ChunkScanner::scan_by_libevtx(Bytes chunk, std::uint64_t base, ChunkRows& rows) {
  evtx::ChunkContent content = evtx::read_chunk_by_libevtx(chunk, 0);
  rows.events_read += content.events.size();
  rows.problems.insert(rows.problems.end(), content.problems.begin(), content.problems.end());
  const auto state = content.has_header ? casefile::State::kLive : casefile::State::kRecovered;
  for (const evtx::RecordFrame& frame : reader_->frames().records) {
    tracer_.find_content_end(frame);
    tracer_.unreadable(frame);
  }
  for (evtx::Event& event : content.events) {
    tracer_.event(event);
    if (options_.census) census_.count(event);
    events_.scan(chunk, base, event, state, rows);
  }
}

// Live records and stale ones, as they stand.
void ChunkScanner::list_entries(Bytes chunk) {
  entries_.clear();
  const evtx::ChunkFrames& frames = reader_->frames();
  for (const evtx::RecordFrame& frame : frames.records) entries_.push_back({frame});
  const std::size_t live = entries_.size();
  for (const evtx::RecordFrame& frame : evtx::find_stale_records(chunk, frames)) {
    entries_.push_back({frame, true});
  }
  if (entries_.size() > live) {
    std::ranges::sort(entries_, {}, [](const Entry& entry) { return entry.frame.offset; });
  }
}

// Decides which records are matched.
void ChunkScanner::choose(Bytes chunk, ChunkRows& rows) {
  const evtx::ChunkFrames& frames = reader_->frames();
  const bool whole = options_.exhaustive || !frames.header || !frames.problems.empty() ||
                     options_.look->blind_everywhere();
  if (whole) {
    for (Entry& entry : entries_) entry.wanted = true;
    return;
  }
  chunk_ = chunk;
  definitions_.clear();
  for (Entry& entry : entries_) survey(entry, rows);
  reader_->end_surveys();
  look(chunk);
}

void ChunkScanner::survey(Entry& entry, ChunkRows& rows) {
  evtx::Survey survey;
  const evtx::Surveyed result = reader_->survey(entry.frame, survey, definitions_);
  if (result != evtx::Surveyed::kClear) {
    // What is left of a stale record need not be readable; of a live one it is a problem.
    entry.wanted = !entry.stale || result == evtx::Surveyed::kUnclear;
    return;
  }
  entry.definitions = survey.definitions;
  entry.definition_count = survey.definition_count;
  entry.wanted = must_read(survey, entry.frame);
  if (entry.stale) return;
  tracer_.content_ends(entry.frame, survey.end);
  entry.wanted = entry.wanted || ChunkTracer::is_notable(survey);
  entry.counted = true;
  ++rows.events_read;
  if (options_.census) census_.count(survey);
}

// Whether the record has to be read, whatever a look finds in it.
bool ChunkScanner::must_read(const evtx::Survey& survey, const evtx::RecordFrame& frame) {
  if (options_.look->by_kind() && events_.rules()->must_read(survey)) return true;
  return std::ranges::any_of(options_.look->sets(), [&](const indicators::IndicatorSet* set) {
    return may_hide(set->blind_spots(), survey, frame);
  });
}

// Whether the record's values may hold what is looked for in a form that a look does not see.
bool ChunkScanner::may_hide(const indicators::BlindSpots& blind, const evtx::Survey& survey,
                            const evtx::RecordFrame& frame) const {
  if (survey.types.meets(blind.rendered())) return true;
  if (!survey.types.meets(blind.exact())) return false;
  const std::size_t begin = frame.offset;
  const auto values = evtx::find_substitutions(chunk_, begin, begin + frame.size);
  if (!values) return true;
  return std::ranges::any_of(*values, [&](const evtx::Substitution& value) {
    return blind.exact().contains(value.type) &&
           blind.may_be({value.type, chunk_.subspan(value.offset, value.size)});
  });
}

void ChunkScanner::look(Bytes chunk) {
  std::ranges::sort(definitions_, {}, &evtx::Area::begin);
  if (overlap(definitions_)) {
    for (Entry& entry : entries_) entry.wanted = true;
    return;
  }
  hot_definitions_.clear();
  text_.assign(chunk);
  const auto mark_end = [&](std::size_t end) { mark(text_.offset_in(chunk, end - 1)); };
  for (indicators::Matcher& looker : lookers_) looker.look(text_, mark_end);
  for (const std::size_t definition : hot_definitions_) mark_users(definition);
}

// Marks what has its last byte at `offset` of the chunk. A text that is an indicator's lies within
// one value, or within one definition.
void ChunkScanner::mark(std::size_t offset) {
  const auto behind = std::ranges::upper_bound(definitions_, offset, {}, &evtx::Area::begin);
  if (behind != definitions_.begin() && offset < (behind - 1)->end) {
    const std::size_t definition = (behind - 1)->begin;
    if (std::ranges::find(hot_definitions_, definition) == hot_definitions_.end()) {
      hot_definitions_.push_back(definition);
    }
  }
  const auto next = std::ranges::upper_bound(
      entries_, offset, {}, [](const Entry& entry) { return std::size_t{entry.frame.offset}; });
  if (next == entries_.begin()) return;
  Entry& entry = *(next - 1);
  if (offset < std::size_t{entry.frame.offset} + entry.frame.size) entry.wanted = true;
}

void ChunkScanner::mark_users(std::size_t definition) {
  for (Entry& entry : entries_) {
    const auto used =
        entry.definitions.begin() + static_cast<std::ptrdiff_t>(entry.definition_count);
    if (std::find(entry.definitions.begin(), used, definition) != used) entry.wanted = true;
  }
}

// Records within others say what somebody did not want to be read. They need not be readable.
void ChunkScanner::read_hidden(Bytes chunk, std::uint64_t base, ChunkRows& rows) {
  for (const evtx::RecordFrame& frame : tracer_.hidden()) {
    if (reader_->read_event(frame, event_)) continue;
    events_.scan(chunk, base, event_, casefile::State::kRecovered, rows);
  }
}

// The ids that the chunk's first and last record have by their content.
void ChunkScanner::trace_ids() {
  const auto id_of = [this](const evtx::RecordFrame& frame) -> std::optional<std::uint64_t> {
    const auto value = reader_->record(frame).system("EventRecordID");
    if (!value) return std::nullopt;
    return value->integer();
  };
  const std::vector<evtx::RecordFrame>& records = reader_->frames().records;
  if (!records.empty()) tracer_.event_record_ids(id_of(records.front()), id_of(records.back()));
}

void ChunkScanner::read(Bytes chunk, std::uint64_t base, ChunkRows& rows) {
  const bool has_header = reader_->frames().header.has_value();
  event_ = {};  // so that the memory that it keeps is bounded as a chunk's texts are
  for (Entry& entry : entries_) {
    if (!entry.wanted && options_.store == Store::kHits) continue;
    if (!entry.stale && !entry.counted) tracer_.find_content_end(entry.frame);
    if (auto problem = reader_->read_event(entry.frame, event_)) {
      // What is left of a stale record need not be readable; a live one is accounted for.
      if (!entry.stale) {
        rows.problems.push_back(std::move(*problem));
        tracer_.unreadable(entry.frame);
      }
      if (entry.counted) --rows.events_read;
      continue;
    }
    if (!entry.stale && !entry.counted) {
      ++rows.events_read;
      if (options_.census) census_.count(event_);
    }
    const bool live = has_header && !entry.stale;
    if (live) tracer_.event(event_);
    const auto state = live ? casefile::State::kLive : casefile::State::kRecovered;
    if (entry.wanted) {
      events_.scan(chunk, base, event_, state, rows);
    } else {
      events_.keep(base, event_, state, rows);
    }
  }
}

}  // namespace evtxhound::scan
