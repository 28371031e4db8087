#include "evtxhound/casefile/case_file.hpp"

#include <catch2/catch.hpp>

#include "evtxhound/base/failure.hpp"
#include "evtxhound/casefile/open.hpp"
#include "tests/casefile/sample_case.hpp"

using namespace evtxhound;
using namespace evtxhound::casefile;
using namespace evtxhound::casefile::testing;

TEST_CASE("a new case file has the schema's marks and its five story detections") {
  const TemporaryFolder folder;
  REQUIRE(CaseFile::open_for_writing(folder / "case.db").close());
  CHECK(rows(folder / "case.db", "PRAGMA application_id") == std::to_string(kApplicationId) + "\n");
  CHECK(rows(folder / "case.db", "PRAGMA user_version") == "3\n");
  CHECK(rows(folder / "case.db", "SELECT count(*) FROM v_story") == "5\n");
  CHECK(rows(folder / "case.db", "PRAGMA integrity_check") == "ok\n");
}

TEST_CASE("a second scan of the same evidence adds a run and nothing else") {
  const TemporaryFolder folder;
  const auto path = make_sample(folder);
  const std::string before = dump(path);
  CaseFile file = CaseFile::open_for_writing(path);
  write_sample(file);
  REQUIRE(file.close());
  CHECK(dump(path) == before);
  CHECK(rows(path, "SELECT count(*) FROM run") == "2\n");
  CHECK(rows(path, "PRAGMA foreign_key_check").empty());
}

TEST_CASE("a hit that is known is not counted as new") {
  const TemporaryFolder folder;
  CaseFile file = CaseFile::open_for_writing(folder / "case.db");
  const RowId evidence = file.add_evidence({"/e.evtx", "evtx", 1, "", {}, {}});
  const RowId indicator = file.add_indicator(domain("bad.example"));
  const auto event = sysmon_event(22, 1, {});
  const std::vector<HitRow> hits = {{indicator, "QueryName", "bad.example", 100},
                                    {indicator, "QueryName", "bad.example", 200},
                                    {indicator, "QueryName", "bad.example", {}},
                                    {indicator, "QueryName", "BAD.example", {}}};
  const auto add = [&] {
    return file.add_event(evidence, event, SourceType::kEvtx, State::kLive, hits).new_hits;
  };
  CHECK(add() == 4);
  CHECK(add() == 0);
  REQUIRE(file.close());
  CHECK(rows(folder / "case.db", "SELECT count(*) FROM event") == "1\n");
}

TEST_CASE("evidence is the same by path and content") {
  const TemporaryFolder folder;
  CaseFile file = CaseFile::open_for_writing(folder / "case.db");
  const std::string a(64, 'a');
  const std::string b(64, 'b');
  const auto add = [&file](const std::string& path, std::optional<std::uint64_t> size,
                           const std::string& hash, std::optional<RowId> same_as = {}) {
    return file.add_evidence({path, "evtx", size, hash, {}, same_as});
  };
  const RowId first = add("/x", 10, a);
  CHECK(add("/x", 10, a) == first);
  const RowId changed = add("/x", 10, b);
  CHECK(changed != first);
  const RowId without_hash = add("/x", 10, "");
  CHECK(without_hash != first);
  CHECK(add("/x", 10, "") == without_hash);
  CHECK(add("/x", 11, "") != without_hash);
  const RowId no_size = add("/x", {}, "");
  CHECK(add("/x", {}, "") == no_size);

  CHECK(file.find_same_content(a, 10) == first);
  CHECK_FALSE(file.find_same_content(a, 11));
  CHECK_FALSE(file.find_same_content(std::string(64, 'c'), 10));
  const RowId copy = add("/copy", 12, std::string(64, 'd'), first);
  CHECK(copy != first);
  CHECK_FALSE(file.find_same_content(std::string(64, 'd'), 12));
}

TEST_CASE("another record at the same offset is another event") {
  const TemporaryFolder folder;
  CaseFile file = CaseFile::open_for_writing(folder / "case.db");
  const RowId evidence = file.add_evidence({"/live.evtx", "evtx", 69632, "", {}, {}});
  auto event = sysmon_event(22, 1, {});
  file.add_event(evidence, event, SourceType::kEvtx, State::kLive, {});
  event.record_id += 1;
  file.add_event(evidence, event, SourceType::kEvtx, State::kLive, {});
  event.time_written += 1;
  file.add_event(evidence, event, SourceType::kEvtx, State::kLive, {});
  REQUIRE(file.close());
  CHECK(rows(folder / "case.db", "SELECT count(*) FROM event") == "3\n");
}

TEST_CASE("a census replaces the one before") {
  const TemporaryFolder folder;
  CaseFile file = CaseFile::open_for_writing(folder / "case.db");
  const RowId evidence = file.add_evidence({"/e.evtx", "evtx", 1, "", {}, {}});
  file.set_census(evidence,
                  std::vector<CensusRow>{{"A", "P", 1, 5, "", ""}, {"A", "P", {}, 1, "", ""}});
  file.set_census(evidence, std::vector<CensusRow>{{"A", "P", 1, 7, "", ""}});
  REQUIRE(file.close());
  CHECK(rows(folder / "case.db", "SELECT channel, event_code, count FROM census") == "A|1|7\n");
}

TEST_CASE("a row that refers to nothing is refused") {
  const TemporaryFolder folder;
  CaseFile file = CaseFile::open_for_writing(folder / "case.db");
  CHECK_THROWS_WITH(
      file.add_event(77, sysmon_event(22, 1, {}), SourceType::kEvtx, State::kLive, {}),
      Catch::Contains("FOREIGN KEY"));
  const RowId evidence = file.add_evidence({"/e.evtx", "evtx", 1, "", {}, {}});
  const std::vector<HitRow> hits = {{99, "F", "m", {}}};
  CHECK_THROWS_WITH(
      file.add_event(evidence, sysmon_event(22, 1, {}), SourceType::kEvtx, State::kLive, hits),
      Catch::Contains("FOREIGN KEY"));
  CHECK_THROWS_AS(file.add_problem(78, {ProblemKind::kEmpty, {}, "m"}), Failure);
}

TEST_CASE("texts with NUL, quotes and every script come back as they went in") {
  const TemporaryFolder folder;
  CaseFile file = CaseFile::open_for_writing(folder / "case.db");
  const std::string odd("a'\"\0b \xE6\x97\xA5\xE6\x9C\xAC \x1B[31m", 18);
  const RowId evidence = file.add_evidence({"/" + odd, "evtx", 1, "", {}, {}});
  const RowId indicator = file.add_indicator(domain(odd));
  auto event = sysmon_event(22, 1, {{odd, odd}, {"Data", "1"}, {"Data", "2"}});
  event.record_id = ~std::uint64_t{0};
  const std::vector<HitRow> hits = {{indicator, odd, odd, 5}};
  CHECK(file.add_event(evidence, event, SourceType::kEvtx, State::kLive, hits).new_hits == 1);
  CHECK(file.add_event(evidence, event, SourceType::kEvtx, State::kLive, hits).new_hits == 0);
  REQUIRE(file.close());
  CHECK(rows(folder / "case.db", "SELECT value, matched FROM v_hits") == odd + "|" + odd + "\n");
  CHECK(rows(folder / "case.db", "SELECT json_extract(data, '$.Data') FROM event") ==
        "[\"1\",\"2\"]\n");
  CHECK(rows(folder / "case.db", "SELECT record_id FROM event") == "-1\n");
}
