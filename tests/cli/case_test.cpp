// What `evtxhound case` prints and writes, and how it ends.
#include <algorithm>
#include <catch2/catch.hpp>
#include <iostream>
#include <nlohmann/json.hpp>
#include <set>

#include "tests/support/query.hpp"
#include "tests/support/run.hpp"

using namespace evtxhound::test;
namespace fs = std::filesystem;

namespace {

// A case of the intrusion, every event of it stored.
fs::path scanned(const TemporaryFolder& folder) {
  fs::path path = folder / "case.db";
  const Ran ran = run_evtxhound("scan --store all " +
                                quoted(fs::path(EVTXHOUND_SOURCE_DIR) / "testdata/intrusion") +
                                " --case " + quoted(path));
  if (ran.status != 0) throw std::runtime_error(ran.err);
  return path;
}

std::size_t lines_in(const std::string& text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

}  // namespace

TEST_CASE("case timeline prints the events that the options ask for") {
  const TemporaryFolder folder;
  const fs::path db = scanned(folder);
  const auto count = [&db](const std::string& where) {
    return std::stoul(value(db, "select count(*) from event where " + where)) + 1;  // the heading
  };
  const auto lines = [&db](const std::string& options) {
    const Ran ran = run_evtxhound("case timeline " + quoted(db) + " " + options);
    INFO(options << ": " << ran.err);
    CHECK(ran.status == 0);
    return lines_in(ran.out);
  };
  const std::string found =
      "event_id in (select event_id from hit union select event_id from detection)";
  CHECK(lines("") == count(found));
  CHECK(lines("--all") == count("1"));
  CHECK(lines("--all --from 2023-03-29 --to 2023-03-29") ==
        count("time_created like '2023-03-29%'"));
  CHECK(lines("--all --time-zone +02:00 --from 2023-03-29 --to 2023-03-29") ==
        count("time_created >= '2023-03-28T22' and time_created < '2023-03-29T22'"));
  CHECK(lines("--all --event-id 1,22 --event-id 4600-4700 --host fin-ws-014") ==
        count("(event_code in (1, 22) or event_code between 4600 and 4700) and computer like "
              "'FIN-WS-014.%'"));
  CHECK(lines("--severity critical") ==
        count("event_id in (select event_id from hit join indicator using (indicator_id) where "
              "severity = 'critical' union select event_id from detection join rule using "
              "(rule_id) where level = 'critical')"));
}

TEST_CASE("case timeline --format table goes without colours and whole into a pipe") {
  const TemporaryFolder folder;
  const fs::path db = scanned(folder);
  const Ran ran = run_evtxhound("case timeline --format table " + quoted(db));
  CHECK(ran.status == 0);
  CHECK(ran.out.starts_with("Time "));
  CHECK(ran.out.find('\x1B') == std::string::npos);
  CHECK_THAT(ran.out, Catch::Contains("Sysmon/Operational"));
}

TEST_CASE("options of case timeline that mean nothing are refused by name") {
  const TemporaryFolder folder;
  const fs::path db = scanned(folder);
  for (const char* option :
       {"--from yesterday", "--to 2023-02-30", "--time-zone Mars/Olympus", "--event-id x",
        "--severity huge", "--all --severity high", "--all --rule x", "--format pdf"}) {
    const Ran ran = run_evtxhound("case timeline " + quoted(db) + " " + option);
    CAPTURE(option, ran.err);
    CHECK(ran.status == 2);
    CHECK(ran.out.empty());
    CHECK_THAT(ran.err, Catch::Contains(std::string(option).substr(0, 4)));
  }
  CHECK(run_evtxhound("case timeline " + quoted(folder / "none.db")).status == 2);
  const Ran none = run_evtxhound("case timeline --host nobody " + quoted(db));
  CHECK(none.status == 0);
  CHECK_THAT(none.err, Catch::Contains("--all"));
}

TEST_CASE("case export writes a file whole, and never over another without being told to") {
  const TemporaryFolder folder;
  const fs::path db = scanned(folder);
  const fs::path out = folder / "out.jsonl";
  const std::string command = "case export --format jsonl " + quoted(db) + " -o ";
  const Ran first = run_evtxhound(command + quoted(out));
  INFO(first.err);
  CHECK(first.status == 0);
  CHECK(first.out.empty());
  const std::string text = read_file(out);
  CHECK(text == run_evtxhound("case export --format jsonl " + quoted(db)).out);
  CHECK_FALSE(fs::exists(folder / "out.jsonl.partial"));
  CHECK(run_evtxhound(command + quoted(out)).status == 2);
  CHECK(run_evtxhound(command + quoted(out) + " --force --host fin-ws-014").status == 0);
  CHECK(read_file(out).size() < text.size());
  const std::string before = read_file(db);
  CHECK(run_evtxhound(command + quoted(db) + " --force").status == 2);
  CHECK(read_file(db) == before);
  CHECK(run_evtxhound(command + quoted(db / "below a file")).status == 3);
  if (fs::exists("/dev/full")) {
    CHECK(shell(quoted(std::string(EVTXHOUND_PROGRAM)) + " case export --format csv " + quoted(db) +
                " > /dev/full")
              .status == 3);
  }
}

TEST_CASE("case export --format stix holds hits, and says so of what it cannot hold") {
  const TemporaryFolder folder;
  const fs::path db = scanned(folder);
  const Ran ran = run_evtxhound("case export --format stix " + quoted(db));
  CHECK(ran.status == 0);
  const auto bundle = nlohmann::json::parse(ran.out);
  std::size_t sightings = 0;
  for (const auto& object : bundle.at("objects")) sightings += object.at("type") == "sighting";
  CHECK(std::to_string(sightings) ==
        value(db,
              "select count(*) from (select distinct indicator_id, lower(computer) from v_hits)"));
  CHECK(run_evtxhound("case export --format stix --all " + quoted(db)).status == 2);
  CHECK(run_evtxhound("case export --format stix --rule x " + quoted(db)).status == 2);
}

TEST_CASE("mactime reads the body file") {
  if (!has_program("mactime")) {
    std::cout << "SKIPPED: mactime is not installed\n";
    return;
  }
  const TemporaryFolder folder;
  const fs::path db = scanned(folder);
  const fs::path body = folder / "body";
  REQUIRE(
      run_evtxhound("case export --format bodyfile " + quoted(db) + " -o " + quoted(body)).status ==
      0);
  const Ran ran = shell("mactime -y -d -z UTC -b " + quoted(body));
  REQUIRE(ran.status == 0);
  std::multiset<std::string> times;
  std::size_t at = ran.out.find('\n') + 1;  // behind the heading
  for (std::size_t end = 0; (end = ran.out.find('\n', at)) != std::string::npos; at = end + 1) {
    const std::string line = ran.out.substr(at, end - at);
    times.insert(line.substr(0, 20));
    CHECK_THAT(line, Catch::Contains(",macb,"));
  }
  std::multiset<std::string> expected;
  for (const auto& row : query(db,
                               "select strftime('%Y-%m-%dT%H:%M:%SZ', time_created) from "
                               "v_timeline")) {
    expected.insert(row[0]);
  }
  CHECK(times == expected);
}

TEST_CASE("case summary --json is JSON and knows the scan") {
  const TemporaryFolder folder;
  const fs::path db = scanned(folder);
  const Ran ran = run_evtxhound("case summary --json " + quoted(db));
  CHECK(ran.status == 0);
  const auto summary = nlohmann::json::parse(ran.out);
  CHECK(summary.at("hits").at("count").dump() == value(db, "select count(*) from hit"));
  CHECK(summary.at("evidence").at("events").dump() == value(db, "select sum(count) from census"));
}
