// What a case file knows of evidence that was read before.
#include <catch2/catch.hpp>

#include "tests/casefile/sample_case.hpp"

using namespace evtxhound;
using namespace evtxhound::casefile;
using namespace evtxhound::casefile::testing;

namespace {

const std::string kTime = "2023-03-29T10:00:00.0000000Z";
const std::string kHash(64, 'a');

EvidenceRow log_row() {
  EvidenceRow row;
  row.path = "/a.evtx";
  row.kind = "evtx";
  row.size = 10;
  row.sha256 = kHash;
  row.modified = kTime;
  return row;
}

}  // namespace

TEST_CASE("what was read to its end is known by path, kind, size, time and settings") {
  const TemporaryFolder folder;
  CaseFile file = CaseFile::open_for_writing(folder / "case.db");
  const RowId id = file.add_evidence(log_row());
  CHECK_FALSE(file.find_read(log_row(), "s"));
  file.mark_read(id, "s");
  file.mark_read(id, "s");
  EvidenceRow asked = log_row();
  asked.sha256 = "";  // it is not known before the file is read
  CHECK(file.find_read(asked, "s") == id);
  CHECK_FALSE(file.find_read(asked, "other"));
  SECTION("path") { asked.path = "/b.evtx"; }
  SECTION("kind") { asked.kind = "xml"; }
  SECTION("size") { asked.size = 11; }
  SECTION("time") { asked.modified = "2023-03-29T10:00:00.0000001Z"; }
  SECTION("no time") { asked.modified = ""; }
  SECTION("what it lies in") { asked.parent = id; }
  CHECK_FALSE(file.find_read(asked, "s"));
}

TEST_CASE("where two contents could be meant, neither is known") {
  const TemporaryFolder folder;
  CaseFile file = CaseFile::open_for_writing(folder / "case.db");
  EvidenceRow row = log_row();
  file.mark_read(file.add_evidence(row), "s");
  row.sha256 = std::string(64, 'b');  // changed, and its time set back
  file.mark_read(file.add_evidence(row), "s");
  CHECK_FALSE(file.find_read(row, "s"));
}

TEST_CASE("what is learned of known evidence is filled in, and its time is the last one") {
  const TemporaryFolder folder;
  CaseFile file = CaseFile::open_for_writing(folder / "case.db");
  EvidenceRow row = log_row();
  row.modified = "";
  const RowId id = file.add_evidence(row);
  row.modified = kTime;
  row.md5 = std::string(32, '1');
  row.sha1 = std::string(40, '2');
  CHECK(file.add_evidence(row) == id);
  row.modified = row.md5 = row.sha1 = "";
  CHECK(file.add_evidence(row) == id);
  file.commit();
  CHECK(rows(folder / "case.db", "SELECT modified, md5, sha1 FROM evidence") ==
        kTime + "|" + std::string(32, '1') + "|" + std::string(40, '2') + "\n");
}
