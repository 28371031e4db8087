#include "evtxhound/evtx/carve/plausible.hpp"

#include <catch2/catch.hpp>

#include "evtxhound/evtx/binxml/instance.hpp"
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

InstanceFrame find_instance(Bytes bytes, const RecordFrame& frame) {
  InstanceFrame instance;
  const std::size_t content = frame.offset + kRecordHeaderSize + 4;  // behind the fragment header
  REQUIRE_FALSE(read_instance(bytes.first(frame.offset + frame.size - 4), content, instance));
  return instance;
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
  CHECK(is_size_confirmed(chunk, *frame));
  CHECK_FALSE(is_record_with<std::uint64_t>(8, std::uint64_t{1} << 48U));
  CHECK_FALSE(is_record_with<std::uint64_t>(16, 119'600'063'999'999'999));  // before 1980
  CHECK(is_record_with<std::uint64_t>(16, 119'600'064'000'000'000));
  CHECK(is_record_with<std::uint64_t>(16, 157'469'183'999'999'999));
  CHECK_FALSE(is_record_with<std::uint64_t>(16, 157'469'184'000'000'000));  // 2100
  for (std::size_t i = 24; i < 28; ++i) CHECK_FALSE(is_record_with<std::uint8_t>(i, 0xEE));
}

TEST_CASE("carving: a record whose end was overwritten vouches for itself, or is none") {
  const Buffer chunk = forged_chunk(7, 3);
  const RecordFrame first = *lone_record(chunk, kChunkHeaderSize);
  const RecordFrame second = *lone_record(chunk, kChunkHeaderSize + first.size);
  const auto torn = [&](std::size_t kept) {
    Buffer bytes(chunk.begin() + second.offset, chunk.begin() + second.offset + second.size);
    std::fill(bytes.begin() + static_cast<std::ptrdiff_t>(kept), bytes.end(), std::uint8_t{0});
    return bytes;
  };
  std::vector<Value> values;
  const auto instance = find_instance(chunk, second);
  append_values(chunk, instance, values);
  std::size_t time_end = second.size;  // behind the first value that repeats the header
  for (const Value& value : values) {
    const auto end = static_cast<std::size_t>(value.bytes.data() + value.bytes.size() -
                                              (chunk.data() + second.offset));
    if (value.type == ValueType::kFiletime) time_end = std::min(time_end, end);
  }
  REQUIRE(time_end < second.size - 4);
  for (std::size_t kept = 0; kept < second.size - 4; ++kept) {
    INFO("kept " << kept);
    CHECK(lone_record(torn(kept), 0).has_value() == (kept >= time_end));
  }
  // Its sizes have to add up.
  Buffer longer = torn(time_end);
  longer.resize(longer.size() + 16);
  store<std::uint32_t>(MutableBytes(longer), 4, second.size + 16);
  CHECK_FALSE(lone_record(longer, 0));
  // The time of something else is none that vouches, nor is the id of something else.
  Buffer other = torn(second.size - 4);
  store<std::uint64_t>(MutableBytes(other), 8, 123);
  CHECK(lone_record(other, 0));  // by its time
  store<std::uint64_t>(MutableBytes(other), 16, second.time_written + 600'000'000);
  CHECK_FALSE(lone_record(other, 0));
  store<std::uint64_t>(MutableBytes(other), 8, second.record_id);
  CHECK(lone_record(other, 0));  // by its id
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
