#include "evtxhound/evtx/carve/plausible.hpp"

#include <catch2/catch.hpp>

#include "evtxhound/evtx/carve/signatures.hpp"
#include "evtxhound/evtx/format.hpp"
#include "tests/support/forged_chunk.hpp"
#include "tests/support/mutation.hpp"

using namespace evtxhound;
using namespace evtxhound::evtx;
using test::forged_chunk;

namespace {

// A chunk with a number in its header set.
template <class T>
bool is_header_with(std::size_t offset, T value) {
  Buffer chunk = forged_chunk(7, 3);
  store<T>(MutableBytes(chunk), offset, value);
  return is_chunk_header(chunk, 0);
}

// The first record of a chunk with a number in it set.
template <class T>
bool is_record_with(std::size_t offset, T value) {
  Buffer chunk = forged_chunk(7, 3);
  store<T>(MutableBytes(chunk), kChunkHeaderSize + offset, value);
  return lone_record(chunk, kChunkHeaderSize).has_value();
}

}  // namespace

TEST_CASE("carving: a chunk's header is known by sizes and offsets that go together") {
  const Buffer chunk = forged_chunk(7, 3);
  CHECK(is_chunk_header(chunk, 0));
  CHECK(is_chunk_header(Bytes(chunk).first(kChunkHeaderSize), 0));
  CHECK_FALSE(is_chunk_header(Bytes(chunk).first(kChunkHeaderSize - 1), 0));
  CHECK_FALSE(is_header_with<std::uint8_t>(7, 1));
  CHECK_FALSE(is_header_with<std::uint32_t>(40, 127));
  CHECK_FALSE(is_header_with<std::uint32_t>(44, 0xFFFF));  // the last record behind free space
  CHECK_FALSE(is_header_with<std::uint32_t>(48, 511));
  CHECK_FALSE(is_header_with<std::uint32_t>(48, 65537));
  CHECK_FALSE(is_header_with<std::uint64_t>(8, 1000));  // record numbers run backwards
  CHECK_FALSE(is_header_with<std::uint64_t>(24, 1000));
  CHECK(is_header_with<std::uint32_t>(124, 0));  // a checksum is no reason
}

TEST_CASE("carving: a header without a range of records is one if its checksum fits") {
  Buffer chunk = forged_chunk(7, 3);
  store<std::uint64_t>(MutableBytes(chunk), 24, 1000);
  seal_chunk_header(chunk);
  CHECK(is_chunk_header(chunk, 0));
}

TEST_CASE("carving: a lone record is one beyond doubt") {
  const Buffer chunk = forged_chunk(7, 3);
  const auto frame = lone_record(chunk, kChunkHeaderSize);
  REQUIRE(frame);
  CHECK(frame->record_id == 7);
  CHECK(frame->offset == kChunkHeaderSize);
  const std::size_t end = kChunkHeaderSize + frame->size;
  CHECK(lone_record(Bytes(chunk).first(end), kChunkHeaderSize));
  CHECK_FALSE(lone_record(Bytes(chunk).first(end - 1), kChunkHeaderSize));
  CHECK_FALSE(is_record_with<std::uint32_t>(0, 0x2A2B));
  CHECK_FALSE(is_record_with<std::uint32_t>(4, frame->size + 8));
  CHECK_FALSE(is_record_with<std::uint32_t>(4, 0));
  CHECK_FALSE(is_record_with<std::uint32_t>(4, 0xFFFFFFFF));
  CHECK_FALSE(is_record_with<std::uint32_t>(frame->size - 4, frame->size + 8));
  CHECK_FALSE(is_record_with<std::uint64_t>(8, std::uint64_t{1} << 48U));
  CHECK_FALSE(is_record_with<std::uint64_t>(16, 119'600'063'999'999'999));  // before 1980
  CHECK(is_record_with<std::uint64_t>(16, 119'600'064'000'000'000));
  CHECK(is_record_with<std::uint64_t>(16, 157'469'183'999'999'999));
  CHECK_FALSE(is_record_with<std::uint64_t>(16, 157'469'184'000'000'000));  // 2100
  for (std::size_t i = 24; i < 28; ++i) CHECK_FALSE(is_record_with<std::uint8_t>(i, 0xEE));
}

TEST_CASE("carving: a record names its definitions, wherever its chunk begins") {
  const Buffer chunk = forged_chunk(7, 3);
  const RecordFrame first = *lone_record(chunk, kChunkHeaderSize);
  const auto resident = named_definitions(chunk, first);
  REQUIRE(resident.size() == 2);  // the event's and its payload's
  for (const NamedDefinition& named : resident) CHECK(named.resident_at == named.offset);
  const RecordFrame second = *lone_record(chunk, kChunkHeaderSize + first.size);
  const auto elsewhere = named_definitions(chunk, second);
  REQUIRE(elsewhere.size() == 2);
  for (std::size_t i = 0; i < 2; ++i) {
    CHECK_FALSE(elsewhere[i].resident_at);
    CHECK(elsewhere[i].offset == resident[i].offset);
    CHECK(elsewhere[i].template_id == resident[i].template_id);
  }
}

TEST_CASE("carving: signatures are found at every place, as one by one") {
  test::Random random(1);
  const std::string_view letters("**\0\0ElfChnk\0", 12);
  for (int round = 0; round < 300; ++round) {
    Buffer bytes(random.below(400));
    for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(letters[random.below(12)]);
    for (int i = 0; i < 3 && bytes.size() > 8; ++i) {
      const std::size_t at = random.below(bytes.size() - 8);
      const std::string_view whole =
          random.below(2) == 0 ? letters.substr(4) : letters.substr(0, 4);
      std::copy(whole.begin(), whole.end(), bytes.begin() + static_cast<std::ptrdiff_t>(at));
    }
    const std::size_t end = random.below(bytes.size() + 1);
    std::vector<std::uint32_t> expected;
    for (std::size_t at = 0; at < end; ++at) {
      if (stands_at(bytes, at, letters.substr(0, 4)) || stands_at(bytes, at, letters.substr(4))) {
        expected.push_back(static_cast<std::uint32_t>(at));
      }
    }
    std::vector<std::uint32_t> found;
    find_signatures(bytes, end, found);
    REQUIRE(found == expected);
  }
}
