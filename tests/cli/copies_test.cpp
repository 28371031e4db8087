// Records that stand in several places, by the real program: one event, and its other places.
#include <catch2/catch.hpp>
#include <iostream>

#include "evtxhound/base/hash.hpp"
#include "evtxhound/evtx/chunk.hpp"
#include "tests/evidence/disk/made_disk.hpp"
#include "tests/support/archives.hpp"
#include "tests/support/query.hpp"

using namespace evtxhound::test;
using evtxhound::evtx::kChunkSize;
using evtxhound::evtx::kFileHeaderSize;
namespace fs = std::filesystem;

namespace {

const std::string kEvents = "select * from event";
const std::string kPlaces = "select * from also_at";
const std::string kStates =
    "select is_copy, evidence, state, count(*) from v_places group by 1, 2, 3 order by 1, 2, 3";

Ran scan(const fs::path& evidence, const fs::path& case_file, const std::string& more = "") {
  return run_evtxhound("scan " + quoted(evidence) + " --case " + quoted(case_file) + " " + more);
}

std::size_t number(const fs::path& case_file, const std::string& sql) {
  return std::stoul(value(case_file, sql));
}

// All but ids and places.
Rows said(const fs::path& case_file) {
  Rows rows = query(case_file,
                    "select record_id, time_written, time_created, provider, channel, computer, "
                    "event_code, data from event order by channel, record_id, data");
  for (const char* sql : {"select record_id, field, matched, value from v_hits order by 1, 2, 3, 4",
                          "select record_id, title from v_detections order by 1, 2",
                          "select hits, detections from run order by run_id desc limit 1",
                          "select detection, state, count from v_story order by 1"}) {
    const Rows more = query(case_file, sql);
    rows.insert(rows.end(), more.begin(), more.end());
  }
  return rows;
}

// A chunk of a log without records from the `kept`-th on, which still stand behind its end.
std::string cut_chunk(std::string chunk, std::size_t kept) {
  const auto frames = evtxhound::evtx::find_records(evtxhound::as_bytes(chunk)).records;
  const auto put = [&chunk](std::size_t at, std::uint64_t number, std::size_t size) {
    for (std::size_t i = 0; i < size; ++i) chunk[at + i] = static_cast<char>(number >> (8 * i));
  };
  const auto& last = frames.at(kept - 1);
  const std::uint32_t end = last.offset + last.size;
  put(16, frames.front().record_id + kept - 1, 8);
  put(32, last.record_id, 8);
  put(44, last.offset, 4);
  put(48, end, 4);
  const evtxhound::Bytes records = evtxhound::as_bytes(chunk).subspan(512, end - 512);
  put(52, evtxhound::crc32(records), 4);
  evtxhound::Buffer bytes(chunk.begin(), chunk.end());
  evtxhound::evtx::seal_chunk_header(bytes);
  return {bytes.begin(), bytes.end()};
}

}  // namespace

TEST_CASE("in an archive, a record of two files is one event with two places") {
  const TemporaryFolder folder;
  const std::string log = log_text();
  write_file(folder / "logs/Security.evtx", log);
  write_file(folder / "two.zip", zip({{"a/Security.evtx", log}, {"b/Security.evtx", log}}));
  REQUIRE(scan(folder / "logs", folder / "one.db").status == 0);
  REQUIRE(scan(folder / "two.zip", folder / "two.db").status == 0);
  CHECK(said(folder / "two.db") == said(folder / "one.db"));
  const std::size_t events = number(folder / "two.db", "select count(*) from event");
  REQUIRE(events > 5);
  const std::string zip_path = (folder / "two.zip").string();
  CHECK(query(folder / "two.db", kStates) ==
        Rows{{"0", zip_path + " / a/Security.evtx", "live", std::to_string(events)},
             {"1", zip_path + " / b/Security.evtx", "live", std::to_string(events)}});
  CHECK(value(folder / "two.db",
              "select count(*) from also_at a join event e using (event_id) where a.byte_offset = "
              "e.byte_offset and a.byte_size = e.byte_size") == std::to_string(events));
  // Both files have their census: it says what each holds.
  CHECK(query(folder / "two.db", "select count from census where evidence_id = 2 order by 1") ==
        query(folder / "two.db", "select count from census where evidence_id = 3 order by 1"));
}

TEST_CASE("files that are handed over one by one are each evidence for itself") {
  const TemporaryFolder folder;
  write_file(folder / "logs/a.evtx", log_text());
  write_file(folder / "logs/b.evtx", log_text());
  REQUIRE(scan(folder / "logs", folder / "c.db").status == 0);
  CHECK(query(folder / "c.db", kPlaces).empty());
  CHECK(query(folder / "c.db", "select count(*) from event group by evidence_id").size() == 2);
  // Nor are two archives compared with each other.
  write_file(folder / "zips/a.zip", zip({{"a.evtx", log_text()}}));
  write_file(folder / "zips/b.zip", zip({{"a.evtx", log_text()}}));
  REQUIRE(scan(folder / "zips", folder / "z.db").status == 0);
  CHECK(query(folder / "z.db", kPlaces).empty());
}

TEST_CASE("a record that differs in one character is an event of its own") {
  const TemporaryFolder folder;
  const std::string log = log_text();
  std::string other = log;
  // A letter of a value, in UTF-16, of a record with a hit.
  write_file(folder / "log.evtx", log);
  REQUIRE(scan(folder / "log.evtx", folder / "log.db", "--store all").status == 0);
  const Rows hit = query(folder / "log.db",
                         "select hit.byte_offset, record_id from hit join event using (event_id) "
                         "where hit.byte_offset is not null order by hit_id limit 1");
  REQUIRE(hit.size() == 1);
  other[std::stoul(hit[0][0])] ^= 1;
  write_file(folder / "x.zip", zip({{"a.evtx", log}, {"b.evtx", other}}));
  CHECK(scan(folder / "x.zip", folder / "x.db", "--store all").status == 1);  // its checksum
  const std::size_t events = number(folder / "log.db", "select count(*) from event");
  CHECK(number(folder / "x.db", "select count(*) from event") == events + 1);
  CHECK(number(folder / "x.db", "select count(*) from also_at") == events - 1);
  CHECK(query(folder / "x.db",
              "select record_id from event join evidence using (evidence_id) where path like "
              "'%b.evtx'") == Rows{{hit[0][1]}});
}

TEST_CASE("scanning again adds no place twice, for any number of threads") {
  const TemporaryFolder folder;
  std::vector<ArchivedFile> files;
  for (const char* name : {"a", "b", "c"}) {
    files.push_back({std::string(name) + "/Security.evtx", log_text()});
    files.push_back({std::string(name) + "/Sysmon.evtx",
                     log_text("intrusion/FIN-WS-014/Microsoft-Windows-Sysmon%4Operational.evtx")});
  }
  write_file(folder / "x.zip", zip(files));
  REQUIRE(scan(folder / "x.zip", folder / "1.db", "--store all --threads 1").status == 0);
  REQUIRE(scan(folder / "x.zip", folder / "4.db", "--store all --threads 4").status == 0);
  const Rows events = query(folder / "1.db", kEvents);
  const Rows places = query(folder / "1.db", kPlaces);
  CHECK(events.size() > 20);
  CHECK(places.size() == 2 * events.size());
  CHECK(query(folder / "4.db", kEvents) == events);
  CHECK(query(folder / "4.db", kPlaces) == places);
  REQUIRE(scan(folder / "x.zip", folder / "4.db", "--threads 3").status == 0);
  CHECK(query(folder / "4.db", kEvents) == events);
  CHECK(query(folder / "4.db", kPlaces) == places);
}

TEST_CASE("in a raw file, chunks that stand there twice are carved into events once") {
  const TemporaryFolder folder;
  const std::string chunk = log_text().substr(kFileHeaderSize, kChunkSize);
  const std::string between(10'000, 'x');
  write_file(folder / "one.raw", between + chunk);
  write_file(folder / "two.raw", between + chunk + between + chunk);
  REQUIRE(scan(folder / "one.raw", folder / "one.db", "--carve --store all").status == 0);
  REQUIRE(scan(folder / "two.raw", folder / "two.db", "--carve --store all").status == 0);
  const Rows events = query(folder / "two.db", kEvents);
  CHECK(events == query(folder / "one.db", kEvents));
  CHECK(number(folder / "two.db", "select count(*) from also_at") == events.size());
  CHECK(query(folder / "two.db",
              "select distinct a.byte_offset - e.byte_offset, a.state from also_at a join event e "
              "using (event_id)") ==
        Rows{{std::to_string(chunk.size() + between.size()), "carved"}});
}

TEST_CASE(
    "of a live record and one left over in an earlier chunk's slack the live one is the event") {
  const TemporaryFolder folder;
  const std::string log = log_text();
  const std::string chunk = log.substr(kFileHeaderSize, kChunkSize);
  const std::size_t records =
      evtxhound::evtx::find_records(evtxhound::as_bytes(chunk)).records.size();
  constexpr std::size_t kKept = 2;
  REQUIRE(records > kKept + 1);
  write_file(folder / "log.evtx", log.substr(0, kFileHeaderSize) + cut_chunk(chunk, kKept) + chunk);
  REQUIRE(scan(folder / "log.evtx", folder / "c.db", "--store all").status == 0);
  const std::string path = (folder / "log.evtx").string();
  // What is live twice in one log are two events.
  CHECK(query(folder / "c.db", kStates) ==
        Rows{{"0", path, "live", std::to_string(records + kKept)},
             {"1", path, "recovered", std::to_string(records - kKept)}});
  CHECK(number(folder / "c.db",
               "select count(*) from also_at a join event e using (event_id) where e.byte_offset - "
               "a.byte_offset = " +
                   std::to_string(kChunkSize)) == records - kKept);
  // Without the second chunk they are events.
  write_file(folder / "alone.evtx", log.substr(0, kFileHeaderSize) + cut_chunk(chunk, kKept));
  REQUIRE(scan(folder / "alone.evtx", folder / "a.db", "--store all").status == 0);
  CHECK(number(folder / "a.db", "select count(*) from event where state = 'recovered'") ==
        records - kKept);
}

TEST_CASE("events of exports are copies where they have an id") {
  const TemporaryFolder folder;
  const auto xml = [](const std::string& id) {
    return "<Events><Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System>"
           "<Provider Name='P'/><EventID>1</EventID><TimeCreated "
           "SystemTime='2023-03-29T10:00:00.0000000Z'/>" +
           id +
           "<Channel>C</Channel><Computer>akamaicontainer.com</Computer></System></Event></Events>";
  };
  const std::string known = xml("<EventRecordID>7</EventRecordID>");
  write_file(folder / "x.zip",
             zip({{"a.xml", known}, {"b.xml", known}, {"c.xml", xml("")}, {"d.xml", xml("")}}));
  REQUIRE(scan(folder / "x.zip", folder / "c.db").status == 0);
  const std::string zip_path = (folder / "x.zip").string();
  CHECK(query(folder / "c.db", "select is_copy, evidence, record_id from v_places") ==
        Rows{{"0", zip_path + " / a.xml", "7"},
             {"1", zip_path + " / b.xml", "7"},
             {"0", zip_path + " / c.xml", "0"},
             {"0", zip_path + " / d.xml", "0"}});
}

TEST_CASE("in a disk image the log in use is the event, the deleted and the carved are places") {
  EVTXHOUND_NEEDS_TOOLS("mkntfs", "ntfscp");
  const TemporaryFolder folder;
  const std::string log = log_text();
  make_ntfs(folder / "disk.dd", {{"a.evtx", log}, {"b.evtx", log}});
  delete_in_ntfs(folder / "disk.dd", "a.evtx");
  std::string disk = read_file(folder / "disk.dd");
  const std::string chunk = log.substr(kFileHeaderSize, kChunkSize);
  const std::size_t free = disk.find(std::string(chunk.size(), '\0'), std::size_t{5} << 20U);
  REQUIRE(free != std::string::npos);
  disk.replace(free, chunk.size(), chunk);
  write_file(folder / "disk.dd", disk);
  write_file(folder / "logs/b.evtx", log);
  REQUIRE(scan(folder / "logs", folder / "log.db", "--store all").status == 0);
  const std::string events = value(folder / "log.db", "select count(*) from event");
  REQUIRE(scan(folder / "disk.dd", folder / "disk.db", "--store all --carve").status == 0);
  CHECK(said(folder / "disk.db") == said(folder / "log.db"));
  const Rows states = query(folder / "disk.db", kStates);
  const std::string image = (folder / "disk.dd").string();
  REQUIRE(states.size() == 3);
  CHECK(states[0] == std::vector<std::string>{"0", image + " / volume / b.evtx", "live", events});
  CHECK(states[1][1] == image + " / unallocated");
  CHECK(states[1][2] == "carved");
  CHECK(states[2][1].starts_with(image + " / volume / "));
  CHECK_THAT(states[2][1], Catch::Contains(" (deleted, entry "));
  CHECK(states[2][3] == events);
  CHECK(number(folder / "disk.db", "select min(byte_offset) from also_at where state = 'carved'") ==
        free + 512);
}
