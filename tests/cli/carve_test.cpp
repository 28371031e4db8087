// `scan --carve` by the real program: what is left of logs in bytes that are none.

#include <algorithm>
#include <catch2/catch.hpp>
#include <iostream>

#include "evtxhound/evtx/format.hpp"
#include "tests/evidence/disk/made_disk.hpp"
#include "tests/support/corpus.hpp"
#include "tests/support/mutation.hpp"
#include "tests/support/query.hpp"
#include "tests/support/run.hpp"

using namespace evtxhound::test;
using evtxhound::evtx::kChunkHeaderSize;
using evtxhound::evtx::kChunkSize;
using evtxhound::evtx::kFileHeaderSize;
namespace fs = std::filesystem;

namespace {

const fs::path kIntrusion = fs::path(EVTXHOUND_SOURCE_DIR) / "testdata/intrusion/FIN-WS-014";

Ran scan(const std::string& evidence, const fs::path& case_file, const std::string& more = "") {
  return run_evtxhound("scan " + evidence + " --case " + quoted(case_file) + " " + more);
}

std::string noise(Random& random, std::size_t size) {
  std::string bytes(size, '\0');
  for (char& byte : bytes) byte = static_cast<char>(random.byte());
  return bytes;
}

// The logs of a host without their file headers, at odd places of a raw image.
std::string raw_image(std::size_t between = 12'345) {
  Random random(5);
  std::string image = noise(random, between);
  for (const fs::path& path : logs_below(kIntrusion)) {
    image += read_file(path).substr(kFileHeaderSize);
    image += noise(random, between);
  }
  return image;
}

const std::string kEvents =
    "select record_id, time_created, provider, channel, computer, event_code, data from event "
    "order by channel, record_id";

}  // namespace

TEST_CASE("scan --carve finds in a raw image what a scan of the logs finds, state carved") {
  const TemporaryFolder folder;
  write_file(folder / "disk.raw", raw_image());
  CHECK(scan(quoted(kIntrusion), folder / "logs.db").status == 0);
  const Ran ran = scan(quoted(folder / "disk.raw"), folder / "raw.db", "--carve");
  CHECK(ran.status == 0);
  const auto events = query(folder / "raw.db", kEvents);
  CHECK_FALSE(events.empty());
  CHECK(events == query(folder / "logs.db", kEvents));
  for (const std::string sql :
       {"select field, matched, value from v_hits order by 1, 2, 3",
        "select detection, state, count from v_story order by 1",
        "select channel, provider, event_code, sum(count) from census group by 1, 2, 3"}) {
    CHECK(query(folder / "raw.db", sql) == query(folder / "logs.db", sql));
  }
  CHECK(query(folder / "raw.db", "select distinct state from event")[0][0] == "carved");
  CHECK(query(folder / "raw.db", "select kind from evidence")[0][0] == "raw");
}

// A log in use, and in clusters that no file has what is left of other logs.
TEST_CASE("scan --carve finds in a disk image what no file covers, and no record twice") {
  EVTXHOUND_NEEDS_TOOLS("mkfs.vfat", "mcopy");
  const TemporaryFolder folder;
  const fs::path disk = folder / "disk.dd";
  fs::create_directory(folder / "logs");
  make_fat(disk);
  const std::string log = log_text();
  put_in_fat(disk, "Security.evtx", log);
  write_file(folder / "logs" / "live.evtx", log);
  const fs::path other = kIntrusion.parent_path() / "HR-WS-007";
  std::string image = read_file(disk);
  std::size_t at = (std::size_t{5} << 20U) + 777;
  for (const fs::path& path : logs_below(other)) {
    const std::string chunks = read_file(path).substr(kFileHeaderSize);
    image.replace(at, chunks.size(), chunks);
    at += chunks.size() + 4'321;
    fs::copy(path, folder / "logs" / path.filename());
  }
  write_file(disk, image);
  CHECK(scan(quoted(folder / "logs"), folder / "logs.db", "--store all").status == 0);
  CHECK(scan(quoted(disk), folder / "disk.db", "--store all --carve").status == 0);
  CHECK(query(folder / "disk.db", kEvents) == query(folder / "logs.db", kEvents));
  const auto carved =
      query(folder / "disk.db",
            "select kind, state, byte_offset, computer like 'HR-WS-007%' from event "
            "join evidence using (evidence_id) where state <> 'live'");
  CHECK(carved.size() > 10);
  for (const auto& row : carved) {
    CHECK(row[0] == "unallocated");
    CHECK(row[1] == "carved");
    CHECK(image.compare(std::stoul(row[2]), 4, "**\0\0", 4) == 0);
    CHECK(row[3] == "1");
  }
  // Without --carve only the log in use, and the free space is no evidence.
  scan(quoted(disk), folder / "plain.db", "--store all");
  CHECK(query(folder / "plain.db",
              "select count(*) from evidence where kind = 'unallocated'")[0][0] == "0");
}

TEST_CASE("scan --carve: offsets count from the start of the file") {
  const TemporaryFolder folder;
  const std::string image = raw_image();
  write_file(folder / "disk.raw", image);
  scan(quoted(folder / "disk.raw"), folder / "raw.db", "--carve");
  const auto events = query(folder / "raw.db", "select byte_offset from event");
  CHECK_FALSE(events.empty());
  for (const auto& row : events) {
    CHECK(image.compare(std::stoul(row[0]), 4, std::string("**\0\0", 4)) == 0);
  }
  const auto hits = query(folder / "raw.db",
                          "select hit.byte_offset, event.byte_offset, byte_size from hit join "
                          "event using (event_id) where hit.byte_offset is not null");
  CHECK_FALSE(hits.empty());
}

TEST_CASE("scan --carve gives the same rows for any number of threads, and none twice") {
  const TemporaryFolder folder;
  // Over the 16 MiB of a part, with a log across its border and remains without header.
  std::string image = raw_image();
  std::string log = read_file(logs_below(kIntrusion).front()).substr(kFileHeaderSize);
  image.resize((std::size_t{16} << 20U) - 3000, '\0');
  image += log;
  image += log.substr(kChunkHeaderSize + 5000);
  write_file(folder / "disk.raw", image);
  const std::string evidence = quoted(folder / "disk.raw");
  scan(evidence, folder / "one.db", "--carve --store all --threads 1");
  scan(evidence, folder / "five.db", "--carve --store all --threads 5");
  const std::string sql = "select * from event";
  const auto rows = query(folder / "one.db", sql);
  CHECK(rows.size() > 100);
  CHECK(query(folder / "five.db", sql) == rows);
  const std::string problems = "select byte_offset, kind, message from problem";
  CHECK(query(folder / "five.db", problems) == query(folder / "one.db", problems));
  CHECK(query(folder / "one.db", "select count(distinct byte_offset) from event")[0][0] ==
        std::to_string(rows.size()));
  scan(evidence, folder / "one.db", "--carve --store all --threads 2");
  CHECK(query(folder / "one.db", sql) == rows);
}

TEST_CASE("scan --carve: an event whose template is gone is stored with a problem that says so") {
  const TemporaryFolder folder;
  std::string chunk = read_file(logs_below(kIntrusion).front()).substr(kFileHeaderSize, kChunkSize);
  // From the second record on: the first one has the definitions.
  const std::size_t second = chunk.find(std::string("**\0\0", 4), kChunkHeaderSize + 4);
  REQUIRE(second != std::string::npos);
  write_file(folder / "memory.dmp", chunk.substr(second));
  const Ran ran = scan(quoted(folder / "memory.dmp"), folder / "alone.db", "--carve --store all");
  CHECK(ran.status == 1);
  const std::string rebuilt =
      "select count(*) from problem join event using (evidence_id, byte_offset) where "
      "problem.kind = 'rebuilt' and problem.message like '%without names%'";
  CHECK(query(folder / "alone.db", rebuilt)[0][0] != "0");
  CHECK(
      query(folder / "alone.db",
            "select count(*) from event where json_extract(data, '$.Value1') is not null")[0][0] ==
      query(folder / "alone.db", rebuilt)[0][0]);
  // Nobody knows of which kind they are, so nobody may say what is not there.
  CHECK(query(folder / "alone.db", "select census_taken from evidence")[0][0] == "0");

  write_file(folder / "more.dmp", chunk.substr(second) + chunk);
  scan(quoted(folder / "more.dmp"), folder / "like.db", "--carve --store all");
  CHECK(query(folder / "like.db", rebuilt)[0][0] == "0");
  CHECK(query(folder / "like.db",
              "select count(*) from problem where kind = 'rebuilt' and message like "
              "'%by a like one'")[0][0] != "0");
}

// The log that a deleted record was in often still uses its template.
TEST_CASE("scan --carve names records alone by the logs that are scanned with them") {
  const TemporaryFolder folder;
  const fs::path log = logs_below(kIntrusion).front();
  const std::string chunk = read_file(log).substr(kFileHeaderSize, kChunkSize);
  const std::size_t second = chunk.find(std::string("**\0\0", 4), kChunkHeaderSize + 4);
  REQUIRE(second != std::string::npos);
  write_file(folder / "a-memory.dmp", chunk.substr(second));
  fs::copy(log, folder / "b.evtx");
  const std::string none =
      "select count(*) from event where json_extract(data, '$.Value1') is not null";
  const std::string carved =
      "select record_id, provider, event_code, data from event where state = 'carved' order by 1";
  scan(quoted(folder / "a-memory.dmp"), folder / "alone.db", "--carve --store all");
  CHECK(query(folder / "alone.db", none)[0][0] != "0");
  const std::string both = quoted(folder / "a-memory.dmp") + " " + quoted(folder / "b.evtx");
  scan(both, folder / "one.db", "--carve --store all --threads 1");
  CHECK(query(folder / "one.db", none)[0][0] == "0");
  scan(both, folder / "four.db", "--carve --store all --threads 4");
  const auto rows = query(folder / "one.db", carved);
  CHECK(rows == query(folder / "four.db", carved));
  const auto live = query(folder / "one.db",
                          "select record_id, provider, event_code, data from event where state = "
                          "'live' order by 1");
  REQUIRE_FALSE(rows.empty());
  for (const auto& row : rows) CHECK(std::ranges::find(live, row) != live.end());
}

TEST_CASE("without --carve nothing is carved, and a named file says what would") {
  const TemporaryFolder folder;
  fs::create_directory(folder / "evidence");
  write_file(folder / "evidence/disk.raw", raw_image(100));
  const Ran named = scan(quoted(folder / "evidence/disk.raw"), folder / "named.db");
  CHECK(named.status == 1);
  CHECK_THAT(named.err, Catch::Contains("--carve"));
  CHECK(query(folder / "named.db", "select kind from evidence")[0][0] == "file");
  CHECK(query(folder / "named.db", "select count(*) from event")[0][0] == "0");

  scan(quoted(folder / "evidence"), folder / "skipped.db");
  CHECK(query(folder / "skipped.db", "select files_skipped from run")[0][0] == "1");
  CHECK(scan(quoted(folder / "evidence"), folder / "carved.db", "--carve").status == 0);
  CHECK(query(folder / "carved.db", "select count(*) from event")[0][0] != "0");
  CHECK(query(folder / "carved.db", "select files_skipped from run")[0][0] == "0");
}
