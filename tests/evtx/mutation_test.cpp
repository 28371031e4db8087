// Damage of one record stays in it, and a short mutation run; scripts/mutate does the long one.

#include <catch2/catch.hpp>

#include "tests/support/corpus.hpp"
#include "tests/support/hostile_reader.hpp"
#include "tests/support/mutation.hpp"
#include "tests/support/raw_chunk.hpp"
#include "tests/support/run.hpp"

using namespace evtxhound;
using namespace evtxhound::evtx;
using namespace evtxhound::test;

namespace {

std::vector<Buffer> sound_chunks() {
  std::vector<Buffer> chunks;
  for (const auto& path : logs_below(std::string(EVTXHOUND_SOURCE_DIR) + "/testdata")) {
    const std::string log = read_file(path);
    for (std::size_t at = kFileHeaderSize; at + kChunkSize <= log.size(); at += kChunkSize) {
      Buffer chunk(log.begin() + static_cast<std::ptrdiff_t>(at),
                   log.begin() + static_cast<std::ptrdiff_t>(at + kChunkSize));
      const ChunkFrames frames = find_records(chunk);
      if (frames.records.size() >= 2 && frames.problems.empty()) chunks.push_back(std::move(chunk));
    }
  }
  return chunks;
}

// Whether the records that are not the victim are the same, byte for byte.
bool same_others(const std::vector<ReadRecord>& before, const std::vector<ReadRecord>& after,
                 std::uint64_t victim) {
  if (before.size() != after.size()) return false;
  for (std::size_t i = 0; i < before.size(); ++i) {
    if (before[i].frame.record_id == victim) continue;
    if (before[i].xml != after[i].xml || before[i].json != after[i].json) return false;
  }
  return true;
}

}  // namespace

TEST_CASE("an element that depends on a value that is not there stays, by program and tree alike") {
  RawChunk raw;
  RawBinXml body(raw);
  body.open("Event").close_start().open("Data", 7).close_start().value(0).end().end().token(0);
  raw.record(raw_instance(raw.definition(body.get()), {text_value("x")}));
  TemplateCache templates;
  const auto records = read_hostile(templates, raw.finish(), {true, true, true});
  CHECK(records.at(0).xml == "<Event><Data>x</Data></Event>");
}

TEST_CASE("what stands in an element that is closed as empty is its content") {
  RawChunk raw;
  RawBinXml body(raw);
  body.open("Event").value(0).close_empty().token(0);
  raw.record(raw_instance(raw.definition(body.get()), {text_value("x")}));
  TemplateCache templates;
  const auto records = read_hostile(templates, raw.finish(), {true, true, true});
  CHECK(records.at(0).xml == "<Event>x</Event>");
}

TEST_CASE("a record whose only element depends on a null is a problem, not an empty text") {
  RawChunk raw;
  RawBinXml body(raw);
  body.open("Event", 0).close_start().value(0).end().token(0);
  raw.record(raw_instance(raw.definition(body.get()), {RawValue{}}));
  TemplateCache templates;
  const auto records = read_hostile(templates, raw.finish(), {true, true, true});
  CHECK(records.at(0).xml.empty());
  CHECK(records.at(0).problems.size() == 3);
}

TEST_CASE("a template of nothing but a blank value is a problem, not an empty text") {
  RawChunk raw;
  RawBinXml body(raw);
  body.value(0).token(0);
  raw.record(raw_instance(raw.definition(body.get()), {RawValue{ValueType::kString, {}}}));
  TemplateCache templates;
  const auto records = read_hostile(templates, raw.finish(), {true, true, true});
  CHECK(records.at(0).xml.empty());
  CHECK_FALSE(records.at(0).problems.empty());
}

TEST_CASE("whatever one record's values are, all others come out byte for byte") {
  const std::vector<Buffer> chunks = sound_chunks();
  REQUIRE(chunks.size() > 5);
  constexpr ReadingOptions kOptions{false, false, true};
  std::size_t done = 0;
  for (std::size_t i = 0; i < chunks.size(); ++i) {
    TemplateCache templates;
    const auto before = read_hostile(templates, chunks[i], kOptions);
    for (std::uint64_t seed = 0; seed < 3000 / chunks.size() + 1; ++seed) {
      Random random(seed * chunks.size() + i);
      Buffer chunk = chunks[i];
      const RecordFrame& victim = before[random.below(before.size())].frame;
      if (!mutate_record(chunk, victim, random)) continue;
      INFO("chunk " << i << ", seed " << seed << ", record " << victim.record_id);
      REQUIRE(same_others(before, read_hostile(templates, chunk, kOptions), victim.record_id));
      ++done;
    }
  }
  CHECK(done > 2000);
}

TEST_CASE("2,000 damaged logs are read as promised") {
  const Ran ran = shell(quoted(std::string(EVTXHOUND_MUTATION_RUN)) + " --count 2000");
  INFO(ran.out);
  INFO(ran.err);
  CHECK(ran.status == 0);
}
