// Evidence that cannot be read, or not all of it, among evidence that can: each place is a problem
// row, and the rest is read.
#include <catch2/catch.hpp>

#include "tests/evidence/disk/made_disk.hpp"
#include "tests/support/archives.hpp"
#include "tests/support/query.hpp"

using namespace evtxhound::test;
namespace fs = std::filesystem;

namespace {

// Scans the folder `in`, which also gets a log, and returns the problems as path, kind and message.
// The paths begin behind the folder's.
Rows problems_of(const TemporaryFolder& folder) {
  write_file(folder / "in/whole.evtx", log_text());
  const Ran ran = run_evtxhound("scan " + quoted(folder / "in") + " --store all --case " +
                                quoted(folder / "c.db"));
  INFO(ran.err);
  CHECK(ran.status == 1);
  CHECK(query(folder / "c.db",
              "select count(*) > 5 from event join evidence using (evidence_id) where path like "
              "'%/in/whole.evtx'") == Rows{{"1"}});
  const std::string prefix = (folder / "in").string() + "/";
  Rows rows = query(folder / "c.db",
                    "select path, problem.kind, message from problem join evidence using "
                    "(evidence_id) order by 1, 2, 3");
  for (auto& row : rows) {
    REQUIRE(row[0].starts_with(prefix));
    row[0].erase(0, prefix.size());
  }
  return rows;
}

// The paths of logs in the case that end so and have events.
bool has_events(const TemporaryFolder& folder, const std::string& end) {
  return query(folder / "c.db",
               "select count(*) > 5 from event join evidence using (evidence_id) where path like "
               "'%" +
                   end + "'") == Rows{{"1"}};
}

}  // namespace

TEST_CASE("archives that are locked are problems, by member or as a whole") {
  EVTXHOUND_NEEDS_TOOLS("7z");
  const TemporaryFolder folder;
  const std::string log = log_text();
  write_file(folder / "in/members.zip", pack({{"a.evtx", log}, {"b.evtx", log}},
                                             {"zip", "none", "zip:encryption=aes256", "k"}));
  write_file(folder / "locked.evtx", log);
  must("cd " + quoted(folder.path()) + " && 7z a -pk -mhe=on in/headers.7z locked.evtx && " +
       "7z a -pk in/members.7z locked.evtx");
  const Rows problems = problems_of(folder);
  REQUIRE(problems.size() == 3);
  CHECK(problems[0][0] == "headers.7z");
  CHECK_THAT(problems[0][2], Catch::Contains("list of its members"));
  CHECK(problems[1][0] == "members.7z");
  CHECK_THAT(problems[1][2], Catch::Contains("locked.evtx"));
  CHECK(problems[2][0] == "members.zip");
  CHECK_THAT(problems[2][2], Catch::Contains("a.evtx and others"));
  for (const auto& row : problems) CHECK(row[1] == "encrypted");
}

namespace {

// A disk with a.evtx in its first partition and a second one that is empty, from sector 18,432 on.
std::string disk_of_two(const TemporaryFolder& folder) {
  make_ntfs(folder / "ntfs", {{"a.evtx", log_text()}});
  make_partitioned(folder / "in/disk.dd", 24,
                   "label: dos\n1: start=2048,size=16384,type=7\n2: start=18432,size=8192,type=7\n",
                   {{folder / "ntfs", 1}});
  return read_file(folder / "in/disk.dd");
}

}  // namespace

TEST_CASE("a BitLocker volume is a problem of its own, and the volumes beside it are read") {
  EVTXHOUND_NEEDS_TOOLS("mkntfs", "ntfscp", "sfdisk");
  const TemporaryFolder folder;
  std::string disk = disk_of_two(folder);
  disk.replace(18'432 * 512, 11, "\xEB\x58\x90-FVE-FS-");
  write_file(folder / "in/disk.dd", disk);
  const Rows problems = problems_of(folder);
  REQUIRE(problems.size() == 1);
  CHECK(problems[0][0] == "disk.dd / partition 2");
  CHECK(problems[0][1] == "encrypted");
  CHECK_THAT(problems[0][2], Catch::Contains("BitLocker"));
  CHECK(has_events(folder, "disk.dd / partition 1 / a.evtx"));
}

TEST_CASE("partitions that cannot be are problems, and the one that is there is read") {
  EVTXHOUND_NEEDS_TOOLS("mkntfs", "ntfscp", "sfdisk");
  const TemporaryFolder folder;
  std::string disk = disk_of_two(folder);
  disk.replace(446 + 16 + 8, 4, "\x00\x00\x00\x40", 4);  // where partition 2 begins: at 512 GiB
  write_file(folder / "in/disk.dd", disk);
  const Rows problems = problems_of(folder);
  REQUIRE(problems.size() == 1);
  CHECK(problems[0][0] == "disk.dd");
  CHECK(problems[0][1] == "truncated");
  CHECK_THAT(problems[0][2], Catch::Contains("partition 2"));
  CHECK(has_events(folder, "disk.dd / partition 1 / a.evtx"));
}

TEST_CASE("of an E01 that lacks a segment, what lies before it is read") {
  EVTXHOUND_NEEDS_TOOLS("mkntfs", "ntfscp", "ewfacquire");
  const TemporaryFolder folder;
  make_ntfs(folder / "disk.raw", {{"a.evtx", log_text()}});
  must("dd if=/dev/urandom bs=1M count=2 seek=5 conv=notrunc of=" + quoted(folder / "disk.raw"));
  must("ewfacquire -u -q -f encase6 -S 1M -c none -b 64 -t " + quoted(folder / "in/disk") + " " +
       quoted(folder / "disk.raw"));
  REQUIRE(fs::remove(folder / "in/disk.E06"));
  const Rows problems = problems_of(folder);
  REQUIRE_FALSE(problems.empty());
  bool named = false;
  for (const auto& row : problems) {
    CHECK(row[0].starts_with("disk.E01"));
    named = named || (row[1] == "unreadable" &&
                      row[2].find("segment 6 of the image is missing") != std::string::npos);
  }
  CHECK(named);
  CHECK(has_events(folder, "disk.E01 / volume / a.evtx"));
}
