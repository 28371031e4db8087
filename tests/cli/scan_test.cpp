// The main job, done by the real program on the logs in testdata/.

#include <catch2/catch.hpp>
#include <cstring>
#include <set>

#include "tests/support/query.hpp"
#include "tests/support/run.hpp"
#include "tests/support/tsv.hpp"

using namespace evtxhound::test;
namespace fs = std::filesystem;

namespace {

const fs::path kTestdata = fs::path(EVTXHOUND_SOURCE_DIR) / "testdata";

Ran scan(const fs::path& evidence, const fs::path& case_file, const std::string& more = "") {
  return run_evtxhound("scan " + quoted(evidence) + " --case " + quoted(case_file) + " " + more);
}

// log (its path below testdata/intrusion), record id, kind, value, field
TsvRows planted() { return tsv_rows(kTestdata / "intrusion/planted.tsv"); }

}  // namespace

TEST_CASE("every indicator planted in the intrusion is found, where it was planted") {
  const TemporaryFolder folder;
  const fs::path case_file = folder / "case.db";
  const Ran ran = scan(kTestdata / "intrusion", case_file);
  CHECK(ran.status == 0);
  CHECK(ran.err.empty());

  const std::string prefix = (kTestdata / "intrusion/").string();
  TsvRows found;
  for (auto row :
       query(case_file, "select evidence, record_id, kind, value, field, severity from v_hits")) {
    // The program itself and its folder are ordinary, not planted; the next test counts them.
    if (row[5] == "low" || row[5] == "informational") continue;
    row.pop_back();
    row[0].erase(0, prefix.size());
    found.insert(row);
  }
  const TsvRows expected = planted();
  REQUIRE(expected.size() > 100);
  for (const auto& row : expected) {
    INFO(row[0] << " record " << row[1] << " " << row[2] << " " << row[3] << " in " << row[4]);
    CHECK(found.count(row) == 1);
  }
  for (const auto& row : found) {
    INFO(row[0] << " record " << row[1] << " " << row[2] << " " << row[3] << " in " << row[4]);
    CHECK(expected.count(row) == 1);
  }
}

TEST_CASE("the program and its folder are found wherever a field names them") {
  // What SQLite finds in the stored events, against what the scan found while reading them.
  const TemporaryFolder folder;
  const fs::path case_file = folder / "case.db";
  scan(kTestdata / "intrusion", case_file, "--store all");
  for (const char* indicator :
       {"3CXDesktopApp.exe", "\\AppData\\Local\\Programs\\3CXDesktopApp\\"}) {
    const std::string named = std::string("'") + indicator + "'";
    const Rows by_sqlite = query(case_file,
                                 // An unnamed value in an array has its position as key.
                                 "select distinct event_id, iif(typeof(key) = 'integer', 'Data', "
                                 "key) from event, json_tree(event.data) "
                                 "where instr(lower(atom), lower(" +
                                     named + ")) > 0 order by 1, 2");
    CHECK(by_sqlite.size() > 20);
    CHECK(query(case_file, "select distinct event_id, field from v_hits where value = " + named +
                               " order by 1, 2")
              .size() == by_sqlite.size());
  }
}

TEST_CASE("none of the near misses is a hit") {
  const TemporaryFolder folder;
  CHECK(scan(kTestdata / "clean", folder / "case.db", "--store all").status == 0);
  CHECK(query(folder / "case.db", "select kind, value, field, matched from v_hits").empty());
  CHECK(std::stoi(value(folder / "case.db", "select count(*) from event")) > 20);
}

TEST_CASE("every hit's bytes stand in the evidence where the case file says") {
  const TemporaryFolder folder;
  scan(kTestdata / "intrusion", folder / "case.db");
  std::size_t checked = 0;
  for (const auto& row : query(folder / "case.db",
                               "select e.path, h.byte_offset, h.matched from hit h "
                               "join event using (event_id) join evidence e using (evidence_id) "
                               "where h.byte_offset is not null")) {
    const std::string log = read_file(row[0]);
    std::string wide;
    for (const char c : row[2]) wide.append({c, '\0'});
    const std::size_t offset = std::stoull(row[1]);
    CHECK((log.compare(offset, wide.size(), wide) == 0 ||
           log.compare(offset, row[2].size(), row[2]) == 0));
    ++checked;
  }
  CHECK(checked > 100);
  CHECK(value(folder / "case.db", "select count(*) from hit where byte_offset is null") == "0");
}

TEST_CASE("an event's bytes stand at its offset") {
  const TemporaryFolder folder;
  scan(kTestdata / "intrusion", folder / "case.db");
  for (const auto& row : query(folder / "case.db",
                               "select e.path, byte_offset, record_id, byte_size from event "
                               "join evidence e using (evidence_id)")) {
    const std::string log = read_file(row[0]);
    const std::size_t offset = std::stoull(row[1]);
    REQUIRE(log.substr(offset, 4) == std::string("**\0\0", 4));
    std::uint64_t id = 0;
    std::memcpy(&id, log.data() + offset + 8, sizeof id);
    CHECK(std::to_string(id) == row[2]);
    std::uint32_t size_copy = 0;
    std::memcpy(&size_copy, log.data() + offset + std::stoul(row[3]) - 4, sizeof size_copy);
    CHECK(std::to_string(size_copy) == row[3]);
  }
}

TEST_CASE("the default keeps events with a hit, --store all keeps every event") {
  const TemporaryFolder folder;
  scan(kTestdata / "intrusion", folder / "hits.db");
  scan(kTestdata / "intrusion", folder / "all.db", "--store all");
  CHECK(value(folder / "hits.db",
              "select count(*) from event where event_id not in (select event_id from hit)") ==
        "0");
  const int hits = std::stoi(value(folder / "hits.db", "select count(*) from event"));
  const int all = std::stoi(value(folder / "all.db", "select count(*) from event"));
  CHECK(hits > 0);
  CHECK(all > hits);
  const std::string same =
      "select record_id, indicator_id, field, byte_offset from v_hits order by 1, 2, 3, 4";
  CHECK(query(folder / "hits.db", same) == query(folder / "all.db", same));
  CHECK(value(folder / "all.db", "select sum(count) from census") == std::to_string(all));
  CHECK(value(folder / "hits.db", "select sum(count) from census") == std::to_string(all));
}

TEST_CASE("scanning the same evidence twice adds nothing twice") {
  const TemporaryFolder folder;
  scan(kTestdata, folder / "case.db", "--store all");
  const Rows once = content(folder / "case.db");
  scan(kTestdata, folder / "case.db", "--store all");
  CHECK(content(folder / "case.db") == once);
  CHECK(value(folder / "case.db", "select count(*) from run") == "2");
}

TEST_CASE("a later scan that keeps more adds just that") {
  const TemporaryFolder folder;
  scan(kTestdata / "intrusion", folder / "case.db");
  scan(kTestdata / "intrusion", folder / "case.db", "--store all");
  scan(kTestdata / "intrusion", folder / "all.db", "--store all");
  for (const char* table : {"event", "hit", "evidence", "indicator", "census"}) {
    const std::string count = std::string("select count(*) from ") + table;
    CHECK(value(folder / "case.db", count) == value(folder / "all.db", count));
  }
}

TEST_CASE("any number of threads writes the same rows") {
  const TemporaryFolder folder;
  scan(kTestdata, folder / "1.db", "--store all --threads 1");
  scan(kTestdata, folder / "7.db", "--store all --threads 7");
  CHECK(content(folder / "1.db") == content(folder / "7.db"));
}

TEST_CASE("a log under two paths is two pieces of evidence, the second marked as a copy") {
  const TemporaryFolder folder;
  const fs::path log = kTestdata / "clean/HQ-WS-021/Security.evtx";
  fs::copy_file(log, folder / "evidence/a.evtx");
  fs::copy_file(log, folder / "evidence/b.evtx");
  scan(folder / "evidence", folder / "case.db", "--store all");
  CHECK(
      query(folder / "case.db",
            "select c.path, o.path from evidence c join evidence o on c.same_as = o.evidence_id") ==
      Rows{{(folder / "evidence/b.evtx").string(), (folder / "evidence/a.evtx").string()}});
  CHECK(query(folder / "case.db", "select count(*) from event group by evidence_id").size() == 2);
}

TEST_CASE("later scans of the same evidence add the hits of other indicators") {
  const TemporaryFolder folder;
  const fs::path case_file = folder / "case.db";
  const fs::path log = kTestdata / "clean/HQ-WS-021/Security.evtx";
  scan(log, case_file);
  CHECK(value(case_file, "select count(*) from hit") == "0");
  write_file(folder / "pack.csv",
             "kind,value,description,severity,source\ntext,svchost.exe,x,low,test\n");
  scan(log, case_file, "--iocs " + quoted(folder / "pack.csv"));
  CHECK(value(case_file, "select count(distinct value) from v_hits") == "1");
  CHECK(value(case_file, "select count(*) from evidence") == "1");
}

TEST_CASE("evidence and run are described") {
  const TemporaryFolder folder;
  const fs::path log = kTestdata / "clean/HQ-WS-021/Security.evtx";
  scan(log, folder / "case.db");
  const auto rows = query(folder / "case.db", "select path, kind, size, sha256 from evidence");
  REQUIRE(rows.size() == 1);
  CHECK(rows[0][0] == fs::canonical(log).string());
  CHECK(rows[0][1] == "evtx");
  CHECK(rows[0][2] == std::to_string(fs::file_size(log)));
  CHECK(shell("sha256sum < " + quoted(log)).out.substr(0, 64) == rows[0][3]);
  const auto run = query(folder / "case.db",
                         "select command_line, tool_version, exit_status, started <= ended and "
                         "abs(julianday(started) - julianday('now')) < 0.1, "
                         "json_extract(packs, '$[0].name') from run");
  REQUIRE(run.size() == 1);
  CHECK_THAT(run[0][0], Catch::Contains("scan " + log.string() + " --case"));
  CHECK_FALSE(run[0][1].empty());
  CHECK(run[0][2] == "0");
  CHECK(run[0][3] == "1");
}

TEST_CASE("logs without a chunk are counted as read to their end") {
  const TemporaryFolder folder;
  const std::string header = read_file(kTestdata / "clean/HQ-WS-021/Security.evtx").substr(0, 4096);
  for (const char* name : {"a.evtx", "c.evtx", "e.evtx"}) {
    write_file(folder / (std::string("evidence/") + name), header);
  }
  for (const char* name : {"b.evtx", "d.evtx"}) {
    fs::copy_file(kTestdata / "clean/HQ-WS-021/Security.evtx",
                  folder / (std::string("evidence/") + name));
  }
  scan(folder / "evidence", folder / "case.db");
  CHECK(value(folder / "case.db",
              "select count(*) from evidence where kind = 'evtx' and census_taken = 1") == "5");
  CHECK(query(folder / "case.db", "select evidence_id from census group by 1").size() == 2);
}

TEST_CASE("the options --no-hash and --no-census leave out what they say") {
  const TemporaryFolder folder;
  scan(kTestdata / "clean", folder / "case.db", "--no-hash --no-census");
  CHECK(value(folder / "case.db", "select count(*) from evidence where sha256 is not null") == "0");
  CHECK(value(folder / "case.db", "select count(*) from census") == "0");
}

TEST_CASE("a scanned case is one plain file that opens from read-only media") {
  const TemporaryFolder folder;
  scan(kTestdata / "intrusion", folder / "case.db");
  CHECK_FALSE(fs::exists(folder / "case.db-wal"));
  CHECK_FALSE(fs::exists(folder / "case.db-shm"));
  // Bytes 18 and 19 of the header say how the file is journaled: 1 is no WAL.
  const std::string bytes = read_file(folder / "case.db");
  CHECK(bytes[18] == 1);
  CHECK(bytes[19] == 1);
  CHECK(value(folder / "case.db", "pragma integrity_check") == "ok");
  CHECK(query(folder / "case.db", "pragma foreign_key_check").empty());
}

TEST_CASE("evidence is not changed by a scan, its times included") {
  const TemporaryFolder folder;
  fs::copy(kTestdata / "intrusion", folder / "evidence", fs::copy_options::recursive);
  const std::string in_it = "cd " + quoted(folder / "evidence") + " && find . -type f ";
  const std::string times = in_it + "-printf '%p %s %T@ %A@ %m\\n' | sort";
  const std::string hashes = in_it + "-exec sha256sum {} + | sort";
  const std::string hashes_before = shell(hashes).out;
  const std::string times_before = shell(times).out;
  scan(folder / "evidence", folder / "case.db");
  CHECK(shell(times).out == times_before);
  CHECK(shell(hashes).out == hashes_before);
}

TEST_CASE("the case's summary names what was found, its times and hosts") {
  const TemporaryFolder folder;
  scan(kTestdata / "intrusion", folder / "case.db");
  const Ran ran = run_evtxhound("case summary " + quoted(folder / "case.db"));
  CHECK(ran.status == 0);
  CHECK_THAT(ran.out, Catch::Contains("FIN-WS-014.corp.example"));
  CHECK_THAT(ran.out, Catch::Contains("officeaddons.com"));
  CHECK_THAT(ran.out, !Catch::Contains("\033["));
}
