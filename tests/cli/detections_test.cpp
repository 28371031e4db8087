// The detections of the 3CX story, by the real program on the logs made for them.
#include <catch2/catch.hpp>
#include <fstream>
#include <set>
#include <sstream>

#include "tests/support/query.hpp"
#include "tests/support/run.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace evtxhound::test;
namespace fs = std::filesystem;

namespace {

const fs::path kTestdata = fs::path(EVTXHOUND_SOURCE_DIR) / "testdata";

using Lines = std::set<std::vector<std::string>>;

// log (its path below the folder), record id, title, level
Lines planted(const fs::path& folder) {
  Lines all;
  std::ifstream in(folder / "detections.tsv");
  std::string line;
  std::getline(in, line);  // names of the columns
  while (std::getline(in, line)) {
    std::vector<std::string> row;
    std::stringstream cells(line);
    for (std::string cell; std::getline(cells, cell, '\t');) row.push_back(cell);
    all.insert(row);
  }
  return all;
}

Lines found(const fs::path& folder, const fs::path& case_file) {
  const std::string prefix = folder.string() + "/";
  Lines all;
  for (auto row : query(case_file, "select evidence, record_id, title, level from v_detections")) {
    row[0].erase(0, prefix.size());
    all.insert(row);
  }
  return all;
}

std::string text_of(const Lines& lines) {
  std::string text;
  for (const auto& line : lines) {
    for (const std::string& cell : line) text += cell + "  ";
    text += '\n';
  }
  return text;
}

}  // namespace

TEST_CASE("each detection fires where it is planted, and nowhere else") {
  for (const char* name : {"detections", "intrusion"}) {
    const fs::path logs = kTestdata / name;
    const TemporaryFolder folder;
    const fs::path case_file = folder / "case.db";
    CHECK(run_evtxhound("scan " + quoted(logs) + " --case " + quoted(case_file)).status == 0);
    const Lines expected = planted(logs);
    REQUIRE(expected.size() > 50);
    CHECK(text_of(found(logs, case_file)) == text_of(expected));
  }
}

TEST_CASE("no detection fires on the near misses of the clean host") {
  const TemporaryFolder folder;
  const fs::path case_file = folder / "case.db";
  run_evtxhound("scan " + quoted(kTestdata / "clean") + " --case " + quoted(case_file));
  CHECK(query(case_file, "select * from detection").empty());
  CHECK(value(case_file, "select count(*) from v_story where state = 'found'") == "0");
}

TEST_CASE("the story says which data sources the evidence lacks") {
  const TemporaryFolder folder;
  const fs::path case_file = folder / "case.db";
  const fs::path log = kTestdata / "detections/LAB-WS-050/Security.evtx";
  REQUIRE(fs::exists(log));
  run_evtxhound("scan " + quoted(log) + " --case " + quoted(case_file));
  CHECK(value(case_file,
              "select state || ': ' || absent from v_story where detection like '%Network%'") ==
        "source absent: no CrowdStrike DnsRequest, no DNS-Client 3008, no Sysmon 22, no Sysmon 3 "
        "in this evidence");
  CHECK(
      value(case_file,
            "select state || coalesce(absent, '') from v_story where detection like '%Chrome%'") ==
      "found");
}

TEST_CASE("what a look leaves out fulfils no rule: the same detections with --exhaustive") {
  for (const char* options : {"", " --store all", " --exhaustive", " --threads 1"}) {
    const TemporaryFolder folder;
    const fs::path case_file = folder / "case.db";
    run_evtxhound("scan " + quoted(kTestdata / "detections") + " --case " + quoted(case_file) +
                  options);
    INFO(options);
    CHECK(value(case_file, "select count(*) from detection") ==
          std::to_string(planted(kTestdata / "detections").size()));
  }
}
