// A disk image scanned by the real program, against the same logs in a folder.
#include <catch2/catch.hpp>

#include "tests/evidence/disk/made_disk.hpp"
#include "tests/support/query.hpp"

using namespace evtxhound::test;
namespace fs = std::filesystem;

namespace {

// All that a case says of its events, but for where the evidence lies.
const std::string kEvents =
    "select byte_offset, byte_size, record_id, time_written, time_created, provider, channel, "
    "computer, event_code, state, data, "
    "(select group_concat(matched || byte_offset) from hit where hit.event_id = event.event_id) "
    "from event order by 1, 2, 3, 6, 7, 8, data";

}  // namespace

TEST_CASE("scan finds the same events and hits in a disk image as in a folder") {
  EVTXHOUND_NEEDS_TOOLS("mkntfs", "ntfscp", "sfdisk", "ewfacquire");
  const TemporaryFolder folder;
  std::vector<NamedFile> logs;
  for (const auto& entry : fs::directory_iterator(kTestdata / "intrusion/FIN-WS-014")) {
    if (entry.path().extension() != ".evtx") continue;
    logs.push_back({entry.path().filename().string(), read_file(entry.path())});
  }
  REQUIRE(logs.size() >= 3);
  make_ntfs(folder / "ntfs", logs);
  make_partitioned(folder / "disk", 12, "label: gpt\n2: start=2048,size=16384\n",
                   {{folder / "ntfs", 1}});
  must("ewfacquire -u -q -f encase6 -S 1M -c none -b 64 -t " + quoted(folder / "disk") + " " +
       quoted(folder / "disk"));

  const auto scan = [&](const fs::path& evidence, const std::string& case_name) {
    const Ran ran = run_evtxhound("scan " + quoted(evidence) + " --store all --case " +
                                  quoted(folder / case_name));
    INFO(ran.err);
    CHECK(ran.status == 0);
    return query(folder / case_name, kEvents);
  };
  const auto expected = scan(kTestdata / "intrusion/FIN-WS-014", "folder.db");
  REQUIRE(expected.size() > 50);
  CHECK(scan(folder / "disk.E01", "image.db") == expected);

  const std::string image = (folder / "disk.E01").string();
  const auto rows = query(folder / "image.db",
                          "select e.path, p.path, p.kind, g.path, g.kind, e.sha256 <> '' from "
                          "evidence e join evidence p on p.evidence_id = e.parent_id join evidence "
                          "g on g.evidence_id = p.parent_id where e.kind = 'evtx' order by 1");
  REQUIRE(rows.size() == logs.size());
  for (const auto& row : rows) {
    CHECK(row[0].rfind(image + " / partition 2 / ", 0) == 0);
    CHECK(row[1] == image + " / partition 2");
    CHECK(row[2] == "volume");
    CHECK(row[3] == image);
    CHECK(row[4] == "image");
    CHECK(row[5] == "1");
  }
  // The same scan again adds nothing.
  CHECK(scan(folder / "disk.E01", "image.db") == expected);
  CHECK(query(folder / "image.db", "select count(*) from evidence where kind = 'evtx'")[0][0] ==
        std::to_string(logs.size()));
}

TEST_CASE("scan of a cut image and of an encrypted one is done, with problems") {
  EVTXHOUND_NEEDS_TOOLS("mkntfs", "ntfscp", "sfdisk");
  const TemporaryFolder folder;
  make_ntfs(folder / "ntfs", {{"a.evtx", log_text()}, {"b.evtx", log_text()}});
  make_partitioned(folder / "disk", 24,
                   "label: dos\n1: start=2048,size=16384,type=7\n2: start=18432,size=4096,type=7\n",
                   {{folder / "ntfs", 1}});
  std::string disk = read_file(folder / "disk");
  disk.replace(18'432 * 512, 11, "\xEB\x58\x90-FVE-FS-");
  disk.resize(19'000 * 512);
  write_file(folder / "disk", disk);
  const Ran ran =
      run_evtxhound("scan " + quoted(folder / "disk") + " --case " + quoted(folder / "case.db"));
  CHECK(ran.status == 1);
  const auto problems = query(folder / "case.db", "select kind from problem order by 1");
  CHECK(problems == decltype(problems){{"encrypted"}, {"truncated"}});
  CHECK(query(folder / "case.db", "select count(*) from evidence where kind = 'evtx'")[0][0] ==
        "2");
}
