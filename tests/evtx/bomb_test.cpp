// Small evidence that asks for much: chunks made to take a reader's time, memory or stack. Each
// must come to its end soon, as text within the limits or as a Problem, and leave its neighbours
// alone.

#include <catch2/catch.hpp>

#include "evtxhound/evtx/binxml/limits.hpp"
#include "tests/support/cost.hpp"
#include "tests/support/hostile_reader.hpp"
#include "tests/support/raw_chunk.hpp"

using namespace evtxhound;
using namespace evtxhound::evtx;
using namespace evtxhound::test;

namespace {

// The sanitizers slow everything down.
constexpr double kMaxSeconds = kSanitized ? 5 : 1;
constexpr double kMaxMebibytes = 100;

// A chunk with an ordinary record at each end, and bombs between.
class BombChunk {
 public:
  explicit BombChunk(std::size_t pool = 8192) : raw(pool) {
    RawBinXml event(raw);
    event.open("Event").close_start().open("EventData").close_start();
    event.open("Data").close_start().value(0).end().end().end().token(0);
    ordinary_ = raw.definition(event.get());
    ordinary();
  }

  // Reads it all and checks that it was cheap, and that its first and last record are whole.
  std::vector<ReadRecord> survive(double seconds = kMaxSeconds) {
    ordinary();
    const Buffer chunk = raw.finish();
    const Cost cost;
    TemplateCache templates;
    const auto records = read_hostile(templates, chunk, {false, false, true});
    CHECK(cost.seconds() < seconds);
    if (!kSanitized) CHECK(cost.mebibytes() < kMaxMebibytes);
    for (const ReadRecord* record : {&records.front(), &records.back()}) {
      CHECK(record->problems.empty());
      CHECK(record->xml == "<Event><EventData><Data>neighbour</Data></EventData></Event>");
      CHECK(record->json == R"({"Event":{"EventData":{"Data":{"#text":"neighbour"}}}})");
    }
    // No part of the cost: what others think of the texts. With what is unoptimised that takes long
    // where there are many megabytes of them.
    TemplateCache others;
    if (seconds <= kMaxSeconds) read_hostile(others, chunk, {!kSanitized, true, false});
    return records;
  }

  RawChunk raw;

 private:
  void ordinary() { raw.record(raw_instance(ordinary_, {text_value("neighbour")})); }

  DefinitionPlace ordinary_;
};

// Every bomb in the chunk is a Problem, each time it is read.
void check_all_problems(const std::vector<ReadRecord>& records) {
  for (std::size_t i = 1; i + 1 < records.size(); ++i) {
    CHECK(records[i].problems.size() == 3);  // XML, JSON and event
  }
}

// How often a token sequence fits what is left of the pool, less `keep` bytes.
std::size_t times_in(const BombChunk& bomb, std::size_t size, std::size_t keep = 256) {
  return (bomb.raw.room() - keep) / size;
}

Buffer string_array(std::size_t items) { return Buffer(2 * items); }

}  // namespace

TEST_CASE("a value used many times, which holds the next instance that does so, is a problem") {
  BombChunk bomb;
  RawBinXml body(bomb.raw);
  body.open("Event").close_start().values(0, 100).end().token(0);
  const DefinitionPlace definition = bomb.raw.definition(body.get());
  Buffer content = raw_instance(definition, {text_value("core")});
  for (int i = 0; i < 20; ++i) content = raw_instance(definition, {binxml_value(content)});
  bomb.raw.record(content);
  check_all_problems(bomb.survive());
}

TEST_CASE("a field is looked for once in a value that a template names thousands of times") {
  BombChunk bomb;
  RawBinXml body(bomb.raw);
  body.open("Event").close_start().values(0, 2000).end().token(0);
  const DefinitionPlace definition = bomb.raw.definition(body.get());
  Buffer content = raw_instance(definition, {text_value("core")});
  for (int i = 0; i < 6; ++i) content = raw_instance(definition, {binxml_value(content)});
  bomb.raw.record(content);
  check_all_problems(bomb.survive());
}

TEST_CASE("instances are nested deeper than programs follow") {
  BombChunk bomb;
  RawBinXml body(bomb.raw);
  body.open("Event").close_start().value(0).end().token(0);
  const DefinitionPlace definition = bomb.raw.definition(body.get());
  Buffer content = raw_instance(definition, {text_value("core")});
  for (int i = 0; i < 12; ++i) content = raw_instance(definition, {binxml_value(content)});
  bomb.raw.record(content);
  const auto records = bomb.survive();
  CHECK(records[1].problems.empty());
  CHECK(records[1].xml.find("core") != std::string::npos);
}

TEST_CASE("arrays in one element multiply no further than the record's limit") {
  BombChunk bomb;
  RawBinXml body(bomb.raw);
  body.open("Event").close_start();
  for (std::uint16_t i = 0; i < 6; ++i) body.value(i);
  body.end().token(0);
  const DefinitionPlace definition = bomb.raw.definition(body.get());
  const RawValue array{array_of(ValueType::kUint8), Buffer(16, 7)};
  bomb.raw.record(raw_instance(definition, std::vector<RawValue>(6, array)));
  check_all_problems(bomb.survive());
}

TEST_CASE("an array of 3,000 items used 8,000 times in one element is a problem") {
  BombChunk bomb(10'000);
  RawBinXml body(bomb.raw);
  body.open("Event").close_start().values(0, 8000).end().token(0);
  const DefinitionPlace definition = bomb.raw.definition(body.get());
  const RawValue array{array_of(ValueType::kString), string_array(3000)};
  bomb.raw.record(raw_instance(definition, {array}));
  check_all_problems(bomb.survive());
}

TEST_CASE("an array of 3,000 items used in thousands of elements is a problem") {
  BombChunk bomb(10'000);
  const std::uint32_t name = bomb.raw.name("a");
  RawBinXml body(bomb.raw);
  body.open("Event").close_start();
  const std::size_t times = times_in(bomb, 17);
  for (std::size_t i = 0; i < times; ++i) {
    body.open_at(name, false).close_start().value(0).end();
  }
  body.end().token(0);
  const DefinitionPlace definition = bomb.raw.definition(body.get());
  const RawValue array{array_of(ValueType::kString), string_array(3000)};
  bomb.raw.record(raw_instance(definition, {array}));
  check_all_problems(bomb.survive());
}

TEST_CASE("an array of one long item is not measured thousands of times for nothing") {
  BombChunk bomb(33'000);
  RawBinXml body(bomb.raw);
  body.open("Event").close_start();
  body.value(1).values(0, times_in(bomb, 4)).end().token(0);
  const DefinitionPlace definition = bomb.raw.definition(body.get());
  const RawValue one_item{array_of(ValueType::kString), Buffer(30'000, 'x')};
  const RawValue repeats{array_of(ValueType::kUint8), Buffer(255, 7)};
  bomb.raw.record(raw_instance(definition, {one_item, repeats}));
  check_all_problems(bomb.survive());
}

TEST_CASE("the string table's links may loop, since nobody follows them") {
  BombChunk bomb;
  const std::uint32_t first = bomb.raw.name("First", 0x4242);
  bomb.raw.name("Second", first);
  RawBinXml body(bomb.raw);
  body.open("First").close_start().open("Second").close_start().value(0).end().end().token(0);
  const DefinitionPlace definition = bomb.raw.definition(body.get());
  bomb.raw.record(raw_instance(definition, {text_value("x")}));
  bomb.raw.name("Third", static_cast<std::uint32_t>(bomb.raw.end()));  // to itself
  const auto records = bomb.survive();
  CHECK(records[1].xml == "<First><Second>x</Second></First>");
}

TEST_CASE("25 templates that each hold two of the one before are a problem") {
  // With nothing in the innermost there is nothing to count but the templates themselves.
  for (const bool empty : {false, true}) {
    BombChunk bomb;
    RawBinXml innermost(bomb.raw);
    if (!empty) innermost.open("Event").close_empty();
    DefinitionPlace definition = bomb.raw.definition(innermost.token(0).get());
    for (int i = 0; i < 25; ++i) {
      RawBinXml body(bomb.raw);
      body.bytes(raw_instance(definition)).bytes(raw_instance(definition)).token(0);
      definition = bomb.raw.definition(body.get());
    }
    bomb.raw.record(raw_instance(definition));
    check_all_problems(bomb.survive());
  }
}

TEST_CASE("a template that is full of nulls costs what it takes to pass them") {
  BombChunk bomb;
  RawBinXml inner(bomb.raw);
  inner.open("Event").close_start().values(0, 3000).end().token(0);
  DefinitionPlace definition = bomb.raw.definition(inner.get());
  for (int i = 0; i < 25; ++i) {
    RawBinXml body(bomb.raw);
    body.bytes(raw_instance(definition)).bytes(raw_instance(definition)).token(0);
    definition = bomb.raw.definition(body.get());
  }
  bomb.raw.record(raw_instance(definition));
  check_all_problems(bomb.survive());
}

TEST_CASE("an instance of thousands of values costs what it takes to read them") {
  BombChunk bomb(512 + 200);
  RawBinXml empty(bomb.raw);
  const DefinitionPlace none = bomb.raw.definition(empty.token(0).get());
  DefinitionPlace definition =
      bomb.raw.definition(raw_instance(none, std::vector<RawValue>(12'000)));
  for (int i = 0; i < 25; ++i) {
    RawBinXml body(bomb.raw);
    body.bytes(raw_instance(definition)).bytes(raw_instance(definition)).token(0);
    definition = bomb.raw.definition(body.get());
  }
  bomb.raw.record(raw_instance(definition));
  check_all_problems(bomb.survive());
}

TEST_CASE("an empty value of BinXML used thousands of times over is a problem") {
  BombChunk bomb;
  RawBinXml body(bomb.raw);
  body.open("Event").close_start().values(0, 8000).end().token(0);
  const DefinitionPlace inner = bomb.raw.definition(body.get());
  RawBinXml outer_body(bomb.raw);
  outer_body.open("Event").close_start().values(0, 2000).end().token(0);
  const DefinitionPlace outer = bomb.raw.definition(outer_body.get());
  bomb.raw.record(
      raw_instance(outer, {binxml_value(raw_instance(inner, {binxml_value(Buffer(1))}))}));
  check_all_problems(bomb.survive());
}

TEST_CASE("sizes and offsets that point outside of the chunk are problems") {
  BombChunk bomb;
  RawBinXml outside(bomb.raw);
  const DefinitionPlace name =
      bomb.raw.definition(outside.open_at(0xFFFFFFF0, false).close_empty().token(0).get());
  bomb.raw.record(raw_instance(name));
  bomb.raw.record(raw_instance({0xFFFFFFFF, 1}));
  bomb.raw.record(raw_instance({65'530, 1}));
  const DefinitionPlace larger = bomb.raw.definition(Buffer(8));
  const std::uint32_t huge = bomb.raw.place(
      ByteBuilder().zeros(4).put(larger.id).zeros(12).put<std::uint32_t>(0xFFFFFFFF).get());
  bomb.raw.record(raw_instance({huge, larger.id}));
  Buffer value = raw_instance(larger, {text_value("x")});
  store<std::uint16_t>(MutableBytes(value), 14, 0xFFFF);
  bomb.raw.record(value);
  check_all_problems(bomb.survive());
}

TEST_CASE("counts that claim gigabytes are problems") {
  BombChunk bomb;
  const DefinitionPlace definition = bomb.raw.definition(Buffer(8));
  for (const std::uint32_t count : {0xFFFFFFFFU, 0x7FFFFFFFU, 0x40000000U, 20'000U}) {
    Buffer instance = raw_instance(definition);
    store<std::uint32_t>(MutableBytes(instance), 10, count);
    bomb.raw.record(instance);
  }
  check_all_problems(bomb.survive());
}

TEST_CASE("elements nested 600 deep are a problem") {
  BombChunk bomb;
  const std::uint32_t name = bomb.raw.name("a");
  RawBinXml body(bomb.raw);
  for (int i = 0; i < 600; ++i) body.open_at(name, false).close_start();
  body.value(0);
  for (int i = 0; i < 600; ++i) body.end();
  const DefinitionPlace definition = bomb.raw.definition(body.token(0).get());
  bomb.raw.record(raw_instance(definition, {text_value("x")}));
  check_all_problems(bomb.survive());
}

TEST_CASE("one long name used thousands of times takes the memory of few") {
  BombChunk bomb;
  const std::uint32_t name = bomb.raw.name(std::string(20'000, 'n'));
  RawBinXml body(bomb.raw);
  const std::size_t times = times_in(bomb, 12);
  for (std::size_t i = 0; i < times; ++i) body.open_at(name, false).close_empty();
  const DefinitionPlace definition = bomb.raw.definition(body.token(0).get());
  bomb.raw.record(raw_instance(definition));
  check_all_problems(bomb.survive());
}

TEST_CASE("long names that overlap, in definitions that overlap, take little memory and time") {
  // From each offset another definition begins, with the same text of names in other places.
  BombChunk bomb(30'000);
  RawBinXml body(bomb.raw);
  const std::uint32_t characters =
      bomb.raw.place(Buffer(8000, 'n'));  // of a length that any place in it has
  for (std::uint32_t i = 0; i < 1500; ++i) {
    body.open_at(characters + i, false).close_empty();
  }
  const DefinitionPlace definition = bomb.raw.definition(body.token(0).get());
  bomb.raw.record(raw_instance(definition));
  bomb.survive();
}

TEST_CASE("definitions that overlap each other thousands of times take little memory and time") {
  BombChunk bomb(40'000);
  // Zeros are a definition at every offset: no template of id 0, and nothing in it.
  const std::uint32_t zeros = bomb.raw.place(Buffer(4000));
  ByteBuilder instances;
  for (std::uint32_t i = 0; i < 2500; ++i) instances.bytes(raw_instance({zeros + i, 0}));
  bomb.raw.record(instances.get());
  bomb.survive();
}

TEST_CASE("large definitions that overlap each other take little memory and time") {
  BombChunk bomb(40'000);
  // A header every 24 bytes, whose definition goes on for all that is left of the chunk.
  const auto first = static_cast<std::uint32_t>(bomb.raw.end());
  const std::uint32_t count = 900;
  for (std::uint32_t i = 0; i < count; ++i) {
    const auto size = static_cast<std::uint32_t>(kChunkSize - bomb.raw.end() - 24);
    bomb.raw.place(ByteBuilder().zeros(4).put(i).zeros(12).put(size).get());
  }
  ByteBuilder instances;
  for (std::uint32_t i = 0; i < count; ++i) instances.bytes(raw_instance({first + 24 * i, i}));
  bomb.raw.record(instances.get());
  bomb.survive();
}

TEST_CASE("hundreds of small records that each render close to 16 MiB, or above, are cut short") {
  for (const std::size_t times : {250U, 290U}) {  // 16.6 million characters, and 19 million
    BombChunk bomb(20'000);
    const std::uint32_t name = bomb.raw.name(std::string(8000, 'n'));
    RawBinXml body(bomb.raw);
    body.open("Event").close_start();
    for (std::size_t i = 0; i < 120; ++i) body.open_at(name, false).close_start().end();
    body.value(0).end().token(0);
    const DefinitionPlace inner = bomb.raw.definition(body.get());
    RawBinXml outer(bomb.raw);
    outer.open("Event").close_start();
    for (std::size_t i = 0; i < times * 2 / 60; ++i) {
      outer.value(static_cast<std::uint16_t>(i), ValueType::kBinXml);
    }
    outer.end().token(0);
    const DefinitionPlace definition = bomb.raw.definition(outer.get());
    const RawValue value = binxml_value(raw_instance(inner));
    const Buffer content = raw_instance(definition, std::vector<RawValue>(times * 2 / 60, value));
    while (bomb.raw.record_room() > content.size() + 200) bomb.raw.record(content);
    // Four times the 16 MiB of a record in each format, before the chunk's limits end it.
    bomb.survive(3 * kMaxSeconds);
  }
}

TEST_CASE("a long text used thousands of times is a problem for the event too") {
  BombChunk bomb(40'000);
  const std::uint32_t name = bomb.raw.name("Data");
  RawBinXml body(bomb.raw);
  body.open("Event").close_start().open("EventData").close_start();
  const std::size_t times = times_in(bomb, 17);
  for (std::size_t i = 0; i < times; ++i) {
    body.open_at(name, false).close_start().value(0).end();
  }
  const DefinitionPlace definition = bomb.raw.definition(body.end().end().token(0).get());
  bomb.raw.record(raw_instance(definition, {text_value(std::string(15'000, 'x'))}));
  check_all_problems(bomb.survive());
}

TEST_CASE("a long text used thousands of times in one attribute is a problem") {
  BombChunk bomb(40'000);
  RawBinXml body(bomb.raw);
  body.open("Event").close_start().open("EventData").close_start();
  body.open_with_attributes("Data").attribute("Name");
  body.values(0, times_in(bomb, 4)).close_empty();
  const DefinitionPlace definition = bomb.raw.definition(body.end().end().token(0).get());
  bomb.raw.record(raw_instance(definition, {text_value(std::string(15'000, 'x'))}));
  check_all_problems(bomb.survive());
}

TEST_CASE("a long name with thousands of attributes is not repeated for each in an event") {
  BombChunk bomb;
  const std::uint32_t attribute = bomb.raw.name("a");
  RawBinXml body(bomb.raw);
  body.open("Event").close_start().open("EventData").close_start();
  body.open_with_attributes(std::string(10'000, 'n'));
  const std::size_t times = times_in(bomb, 13);
  for (std::size_t i = 0; i < times; ++i) body.attribute_at(attribute).text("x");
  body.close_start().value(0).end();
  const DefinitionPlace definition = bomb.raw.definition(body.end().end().token(0).get());
  const RawValue array{array_of(ValueType::kUint8), Buffer(200, 7)};
  bomb.raw.record(raw_instance(definition, {array}));
  check_all_problems(bomb.survive());
}
