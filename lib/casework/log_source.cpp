#include <algorithm>
#include <utility>

#include "evtxhound/casework/record_source.hpp"
#include "evtxhound/evtx/chunk_reader.hpp"
#include "evtxhound/evtx/format.hpp"
#include "evtxhound/evtx/locate.hpp"
#include "evtxhound/evtx/log_file.hpp"
#include "evtxhound/evtx/record_content.hpp"
#include "evtxhound/evtx/record_reader.hpp"

namespace evtxhound::casework {
namespace {

// Records of a log, chunk by chunk, by the native reader.
class LogSource final : public RecordSource {
 public:
  LogSource(std::shared_ptr<const ByteSource> bytes, evtx::TemplateCache& templates)
      : bytes_(std::move(bytes)), chunks_(*bytes_), reader_(templates) {}

  Range range(std::uint64_t offset) override {
    const std::uint64_t first = evtx::chunk_offset(0);
    if (offset < first) {  // no record of ours: somebody has changed the case file
      base_ = 0;
      chunk_ = Problem{ProblemKind::kRecordUnread, offset, "no chunk stands here"};
      return {0, first};
    }
    const std::uint64_t index = (offset - first) / evtx::kChunkSize;
    base_ = evtx::chunk_offset(index);
    chunk_ = chunks_.read(index);
    return {base_, base_ + evtx::kChunkSize};
  }

  void read(const std::vector<casefile::StoredPlace>& places, const Use& use) override {
    if (!chunk_) {
      Reading reading;
      reading.problem = chunk_.problem();
      for (const casefile::StoredPlace& place : places) use(place, reading);
      return;
    }
    by_libevtx_.clear();
    reader_.open(*chunk_);
    frames_ = reader_.frames();
    const auto stale = evtx::find_stale_records(*chunk_, frames_);
    for (const casefile::StoredPlace& place : places) {
      const auto is_here = [&](const evtx::RecordFrame& frame) {
        return base_ + frame.offset == place.event.byte_offset;
      };
      const auto live = std::ranges::find_if(frames_.records, is_here);
      if (live != frames_.records.end()) {
        read(place, *live, frames_.header.has_value(), use);
        continue;
      }
      const auto left = std::ranges::find_if(stale, is_here);
      const auto hidden = left == stale.end() ? hidden_at(place.event.byte_offset) : std::nullopt;
      if (left != stale.end()) {
        read(place, *left, false, use);
      } else if (hidden) {
        read(place, *hidden, false, use);
      } else {
        Reading reading;
        reading.problem = no_record(place);
        use(place, reading);
      }
    }
  }

  std::optional<std::string> other_text(std::uint64_t offset, std::string_view text) override {
    return other_record_text(*bytes_, offset, text);
  }

 private:
  // The record at an offset that is a part of a live one: a scan finds those, too.
  std::optional<evtx::RecordFrame> hidden_at(std::uint64_t offset) const {
    for (const evtx::RecordFrame& frame : frames_.records) {
      const std::uint64_t begin = base_ + frame.offset;
      if (offset <= begin || offset >= begin + frame.size) continue;
      const auto hidden =
          evtx::find_hidden_record(chunk_->first(std::size_t{frame.offset} + frame.size),
                                   static_cast<std::size_t>(offset - base_));
      if (hidden && base_ + hidden->offset == offset) return hidden;
    }
    return std::nullopt;
  }

  void read(const casefile::StoredPlace& place, const evtx::RecordFrame& frame, bool live,
            const Use& use) {
    Reading reading;
    reading.state = live ? "live" : "recovered";
    reading.other_way = [this, &frame] { return by_libevtx(frame); };
    auto event = reader_.event(frame);
    if (!event) {
      reading.problem = event.problem();
      reading.problem.offset = place.event.byte_offset;
      use(place, reading);
      return;
    }
    event->byte_offset += base_;
    const evtx::Locator locator(*chunk_, frame.offset, std::size_t{frame.offset} + frame.size,
                                *event);
    reading.event = &*event;
    reading.locate = [&](std::optional<std::size_t> field, std::size_t from, std::size_t to) {
      auto offset = locator.locate(field, from, to);
      if (offset) *offset += base_;
      return offset;
    };
    use(place, reading);
  }

  std::optional<evtx::Event> by_libevtx(const evtx::RecordFrame& frame) {
    if (by_libevtx_.empty()) by_libevtx_ = evtx::read_events_by_libevtx(*chunk_, frames_);
    for (std::size_t i = 0; i < frames_.records.size(); ++i) {
      if (frames_.records[i].offset != frame.offset || !by_libevtx_[i]) continue;
      evtx::Event event = *by_libevtx_[i];
      event.byte_offset += base_;
      return event;
    }
    return std::nullopt;
  }

  std::shared_ptr<const ByteSource> bytes_;
  evtx::ChunkSource chunks_;
  evtx::ChunkReader reader_;
  Result<Bytes> chunk_ = Bytes();
  std::uint64_t base_ = 0;  // of chunk_
  evtx::ChunkFrames frames_;
  std::vector<Result<evtx::Event>> by_libevtx_;  // each of frames_, once one was asked for
};

}  // namespace

std::unique_ptr<RecordSource> make_log_source(std::shared_ptr<const ByteSource> bytes,
                                              evtx::TemplateCache& templates) {
  return std::make_unique<LogSource>(std::move(bytes), templates);
}

}  // namespace evtxhound::casework
