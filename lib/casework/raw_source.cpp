#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <utility>

#include "evtxhound/casework/record_source.hpp"
#include "evtxhound/evtx/carve/carved_reader.hpp"
#include "evtxhound/evtx/format.hpp"
#include "evtxhound/evtx/locate.hpp"
#include "evtxhound/scan/plan.hpp"
#include "evtxhound/scan/raw_matcher.hpp"

namespace evtxhound::casework {
namespace {

// How the text stands in the bytes, as the case file says.
std::optional<scan::RawEncoding> encoding_of(const casefile::StoredPlace& place) {
  const auto data = nlohmann::json::parse(place.data, nullptr, false);
  if (!data.is_object()) return std::nullopt;
  const auto name = data.find("Encoding");
  if (name == data.end() || !name->is_string()) return std::nullopt;
  return scan::raw_encoding_from(name->get<std::string>());
}

// Records of what is no log, carved part by part as a scan does, and texts between them.
class RawSource final : public RecordSource {
 public:
  RawSource(std::shared_ptr<const ByteSource> bytes, evtx::TemplateCache& templates)
      : bytes_(std::move(bytes)), carver_(*bytes_, {0, bytes_->size()}), reader_(templates) {}

  Range range(std::uint64_t offset) override {
    const std::uint64_t begin = offset / scan::kRawPart * scan::kRawPart;
    return range_ = {begin, begin + scan::kRawPart};
  }

  void read(const std::vector<casefile::StoredPlace>& places, const Use& use) override {
    std::vector<const casefile::StoredPlace*> records;
    std::vector<const casefile::StoredPlace*> texts;
    for (const casefile::StoredPlace& place : places) {
      (is_text(place) ? texts : records).push_back(&place);
    }
    if (!records.empty()) read_records(records, use);
    if (!texts.empty()) read_texts(texts, use);
  }

  std::optional<std::string> other_text(std::uint64_t offset, std::string_view text) override {
    return other_record_text(*bytes_, offset, text);
  }

 private:
  // Looks at what is found for records that stand at a place.
  class Sink : public evtx::CarveSink {
   public:
    Sink(evtx::CarvedReader& reader, const std::vector<const casefile::StoredPlace*>& places,
         const Use& use)
        : reader_(&reader), use_(&use) {
      for (const casefile::StoredPlace* place : places) {
        waiting_.emplace(place->event.byte_offset, place);
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

  void read_records(const std::vector<const casefile::StoredPlace*>& places, const Use& use) {
    Sink sink(reader_, places, use);
    reader_.start_part();
    const std::uint64_t end = std::min(range_.end, bytes_->size());
    if (range_.begin < end) carver_.carve(range_.begin, end, sink);
    sink.finish();
  }

  // Of what a scan knows of the records around: the context of a text ends where one begins.
  void read_texts(const std::vector<const casefile::StoredPlace*>& places, const Use& use) {
    scan::TakenBytes taken;
    const std::uint64_t before = std::min<std::uint64_t>(range_.begin, evtx::kChunkSize);
    add_records(carver_, reader_, range_.begin - before, range_.end + 2 * scan::kReach, taken);
    taken.seal();
    for (const casefile::StoredPlace* place : places) read_text(*place, taken, use);
  }

  void read_text(const casefile::StoredPlace& place, const scan::TakenBytes& taken,
                 const Use& use) {
    Reading reading;
    reading.problem = no_record(place);
    const std::uint64_t offset = place.event.byte_offset;
    const std::uint64_t before = std::min<std::uint64_t>(offset, 2 * scan::kContextUnits);
    Buffer around(before + kLongestText);
    const auto got = bytes_->read_at(offset - before, around);
    around.resize(got ? *got : 0);
    if (!got) reading.problem = got.problem();
    const evtx::ByteRun run{offset - before, offset - before + around.size()};
    const auto free = around.size() <= before ? std::nullopt : taken.free_around(offset, run);
    const auto encoding = encoding_of(place);
    const auto size = free && encoding ? size_of(place, free->end - offset, *encoding) : 0;
    if (size == 0) {
      use(place, reading);
      return;
    }
    const Bytes bytes = Bytes(around).subspan(static_cast<std::size_t>(free->begin - run.begin));
    const std::string context =
        scan::context_of(bytes, static_cast<std::size_t>(offset - free->begin), size, *encoding);
    const evtx::Event event = scan::raw_event(offset, size, context, *encoding);
    reading.event = &event;
    reading.state = "carved";
    use(place, reading);
  }

  // The bytes of a text of which so many are there, with its context. Its hits begin where it does,
  // and one of them says how long it is: the others can be of later scans. 0 where there is none.
  static std::uint32_t size_of(const casefile::StoredPlace& place, std::uint64_t there,
                               scan::RawEncoding encoding) {
    std::uint32_t longest = 0;
    for (const casefile::PlacedHit& hit : place.hits) {
      const std::uint64_t end = scan::encoded_size(hit.matched, encoding);
      if (hit.byte_offset != place.event.byte_offset || end > there) continue;
      const auto size = static_cast<std::uint32_t>(scan::context_end(end, there - end, encoding));
      if (size == place.event.byte_size) return size;
      longest = std::max(longest, size);
    }
    return longest;
  }

  // More than a scan stores of a text.
  static constexpr std::size_t kLongestText = 4 * scan::kReach;

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
