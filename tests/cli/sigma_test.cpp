// Published Sigma rules on the logs that they come with, by the real program.
#include <catch2/catch.hpp>
#include <fstream>
#include <iostream>
#include <set>
#include <sstream>

#include "tests/support/corpus.hpp"
#include "tests/support/query.hpp"
#include "tests/support/run.hpp"
#include "tests/support/sigma.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace evtxhound::test;
namespace fs = std::filesystem;

namespace {

std::string rules_options(const fs::path& sigma) {
  std::string options;
  for (const char* name : {"rules", "rules-emerging-threats", "rules-threat-hunting"}) {
    if (fs::exists(sigma / name)) options += " --rules " + quoted(sigma / name);
  }
  return options;
}

// A log, and the id of the rule that must fire on it.
using Named = std::set<std::pair<std::string, std::string>>;

// What an info.yml says: below `rule_metadata` the rule's id, below the tests the path of a log.
void add_named(const fs::path& sigma, const fs::path& info, Named& named) {
  std::ifstream in(info);
  std::string id;
  bool metadata = false;
  for (std::string line; std::getline(in, line);) {
    const auto value = [&line](std::string_view key) {
      const auto at = line.find(key);
      return at == std::string::npos ? std::string() : line.substr(at + key.size());
    };
    metadata = metadata || line.starts_with("rule_metadata:");
    if (metadata && id.empty()) id = value("- id: ");
    const std::string path = value("path: ");
    if (!path.empty()) named.emplace((sigma / path).string(), id);
  }
}

}  // namespace

TEST_CASE("a look by thousands of rules finds what reading everything does") {
  const auto folder_of_sigma = sigma();
  EVTXHOUND_NEEDS(folder_of_sigma, "no Sigma rules");
  const auto logs = corpus();
  EVTXHOUND_NEEDS(logs, "no corpus of real logs");
  std::string evidence = quoted(*folder_of_sigma / "regression_data");
  for (const fs::path& log : some_logs_below(*logs)) evidence += " " + quoted(log);
  const TemporaryFolder folder;
  std::vector<std::string> hashes;
  for (const char* how : {"", " --exhaustive"}) {
    const fs::path case_file = folder / ("case" + std::to_string(hashes.size()) + ".db");
    const Ran ran = run_evtxhound("scan " + evidence + " --no-hash --case " + quoted(case_file) +
                                  rules_options(*folder_of_sigma) + how);
    REQUIRE(ran.status <= 1);
    hashes.push_back(run_evtxhound("case hash " + quoted(case_file)).out);
    const long detections = std::stol(value(case_file, "select count(*) from detection"));
    std::cout << detections << " detections\n";
    CHECK(detections > 1000 / static_cast<long>(kLess) / 2);
  }
  CHECK(hashes[0].size() == 65);
  CHECK(hashes[0] == hashes[1]);
}

TEST_CASE("on each regression log of Sigma the rule fires that it is named after") {
  const auto folder_of_sigma = sigma();
  EVTXHOUND_NEEDS(folder_of_sigma, "no Sigma rules");
  const fs::path logs = *folder_of_sigma / "regression_data";
  Named named;
  for (const auto& entry : fs::recursive_directory_iterator(logs)) {
    if (entry.path().filename() == "info.yml") add_named(*folder_of_sigma, entry.path(), named);
  }
  REQUIRE(named.size() >= 100);
  const TemporaryFolder folder;
  const fs::path case_file = folder / "case.db";
  const Ran ran = run_evtxhound("scan " + quoted(logs) + " --case " + quoted(case_file) +
                                rules_options(*folder_of_sigma));
  INFO(ran.err);
  CHECK(ran.status == 0);
  Named fired;
  for (const auto& row :
       query(case_file,
             "select distinct evidence.path, rule.uuid from detection join rule using (rule_id) "
             "join event using (event_id) join evidence using (evidence_id)")) {
    fired.emplace(row[0], row[1]);
  }
  std::size_t found = 0;
  for (const auto& [log, rule] : named) {
    INFO(log << " " << rule);
    found += fired.count({log, rule});
    CHECK(fired.count({log, rule}) == 1);
  }
  std::cout << found << " of " << named.size() << " named rules fire\n" << ran.err;
}

TEST_CASE("an independent evaluator finds the same detections in real logs") {
  const auto folder_of_sigma = sigma();
  const auto folder_of_logs = corpus();
  EVTXHOUND_NEEDS(folder_of_sigma, "no Sigma rules");
  EVTXHOUND_NEEDS(folder_of_logs, "no corpus of real logs");
  const char* named = std::getenv("EVTXHOUND_ORACLE_PYTHON");
  const std::string python = named != nullptr ? named : "python3";
  const std::string oracle_command =
      quoted(python) + " " +
      quoted(fs::path(EVTXHOUND_SOURCE_DIR) / "tests/oracle/sigma_oracle.py");
  const bool has_oracle =
      shell(oracle_command + " --help").status == 0 && shell("command -v evtx_dump").status == 0;
  EVTXHOUND_NEEDS(has_oracle, "no pySigma with its pipelines, or no evtx_dump");
  const fs::path logs = *folder_of_logs / "attack-samples";
  const TemporaryFolder folder;
  const fs::path case_file = folder / "case.db";
  run_evtxhound("scan " + quoted(logs) + " --case " + quoted(case_file) +
                rules_options(*folder_of_sigma));
  std::set<std::string> ours;
  for (const auto& row :
       query(case_file,
             "select evidence.path, event.record_id, rule.uuid from detection join rule using "
             "(rule_id) join event using (event_id) join evidence using (evidence_id) where "
             "event.state = 'live'")) {
    ours.insert(row[0].substr(logs.string().size() + 1) + "\t" + row[1] + "\t" + row[2]);
  }
  const Ran oracle =
      shell(oracle_command + " --rules " + quoted(*folder_of_sigma / "rules") + " " +
            quoted(*folder_of_sigma / "rules-emerging-threats") + " " +
            quoted(*folder_of_sigma / "rules-threat-hunting") + " --logs " + quoted(logs));
  std::set<std::string> theirs;
  std::stringstream lines(oracle.out);
  for (std::string line; std::getline(lines, line);) theirs.insert(line);
  CHECK(theirs.size() > 1000);
  std::string differences;
  for (const std::string& line : ours) {
    if (theirs.count(line) == 0) differences += "ours only: " + line + "\n";
  }
  for (const std::string& line : theirs) {
    if (ours.count(line) == 0) differences += "theirs only: " + line + "\n";
  }
  INFO(differences);
  CHECK(differences.empty());
  std::cout << ours.size() << " detections compared\n";
}
