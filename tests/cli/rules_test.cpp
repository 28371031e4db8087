// `evtxhound rules`, by running the program.

#include <catch2/catch.hpp>
#include <string>

#include "tests/support/run.hpp"

using namespace evtxhound::test;

namespace {

const std::string kRule =
    "title: First\nid: 929a690e-bef0-4204-a928-ef5e620d6fcc\nlevel: high\n"
    "logsource: {product: windows, category: process_creation}\n"
    "detection: {s: {Image: a}, condition: s}\n";

const std::string kBad =
    "title: Second\nlogsource: {product: windows}\n"
    "detection: {s: {Image|has: a}, condition: s}\n";

// A rule with a warning.
const std::string kDoubtful = "date: 2024/01/31\n" + kRule;

}  // namespace

TEST_CASE("rules check: sound rules are one line and exit 0") {
  const TemporaryFolder folder;
  write_file(folder / "a.yml", kRule);
  const auto outcome = run_evtxhound("rules check " + quoted(folder.path()));
  CHECK(outcome.status == 0);
  CHECK(outcome.out == "1 rules and 0 correlations can be used, 0 are refused, 0 warnings\n");
}

TEST_CASE("rules check: every fault with its place, and each reason counted; exit 2") {
  const TemporaryFolder folder;
  write_file(folder / "a.yml", kDoubtful);
  write_file(folder / "b.yml", kBad);
  write_file(folder / "info.yml", "id: 1\n");
  const auto outcome = run_evtxhound("rules check " + quoted(folder.path()));
  CHECK(outcome.status == 2);
  CHECK(outcome.out == (folder / "b.yml").string() + ":3:17: error: unknown modifier \"has\"\n" +
                           (folder / "a.yml").string() +
                           ":1:7: warning: \"2024/01/31\" is no date as YYYY-MM-DD\n"
                           "1 rules and 0 correlations can be used, 1 are refused, 1 warnings\n"
                           "       1  unknown modifier \"has\"\n"
                           "1 YAML files in these folders hold no rule\n");
  const auto quiet = run_evtxhound("rules check --quiet " + quoted(folder.path()));
  CHECK_THAT(quiet.out, Catch::StartsWith("1 rules and"));
}

TEST_CASE("rules check: an expression that is none and an unknown log source are refused") {
  const TemporaryFolder folder;
  write_file(folder / "a.yml",
             "title: A\nlogsource: {product: windows, category: process_creation}\n"
             "detection: {s: {Image|re: '(a'}, condition: s}\n");
  write_file(folder / "b.yml",
             "title: B\nlogsource: {product: windows, category: process_ceration}\n"
             "detection: {s: {Image: a}, condition: s}\n");
  write_file(folder / "c.yml",
             "title: C\nlogsource: {product: linux, service: auditd}\n"
             "detection: {s: {Image: a}, condition: s}\n");
  const auto outcome = run_evtxhound("rules check " + quoted(folder.path()));
  CHECK(outcome.status == 2);
  CHECK_THAT(outcome.out, Catch::Contains("a.yml:1:1: error: "));
  CHECK_THAT(outcome.out, Catch::Contains("b.yml:1:1: error: "));
  CHECK_THAT(
      outcome.out,
      Catch::Contains("0 rules and 0 correlations can be used, 2 are refused, 0 warnings\n"));
  CHECK_THAT(outcome.out, Catch::Contains("1 rules are for events of other systems\n"));
  // Who names such a rule for a scan is told the same.
  const auto scan =
      run_evtxhound("scan " + quoted(folder.path()) + " --case " + quoted(folder / "case.db") +
                    " --rules " + quoted(folder / "a.yml"));
  CHECK(scan.status == 2);
  CHECK_THAT(scan.err, Catch::Contains("a.yml:1:1: error: "));
}

TEST_CASE("rules check: warnings count with --strict; no rule at all is exit 2") {
  const TemporaryFolder folder;
  write_file(folder / "a.yml", kDoubtful);
  CHECK(run_evtxhound("rules check " + quoted(folder.path())).status == 0);
  CHECK(run_evtxhound("rules check --strict " + quoted(folder.path())).status == 2);
  write_file(folder / "a.yml", "");
  CHECK(run_evtxhound("rules check " + quoted(folder.path())).status == 2);
  CHECK(run_evtxhound("rules check " + quoted(folder / "none.yml") + " 2>&1").status == 2);
  CHECK(run_evtxhound("rules check 2>&1").status == 2);
}

TEST_CASE("rules check: placeholders come from --expand") {
  const TemporaryFolder folder;
  write_file(folder / "a.yml",
             "title: T\nlogsource: {product: windows, service: security}\n"
             "detection: {s: {F|expand: '%servers%'}, condition: s}\n");
  write_file(folder / "p.txt", "servers: [a, b]\n");
  const std::string check = "rules check " + quoted(folder / "a.yml");
  CHECK(run_evtxhound(check).status == 2);
  CHECK(run_evtxhound(check + " --expand " + quoted(folder / "p.txt")).status == 0);
  write_file(folder / "p.txt", "[a");
  const auto wrong = run_evtxhound(check + " --expand " + quoted(folder / "p.txt"));
  CHECK(wrong.status == 2);
  CHECK_THAT(wrong.err, Catch::Contains("p.txt:"));
}

TEST_CASE("rules list: table and JSON on stdout, refusals on stderr") {
  const TemporaryFolder folder;
  write_file(folder / "a.yml", kRule);
  const auto table = run_evtxhound("rules list " + quoted(folder.path()));
  CHECK(table.status == 0);
  CHECK(table.out ==
        "ID                                    LEVEL  SOURCE                    TITLE\n"
        "929a690e-bef0-4204-a928-ef5e620d6fcc  high   windows/process_creation  First\n");
  write_file(folder / "b.yml", kBad);
  const auto json = run_evtxhound("rules list --format json " + quoted(folder.path()));
  CHECK(json.status == 2);
  CHECK_THAT(json.out, Catch::Contains("\"source\": \"windows/process_creation\""));
  CHECK_THAT(json.err, Catch::Contains("unknown modifier"));
}

TEST_CASE("rules: text of a rule does not act on a terminal") {
  const TemporaryFolder folder;
  write_file(folder / "a.yml",
             "title: \"a\\eb\"\nlogsource: {product: x}\n"
             "detection: {s: {\"F|\\e[2J\": a}, condition: s}\n");
  const auto outcome = run_evtxhound("rules check " + quoted(folder.path()));
  CHECK(outcome.out.find('\x1B') == std::string::npos);
}

TEST_CASE("rules --help shows examples") {
  for (const std::string command : {"rules", "rules check", "rules list"}) {
    CHECK_THAT(run_evtxhound(command + " --help").out, Catch::Contains("Examples:"));
  }
}
