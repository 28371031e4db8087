#include "evtxhound/scan/taken_bytes.hpp"

#include <algorithm>

#include "evtxhound/evtx/carve/plausible.hpp"
#include "evtxhound/evtx/format.hpp"

namespace evtxhound::scan {
namespace {

class RecordsSink : public evtx::CarveSink {
 public:
  RecordsSink(evtx::CarvedReader& reader, TakenBytes& taken) : reader_(&reader), taken_(&taken) {}

  void on_chunk(const evtx::CarvedChunk& chunk) override {
    taken_->add(chunk);
    reader_->read(chunk, use(), problems_);
  }
  void on_record(const evtx::CarvedRecord& record) override {
    reader_->read(record, use(), problems_);
  }
  void on_problem(Problem /*problem*/) override {}

 private:
  evtx::CarvedReader::Use use() {
    problems_.clear();
    return [this](evtx::CarvedEvent&& found) { taken_->add(found); };
  }

  evtx::CarvedReader* reader_;
  TakenBytes* taken_;
  std::vector<Problem> problems_;  // of no interest here
};

}  // namespace

void TakenBytes::add(const evtx::CarvedEvent& record) {
  const evtx::Event& event = record.event;
  const evtx::RecordFrame frame{static_cast<std::uint32_t>(event.byte_offset), event.byte_size,
                                event.record_id, event.time_written};
  const std::uint64_t begin = record.base + event.byte_offset;
  const bool whole = evtx::is_size_confirmed(record.bytes, frame);
  add(evtx::ByteRun{begin, begin + (whole ? event.byte_size : evtx::kRecordHeaderSize)});
}

void TakenBytes::add(const evtx::CarvedChunk& chunk) {
  add(evtx::ByteRun{chunk.offset, chunk.offset + evtx::kChunkSignature.size()});
}

void TakenBytes::seal() {
  std::ranges::sort(runs_, {}, &evtx::ByteRun::begin);
  std::size_t kept = 0;
  for (const evtx::ByteRun& run : runs_) {
    if (kept > 0 && run.begin <= runs_[kept - 1].end) {
      runs_[kept - 1].end = std::max(runs_[kept - 1].end, run.end);
    } else {
      runs_[kept++] = run;
    }
  }
  runs_.resize(kept);
}

std::optional<evtx::ByteRun> TakenBytes::free_around(std::uint64_t at, evtx::ByteRun run) const {
  const auto next = std::ranges::upper_bound(runs_, at, {}, &evtx::ByteRun::begin);
  if (next != runs_.end()) run.end = std::min(run.end, next->begin);
  if (next != runs_.begin()) {
    const std::uint64_t end = (next - 1)->end;
    if (at < end) return std::nullopt;
    run.begin = std::max(run.begin, end);
  }
  return run;
}

void add_records(evtx::Carver& carver, evtx::CarvedReader& reader, std::uint64_t begin,
                 std::uint64_t end, TakenBytes& taken) {
  RecordsSink sink(reader, taken);
  reader.start_part();
  carver.carve(begin, end, sink);
}

}  // namespace evtxhound::scan
