#include "evtxhound/evtx/template_instance.hpp"

#include <catch2/catch.hpp>

#include "tests/support/bytes.hpp"

using namespace evtxhound;
using namespace evtxhound::evtx;
using test::ByteBuilder;

namespace {

constexpr std::uint8_t kTypeString = 0x01;
constexpr std::uint8_t kTypeBinXml = 0x21;
constexpr std::size_t kRecord = 512;
constexpr std::size_t kContent = kRecord + 24;

struct Value {
  std::uint8_t type;
  Buffer bytes;
};

// A template instance that refers to a definition elsewhere in the chunk.
Buffer make_instance(const std::vector<Value>& values, bool with_fragment_header = true) {
  ByteBuilder instance;
  if (with_fragment_header) instance.put<std::uint32_t>(0x0001010F);
  instance.put<std::uint8_t>(0x0C).put<std::uint8_t>(1).put<std::uint32_t>(0xABCD);
  instance.put<std::uint32_t>(9999);
  instance.put(static_cast<std::uint32_t>(values.size()));
  for (const Value& value : values) {
    instance.put(static_cast<std::uint16_t>(value.bytes.size())).put(value.type);
    instance.put<std::uint8_t>(0);
  }
  for (const Value& value : values) instance.bytes(value.bytes);
  return instance.get();
}

struct Chunk {
  Buffer bytes;
  std::size_t end;
  explicit Chunk(Bytes content) {
    const Buffer record = test::make_record(1, content);
    end = kRecord + record.size();
    bytes = test::make_chunk({record});
  }
  [[nodiscard]] auto find() const { return find_substitutions(bytes, kRecord, end); }
};

}  // namespace

TEST_CASE("substitutions stand behind their descriptors, one after the other") {
  const Chunk chunk(
      make_instance({{kTypeString, utf8_to_utf16le("abc")}, {0x08, Buffer(4)}, {0x00, {}}}));
  const auto found = chunk.find();
  REQUIRE(found);
  REQUIRE(found->size() == 3);
  const std::size_t first = kContent + 4 + 10 + 4 + 3 * 4;
  CHECK((*found)[0].offset == first);
  CHECK((*found)[0].size == 6);
  CHECK((*found)[0].type == ValueType::kString);
  CHECK((*found)[1].offset == first + 6);
  CHECK((*found)[2].size == 0);
}

TEST_CASE("a definition that stands inline is skipped by its size") {
  ByteBuilder instance;
  instance.put<std::uint32_t>(0x0001010F).put<std::uint8_t>(0x0C).put<std::uint8_t>(1);
  instance.put<std::uint32_t>(0xABCD).put(static_cast<std::uint32_t>(kContent + 14));
  instance.put<std::uint32_t>(0).zeros(16).put<std::uint32_t>(33).zeros(33);
  instance.put<std::uint32_t>(1).put<std::uint16_t>(2).put<std::uint8_t>(6).put<std::uint8_t>(0);
  instance.put<std::uint16_t>(4711);
  const Chunk chunk(instance.get());
  const auto found = chunk.find();
  REQUIRE(found);
  REQUIRE(found->size() == 1);
  CHECK(load<std::uint16_t>(chunk.bytes, (*found)[0].offset) == 4711);
}

TEST_CASE("values of embedded BinXML come in the place of the value that holds them") {
  const Buffer inner = make_instance({{kTypeString, utf8_to_utf16le("in")}});
  const Chunk chunk(make_instance({{0x06, Buffer(2)}, {kTypeBinXml, inner}, {0x04, Buffer(1)}}));
  const auto found = chunk.find();
  REQUIRE(found);
  std::vector<int> types;
  for (const Substitution& value : *found) types.push_back(static_cast<int>(value.type));
  CHECK(types == std::vector<int>{0x06, kTypeBinXml, kTypeString, 0x04});
  CHECK(utf16le_to_utf8(Bytes(chunk.bytes).subspan((*found)[2].offset, (*found)[2].size)) == "in");
}

TEST_CASE("a record that is no template instance has no substitutions") {
  const Chunk chunk(Buffer{0x0F, 1, 1, 0, 0x01, 0xFF, 0xFF});
  CHECK(chunk.find()->empty());
  CHECK(Chunk({}).find()->empty());
}

TEST_CASE("counts and sizes that leave the record are refused") {
  SECTION("billions of values, which would keep a naive reader busy for minutes") {
    Buffer instance = make_instance({{kTypeString, Buffer(8)}});
    store<std::uint32_t>(MutableBytes(instance), 14, 0xFFFFFFF0);
    const auto found = Chunk(instance).find();
    REQUIRE_FALSE(found);
    CHECK(found.problem().kind == ProblemKind::kRecordDamaged);
    CHECK(found.problem().offset == kContent + 14);
  }
  SECTION("a value larger than the record") {
    Buffer instance = make_instance({{kTypeString, Buffer(8)}});
    store<std::uint16_t>(MutableBytes(instance), 18, 9000);
    CHECK_FALSE(Chunk(instance).find());
  }
  SECTION("an inline definition larger than the record") {
    ByteBuilder instance;
    instance.put<std::uint32_t>(0x0001010F).put<std::uint8_t>(0x0C).put<std::uint8_t>(1);
    instance.put<std::uint32_t>(0xABCD).put(static_cast<std::uint32_t>(kContent + 14));
    instance.put<std::uint32_t>(0).zeros(16).put<std::uint32_t>(0xFFFFFFFF);
    CHECK_FALSE(Chunk(instance.get()).find());
  }
  SECTION("cut at every byte") {
    const Buffer whole = make_instance({{kTypeString, Buffer(8)}, {0x08, Buffer(4)}});
    for (std::size_t size = 5; size < whole.size(); ++size) {
      CHECK_FALSE(Chunk(Bytes(whole).first(size)).find());
    }
  }
  SECTION("instances nested without end") {
    Buffer nested = make_instance({{0x04, Buffer(1)}}, false);
    for (int i = 0; i < 70; ++i) nested = make_instance({{kTypeBinXml, nested}}, false);
    CHECK_FALSE(Chunk(nested).find());
  }
}
