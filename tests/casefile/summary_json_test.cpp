#include "evtxhound/casefile/summary_json.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "evtxhound/base/file.hpp"
#include "tests/casefile/found_case.hpp"

using namespace evtxhound;
using namespace evtxhound::casefile;
using namespace evtxhound::casefile::testing;
using Json = nlohmann::json;

TEST_CASE("the summary as JSON says what the case file says") {
  const TemporaryFolder folder;
  const auto path = make_found(folder);
  const Json summary = Json::parse(summarize_as_json(path));
  const auto number = [&path](const std::string& sql) {
    Database database(path, Database::Mode::kReadOnly);
    return database.integer(sql);
  };
  CHECK(summary.at("case_file") == path.string());
  CHECK(summary.at("schema_version") == number("PRAGMA user_version"));
  CHECK(summary.at("complete") == true);
  CHECK(summary.at("hits").at("count") == number("SELECT count(*) FROM hit"));
  CHECK(summary.at("hits").at("events") == number("SELECT count(DISTINCT event_id) FROM hit"));
  CHECK(summary.at("hits_by_severity").at("critical") == 3);
  CHECK(summary.at("hits_by_severity").at("medium") == 0);
  CHECK(summary.at("indicators").size() == 4);
  CHECK(summary.at("indicators").at(0).at("value") == "akamaicontainer.com");
  CHECK(summary.at("hosts").size() == 3);
  CHECK(summary.at("detections").at(0) == Json({{"title", "Command, odd"},
                                                {"uuid", "11111111-aaaa-4bbb-8ccc-000000000001"},
                                                {"level", "high"},
                                                {"type", "TTP"},
                                                {"attack", "T1059"},
                                                {"events", 1},
                                                {"hosts", 1},
                                                {"first_seen", "2023-03-29T10:20:00.0000000Z"},
                                                {"last_seen", "2023-03-29T10:20:00.0000000Z"}}));
  CHECK(summary.at("story").size() == 5);
  CHECK(summary.at("evidence").at("events").is_null());  // one file was not counted
  CHECK(summary.at("evidence").at("events_stored") == number("SELECT count(*) FROM event"));
  CHECK(summary.at("problems").size() == 3);
  CHECK(summary.at("runs").at(0).at("exit_status") == 1);
}

TEST_CASE("an empty case has a summary as JSON, too") {
  const TemporaryFolder folder;
  const auto path = folder / "case.db";
  REQUIRE(CaseFile::open_for_writing(path).close());
  const Json summary = Json::parse(summarize_as_json(path));
  CHECK(summary.at("hits").at("count") == 0);
  CHECK(summary.at("hits").at("first_seen").is_null());
  CHECK(summary.at("runs").empty());
  CHECK(summary.at("evidence").at("events") == 0);
}
