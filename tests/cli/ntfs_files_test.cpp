// A log that NTFS keeps compressed, with holes or in fragments, by the real program.
#include <catch2/catch.hpp>

#include "tests/evidence/disk/made_disk.hpp"
#include "tests/evidence/disk/made_ntfs.hpp"
#include "tests/support/query.hpp"

using namespace evtxhound::test;
namespace fs = std::filesystem;

TEST_CASE("a log that NTFS compresses, keeps with holes or scatters gives the same rows") {
  EVTXHOUND_NEEDS_TOOLS("mkntfs", "ntfscp");
  const TemporaryFolder folder;
  const std::string log = log_text() + std::string(65'536, '\0');
  write_file(folder / "Security.evtx", log);
  const auto scan = [&](const fs::path& evidence, const fs::path& case_file) {
    const Ran ran =
        run_evtxhound("scan " + quoted(evidence) + " --store all --case " + quoted(case_file));
    CHECK(ran.status == 0);
  };
  scan(folder / "Security.evtx", folder / "plain.db");
  const std::vector<std::string> rows = {
      "select byte_offset, record_id, time_created, provider, event_code, data from event "
      "order by byte_offset",
      "select field, matched, value, byte_offset from v_hits order by 4, 1, 3",
      "select sha256, size from evidence where kind = 'evtx'"};
  CHECK_FALSE(query(folder / "plain.db", rows[0]).empty());
  for (const Lying lying : {Lying::kSparse, Lying::kCompressed, Lying::kScattered}) {
    CAPTURE(static_cast<int>(lying));
    const fs::path disk = folder / ("disk" + std::to_string(static_cast<int>(lying)));
    make_ntfs(disk, "Security.evtx", log, lying);
    const fs::path case_file = disk.string() + ".db";
    scan(disk, case_file);
    for (const std::string& sql : rows) {
      CHECK(query(case_file, sql) == query(folder / "plain.db", sql));
    }
  }
}
