#include "evtxhound/casefile/event_row.hpp"

#include <functional>

namespace evtxhound::casefile {
namespace {

// One huge event does not cost its memory forever.
constexpr std::size_t kMostKept = std::size_t{1} << 20U;

// Of a log's record the data need not be read again: id and times tell records apart. An event of
// an export may have nothing else of its own.
std::uint64_t fingerprint_of(const EventRow& row) {
  std::string_view told_by = row.texts;
  if (row.source == SourceType::kEvtx) told_by = told_by.substr(0, row.ends[EventRow::kData - 1]);
  std::uint64_t hash = (row.record_id ^ row.texts.size() ^ std::hash<std::string_view>()(told_by)) *
                       0x9e3779b97f4a7c15U;
  hash ^= hash >> 32U;
  return hash;
}

}  // namespace

EventRow EventRowMaker::make(const evtx::Event& event, SourceType source, State state) {
  EventRow row;
  row.byte_offset = event.byte_offset;
  row.byte_size = event.byte_size;
  row.record_id = event.record_id;
  row.event_code = event.event_code;
  row.version = event.version;
  row.level = event.level;
  row.task = event.task;
  row.opcode = event.opcode;
  row.process_id = event.process_id;
  row.thread_id = event.thread_id;
  row.source = source;
  row.state = state;

  texts_.clear();
  std::size_t column = 0;
  const auto end_text = [&] { row.ends[column++] = static_cast<std::uint32_t>(texts_.size()); };
  if (source == SourceType::kEvtx) {
    texts_.set_end(times_.write(event.time_written, texts_.reserve(kIso8601Size)));
  }
  end_text();
  for (const std::string* text :
       {&event.time_created, &event.provider, &event.channel, &event.computer, &event.keywords,
        &event.user_sid, &event.activity_id}) {
    texts_.append(*text);
    end_text();
  }
  evtx::append_data_json(event, texts_);
  end_text();
  row.texts = texts_.view();
  row.fingerprint = fingerprint_of(row);
  texts_.shrink(kMostKept);
  return row;
}

}  // namespace evtxhound::casefile
