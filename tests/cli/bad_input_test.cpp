// What is not as it should be: each time a clear message with file and place, the right exit
// status, and nothing that a second try trips over.

#include <sqlite3.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <iostream>

#include "tests/support/corpus.hpp"
#include "tests/support/query.hpp"
#include "tests/support/run.hpp"

using namespace evtxhound::test;
namespace fs = std::filesystem;

namespace {

const fs::path kTestdata = fs::path(EVTXHOUND_SOURCE_DIR) / "testdata";
const fs::path kLog = kTestdata / "clean/HQ-WS-021/Security.evtx";

Ran scan(const fs::path& evidence, const fs::path& case_file, const std::string& more = "") {
  return run_evtxhound("scan " + quoted(evidence) + " --case " + quoted(case_file) + " " + more);
}

// The problems of a case file as (file name, kind, offset).
Rows problems(const fs::path& case_file) {
  Rows rows = query(case_file,
                    "select e.path, p.kind, p.byte_offset from problem p "
                    "join evidence e using (evidence_id) order by 1, 3");
  for (auto& row : rows) row[0] = fs::path(row[0]).filename().string();
  return rows;
}

// Many copies of a log, so that a scan of them is still at it when something happens to it.
void make_long_work(const fs::path& evidence) {
  fs::create_directory(evidence);
  for (int i = 0; i < 4000; ++i) fs::copy_file(kLog, evidence / (std::to_string(i) + ".evtx"));
}

void make_database(const fs::path& path, const std::string& sql) {
  sqlite3* connection = nullptr;
  REQUIRE(sqlite3_open(path.c_str(), &connection) == SQLITE_OK);
  REQUIRE(sqlite3_exec(connection, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK);
  sqlite3_close(connection);
}

}  // namespace

TEST_CASE("a file that is no EVTX log, and an empty one") {
  const TemporaryFolder folder;
  write_file(folder / "letter.evtx", "Dear examiner");
  write_file(folder / "nothing.evtx", "");
  const Ran ran = scan(folder / "letter.evtx", folder / "case.db", quoted(folder / "nothing.evtx"));
  CHECK(ran.status == 1);
  CHECK_THAT(ran.err, Catch::Contains("letter.evtx: not an EVTX log"));
  CHECK_THAT(ran.err, Catch::Contains("nothing.evtx: the file is empty"));
  CHECK(problems(folder / "case.db") ==
        Rows{{"letter.evtx", "not-evidence", "NULL"}, {"nothing.evtx", "empty", "NULL"}});
}

TEST_CASE("a folder without any log") {
  const TemporaryFolder folder;
  fs::create_directory(folder / "evidence");
  const Ran ran = scan(folder / "evidence", folder / "case.db");
  CHECK(ran.status == 1);
  CHECK_THAT(ran.err, Catch::Contains("evidence: no EVTX log in this folder"));
  CHECK(problems(folder / "case.db") == Rows{{"evidence", "empty", "NULL"}});
}

TEST_CASE("evidence that does not exist stops the scan before a case file is made") {
  const TemporaryFolder folder;
  const Ran ran = scan(folder / "absent.evtx", folder / "case.db", quoted(kLog));
  CHECK(ran.status == 2);
  CHECK_THAT(ran.err, Catch::Contains("absent.evtx: No such file or directory"));
  CHECK_FALSE(fs::exists(folder / "case.db"));
}

TEST_CASE("a file that may not be read costs nothing but itself") {
  const TemporaryFolder folder;
  fs::copy_file(kLog, folder / "evidence/readable.evtx");
  fs::copy_file(kLog, folder / "evidence/secret.evtx");
  fs::permissions(folder / "evidence/secret.evtx", fs::perms::none);
  std::string step_down;
  if (::geteuid() == 0) {  // root may read everything
    EVTXHOUND_NEEDS(has_program("setpriv"), "root, and no setpriv to step down with");
    REQUIRE(shell("chown -R 65534 " + quoted(folder.path())).status == 0);
    step_down = "setpriv --reuid=65534 --regid=65534 --clear-groups ";
    if (shell(step_down + "test -x " + quoted(std::string(EVTXHOUND_PROGRAM))).status != 0) {
      // The build may lie where only root can go.
      fs::copy_file(EVTXHOUND_PROGRAM, folder / "evtxhound");
      fs::permissions(folder / "evtxhound", fs::perms::others_exec | fs::perms::others_read,
                      fs::perm_options::add);
    }
  }
  const fs::path program =
      fs::exists(folder / "evtxhound") ? folder / "evtxhound" : fs::path(EVTXHOUND_PROGRAM);
  const Ran ran =
      shell("HOME=" + quoted(folder.path()) + " " + step_down + quoted(program) + " scan " +
            quoted(folder / "evidence") + " --case " + quoted(folder / "case.db") + " --store all");
  CHECK(ran.status == 1);
  CHECK_THAT(ran.err, Catch::Contains("secret.evtx: cannot open: Permission denied"));
  CHECK(problems(folder / "case.db") == Rows{{"secret.evtx", "unreadable", "NULL"}});
  CHECK(std::stoi(value(folder / "case.db", "select count(*) from event")) > 0);
}

TEST_CASE("symbolic links that loop or lead out of the evidence") {
  const TemporaryFolder folder;
  fs::copy_file(kLog, folder / "evidence/a.evtx");
  fs::create_symlink("loop.evtx", folder / "evidence/loop.evtx");
  fs::create_directory_symlink("..", folder / "evidence/up");
  const Ran ran = scan(folder / "evidence", folder / "case.db");
  CHECK(ran.status == 1);
  CHECK_THAT(ran.err, Catch::Contains("loop.evtx: symbolic link not followed: Too many levels"));
  CHECK_THAT(ran.err, Catch::Contains("up: symbolic link not followed: it leads out"));
  CHECK(value(folder / "case.db", "select count(*) from evidence where kind = 'evtx'") == "1");
}

TEST_CASE("damaged logs: each unreadable place is a row, the rest is read") {
  const TemporaryFolder folder;
  const Ran ran = scan(kTestdata / "damaged", folder / "case.db", "--store all");
  CHECK(ran.status == 1);
  const fs::path case_file = folder / "case.db";
  for (const char* kind : {"checksum", "chunk-header", "truncated", "record-damaged"}) {
    INFO(kind);
    CHECK(value(case_file, std::string("select count(*) > 0 from problem where byte_offset is not "
                                       "null and kind = '") +
                               kind + "'") == "1");
  }
  // Every damaged log still gives events.
  CHECK(query(case_file,
              "select path from evidence e where kind = 'evtx' and not exists "
              "(select 1 from event where evidence_id = e.evidence_id)")
            .empty());
  CHECK(std::stoi(value(case_file, "select count(*) from event where state = 'recovered'")) > 0);
}

TEST_CASE("a damaged record takes no neighbour with it") {
  const TemporaryFolder folder;
  std::string log = read_file(kLog);
  scan(kLog, folder / "whole.db", "--store all");
  const Rows events =
      query(folder / "whole.db", "select record_id, byte_offset from event order by 2");
  REQUIRE(events.size() > 10);
  const std::size_t victim = std::stoull(events[5][1]);
  std::fill_n(log.begin() + static_cast<std::ptrdiff_t>(victim), 24, '\xFF');
  write_file(folder / "damaged.evtx", log);
  CHECK(scan(folder / "damaged.evtx", folder / "case.db", "--store all").status == 1);
  Rows expected = events;
  expected.erase(expected.begin() + 5);
  CHECK(query(folder / "case.db", "select record_id, byte_offset from event order by 2") ==
        expected);
  CHECK(value(folder / "case.db",
              "select byte_offset from problem where kind = 'record-damaged'") == events[5][1]);
}

TEST_CASE("a case file that is something else is refused and left as it is") {
  const TemporaryFolder folder;
  const fs::path other = folder / "other.db";
  std::string why;
  SECTION("another SQLite database") {
    make_database(other,
                  "create table browser_history(url); insert into browser_history values('x')");
    why = "not a case file";
  }
  SECTION("no database at all") {
    write_file(other, "These are my notes, not a database. " + std::string(1000, '.'));
    why = "so no case file";
  }
  SECTION("a case file of a newer schema") {
    scan(kLog, other);
    make_database(other, "pragma user_version = 99");
    why = "newer";
  }
  const std::string before = read_file(other);
  const Ran ran = scan(kLog, other);
  CHECK(ran.status == 2);
  CHECK_THAT(ran.err, Catch::Contains("other.db") && Catch::Contains(why));
  CHECK(read_file(other) == before);
  CHECK_FALSE(fs::exists(folder / "other.db-wal"));
}

TEST_CASE("a case file in a folder that does not exist") {
  const TemporaryFolder folder;
  const Ran ran = scan(kLog, folder.path() / "absent/case.db");
  CHECK(ran.status != 0);
  CHECK(ran.status != 1);
  CHECK_THAT(ran.err, Catch::Contains("absent"));
}

TEST_CASE("a pack with wrong lines stops the scan, each line named") {
  const TemporaryFolder folder;
  write_file(folder / "pack.csv",
             "kind,value,description,severity,source\n"
             "md5,12345,too short,high,test\n"
             "domain,good.example,fine,high,test\n"
             "domain,not a domain,spaces,high,test\n");
  const Ran ran = scan(kLog, folder / "case.db", "--iocs " + quoted(folder / "pack.csv"));
  CHECK(ran.status == 2);
  CHECK_THAT(ran.err, Catch::Contains("pack.csv:2:5: error:"));
  CHECK_THAT(ran.err, Catch::Contains("pack.csv:4:8: error:"));
  CHECK_FALSE(fs::exists(folder / "case.db"));
}

TEST_CASE("bad usage ends with 2 and says what is missing") {
  CHECK(run_evtxhound("").status == 2);
  CHECK(run_evtxhound("scan").status == 2);
  CHECK(run_evtxhound("scan x --case y --threads 0").status == 2);
  CHECK(run_evtxhound("scan x --case y --store some").status == 2);
  CHECK(run_evtxhound("nonsense").status == 2);
  const Ran no_case = run_evtxhound("scan " + quoted(kLog));
  CHECK(no_case.status == 2);
  CHECK_THAT(no_case.err, Catch::Contains("--case"));
}

TEST_CASE("every command has help with examples") {
  for (const char* command : {"scan", "info", "iocs", "iocs check", "iocs list", "case",
                              "case summary", "case timeline", "case export", "forge"}) {
    const Ran ran = run_evtxhound(std::string(command) + " --help");
    INFO(command);
    CHECK(ran.status == 0);
    CHECK_THAT(ran.out, Catch::Contains("Example"));
  }
  CHECK(run_evtxhound("--version").out.find("0.") != std::string::npos);
}

TEST_CASE("a full disk ends the scan with 3, and the same command completes it later") {
  const TemporaryFolder folder;
  const std::string in_namespace = "unshare --map-root-user --mount sh -c ";
  EVTXHOUND_NEEDS(shell(in_namespace + "'mount -t tmpfs none /mnt'").status == 0,
                  "no right to mount a small disk");
  const fs::path disk = folder / "disk";
  fs::create_directory(disk);
  const std::string command = quoted(std::string(EVTXHOUND_PROGRAM)) + " scan " +
                              quoted(kTestdata / "intrusion") + " --store all --case " +
                              quoted(disk / "case.db");
  // The disk is small, fills up, grows, and the same command runs again.
  const std::string script = "mount -t tmpfs -o size=256k none " + quoted(disk) + " || exit 99; " +
                             command + "; echo first $?; mount -o remount,size=64m " +
                             quoted(disk) + "; " + command + "; echo second $?; cp " +
                             quoted(disk / "case.db") + " " + quoted(folder / "copy.db");
  const Ran ran = shell(in_namespace + quoted(script));
  CHECK_THAT(ran.out, Catch::Contains("first 3") && Catch::Contains("second 0"));
  CHECK_THAT(ran.err, Catch::Contains("case.db") && Catch::Contains("full"));
  CHECK(value(folder / "copy.db", "pragma integrity_check") == "ok");
  scan(kTestdata / "intrusion", folder / "undisturbed.db", "--store all");
  for (const char* table : {"event", "hit", "problem", "evidence", "census"}) {
    const std::string count = std::string("select count(*) from ") + table;
    CHECK(value(folder / "copy.db", count) == value(folder / "undisturbed.db", count));
  }
}

TEST_CASE("a case file that another scan has open is refused with 3") {
  const TemporaryFolder folder;
  make_long_work(folder / "evidence");
  const std::string command = quoted(std::string(EVTXHOUND_PROGRAM)) + " scan " +
                              quoted(folder / "evidence") + " --store all --case " +
                              quoted(folder / "case.db");
  const Ran ran = shell(command + " --threads 1 & sleep 0.3; " + command +
                        "; echo second $?; wait $!; echo first $?");
  // On a busy machine the second one can be there first.
  CHECK_THAT(ran.out, (Catch::Contains("second 3") && Catch::Contains("first 0")) ||
                          (Catch::Contains("second 0") && Catch::Contains("first 3")));
  CHECK_THAT(ran.err, Catch::Contains("locked"));
}

TEST_CASE("Ctrl-C ends a scan in good order, and the same command completes it") {
  const TemporaryFolder folder;
  make_long_work(folder / "evidence");
  const std::string command = quoted(std::string(EVTXHOUND_PROGRAM)) + " scan " +
                              quoted(folder / "evidence") + " --store all --threads 1 --case " +
                              quoted(folder / "case.db");
  // Without --foreground, timeout sends the signal twice, and the second one means "at once".
  const Ran ran = shell("timeout --foreground --signal=INT 0.5 " + command);
  const fs::path case_file = folder / "case.db";
  CHECK_THAT(ran.out, Catch::Contains("stopped early"));
  CHECK_FALSE(fs::exists(folder / "case.db-wal"));
  CHECK(value(case_file, "select exit_status from run") == "130");
  CHECK(value(case_file, "pragma integrity_check") == "ok");
  CHECK_THAT(run_evtxhound("case summary " + quoted(case_file)).out,
             Catch::Contains("has not come to its end"));
  const int before = std::stoi(value(case_file, "select count(*) from event"));
  CHECK(shell(command).status == 0);
  const int after = std::stoi(value(case_file, "select count(*) from event"));
  CHECK(before < after);
  CHECK(value(case_file,
              "select count(*) from (select distinct evidence_id, byte_offset from event)") ==
        std::to_string(after));
  CHECK(value(case_file, "select sum(count) from census") == std::to_string(after));
}
