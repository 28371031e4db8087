#include "evtxhound/casefile/text_index.hpp"

#include <catch2/catch.hpp>

#include "evtxhound/base/failure.hpp"
#include "evtxhound/base/file.hpp"
#include "evtxhound/casefile/case_hash.hpp"
#include "tests/casefile/sample_case.hpp"

using namespace evtxhound;
using namespace evtxhound::casefile;
using namespace evtxhound::casefile::testing;

namespace {

// How many events hold the text, by the index.
std::string count(const std::filesystem::path& path, const std::string& text) {
  return rows(path, "SELECT count(*) FROM event_text WHERE event_text MATCH '\"" + text + "\"'");
}

evtx::Event file_event(std::uint64_t offset, const std::string& name) {
  evtx::Event event = sysmon_event(11, 30, {{"TargetFilename", name}});
  event.byte_offset = offset;
  return event;
}

std::uint64_t index(const std::filesystem::path& path) {
  CaseFile file = CaseFile::open_for_writing(path);
  const std::uint64_t events = file.index_text();
  REQUIRE(file.close());
  return events;
}

// Throws where the index and the table disagree.
void check_index(const std::filesystem::path& path) {
  Database(path, Database::Mode::kReadWrite)
      .execute("INSERT INTO event_text (event_text, rank) VALUES ('integrity-check', 1)");
}

}  // namespace

TEST_CASE("the text index finds any part of a text as it is typed") {
  const TemporaryFolder folder;
  const auto path = make_sample(folder);
  CHECK(index(path) == 7);
  CHECK(count(path, "amaicontain") == "2\n");  // amid a word, whatever its case
  CHECK(count(path, R"(\3CXDesktopApp\app\3CX)") == "5\n");
  CHECK(count(path, "cmd.exe /c who") == "1\n");
  CHECK(count(path, "::ffff:203.0.113.7;") == "3\n");
  CHECK(count(path, "nothing like it") == "0\n");
  CHECK(rows(path, "SELECT count(*) FROM event_text WHERE text LIKE '%\\notepad.exe%'") == "1\n");
  CHECK(rows(path,
             "SELECT event_code FROM event_text JOIN event ON event_id = event_text.rowid WHERE "
             "event_text MATCH 'whoami NOT explorer'") == "1\n");
}

TEST_CASE("what is added, changed and removed later is in the index at once") {
  const TemporaryFolder folder;
  const auto path = make_sample(folder);
  index(path);
  CaseFile file = CaseFile::open_for_writing(path);
  const RowId log = file.add_evidence({"/evidence/more.evtx", "evtx", 1, "", {}, {}});
  const RowId beacon = file.add_indicator(domain("more.example"));
  const std::vector<HitRow> hits = {{beacon, "TargetFilename", "late", 9}};
  const auto first = file.add_event(log, row_of(file_event(9000, R"(C:\late "one".txt)")), hits);
  const auto again = file.add_event(log, row_of(file_event(9000, R"(C:\late "one".txt)")), hits);
  const auto second = file.add_event(log, row_of(file_event(9500, R"(C:\new\later.txt)")), hits);
  // The index has tables of its own, whose row ids are not those of events.
  CHECK(first.new_hits == 1);
  CHECK(again.event == first.event);
  CHECK(again.new_hits == 0);
  CHECK(second.event == first.event + 1);
  REQUIRE(file.close());
  CHECK(rows(path, "SELECT count(*) FROM hit JOIN event USING (event_id) WHERE event_code = 11") ==
        "2\n");
  CHECK(count(path, R"(C:\late ""one"".txt)") == "1\n");
  CHECK(count(path, R"(C:\new\later.txt)") == "1\n");
  check_index(path);

  Database database(path, Database::Mode::kReadWrite);
  database.execute(R"(UPDATE event SET data = '{"A":"changed"}' WHERE byte_offset = 9000)");
  CHECK(count(path, "late ") == "0\n");
  CHECK(count(path, "changed") == "1\n");
  database.execute("DELETE FROM hit; DELETE FROM event WHERE byte_offset = 9500");
  CHECK(count(path, "later.txt") == "0\n");
  check_index(path);
}

TEST_CASE("indexing again builds the index anew") {
  const TemporaryFolder folder;
  const auto path = make_sample(folder);
  index(path);
  Database(path, Database::Mode::kReadWrite)
      .execute("INSERT INTO event_text (event_text) VALUES ('delete-all')");
  CHECK(count(path, "akamaicontainer") == "0\n");
  CHECK(index(path) == 7);
  CHECK(count(path, "akamaicontainer") == "2\n");
  check_index(path);
}

TEST_CASE("the text index holds no copy of the events") {
  const TemporaryFolder folder;
  const auto path = make_sample(folder);
  index(path);
  CHECK(rows(path, "SELECT count(*) FROM sqlite_schema WHERE name = 'event_text_content'") ==
        "0\n");
}

TEST_CASE("an index does not change the case's hash") {
  const TemporaryFolder folder;
  const auto path = make_sample(folder);
  const std::string before = hash_case(path).sha256;
  index(path);
  CHECK(hash_case(path).sha256 == before);
}

TEST_CASE("an index that cannot be built leaves the case file as it was") {
  const TemporaryFolder folder;
  const auto path = make_sample(folder);
  Database database(path, Database::Mode::kReadWrite);
  database.execute("CREATE TABLE event_plain (in_the_way)");
  CHECK_THROWS_AS(build_text_index(database), Failure);
  CHECK_FALSE(database.in_transaction());
  CHECK(rows(path, "SELECT count(*) FROM sqlite_schema WHERE name LIKE 'event_text%'") == "0\n");
}

TEST_CASE("docs/case-schema.md names what the text index adds") {
  const TemporaryFolder folder;
  const auto path = make_sample(folder);
  index(path);
  const std::string page = read_text_file(EVTXHOUND_SOURCE_DIR "/docs/case-schema.md");
  for (const char* name : {"`event_text`", "`event_plain`", "`trigram`", "`text`"}) {
    CAPTURE(name);
    CHECK(page.find(name) != std::string::npos);
  }
}
