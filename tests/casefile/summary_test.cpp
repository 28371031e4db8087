#include "evtxhound/casefile/summary.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

#include "tests/casefile/sample_case.hpp"

using namespace evtxhound;
using namespace evtxhound::casefile;
using namespace evtxhound::casefile::testing;

TEST_CASE("the summary says what was found, where and when") {
  const TemporaryFolder folder;
  const std::string text = summarize(make_sample(folder), false);
  INFO(text);
  CHECK_THAT(text, Catch::Contains("4 hits of 3 indicators on 1 host, first 2023-03-29 10:01, "
                                   "last 2023-03-29 10:08 (3 critical, 1 high)."));
  CHECK_THAT(text, Catch::Contains("UTC"));
  CHECK_THAT(text, Catch::Contains("akamaicontainer.com"));
  CHECK_THAT(text, !Catch::Contains("sbmsa.wiki"));
  CHECK_THAT(text, Catch::Contains("WS01.corp.example"));
  CHECK_THAT(text,
             Catch::Contains("3 files, 1.2 MiB, 1,235 events (1 file of content that another"));
  CHECK_THAT(text, Catch::Contains("not evaluated"));
  CHECK_THAT(text, Catch::Contains("source absent"));
  CHECK_THAT(text, Catch::Contains("/evidence/Security.evtx @ 0x1000: chunk 0"));
  CHECK_THAT(text, Catch::Contains("evtxhound scan"));
  // The critical indicators come before the high one.
  CHECK(text.find("msstorageazure.com") < text.find("18.12.416"));
  CHECK(text.find('\x1B') == std::string::npos);
}

TEST_CASE("the summary has colours where they are asked for") {
  const TemporaryFolder folder;
  CHECK_THAT(summarize(make_sample(folder), true), Catch::Contains("\x1B[1;31mcritical"));
}

TEST_CASE("without a hit the summary claims no more than was looked for") {
  const TemporaryFolder folder;
  const auto path = folder / "case.db";
  CaseFile file = CaseFile::open_for_writing(path);
  file.commit();
  CHECK_THAT(summarize(path, false), Catch::Contains("No indicators have been looked for."));
  file.add_indicator(domain("bad.example"));
  file.commit();
  CHECK_THAT(summarize(path, false), Catch::Contains("No evidence has been read"));
  const RowId evidence = file.add_evidence({"/e.evtx", "evtx", 1, "", {}, {}});
  file.set_census(evidence, std::vector<CensusRow>{{"C", "P", 1, 12345, "", ""}});
  file.begin_run({"scan", "1", "{}", "not JSON", "h", "u", "2023-04-01T08:00:00.0000000Z"});
  REQUIRE(file.close());
  const std::string text = summarize(path, false);
  INFO(text);
  CHECK_THAT(text,
             Catch::Contains("So far, no indicator of the pack 3cx (1 indicator) was found in "
                             "12,345 events of 1 evidence file."));
  CHECK_THAT(text, Catch::Contains("The last scan has not come to its end"));
}

TEST_CASE("events that were not counted are not called none") {
  const TemporaryFolder folder;
  const auto path = folder / "case.db";
  CaseFile file = CaseFile::open_for_writing(path);
  file.add_indicator(domain("bad.example"));
  file.add_evidence({"/e.evtx", "evtx", 1, "", {}, {}});
  REQUIRE(file.close());
  CHECK_THAT(summarize(path, false),
             Catch::Contains("the events (not counted) of 1 evidence file"));
  CHECK(rows(path, "SELECT DISTINCT state FROM v_story") == "not evaluated\n");
}

TEST_CASE("control characters from evidence do not reach the terminal") {
  const TemporaryFolder folder;
  const auto path = folder / "case.db";
  const std::string evil =
      "\x1B]0;owned\x07\r\n\xC2\x9B"
      "2J\xE2\x80\xAE";
  CaseFile file = CaseFile::open_for_writing(path);
  auto indicator = domain(evil);
  indicator.description = indicator.pack = evil;
  const RowId id = file.add_indicator(indicator);
  const RowId evidence = file.add_evidence({"/" + evil, "evtx", 1, "", {}, {}});
  auto event = sysmon_event(22, 1, {{"Image", evil}});
  event.computer = event.time_created = evil;
  const std::vector<HitRow> hits = {{id, evil, evil, 1}};
  file.add_event(evidence, row_of(event), hits);
  file.add_problem(evidence, {ProblemKind::kChecksum, 1, evil});
  file.begin_run({evil, evil, evil, R"([{"name":"\u001b[31m"}])", evil, evil, evil});
  REQUIRE(file.close());
  const std::string text = summarize(path, false);
  INFO(text);
  CHECK(std::none_of(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) < 0x20 && c != '\n') || c == 0x7F;
  }));
  CHECK(text.find("\xC2\x9B") == std::string::npos);
  CHECK(text.find("\xE2\x80\xAE") == std::string::npos);
  CHECK_THAT(text, Catch::Contains("\\x1B]0;owned"));
  CHECK_THAT(text, Catch::Contains("\\x1B[31m"));
}

TEST_CASE("long lists are cut and say so") {
  const TemporaryFolder folder;
  const auto path = folder / "case.db";
  CaseFile file = CaseFile::open_for_writing(path);
  const RowId evidence = file.add_evidence({"/e.evtx", "evtx", 1, "", {}, {}});
  std::vector<HitRow> hits;
  for (int i = 0; i < 60; ++i) {
    hits.push_back({file.add_indicator(domain(std::to_string(i) + ".example")), "F", "m", {}});
  }
  file.add_event(evidence, row_of(sysmon_event(22, 1, {})), hits);
  REQUIRE(file.close());
  CHECK_THAT(summarize(path, false), Catch::Contains("… and 10 more"));
}
