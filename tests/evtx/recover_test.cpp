#include <catch2/catch.hpp>

#include <algorithm>
#include <string>

#include "evtxhound/base/hash.hpp"
#include "evtxhound/evtx/chunk.hpp"
#include "evtxhound/evtx/log_file.hpp"
#include "tests/support/corpus.hpp"
#include "tests/support/run.hpp"

using namespace evtxhound;
using namespace evtxhound::evtx;
using namespace evtxhound::test;
namespace fs = std::filesystem;

namespace {

const fs::path kLog = fs::path(EVTXHOUND_SOURCE_DIR) / "testdata/clean/HQ-WS-021/Security.evtx";

Buffer first_chunk_of(const std::string& log) {
  return {log.begin() + kFileHeaderSize,
          log.begin() + static_cast<std::ptrdiff_t>(kFileHeaderSize + kChunkSize)};
}

// Takes the last records off the chunk as Windows does when it writes it anew: the free space now
// begins before them, and everything fits.
void retire_records(Buffer& chunk, std::size_t count) {
  const ChunkFrames frames = find_records(chunk);
  const std::uint32_t free = frames.records[frames.records.size() - count].offset;
  store(MutableBytes(chunk), kChunkFreeSpaceOffset, free);
  store(MutableBytes(chunk), kChunkDataChecksumOffset,
        crc32(Bytes(chunk).subspan(kChunkHeaderSize, free - kChunkHeaderSize)));
  seal_chunk_header(chunk);
}

void write_log(const fs::path& path, std::string log, const Buffer& chunk) {
  std::ranges::copy(chunk, log.begin() + kFileHeaderSize);
  write_file(path, log);
}

std::size_t lines_with(const std::string& text, const std::string& words) {
  std::size_t count = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    if (text.substr(at, end - at).find(words) != std::string::npos) ++count;
    at = end + 1;
  }
  return count;
}

}  // namespace

TEST_CASE("records behind the free space offset are stale, and no others") {
  Buffer chunk = first_chunk_of(read_file(kLog));
  const ChunkFrames before = find_records(chunk);
  REQUIRE(before.records.size() > 5);
  CHECK(find_stale_records(chunk, before).empty());
  retire_records(chunk, 3);
  const ChunkFrames after = find_records(chunk);
  CHECK(after.problems.empty());
  const auto stale = find_stale_records(chunk, after);
  REQUIRE(after.records.size() == before.records.size() - 3);
  REQUIRE(stale.size() == 3);
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(stale[i].record_id == before.records[after.records.size() + i].record_id);
  }
}

TEST_CASE("a signature and a size without content is no stale record") {
  Buffer chunk = first_chunk_of(read_file(kLog));
  retire_records(chunk, 1);
  const ChunkFrames live = find_records(chunk);
  const auto stale = find_stale_records(chunk, live);
  REQUIRE(stale.size() == 1);
  chunk[stale[0].offset + kRecordHeaderSize] = 0;
  CHECK(find_stale_records(chunk, live).empty());
}

TEST_CASE("dump --recover brings stale records back, marked, and nothing without being asked") {
  const TemporaryFolder folder;
  const std::string log = read_file(kLog);
  Buffer chunk = first_chunk_of(log);
  retire_records(chunk, 3);
  write_log(folder / "log.evtx", log, chunk);
  const std::string path = quoted(folder / "log.evtx");
  const std::string whole = run_evtxhound("dump --format jsonl " + quoted(kLog)).out;
  const std::string plain = run_evtxhound("dump --format jsonl " + path).out;
  const Ran recovered = run_evtxhound("dump --format jsonl --recover " + path);
  CHECK(lines_with(plain, "{") == lines_with(whole, "{") - 3);
  CHECK(lines_with(recovered.out, "{\"recovered\":true,\"Event\":") == 3);
  CHECK(lines_with(recovered.out, "{") == lines_with(whole, "{"));
  const Ran xml = run_evtxhound("dump --recover " + path);
  CHECK(lines_with(xml.out, "<!-- recovered --><Event ") == 3);
}

TEST_CASE("a record whose template was overwritten is a problem, and rebuilt by one like it") {
  const TemporaryFolder folder;
  const std::string log = read_file(kLog);
  Buffer chunk = first_chunk_of(log);
  const RecordFrame first = find_records(chunk).records.front();
  // The record's own definition follows its instance's header: its GUID gets another first part.
  const std::size_t definition = first.offset + kRecordHeaderSize + 4 + 10;
  REQUIRE(load<std::uint32_t>(chunk, definition - 4) == definition);
  chunk[definition + 4] ^= 0xFFU;
  write_log(folder / "a-damaged.evtx", log, chunk);
  const Ran alone = run_evtxhound("dump --format jsonl " + quoted(folder / "a-damaged.evtx"));
  CHECK(alone.status == 1);
  CHECK_THAT(alone.err, Catch::Contains("it was overwritten"));

  write_file(folder / "b-whole.evtx", log);
  const Ran both = run_evtxhound("dump --format jsonl --recover --threads 2 " +
                                 quoted(folder.path()));
  const std::size_t rebuilt = lines_with(both.out, "{\"rebuilt\":true,\"Event\":");
  CHECK(rebuilt == lines_with(alone.err, "it was overwritten"));
  CHECK(lines_with(both.out, "{") ==
        2 * lines_with(run_evtxhound("dump --format jsonl " + quoted(kLog)).out, "{"));
}

TEST_CASE("of the format samples, more stale records come back than evtx_dump brings") {
  const auto corpus = evtxhound::test::corpus();
  EVTXHOUND_NEEDS(corpus, "the corpus of real logs");
  const Ran ran = run_evtxhound("dump --format jsonl --recover " +
                                quoted(fs::path(*corpus) / "format-samples"));
  CHECK(lines_with(ran.out, "{\"recovered\":true,") >= 505);  // evtx_dump 0.15.1 --recover-records
}
