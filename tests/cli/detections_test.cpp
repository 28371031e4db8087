// The detections of the 3CX story, by the real program on the logs made for them.
#include <catch2/catch.hpp>
#include <fstream>
#include <set>

#include "tests/support/query.hpp"
#include "tests/support/run.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/support/tsv.hpp"

using namespace evtxhound::test;
namespace fs = std::filesystem;

namespace {

const fs::path kTestdata = fs::path(EVTXHOUND_SOURCE_DIR) / "testdata";

using Lines = TsvRows;

// log (its path below the folder), record id, title, level
Lines planted(const fs::path& folder) { return tsv_rows(folder / "detections.tsv"); }

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

TEST_CASE("a correlation gives a detection on the event that completes it, its rules give none") {
  const TemporaryFolder folder;
  std::ofstream(folder / "rules.yml") << R"(title: A name was looked up
id: 5c1d0bd5-3b50-4a52-8c3e-2f6f1d9d1a01
name: lookup
status: test
logsource: {product: windows, category: dns_query}
detection: {selection: {EventID: 22, QueryName|contains: '.'}, condition: selection}
level: informational
---
title: Many names were looked up
id: 5c1d0bd5-3b50-4a52-8c3e-2f6f1d9d1a02
status: test
correlation:
  type: value_count
  rules: [lookup]
  group-by: [Computer]
  timespan: 1d
  condition: {field: QueryName, gte: 3}
level: high
)";
  const fs::path log =
      kTestdata / "detections/LAB-WS-050/Microsoft-Windows-Sysmon%4Operational.evtx";
  const fs::path case_file = folder / "case.db";
  run_evtxhound("scan " + quoted(log) + " --case " + quoted(case_file) + " --store all --rules " +
                quoted(folder / "rules.yml"));
  // The same by SQLite: each third of the different names in a row completes one.
  std::set<std::string> seen;
  std::vector<std::string> expected;
  for (const auto& row : query(case_file,
                               "select record_id, data ->> 'QueryName' from event where event_code "
                               "= 22 order by time_created, event_id")) {
    if (row[1].find('.') == std::string::npos) continue;
    seen.insert(row[1]);
    if (seen.size() < 3) continue;
    expected.push_back(row[0]);
    seen.clear();
  }
  REQUIRE(expected.size() > 2);
  std::vector<std::string> completed;
  for (const auto& row : query(case_file, "select record_id, title from v_detections")) {
    CHECK(row[1] == "Many names were looked up");
    completed.push_back(row[0]);
  }
  CHECK(completed == expected);
}

TEST_CASE("a rule that is named and refused stops the scan, one in a folder does not") {
  const TemporaryFolder folder;
  fs::create_directory(folder / "rules");
  std::ofstream(folder / "rules/bad.yml")
      << "title: Bad\nlogsource: {product: windows}\n"
         "detection: {selection: {Image|sounds_like: x}, condition: selection}\n";
  std::ofstream(folder / "rules/good.yml")
      << "title: Good\nlogsource: {product: windows, category: dns_query}\n"
         "detection: {selection: {QueryName|contains: '.com'}, condition: selection}\n";
  const std::string scan_of = "scan " + quoted(kTestdata / "detections") + " --case " +
                              quoted(folder / "case.db") + " --rules ";
  const Ran named = run_evtxhound(scan_of + quoted(folder / "rules/bad.yml"));
  CHECK(named.status == 2);
  CHECK_THAT(named.err, Catch::Contains("bad.yml:3:"));
  CHECK_FALSE(fs::exists(folder / "case.db"));
  const Ran in_folder = run_evtxhound(scan_of + quoted(folder / "rules"));
  CHECK(in_folder.status == 0);
  CHECK_THAT(in_folder.err, Catch::Contains("1 rules are evaluated; 1 are refused"));
  CHECK(value(folder / "case.db", "select group_concat(distinct title) from v_detections") ==
        "Good");
}

TEST_CASE("exports: each detection fires where it is planted, and nowhere else") {
  const fs::path exports = kTestdata / "exports";
  const TemporaryFolder folder;
  const fs::path case_file = folder / "case.db";
  run_evtxhound("scan " + quoted(exports) + " --case " + quoted(case_file));
  Lines expected;  // with `record` and `byte_offset` in place of the record id
  for (auto row : planted(exports)) {
    row.erase(row.begin() + 1);
    expected.insert(row);
  }
  REQUIRE(expected.size() > 40);
  Lines fired;
  for (auto row :
       query(case_file, "select evidence, byte_offset, title, level from v_detections")) {
    row[0].erase(0, exports.string().size() + 1);
    fired.insert(row);
  }
  CHECK(text_of(fired) == text_of(expected));
}

TEST_CASE(
    "a rule whose expression is stopped on hostile text is a problem, and harms no other rule") {
  const TemporaryFolder folder;
  std::ofstream(folder / "spec.jsonl")
      << R"({"log": {"provider": "Microsoft-Windows-Sysmon", )"
         R"("channel": "Microsoft-Windows-Sysmon/Operational", "computer": "host"}})"
      << "\n"
      << R"({"event_id": 1, "time": "2023-03-31T08:00:37Z", "data": {"Image": ")"
      << std::string(4000, 'a') << R"(!"}})"
      << "\n";
  REQUIRE(
      run_evtxhound("forge " + quoted(folder / "spec.jsonl") + " -o " + quoted(folder / "log.evtx"))
          .status == 0);
  std::ofstream(folder / "rules.yml") << R"(title: Hostile
id: 5c1d0bd5-3b50-4a52-8c3e-2f6f1d9d1a03
logsource: {product: windows, category: process_creation}
detection: {selection: {Image|re: '^(?:a*)*(a*)(a*)(a*)\1!!$'}, condition: selection}
---
title: Other
id: 5c1d0bd5-3b50-4a52-8c3e-2f6f1d9d1a04
logsource: {product: windows, category: process_creation}
detection: {selection: {Image|endswith: 'a!'}, condition: selection}
)";
  const fs::path case_file = folder / "case.db";
  const Ran ran = run_evtxhound("scan " + quoted(folder / "log.evtx") + " --case " +
                                quoted(case_file) + " --rules " + quoted(folder / "rules.yml"));
  CHECK(ran.status == 1);
  CHECK(value(case_file, "select kind || ': ' || message from problem") ==
        "undecided: record 1: an expression of the rule \"Hostile\" "
        "(5c1d0bd5-3b50-4a52-8c3e-2f6f1d9d1a03) took too long and counts as not matching");
  CHECK(value(case_file, "select title from v_detections") == "Other");
}
