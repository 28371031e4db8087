// Programs write what trees say: whenever a program takes a record, its text is that of the
// Resolver's tree, byte for byte, and its event has the same fields in the same order. Trees are
// rendered from definitions read anew for each chunk, programs come from a cache that all logs
// share, so that wrongly shared definitions show too.

#include "evtxhound/evtx/program/run.hpp"

#include <catch2/catch.hpp>
#include <random>

#include "evtxhound/base/in_turns.hpp"
#include "evtxhound/evtx/binxml/resolver.hpp"
#include "evtxhound/evtx/chunk.hpp"
#include "evtxhound/evtx/program/run_event.hpp"
#include "evtxhound/evtx/render/tree_json.hpp"
#include "evtxhound/evtx/render/tree_xml.hpp"
#include "evtxhound/evtx/tree_event.hpp"
#include "tests/evtx/log_chunks.hpp"
#include "tests/support/raw_chunk.hpp"

using namespace evtxhound;
using namespace evtxhound::evtx;
using namespace evtxhound::test;
namespace fs = std::filesystem;

namespace {

// All that is in an event.
std::string describe(const Event& event) {
  std::string text = event.time_created + " " + event.provider + " " + event.channel + " " +
                     event.computer + " " + event.user_sid + " " + event.activity_id + " " +
                     event.keywords;
  for (const auto& number : {event.event_code, event.version, event.level, event.task, event.opcode,
                             event.process_id, event.thread_id}) {
    text += number ? " " + std::to_string(*number) : " -";
  }
  for (const Field& field : event.data) text += "\n    " + field.name + "=" + field.value;
  return text;
}

std::string describe(const Defect& defect) {
  return "defect at " + std::to_string(defect.offset) + ": " + std::string(defect.message);
}

// Renders the records of one chunk both ways.
class BothWays {
 public:
  BothWays(Bytes chunk, TemplateCache& shared)
      : chunk_(chunk), programs_(shared), trees_(own_cache_) {
    programs_.start_chunk(chunk);
    trees_.start_chunk(chunk);
  }

  std::optional<std::string> by_program(const RecordFrame& frame, Format format) {
    out_.clear();
    RunContext context{chunk_, &programs_, &writer_, &out_, 0, slots_.get()};
    if (!run_program(format, context, begin_of(frame), end_of(frame))) return std::nullopt;
    return std::string(out_.view());
  }

  std::optional<std::string> by_tree(const RecordFrame& frame, Format format) {
    NodeBudget budget;
    Tree tree;
    Resolver resolver(chunk_, trees_, budget, tree);
    if (resolver.resolve(begin_of(frame), end_of(frame)) || tree.root() == kNoNode) {
      return std::nullopt;
    }
    out_.clear();
    const Outcome defect = format == Format::kXml ? append_xml(tree, writer_, 0, out_)
                                                  : append_json(tree, writer_, 0, out_);
    if (defect) return std::nullopt;
    return std::string(out_.view());
  }

  // The event, or what is wrong; nothing where it takes a tree to tell.
  std::optional<std::string> event_by_program(const RecordFrame& frame) {
    Outcome defect;
    RunContext context{chunk_, &programs_, &writer_, &out_, 0, slots_.get()};
    if (run_event_program(context, begin_of(frame), end_of(frame), event_, defect)) {
      return describe(event_);
    }
    if (!defect) return std::nullopt;
    return describe(*defect);
  }

  std::string event_by_tree(const RecordFrame& frame) {
    NodeBudget budget;
    Tree tree;
    Resolver resolver(chunk_, trees_, budget, tree);
    if (const Outcome defect = resolver.resolve(begin_of(frame), end_of(frame))) {
      return describe(*defect);
    }
    const auto event = event_from_tree(tree, writer_);
    return event ? describe(*event) : "none";
  }

 private:
  static std::size_t begin_of(const RecordFrame& frame) { return frame.offset + kRecordHeaderSize; }
  static std::size_t end_of(const RecordFrame& frame) {
    return std::size_t{frame.offset} + frame.size - 4;
  }

  Bytes chunk_;
  TemplateCache own_cache_;
  TemplateTable programs_;
  TemplateTable trees_;
  ValueWriter writer_;
  TextBuffer out_;
  Event event_;  // used for one record after the other
  std::unique_ptr<std::array<Slots, kMaxProgramDepth>> slots_ =
      std::make_unique<std::array<Slots, kMaxProgramDepth>>();
};

struct Counts {
  std::size_t records = 0;
  std::size_t by_program = 0;  // of both formats together
  std::size_t events = 0;      // that are made by program
  std::string difference;      // the first
};

void check_event(BothWays& both, const RecordFrame& frame, Counts& counts) {
  const auto program = both.event_by_program(frame);
  if (!program) return;
  ++counts.events;
  const std::string tree = both.event_by_tree(frame);
  if (program == tree || !counts.difference.empty()) return;
  counts.difference =
      "record " + std::to_string(frame.record_id) + "\nprogram: " + *program + "\ntree: " + tree;
}

void check(BothWays& both, const RecordFrame& frame, Counts& counts) {
  ++counts.records;
  check_event(both, frame, counts);
  for (const Format format : {Format::kXml, Format::kJson}) {
    const auto program = both.by_program(frame, format);
    if (!program) continue;
    ++counts.by_program;
    const auto tree = both.by_tree(frame, format);
    if (program == tree || !counts.difference.empty()) continue;
    counts.difference = "record " + std::to_string(frame.record_id) + "\nprogram: " + *program +
                        "\ntree: " + tree.value_or("none");
  }
}

// Reads whole logs; one for each thread.
class Worker {
 public:
  Worker(const std::vector<fs::path>& logs, TemplateCache& cache, Counts& all)
      : logs_(&logs), cache_(&cache), all_(&all) {}

  void work(std::size_t index) {
    counts_ = {};
    for (const Buffer& chunk : test::chunks_of((*logs_)[index])) {
      BothWays both(chunk, *cache_);
      for (const RecordFrame& frame : find_records(chunk).records) check(both, frame, counts_);
    }
    if (!counts_.difference.empty()) counts_.difference += "\nin " + (*logs_)[index].string();
  }
  void hand_on() {
    all_->records += counts_.records;
    all_->by_program += counts_.by_program;
    all_->events += counts_.events;
    if (all_->difference.empty()) all_->difference = counts_.difference;
  }

 private:
  const std::vector<fs::path>* logs_;
  TemplateCache* cache_;
  Counts* all_;
  Counts counts_;
};

Counts check_logs(const std::vector<fs::path>& logs) {
  TemplateCache cache;
  Counts counts;
  in_turns(logs.size(), 2, [&] { return Worker(logs, cache, counts); });
  return counts;
}

class Random {
 public:
  std::size_t below(std::size_t end) { return static_cast<std::size_t>(engine_() % end); }

 private:
  std::mt19937_64 engine_{11};
};

// Flips bits in a record, mostly near its start where the structure is, or anywhere in the chunk,
// where definitions and names stand.
void flip_bits(Buffer& chunk, const RecordFrame& frame, Random& random) {
  const std::size_t content = frame.offset + kRecordHeaderSize;
  const std::size_t size = frame.size - kMinRecordSize;
  const std::size_t place = random.below(4);
  const std::size_t times = std::size_t{1} << random.below(4);
  for (std::size_t i = 0; i < times && size != 0; ++i) {
    std::size_t at = content + random.below(size);
    if (place == 1) at = content + random.below(std::min<std::size_t>(size, 120));
    if (place == 2)
      at = kChunkHeaderSize +
           random.below(std::min<std::size_t>(chunk.size() - kChunkHeaderSize, 6'000));
    chunk[at] ^= static_cast<std::uint8_t>(1U << random.below(8));
  }
}

// Damages copies of the chunks and checks the record that was aimed at and its neighbours.
Counts check_damaged(const std::vector<Buffer>& chunks, int times) {
  TemplateCache cache;
  Counts counts;
  Random random;
  for (int i = 0; i < times; ++i) {
    Buffer chunk = chunks[random.below(chunks.size())];
    const std::vector<RecordFrame> records = find_records(chunk).records;
    if (records.empty()) continue;
    const std::size_t victim = random.below(records.size());
    flip_bits(chunk, records[victim], random);
    BothWays both(chunk, cache);
    const std::size_t last = std::min(victim + 1, records.size() - 1);
    for (std::size_t r = victim - std::min<std::size_t>(victim, 1); r <= last; ++r) {
      check(both, records[r], counts);
    }
  }
  return counts;
}

// Templates with a value in one of the places where a program takes one: Data with a name and
// without, an attribute, the text beside it, an element of another name.
std::vector<DefinitionPlace> define_places(RawChunk& chunk, std::uint16_t dependency) {
  std::vector<DefinitionPlace> places;
  for (int place = 0; place < 5; ++place) {
    RawBinXml event(chunk);
    event.open("Event").close_start().open("EventData").close_start();
    switch (place) {
      case 0:
        event.open_with_attributes("Data", dependency).attribute("Name").text("Named");
        event.close_start().value(0).end();
        break;
      case 1:
        event.open("Data", dependency).close_start().value(0).end();
        break;
      case 2:
        event.open_with_attributes("Other").attribute("Id").value(0).close_start().text("t").end();
        break;
      case 3:
        event.open_with_attributes("Other").attribute("Id").text("t").close_start().value(0).end();
        break;
      default:
        event.open("Plain", dependency).close_start().value(0).end();
    }
    places.push_back(chunk.definition(event.end().end().token(0).get()));
  }
  return places;
}

}  // namespace

TEST_CASE("programs write what trees say, whatever type and size a value has") {
  TemplateCache cache;
  Counts counts;
  for (const std::uint16_t dependency : {std::uint16_t{0}, kNoDependency}) {
    for (std::size_t type = 0; type < 256; ++type) {
      RawChunk chunk;
      for (const DefinitionPlace place : define_places(chunk, dependency)) {
        for (const std::size_t size : {0, 1, 2, 3, 4, 8, 12, 16, 28, 32}) {
          chunk.record(raw_instance(place, {{static_cast<ValueType>(type), Buffer(size, 0x01)}}));
        }
      }
      const Buffer bytes = chunk.finish();
      BothWays both(bytes, cache);
      for (const RecordFrame& frame : find_records(bytes).records) check(both, frame, counts);
    }
  }
  INFO(counts.difference);
  CHECK(counts.difference.empty());
  CHECK(counts.by_program > 10'000);
  CHECK(counts.events > 5'000);
}

TEST_CASE("programs write what trees say, in forged logs") {
  const Counts counts = check_logs(test::forged_logs());
  INFO(counts.difference);
  CHECK(counts.difference.empty());
  CHECK(counts.records > 400);
  CHECK(counts.by_program > counts.records * 2 * 9 / 10);
  CHECK(counts.events > counts.records * 9 / 10);
}

TEST_CASE("programs write what trees say, in real logs, and take nearly all records") {
  const auto folder = test::corpus();
  EVTXHOUND_NEEDS(folder, "no corpus of real logs");
  const Counts counts = check_logs(test::logs_below(*folder));
  INFO(counts.difference);
  CHECK(counts.difference.empty());
  CHECK(counts.records > 20'000);
  CHECK(counts.by_program > counts.records * 2 * 9 / 10);
  CHECK(counts.events > counts.records * 9 / 10);
}

TEST_CASE("programs write what trees say, in damaged records") {
  std::vector<Buffer> chunks;
  for (const fs::path& log : test::forged_logs()) {
    for (Buffer& chunk : test::chunks_of(log)) chunks.push_back(std::move(chunk));
  }
  const Counts counts = check_damaged(chunks, 4000);
  INFO(counts.difference);
  CHECK(counts.difference.empty());
  CHECK(counts.by_program > 4000);
  CHECK(counts.events > 2000);
}

TEST_CASE("programs write what trees say, in damaged records of real logs") {
  const auto folder = test::corpus();
  EVTXHOUND_NEEDS(folder, "no corpus of real logs");
  std::vector<Buffer> chunks;
  for (const fs::path& log : test::logs_below(*folder)) {
    chunks.push_back(test::chunks_of(log).front());
  }
  const Counts counts = check_damaged(chunks, 4000);
  INFO(counts.difference);
  CHECK(counts.difference.empty());
  CHECK(counts.by_program > 4000);
  CHECK(counts.events > 2000);
}
