#include "evtxhound/evtx/chunk.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

#include "tests/support/bytes.hpp"

using namespace evtxhound;
using namespace evtxhound::evtx;
using test::make_chunk;
using test::make_record;

namespace {

std::vector<Buffer> three_records() {
  const Buffer content(100, 0xEE);
  return {make_record(1, content), make_record(2, content), make_record(3, content)};
}
constexpr std::size_t kSecond = 512 + 128;

std::vector<std::uint64_t> ids(const ChunkFrames& frames) {
  std::vector<std::uint64_t> ids;
  for (const RecordFrame& record : frames.records) ids.push_back(record.record_id);
  return ids;
}

std::vector<ProblemKind> kinds(const ChunkFrames& frames) {
  std::vector<ProblemKind> kinds;
  for (const Problem& problem : frames.problems) kinds.push_back(problem.kind);
  return kinds;
}

using Ids = std::vector<std::uint64_t>;
using Kinds = std::vector<ProblemKind>;

}  // namespace

TEST_CASE("a sound chunk gives its records and no problem") {
  const Buffer chunk = make_chunk(three_records());
  const ChunkFrames frames = find_records(chunk);
  CHECK(ids(frames) == Ids{1, 2, 3});
  CHECK(frames.problems.empty());
  CHECK(frames.records[1].offset == kSecond);
  CHECK(frames.records[1].size == 128);
  CHECK(frames.records[1].time_written == 133'245'678'901'234'567);
  CHECK(frames.header->last_record_id == 3);
}

TEST_CASE("records behind the free space offset are not of this log any more") {
  Buffer chunk = make_chunk(three_records());
  test::seal_chunk(chunk, kSecond);
  const ChunkFrames frames = find_records(chunk);
  CHECK(ids(frames) == Ids{1});
  CHECK(frames.problems.empty());
}

TEST_CASE("records past the header's last record id are read") {
  Buffer chunk = make_chunk(three_records());
  store<std::uint64_t>(MutableBytes(chunk), 32, 1);
  test::seal_chunk(chunk, 512 + 3 * 128);
  CHECK(ids(find_records(chunk)) == Ids{1, 2, 3});
}

TEST_CASE("each checksum that fails is a problem and costs no record") {
  SECTION("of the header") {
    Buffer chunk = make_chunk(three_records());
    chunk[70] ^= 1;
    const ChunkFrames frames = find_records(chunk);
    CHECK(ids(frames) == Ids{1, 2, 3});
    CHECK(kinds(frames) == Kinds{ProblemKind::kChecksum});
  }
  SECTION("of the string table, which the header's CRC32 covers") {
    Buffer chunk = make_chunk(three_records());
    chunk[511] ^= 1;
    CHECK(kinds(find_records(chunk)) == Kinds{ProblemKind::kChecksum});
  }
  SECTION("of the records") {
    Buffer chunk = make_chunk(three_records());
    chunk[600] ^= 1;
    const ChunkFrames frames = find_records(chunk);
    CHECK(ids(frames) == Ids{1, 2, 3});
    CHECK(kinds(frames) == Kinds{ProblemKind::kChecksum});
  }
  SECTION("none where the chunk says that it has none") {
    Buffer chunk = make_chunk(three_records());
    store<std::uint32_t>(MutableBytes(chunk), 120, 5);
    chunk[600] ^= 1;
    CHECK(find_records(chunk).problems.empty());
  }
}

TEST_CASE("a bad record costs none of its neighbours") {
  Buffer chunk = make_chunk(three_records());
  SECTION("its signature is gone") { chunk[kSecond] = 0; }
  SECTION("its size is too small") { store<std::uint32_t>(MutableBytes(chunk), kSecond + 4, 8); }
  SECTION("its size is zero") { store<std::uint32_t>(MutableBytes(chunk), kSecond + 4, 0); }
  SECTION("its size leaves the chunk") {
    store<std::uint32_t>(MutableBytes(chunk), kSecond + 4, 0xFFFFFFFF);
  }
  SECTION("its size points between records") {
    store<std::uint32_t>(MutableBytes(chunk), kSecond + 4, 130);
  }
  test::seal_chunk(chunk, 512 + 3 * 128);
  const ChunkFrames frames = find_records(chunk);
  CHECK(ids(frames) == Ids{1, 3});
  REQUIRE(kinds(frames) == Kinds{ProblemKind::kRecordDamaged});
  CHECK(frames.problems[0].offset == kSecond);
  CHECK(frames.problems[0].message == "128 bytes hold no record");
}

TEST_CASE("a size copy that differs is flagged, the record is kept where another follows it") {
  Buffer chunk = make_chunk(three_records());
  store<std::uint32_t>(MutableBytes(chunk), kSecond + 124, 999);
  test::seal_chunk(chunk, 512 + 3 * 128);
  const ChunkFrames frames = find_records(chunk);
  CHECK(ids(frames) == Ids{1, 2, 3});
  REQUIRE(kinds(frames) == Kinds{ProblemKind::kRecordDamaged});
  CHECK(frames.problems[0].offset == kSecond);
}

TEST_CASE("a size that spans two records does not swallow the second") {
  Buffer chunk = make_chunk(three_records());
  store<std::uint32_t>(chunk, 512 + 4, 256);
  const ChunkFrames frames = find_records(chunk);
  CHECK(ids(frames) == Ids{2, 3});
  CHECK(std::ranges::count(kinds(frames), ProblemKind::kRecordDamaged) == 1);
}

TEST_CASE("a chunk whose header is gone still gives its records") {
  Buffer chunk = make_chunk(three_records());
  std::fill_n(chunk.begin(), 512, std::uint8_t{0});
  const ChunkFrames frames = find_records(chunk);
  CHECK_FALSE(frames.header);
  CHECK(ids(frames) == Ids{1, 2, 3});
  CHECK(kinds(frames) == Kinds{ProblemKind::kChunkHeader});
}

TEST_CASE("a free space offset outside the chunk does not end the reading") {
  for (const std::uint32_t free : {0U, 511U, 65537U, 0xFFFFFFFFU}) {
    Buffer chunk = make_chunk(three_records());
    store(MutableBytes(chunk), 48, free);
    const ChunkFrames frames = find_records(chunk);
    CHECK(ids(frames) == Ids{1, 2, 3});
    CHECK(kinds(frames) == Kinds{ProblemKind::kChecksum, ProblemKind::kChunkHeader});
  }
}

TEST_CASE("a cut chunk gives what is left of it and names the records that are missing") {
  const Buffer chunk = make_chunk(three_records());
  const ChunkFrames frames = find_records(Bytes(chunk).first(kSecond + 130));
  CHECK(ids(frames) == Ids{1, 2});
  REQUIRE(kinds(frames) == Kinds{ProblemKind::kTruncated});
  CHECK(frames.problems[0].offset == kSecond + 130);
  CHECK_THAT(frames.problems[0].message, Catch::Contains("records 3 to 3 are missing"));
  CHECK(kinds(find_records(Bytes(chunk).first(100))) == Kinds{ProblemKind::kTruncated});
}

TEST_CASE("a chunk of zeros is unused") {
  CHECK(is_unused(Buffer(65536)));
  Buffer last(65536);
  last.back() = 1;
  CHECK_FALSE(is_unused(last));
}
