// Archives scanned by the real program: the same events as of the files in them.

#include <catch2/catch.hpp>

#include "tests/support/archives.hpp"
#include "tests/support/cost.hpp"
#include "tests/support/query.hpp"
#include "tests/support/run.hpp"

using namespace evtxhound::test;
namespace fs = std::filesystem;

namespace {

const fs::path kTestdata = fs::path(EVTXHOUND_SOURCE_DIR) / "testdata";
const fs::path kHost = kTestdata / "intrusion/FIN-WS-014";

Ran scan(const fs::path& evidence, const fs::path& case_file, const std::string& more = "") {
  return run_evtxhound("scan " + quoted(evidence) + " --case " + quoted(case_file) + " " + more);
}

// What is in a case file, but for the path of the evidence.
Rows content_of(const fs::path& case_file) {
  Rows rows = query(case_file,
                    "select v.sha256, v.size, v.kind, e.byte_offset, e.byte_size, e.record_id, "
                    "e.time_created, e.provider, e.channel, e.computer, e.event_code, e.state, "
                    "e.data from event e join evidence v using (evidence_id) order by 1, 4, 6");
  for (const char* sql :
       {"select v.sha256, h.field, h.matched, h.byte_offset, i.value, e.byte_offset from hit h "
        "join "
        "event e using (event_id) join evidence v using (evidence_id) join indicator i using "
        "(indicator_id) order by 1, 6, 2, 3, 4, 5",
        "select v.sha256, d.rule_id, e.byte_offset from detection d join event e using (event_id) "
        "join evidence v using (evidence_id) order by 1, 2, 3",
        "select v.sha256, c.channel, c.provider, c.event_code, c.count, c.first_seen, c.last_seen "
        "from census c join evidence v using (evidence_id) order by 1, 2, 3, 4",
        "select detection, state, count, absent from v_story order by 1"}) {
    const Rows more = query(case_file, sql);
    rows.insert(rows.end(), more.begin(), more.end());
  }
  return rows;
}

// Every row, as it was written.
Rows all_rows(const fs::path& case_file) {
  Rows rows;
  for (const char* table : {"evidence", "event", "hit", "detection", "problem", "census"}) {
    const Rows more = query(case_file, std::string("select * from ") + table);
    rows.insert(rows.end(), more.begin(), more.end());
  }
  return rows;
}

// A log of so many chunks, all the same.
std::string long_log(const char* name, std::size_t chunks) {
  const std::string log = read_file(kHost / name);
  std::string longer = log.substr(0, 4096);
  for (std::size_t i = 0; i < chunks; ++i) longer += log.substr(4096, 65536);
  return longer;
}

}  // namespace

TEST_CASE("an archive of a host's logs gives what the folder gives, in any format") {
  const TemporaryFolder folder;
  const Ran plain = scan(kHost, folder / "plain.db", "--store all");
  REQUIRE(plain.status == 0);
  const Rows expected = content_of(folder / "plain.db");
  REQUIRE(expected.size() > 100);
  const std::vector<ArchivedFile> files = files_in(kHost);
  const std::vector<std::pair<std::string, std::string>> archives = {
      {"host.zip", zip(files)},
      {"host.7z", pack(files, {"7zip", "none", ""})},
      {"host.tar.zst", pack(files, {"pax", "zstd", ""})},
      {"host.tar.gz", pack(files, {"gnutar", "gzip", ""})},
      {"collection.zip", zip({{"hosts/host.zip", zip(files)}})},
  };
  for (const auto& [name, bytes] : archives) {
    CAPTURE(name);
    write_file(folder / name, bytes);
    const Ran one = scan(folder / name, folder / (name + "1.db"), "--store all --threads 1");
    const Ran two = scan(folder / name, folder / (name + "2.db"), "--store all --threads 2");
    CHECK(one.status == 0);
    CHECK(two.err.empty());
    CHECK(content_of(folder / (name + "1.db")) == expected);
    CHECK(all_rows(folder / (name + "1.db")) == all_rows(folder / (name + "2.db")));
    // A second scan adds nothing.
    const Rows before = all_rows(folder / (name + "2.db"));
    CHECK(scan(folder / name, folder / (name + "2.db"), "--store all").status == 0);
    CHECK(all_rows(folder / (name + "2.db")) == before);
  }
}

TEST_CASE("evidence in archives nests, and its path names each container") {
  const TemporaryFolder folder;
  write_file(folder / "in/collection.zip",
             zip({{"C%3A/logs.zip", zip(files_in(kHost))}, {"report.docx", zip({{"x", "y"}})}}));
  REQUIRE(scan(folder / "in", folder / "c.db").status == 0);
  const std::string root = (folder / "in").string();
  const Rows top = query(folder / "c.db",
                         "select path, kind, parent_id is null from evidence where kind in "
                         "('folder', 'archive') order by evidence_id");
  CHECK(top == Rows{{root, "folder", "1"},
                    {root + "/collection.zip", "archive", "0"},
                    {root + "/collection.zip / C%3A/logs.zip", "archive", "0"}});
  const Rows logs = query(folder / "c.db",
                          "select v.path, p.path from evidence v join evidence p on v.parent_id = "
                          "p.evidence_id where v.kind = 'evtx'");
  REQUIRE_FALSE(logs.empty());
  for (const auto& row : logs) CHECK(row[0].starts_with(row[1] + " / "));
  CHECK(query(folder / "c.db", "select count(*) from evidence where sha256 is null") ==
        Rows{{"1"}});
}

TEST_CASE("logs too large for memory give the same rows out of an archive") {
  const TemporaryFolder folder;
  // Of different logs: what two files of an archive share would be one event.
  write_file(folder / "in/a.evtx", long_log("Microsoft-Windows-Sysmon%4Operational.evtx", 400));
  write_file(folder / "in/b.evtx", long_log("Security.evtx", 300));
  REQUIRE(scan(folder / "in", folder / "plain.db", "--threads 2").status == 0);
  write_file(folder / "x.tgz", pack(files_in(folder / "in"), {"gnutar", "gzip", ""}));
  for (const char* threads : {"1", "2", "4"}) {
    if (kSanitized && threads != std::string("2")) continue;
    const fs::path case_file = folder / (std::string("x") + threads + ".db");
    CHECK(scan(folder / "x.tgz", case_file, std::string("--threads ") + threads).status == 0);
    // Not expanded where it fails: that would take minutes.
    const bool same = content_of(case_file) == content_of(folder / "plain.db");
    CHECK(same);
  }
}

TEST_CASE("a cut archive is a problem row, and what is there is read") {
  const TemporaryFolder folder;
  std::string bytes = pack(files_in(kHost), {"pax", "none", ""});
  bytes.resize(bytes.size() - 100'000);
  write_file(folder / "cut.tar", bytes);
  const Ran ran = scan(folder / "cut.tar", folder / "c.db");
  CHECK(ran.status == 1);
  CHECK(query(folder / "c.db", "select count(*) > 0 from hit") == Rows{{"1"}});
  CHECK(query(folder / "c.db", "select count(*) > 0 from problem where kind = 'truncated'") ==
        Rows{{"1"}});
}

TEST_CASE("info and dump read logs in archives") {
  const TemporaryFolder folder;
  write_file(folder / "x.zip", zip(files_in(kHost)));
  const Ran plain = run_evtxhound("dump " + quoted(kHost));
  const Ran packed = run_evtxhound("dump " + quoted(folder / "x.zip"));
  CHECK(packed.status == plain.status);
  CHECK(packed.out == plain.out);
  const Ran info = run_evtxhound("info " + quoted(folder / "x.zip"));
  CHECK(info.status == run_evtxhound("info " + quoted(kHost)).status);
  CHECK(info.out.find("x.zip / ") != std::string::npos);
}
