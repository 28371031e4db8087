#include "evtxhound/evtx/carve/carver.hpp"

#include <catch2/catch.hpp>

#include "evtxhound/evtx/format.hpp"
#include "tests/support/bytes.hpp"
#include "tests/support/carving.hpp"
#include "tests/support/forged_chunk.hpp"

using namespace evtxhound;
using namespace evtxhound::evtx;
using namespace evtxhound::test;

namespace {

using Offsets = std::vector<std::uint64_t>;

Buffer joined(const std::vector<Buffer>& parts) {
  Buffer all;
  for (const Buffer& part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}

Buffer zeros(std::size_t count) { return Buffer(count); }

Finds carved(const Buffer& bytes, ByteRun run = {0, ~0ULL}) {
  const MemorySource source(bytes);
  Finds finds;
  carve(source, finds, Carver::kWindow, ~0ULL, run);
  return finds;
}

// The same, with what is found read; every template is loaded before, as a scan does it.
Finds read(const Buffer& bytes) {
  struct Loader : CarveSink {
    explicit Loader(TemplateCache& cache) : reader(cache) {}
    void on_chunk(const CarvedChunk& chunk) override { reader.load_templates(chunk); }
    void on_record(const CarvedRecord& record) override { reader.load_templates(record); }
    void on_problem(Problem /*problem*/) override {}
    CarvedReader reader;
  };
  const MemorySource source(bytes);
  TemplateCache templates(true);
  Loader loader(templates);
  Carver(source, {0, bytes.size()}).carve(0, bytes.size(), loader);
  CarvedReader reader(templates);
  Finds finds(&reader);
  carve(source, finds);
  return finds;
}

std::size_t record_count(Bytes chunk) { return find_records(chunk).records.size(); }

// Where the i-th record of a chunk stands.
std::size_t record_at(Bytes chunk, std::size_t i) { return find_records(chunk).records[i].offset; }

Buffer slice(const Buffer& bytes, std::size_t begin, std::size_t end) {
  return {bytes.begin() + static_cast<std::ptrdiff_t>(begin),
          bytes.begin() + static_cast<std::ptrdiff_t>(end)};
}

}  // namespace

TEST_CASE("carving: whole chunks at odd offsets are found, their records not again") {
  const Buffer a = forged_chunk(1, 40);
  const Buffer b = forged_chunk(1000, 30);
  const Finds finds = carved(joined({zeros(513), a, zeros(7), b, zeros(100)}));
  CHECK(finds.chunks == Offsets{513, 513 + kChunkSize + 7});
  CHECK(finds.lone.empty());
  CHECK(finds.records.size() == 70);
  CHECK(finds.chunk_problems.empty());
}

TEST_CASE("carving: a chunk that the run cuts gives exactly its whole records") {
  const Buffer chunk = forged_chunk(1, 60);
  const std::size_t tenth = record_at(chunk, 10);
  for (const std::size_t end : {tenth, tenth + 1, record_at(chunk, 11) - 1}) {
    const Finds finds = carved(joined({zeros(9), chunk, zeros(9)}), {9, 9 + end});
    CHECK(finds.chunks == Offsets{9});
    CHECK(finds.records.size() == 10);
    REQUIRE_FALSE(finds.chunk_problems.empty());
    CHECK(finds.chunk_problems.back().kind == ProblemKind::kTruncated);
  }
}

TEST_CASE("carving: no byte outside of the run is looked at") {
  const Buffer chunk = forged_chunk(1, 5);
  const Buffer bytes = joined({zeros(100), chunk, zeros(100)});
  CHECK(carved(bytes, {101, bytes.size()}).chunks.empty());
  CHECK(carved(bytes, {101, bytes.size()}).lone.size() == 5);
  CHECK(carved(bytes, {0, 100 + 511}).lines.empty());
  CHECK(carved(bytes, {50'000, 40'000}).lines.empty());
}

TEST_CASE("carving: a chunk ends where the next one's header stands") {
  const Buffer a = forged_chunk(1, 60);
  const Buffer b = forged_chunk(500, 50);
  const std::size_t cut = record_at(a, 20) + 10;
  const Finds finds = carved(joined({slice(a, 0, cut), b}));
  CHECK(finds.chunks == Offsets{0, cut});
  CHECK(finds.records.size() == 20 + 50);
}

TEST_CASE("carving: other data ends a chunk, whose records before it are kept") {
  const Buffer a = forged_chunk(1, 100);
  REQUIRE(find_records(a).header->free_space_offset > 3 * 8192);
  Buffer bytes = a;
  std::fill(bytes.begin() + 8192, bytes.end(), std::uint8_t{0x41});
  const Finds finds = carved(bytes);
  std::size_t whole = 0;
  for (const RecordFrame& frame : find_records(a).records) {
    if (frame.offset + frame.size <= 8192 || lone_record(bytes, frame.offset)) ++whole;
  }
  CHECK(finds.records.size() == whole);
  CHECK(std::ranges::any_of(finds.chunk_problems, [](const Problem& problem) {
    return problem.kind == ProblemKind::kChecksum;
  }));
}

TEST_CASE("carving: a chunk with a wrong checksum counts, marked") {
  Buffer chunk = forged_chunk(1, 10);
  chunk[kChunkDataChecksumOffset] ^= 1U;
  const Finds finds = carved(chunk);
  CHECK(finds.chunks.size() == 1);
  CHECK(finds.records.size() == 10);
  REQUIRE(finds.chunk_problems.size() == 2);  // the header's does not fit either
  CHECK(finds.chunk_problems[0].kind == ProblemKind::kChecksum);
}

TEST_CASE("carving: records of a chunk without header are read by the templates beside them") {
  const Buffer whole = forged_chunk(1, 12);
  Buffer headless = whole;
  std::fill_n(headless.begin(), kChunkHeaderSize, std::uint8_t{0});
  const Finds expected = read(whole);
  // Also where the source begins within the chunk.
  for (const std::size_t begin : {std::size_t{0}, std::size_t{300}, kChunkHeaderSize}) {
    const Finds finds = read(slice(headless, begin, kChunkSize));
    CHECK(finds.chunks.empty());
    CHECK(finds.problems.empty());
    REQUIRE(finds.events.size() == 12);
    for (std::size_t i = 0; i < 12; ++i) {
      CHECK(finds.events[i].naming == Naming::kOwn);
      CHECK(finds.events[i].offset == expected.events[i].offset - begin);
      CHECK(finds.events[i].event.data == expected.events[i].event.data);
      CHECK(finds.events[i].event.provider == "Provider-Of-Tests");
    }
  }
}

TEST_CASE("carving: a record without its template is read by a like one from elsewhere") {
  const Buffer chunk = forged_chunk(1, 12);
  const Buffer rest = slice(chunk, record_at(chunk, 5), kChunkSize);
  const Finds finds = read(joined({rest, zeros(1000), forged_chunk(900, 1)}));
  REQUIRE(finds.events.size() == 7 + 1);
  for (std::size_t i = 0; i < 7; ++i) {
    CHECK(finds.events[i].naming == Naming::kLike);
    CHECK(finds.events[i].event.event_code == 100);
    CHECK(*finds.events[i].event.find("Number") == fmt::format("event {}", i + 6));
  }
  CHECK(finds.events[7].naming == Naming::kOwn);
}

namespace {

// The records of a chunk of these events from the sixth on: without definitions.
Buffer records_alone(const std::vector<writer::EventRecord>& events) {
  writer::ChunkWriter chunk;
  for (const writer::EventRecord& event : events) {
    REQUIRE(chunk.append(writer::make_record(event)));
  }
  const Buffer bytes = chunk.finish();
  return slice(bytes, record_at(bytes, 5), kChunkSize);
}

}  // namespace

TEST_CASE("carving: a template like a record's own is another's where provider or id are others") {
  std::vector<writer::EventRecord> events;
  for (std::uint64_t id = 1; id <= 10; ++id) events.push_back(forged_event(id));
  const auto namings = [&](const Buffer& with) {
    const Finds finds = read(joined({records_alone(events), zeros(100), with}));
    std::vector<Naming> found;
    for (std::size_t i = 0; i < 5; ++i) {
      found.push_back(finds.events.at(i).naming);
      const FoundEvent& event = finds.events[i];
      const bool is_none = event.naming == Naming::kNone;
      CHECK(event.event.provider == (is_none ? "" : events[5 + i].provider));
      CHECK((event.event.find("Number") == nullptr) == is_none);
    }
    return found;
  };
  constexpr Naming kLike = Naming::kLike;
  constexpr Naming kNone = Naming::kNone;
  CHECK(namings(forged_chunk(900, 1)) == std::vector(5, kLike));
  events[6].event_id = 555;
  events[7].provider = "Another-Provider";
  events[8].event_id = 101;
  // Of kind 1 as well, which has the id 101 and another template.
  const Buffer known = joined({forged_chunk(900, 1), forged_chunk(950, 1, 1)});
  CHECK(namings(known) == std::vector{kLike, kNone, kNone, kNone, kLike});
  writer::EventRecord other = forged_event(2000);
  other.event_id = 555;
  writer::ChunkWriter more;
  REQUIRE(more.append(writer::make_record(other)));
  CHECK(namings(joined({known, more.finish()})) == std::vector{kLike, kLike, kNone, kNone, kLike});
}

TEST_CASE("carving: System's names need a record that says its id or its time again") {
  std::vector<writer::EventRecord> events;
  for (std::uint64_t id = 1; id <= 7; ++id) events.push_back(forged_event(id));
  Buffer alone = records_alone(events);
  const auto naming = [&] {
    return read(joined({alone, zeros(100), forged_chunk(900, 1)})).events.at(0).naming;
  };
  const MutableBytes header(alone);
  store<std::uint64_t>(header, 8, 77);  // as where a log was exported
  CHECK(naming() == Naming::kLike);
  store<std::uint64_t>(header, 16, events[5].written + 900'000'000'000);
  CHECK(naming() == Naming::kNone);
  store<std::uint64_t>(header, 8, 6);
  CHECK(naming() == Naming::kLike);
}

TEST_CASE("carving: a template whose slots are of other types is not like a record's own") {
  std::vector<writer::EventRecord> events;
  for (std::uint64_t id = 1; id <= 7; ++id) events.push_back(forged_event(id));
  Buffer alone = records_alone(events);
  const std::size_t descriptors = kRecordHeaderSize + 4 + 10 + 4;
  std::size_t type = descriptors + 2;
  while (alone[type] != static_cast<std::uint8_t>(ValueType::kUint16)) type += kDescriptorSize;
  REQUIRE(type < descriptors + 18 * kDescriptorSize);
  alone[type] = static_cast<std::uint8_t>(ValueType::kInt16);
  const Finds finds = read(joined({alone, zeros(100), forged_chunk(900, 1)}));
  CHECK(finds.events.at(0).naming == Naming::kNone);
  CHECK(finds.events.at(1).naming == Naming::kLike);
}

TEST_CASE("carving: where only the template of its data is gone, a record's System has its names") {
  Buffer chunk = forged_chunk(1, 6);
  const auto frame = lone_record(chunk, kChunkHeaderSize);
  REQUIRE(frame);
  const auto definitions = named_definitions(chunk, *frame);
  REQUIRE(definitions.size() == 2);
  chunk[definitions[1].offset + 4] ^= 0xFFU;  // its id
  const Finds finds = read(chunk);
  REQUIRE(finds.events.size() == 6);
  for (const FoundEvent& found : finds.events) {
    CHECK(found.naming == Naming::kNone);
    CHECK(found.event.provider == "Provider-Of-Tests");
    CHECK(found.event.channel == "Channel-Of-Tests");
    CHECK(found.event.computer == "PC-1");
    CHECK(found.event.event_code == 100);
    CHECK(found.event.time_created == to_iso8601(forged_event(found.event.record_id).created));
    CHECK(found.event.find("Number") == nullptr);
    CHECK(found.event.data.front().name == "Value1");
  }
}

TEST_CASE("carving: without any template, values are kept without names") {
  const Buffer chunk = forged_chunk(1, 12);
  const Finds finds = read(slice(chunk, record_at(chunk, 5), kChunkSize));
  REQUIRE(finds.events.size() == 7);
  const FoundEvent& found = finds.events[0];
  CHECK(found.naming == Naming::kNone);
  CHECK(found.event.record_id == 6);
  CHECK(found.event.time_created == to_iso8601(forged_event(6).written));
  CHECK(found.event.provider.empty());
  const auto has = [&](const std::string& value) {
    return std::ranges::any_of(found.event.data, [&](const Field& field) {
      return field.name.starts_with("Value") && field.value == value;
    });
  };
  CHECK(has("event 6"));
  CHECK(has("Channel-Of-Tests"));
  CHECK(found.event.data.front().name == "Value1");
  CHECK(finds.problems.empty());
}

TEST_CASE("carving: what was written over a chunk's rest is found too, and read by its own") {
  const Buffer a = forged_chunk(1, 100, 1);
  const Buffer b = forged_chunk(5000, 100, 2);
  Buffer bytes = a;
  // From b's beginning without its header, as where clusters were used again.
  std::copy_n(b.begin() + kChunkHeaderSize, 20'000, bytes.begin() + 16'384);
  const Finds finds = read(bytes);
  CHECK(finds.chunks == Offsets{0});
  std::size_t of_b = 0;
  for (const FoundEvent& found : finds.events) {
    const bool is_b = found.event.record_id >= 5000;
    of_b += is_b ? 1 : 0;
    CHECK(found.event.find(is_b ? "Kind2" : "Kind1") != nullptr);
    CHECK(found.naming == Naming::kOwn);
  }
  std::size_t expected = 0;
  for (const RecordFrame& frame : find_records(b).records) {
    if (frame.offset + frame.size <= kChunkHeaderSize + 20'000) ++expected;
  }
  CHECK(of_b == expected);
  std::vector<std::uint64_t> once = finds.records;
  std::ranges::sort(once);
  CHECK(std::ranges::adjacent_find(once) == once.end());
}

TEST_CASE("carving: a record that goes over the end of an overwritten chunk is found") {
  const Buffer a = forged_chunk(1, 5);
  const Buffer b = forged_chunk(5000, 1);
  Buffer bytes = joined({a, zeros(4096)});
  const std::size_t at = kChunkSize - 100;
  const std::size_t size = find_records(b).records[0].size;
  std::copy_n(b.begin() + kChunkHeaderSize, size, bytes.begin() + at);
  const Finds finds = carved(bytes);
  CHECK(finds.records.size() == 6);
  CHECK(finds.lone == Offsets{at});
}

TEST_CASE("carving: a chunk within a value of a record hides nothing, where the checksum fits") {
  writer::EventRecord event = forged_event(2);
  const Buffer inner = slice(forged_chunk(700, 2), 0, 8000);
  writer::NamedData data;
  data.fields.emplace_back("Dump", writer::Value{ValueType::kBinary, inner, nullptr});
  event.payload = std::move(data);
  writer::ChunkWriter chunk;
  REQUIRE(chunk.append(writer::make_record(forged_event(1))));
  REQUIRE(chunk.append(writer::make_record(event)));
  REQUIRE(chunk.append(writer::make_record(forged_event(3))));
  const Finds finds = carved(chunk.finish());
  CHECK(finds.chunks == Offsets{0});
  CHECK(finds.records.size() == 3);
}

TEST_CASE("carving: a record within a value of a lone record is not another one") {
  const Buffer inner = forged_chunk(700, 1);
  writer::EventRecord event = forged_event(2);
  writer::NamedData data;
  data.fields.emplace_back(
      "Dump",
      writer::Value{ValueType::kBinary, slice(inner, 512, record_at(inner, 0) + 2000), nullptr});
  event.payload = std::move(data);
  writer::ChunkWriter chunk;
  REQUIRE(chunk.append(writer::make_record(event)));
  const Buffer bytes = slice(chunk.finish(), kChunkHeaderSize, kChunkSize);
  CHECK(carved(bytes).lone == Offsets{0});
}

TEST_CASE("carving: sectors that cannot be read are told once and cost what lies in them") {
  const Buffer chunk = forged_chunk(1, 100);
  const Buffer bytes = joined({chunk, chunk});
  MemorySource source(bytes);
  source.bad = {kChunkSize + 8192, kChunkSize + 12288};
  for (const std::size_t window : {std::size_t{4096}, std::size_t{10'000}, Carver::kWindow}) {
    Finds finds;
    carve(source, finds, window, 70'000);
    REQUIRE(finds.problems.size() == 1);
    CHECK(finds.problems[0].kind == ProblemKind::kUnreadable);
    CHECK(finds.problems[0].offset == kChunkSize + 8192);
    std::size_t whole = 0;
    Buffer damaged = chunk;
    std::fill_n(damaged.begin() + 8192, 8192, std::uint8_t{0});
    for (const RecordFrame& frame : find_records(chunk).records) {
      if (lone_record(damaged, frame.offset)) ++whole;
    }
    CHECK(finds.records.size() == record_count(chunk) + whole);
  }
}

TEST_CASE("carving: a record torn at a sector's begin is kept, with a problem that says so") {
  const Buffer whole = forged_chunk(1, 100);
  const std::vector<RecordFrame> frames = find_records(whole).records;
  // The last one before the place that has values of its own there.
  const RecordFrame& last = frames[40];
  const std::size_t tear = last.offset + last.size - 60;
  Buffer torn = whole;
  std::fill(torn.begin() + static_cast<std::ptrdiff_t>(tear), torn.end(), std::uint8_t{0});
  for (const bool headless : {false, true}) {
    INFO("headless " << headless);
    if (headless) std::fill_n(torn.begin(), kChunkHeaderSize, std::uint8_t{0});
    const Finds finds = read(torn);
    REQUIRE(finds.events.size() == 41);
    const FoundEvent& found = finds.events.back();
    CHECK(found.offset == last.offset);
    CHECK(found.event.record_id == 41);
    CHECK(found.event.event_code == 100);
    CHECK(found.event.provider == "Provider-Of-Tests");
    const auto& problems = headless ? finds.problems : finds.chunk_problems;
    CHECK(std::ranges::count_if(problems, [&](const Problem& problem) {
            return problem.kind == ProblemKind::kRecordDamaged && problem.offset == last.offset;
          }) == 1);
  }
}

TEST_CASE("carving: what stands where a torn record would go on is found too") {
  const Buffer a = forged_chunk(1, 10);
  const Buffer b = forged_chunk(5000, 10);
  const RecordFrame torn = find_records(a).records[9];
  const std::size_t tear = torn.offset + torn.size - 40;
  const Buffer bytes =
      joined({slice(a, kChunkHeaderSize, tear), slice(b, kChunkHeaderSize, kChunkSize)});
  const Finds finds = carved(bytes);
  CHECK(finds.lone.size() == 20);
  CHECK(std::ranges::count(finds.lone, torn.offset - kChunkHeaderSize) == 1);
}

TEST_CASE("carving: a definition whose names were overwritten is not believed") {
  // The second record is of another template, whose names stand partly in the first.
  writer::ChunkWriter chunk;
  REQUIRE(chunk.append(writer::make_record(forged_event(1))));
  writer::EventRecord classic = forged_event(2);
  classic.payload = writer::UnnamedData{{"a text"}, std::nullopt};
  REQUIRE(chunk.append(writer::make_record(classic)));
  const Buffer whole = chunk.finish();
  Buffer damaged = whole;
  const std::size_t second = record_at(whole, 1);
  for (const std::uint8_t filler : {std::uint8_t{0}, std::uint8_t{0x41}}) {
    std::fill_n(damaged.begin(), second, filler);
    const Finds alone = read(damaged);
    REQUIRE(alone.events.size() == 1);
    CHECK(alone.events[0].naming == Naming::kNone);
    const Finds with_like = read(joined({damaged, whole}));
    REQUIRE(with_like.events.size() == 3);
    CHECK(with_like.events[0].naming == Naming::kLike);
    CHECK(with_like.events[0].event.data == with_like.events[2].event.data);
    CHECK(with_like.events[0].event.provider == "Provider-Of-Tests");
  }
}

TEST_CASE("carving: of two headers, one in the other, the second is the chunk's") {
  const Buffer a = forged_chunk(1, 5);
  const Buffer b = forged_chunk(50, 4);
  Buffer bytes = joined({a, zeros(1000)});
  std::copy(b.begin(), b.end(), bytes.begin() + 200);
  const Finds finds = carved(bytes);
  CHECK(finds.chunks == Offsets{200});
  CHECK(finds.records.size() == 4);
}

TEST_CASE("carving: a definition within a record's values does not say where a chunk began") {
  const Buffer whole = forged_chunk(1, 100);
  const std::vector<RecordFrame> frames = find_records(whole).records;
  Buffer bytes = whole;
  std::fill_n(bytes.begin(), kChunkHeaderSize, std::uint8_t{0});
  // In place of some records, one whose value is a copy of the first one, which has the
  // definitions; the names in them are overwritten.
  const std::size_t begin = frames[5].offset;
  const std::size_t size = frames[60].offset - begin;
  REQUIRE(size > frames[0].size + 100);
  Buffer copy = slice(whole, frames[0].offset, frames[0].offset + frames[0].size);
  std::fill(copy.begin() + 150, copy.begin() + 250, std::uint8_t{0x41});
  const auto in_copy = named_definitions(copy, *lone_record(copy, 0));
  REQUIRE(in_copy.size() == 2);
  REQUIRE(in_copy[0].resident_at);
  const Buffer outer = make_record(5000, ByteBuilder()
                                             .put<std::uint32_t>(0x0001010f)
                                             .zeros(12)
                                             .bytes(copy)
                                             .zeros(size - 28 - 16 - copy.size())
                                             .get());
  std::ranges::copy(outer, bytes.begin() + static_cast<std::ptrdiff_t>(begin));
  const Finds finds = read(bytes);
  std::size_t behind = 0;
  for (const FoundEvent& found : finds.events) {
    if (found.offset < frames[60].offset) continue;
    ++behind;
    CHECK(found.naming == Naming::kOwn);
  }
  CHECK(behind == 40);
}
