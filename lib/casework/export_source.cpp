#include <algorithm>
#include <limits>
#include <utility>

#include "evtxhound/base/text_encoding.hpp"
#include "evtxhound/casework/record_source.hpp"
#include "evtxhound/exports/event_reader.hpp"
#include "evtxhound/exports/export_file.hpp"
#include "evtxhound/exports/text_place.hpp"

namespace evtxhound::casework {
namespace {

// Events of an export, block by block from its start: where an event begins is seen only by who has
// read what stands before it.
class ExportSource final : public RecordSource {
 public:
  ExportSource(std::shared_ptr<const ByteSource> bytes, evidence::Kind kind)
      : kind_(kind), file_(std::move(bytes), kind), reader_(exports::make_reader(kind)) {}

  Range range(std::uint64_t offset) override {
    while (offset >= end()) {
      block_ = {};
      if (!file_.next(block_)) {  // the export ends before it
        block_ = {};
        return {offset, static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())};
      }
    }
    return {offset, end()};
  }

  void read(const std::vector<casefile::StoredPlace>& places, const Use& use) override {
    for (const casefile::StoredPlace& place : places) read(place, use);
  }

  std::optional<std::string> other_text(std::uint64_t offset, std::string_view text) override {
    const std::string stored = encode(text, block_.encoding);
    const Bytes bytes = block_.bytes;
    if (offset < block_.offset || offset - block_.offset > bytes.size()) return std::string();
    const Bytes behind = bytes.subspan(static_cast<std::size_t>(offset - block_.offset));
    const Bytes there = behind.first(std::min(behind.size(), stored.size()));
    if (std::ranges::equal(there, as_bytes(stored))) return std::nullopt;
    return decode(there, block_.encoding).text;
  }

 private:
  // Behind the block at hand.
  [[nodiscard]] std::uint64_t end() const { return block_.offset + block_.bytes.size(); }

  void read(const casefile::StoredPlace& place, const Use& use) {
    Reading reading;
    const auto span = std::ranges::find_if(block_.events, [&](const exports::Span& event) {
      return block_.offset + event.begin == place.event.byte_offset;
    });
    if (span == block_.events.end()) {
      reading.problem = no_record(place);
      use(place, reading);
      return;
    }
    const Bytes bytes = Bytes(block_.bytes).subspan(span->begin, span->size);
    auto read = reader_->read(bytes, block_.encoding, exports::Extent::kAll);
    if (!read) {
      reading.problem = read.problem();
      reading.problem.offset = place.event.byte_offset;
      use(place, reading);
      return;
    }
    evtx::Event& event = read->event;
    event.byte_offset = block_.offset + span->begin;
    event.byte_size = span->size;
    reading.event = &event;
    reading.state = "live";
    const exports::TextPlaces texts(bytes, block_.encoding, kind_, event);
    reading.locate = [&](std::optional<std::size_t> field, std::size_t from, std::size_t to) {
      auto offset = texts.find(field, from, to);
      if (offset) *offset += event.byte_offset;
      return offset;
    };
    use(place, reading);
  }

  evidence::Kind kind_;
  exports::ExportFile file_;
  std::unique_ptr<exports::EventReader> reader_;
  exports::Block block_;
};

}  // namespace

std::unique_ptr<RecordSource> make_export_source(std::shared_ptr<const ByteSource> bytes,
                                                 evidence::Kind kind) {
  return std::make_unique<ExportSource>(std::move(bytes), kind);
}

}  // namespace evtxhound::casework
