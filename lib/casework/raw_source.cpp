#include <algorithm>
#include <map>
#include <utility>

#include "evtxhound/casework/record_source.hpp"
#include "evtxhound/evtx/carve/carved_reader.hpp"
#include "evtxhound/evtx/locate.hpp"
#include "evtxhound/scan/plan.hpp"

namespace evtxhound::casework {
namespace {

// Records of what is no log, carved part by part as a scan does.
class RawSource final : public RecordSource {
 public:
  RawSource(std::shared_ptr<const ByteSource> bytes, evtx::TemplateCache& templates)
      : bytes_(std::move(bytes)), carver_(*bytes_, {0, bytes_->size()}), reader_(templates) {}

  Range range(std::uint64_t offset) override {
    const std::uint64_t begin = offset / scan::kRawPart * scan::kRawPart;
    return range_ = {begin, begin + scan::kRawPart};
  }

  void read(const std::vector<casefile::StoredPlace>& places, const Use& use) override {
    Sink sink(reader_, places, use);
    reader_.start_part();
    const std::uint64_t end = std::min(range_.end, bytes_->size());
    if (range_.begin < end) carver_.carve(range_.begin, end, sink);
    sink.finish();
  }

  std::optional<std::string> other_text(std::uint64_t offset, std::string_view text) override {
    return other_record_text(*bytes_, offset, text);
  }

 private:
  // Looks at what is found for records that stand at a place.
  class Sink : public evtx::CarveSink {
   public:
    Sink(evtx::CarvedReader& reader, const std::vector<casefile::StoredPlace>& places,
         const Use& use)
        : reader_(&reader), use_(&use) {
      for (const casefile::StoredPlace& place : places) {
        waiting_.emplace(place.event.byte_offset, &place);
      }
    }

    void on_chunk(const evtx::CarvedChunk& chunk) override {
      reader_->read(chunk, taker(), problems_);
      take_problems();
    }
    void on_record(const evtx::CarvedRecord& record) override {
      reader_->read(record, taker(), problems_);
      take_problems();
    }
    void on_problem(Problem problem) override {
      problems_.push_back(std::move(problem));
      take_problems();
    }

    // Tells of the places where nothing was found.
    void finish() {
      for (const auto& [offset, place] : waiting_) {
        Reading reading;
        const auto why = reasons_.find(offset);
        reading.problem = why == reasons_.end() ? no_record(*place) : why->second;
        (*use_)(*place, reading);
      }
      waiting_.clear();
    }

   private:
    evtx::CarvedReader::Use taker() {
      return [this](evtx::CarvedEvent&& found) { take(found); };
    }

    void take(evtx::CarvedEvent& found) {
      evtx::Event& event = found.event;
      const std::uint64_t offset = found.base + event.byte_offset;
      const auto [first, last] = waiting_.equal_range(offset);
      if (first == last) return;
      const evtx::RecordFrame frame{static_cast<std::uint32_t>(event.byte_offset), event.byte_size,
                                    event.record_id, event.time_written};
      event.byte_offset = offset;
      const evtx::Locator locator(found.bytes, frame.offset, std::size_t{frame.offset} + frame.size,
                                  event);
      Reading reading;
      reading.event = &event;
      reading.state = "carved";
      // A scan of less evidence may have known no template that is like its own.
      reading.other_way = [&]() -> std::optional<evtx::Event> {
        if (found.naming == evtx::Naming::kOwn) return std::nullopt;
        return without_templates({offset, found.bytes, frame, true});
      };
      reading.locate = [&](std::optional<std::size_t> field, std::size_t from, std::size_t to) {
        auto at = locator.locate(field, from, to);
        if (at) *at += found.base;
        return at;
      };
      for (auto place = first; place != last; ++place) (*use_)(*place->second, reading);
      waiting_.erase(first, last);
    }

    // The record as it is read where no other record is known.
    static std::optional<evtx::Event> without_templates(const evtx::CarvedRecord& record) {
      evtx::TemplateCache none(true);
      std::optional<evtx::Event> event;
      std::vector<Problem> problems;
      evtx::CarvedReader(none).read(
          record, [&event](evtx::CarvedEvent&& found) { event = std::move(found.event); },
          problems);
      if (event) event->byte_offset = record.offset;
      return event;
    }

    void take_problems() {
      for (Problem& problem : problems_) {
        const std::uint64_t offset = problem.offset.value_or(0);
        if (waiting_.contains(offset)) reasons_.insert_or_assign(offset, std::move(problem));
      }
      problems_.clear();
    }

    evtx::CarvedReader* reader_;
    const Use* use_;
    std::multimap<std::uint64_t, const casefile::StoredPlace*> waiting_;  // by offset
    std::map<std::uint64_t, Problem> reasons_;  // why nothing could be read at an offset
    std::vector<Problem> problems_;
  };

  std::shared_ptr<const ByteSource> bytes_;
  evtx::Carver carver_;
  evtx::CarvedReader reader_;
  Range range_;
};

}  // namespace

std::unique_ptr<RecordSource> make_raw_source(std::shared_ptr<const ByteSource> bytes,
                                              evtx::TemplateCache& templates) {
  return std::make_unique<RawSource>(std::move(bytes), templates);
}

}  // namespace evtxhound::casework
