#include "evtxhound/evtx/file_header.hpp"

#include <catch2/catch.hpp>

#include "evtxhound/base/file.hpp"
#include "evtxhound/evtx/log_file.hpp"
#include "tests/support/bytes.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace evtxhound;
using namespace evtxhound::evtx;

namespace {

Buffer make_header(std::uint16_t chunks, std::uint32_t flags) {
  Buffer header(4096);
  const MutableBytes bytes(header);
  const std::string_view signature("ElfFile\0", 8);
  std::copy(signature.begin(), signature.end(), header.begin());
  store<std::uint64_t>(bytes, 16, 7);
  store<std::uint64_t>(bytes, 24, 1001);
  store<std::uint16_t>(bytes, 36, 1);
  store<std::uint16_t>(bytes, 38, 3);
  store(bytes, 42, chunks);
  store(bytes, 120, flags);
  store(bytes, 124, crc32(Bytes(header).first(120)));
  return header;
}

LogInfo inspect(Bytes content) {
  const test::TemporaryFolder folder;
  test::write_file(folder / "log", {reinterpret_cast<const char*>(content.data()), content.size()});
  return inspect_log(*ReadOnlyFile::open(folder / "log"));
}

}  // namespace

TEST_CASE("a file header is read") {
  const Buffer bytes = make_header(8, 3);
  REQUIRE(has_file_signature(bytes));
  const FileHeader header = parse_file_header(bytes);
  CHECK(header.last_chunk == 7);
  CHECK(header.next_record_id == 1001);
  CHECK(header.major_version == 3);
  CHECK(header.minor_version == 1);
  CHECK(header.chunk_count == 8);
  CHECK(header.dirty());
  CHECK(header.full());
  CHECK(header.crc_fits());
}

TEST_CASE("the header's CRC32 leaves out the flags and counts only where there is one") {
  Buffer bytes = make_header(1, 0);
  bytes[120] = 1;
  CHECK(parse_file_header(bytes).crc_fits());
  bytes[42] ^= 1;
  CHECK_FALSE(parse_file_header(bytes).crc_fits());
  bytes[120] = 4;
  CHECK(parse_file_header(bytes).crc_fits());
}

TEST_CASE("the file's size says how many chunks there are") {
  CHECK(chunk_count(0) == 0);
  CHECK(chunk_count(4096) == 0);
  CHECK(chunk_count(4097) == 1);
  CHECK(chunk_count(4096 + 65536) == 1);
  CHECK(chunk_count(4096 + 65537) == 2);
  CHECK(chunk_offset(2) == 4096 + 2 * 65536);
}

TEST_CASE("a log is inspected: chunks, ids that are missing, what is wrong") {
  const Buffer content(20, 1);
  test::ByteBuilder file;
  file.bytes(make_header(3, 0));
  file.bytes(test::make_chunk({test::make_record(5, content), test::make_record(6, content)}, 5));
  file.zeros(65536);
  file.bytes(
      test::make_chunk({test::make_record(10, content), test::make_record(12, content)}, 10));

  SECTION("whole") {
    const LogInfo info = inspect(file.get());
    CHECK(info.record_count == 4);
    REQUIRE(info.chunks.size() == 3);
    CHECK(info.chunks[1].unused);
    REQUIRE(info.missing.size() == 2);
    CHECK(info.missing[0].first == 7);
    CHECK(info.missing[0].last == 9);
    CHECK(info.missing[1].first == 11);
    CHECK(info.missing[1].last == 11);
    CHECK(info.problems.empty());
  }
  SECTION("cut behind the first chunk") {
    const LogInfo info = inspect(Bytes(file.get()).first(4096 + 65536));
    REQUIRE(info.problems.size() == 1);
    CHECK(info.problems[0].kind == ProblemKind::kTruncated);
    CHECK(info.record_count == 2);
  }
  SECTION("without signature") {
    Buffer damaged = file.get();
    damaged[0] = 0;
    const LogInfo info = inspect(damaged);
    CHECK(info.record_count == 4);
    REQUIRE(info.problems.size() == 2);
    CHECK(info.problems[0].kind == ProblemKind::kFileHeader);
    CHECK(info.problems[1].kind == ProblemKind::kChecksum);
  }
  SECTION("cut within the file header") {
    const LogInfo info = inspect(Bytes(file.get()).first(50));
    CHECK_FALSE(info.header);
    CHECK(info.chunks.empty());
    REQUIRE(info.problems.size() == 1);
    CHECK(info.problems[0].kind == ProblemKind::kTruncated);
  }
}
