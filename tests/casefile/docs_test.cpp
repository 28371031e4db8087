// Every query that docs/case-schema.md offers is run.
#include <catch2/catch.hpp>

#include "evtxhound/base/file.hpp"
#include "evtxhound/scan/finding.hpp"
#include "tests/casefile/sample_case.hpp"

using namespace evtxhound;
using namespace evtxhound::casefile;
using namespace evtxhound::casefile::testing;

namespace {

std::vector<std::string> sql_blocks(const std::string& markdown) {
  const std::string open = "```sql\n";
  std::vector<std::string> blocks;
  for (std::size_t at = markdown.find(open); at != std::string::npos;
       at = markdown.find(open, at)) {
    at += open.size();
    blocks.push_back(markdown.substr(at, markdown.find("\n```", at) - at));
  }
  return blocks;
}

std::string page() { return read_text_file(EVTXHOUND_SOURCE_DIR "/docs/case-schema.md"); }

// What the sample lacks: it is all of events.
void add_text_outside_of_records(const std::filesystem::path& path) {
  CaseFile file = CaseFile::open_for_writing(path);
  const RowId evidence = file.add_evidence({"/evidence/pagefile.sys", "raw", 4096, "", {}, {}});
  const HitRow hit{file.add_indicator(domain("a.example")), "Context", "a.example", 7};
  evtx::Event event;
  event.byte_offset = 7;
  event.data = {{"Context", "to a.example"}, {"Encoding", "utf-8"}};
  file.set_census(evidence, {});
  file.add_event(evidence, row_of(event, SourceType::kRaw, State::kCarved), std::vector{hit});
  file.close();
}

}  // namespace

// The twenty questions are asked of a real case: tests/cli/questions_test.cpp.
TEST_CASE("every other query of docs/case-schema.md finds something in the sample case") {
  const TemporaryFolder folder;
  const auto path = make_sample(folder);
  add_text_outside_of_records(path);
  const std::string text = page();
  const auto blocks = sql_blocks(text.substr(text.find("## More queries")));
  CHECK(blocks.size() >= 8);
  for (const std::string& sql : blocks) {
    CAPTURE(sql);
    CHECK_FALSE(rows(path, sql).empty());
  }
}

TEST_CASE("docs/case-schema.md names every table, view and column") {
  const TemporaryFolder folder;
  const auto path = make_sample(folder);
  const std::string text = page();
  Database database(path, Database::Mode::kReadOnly);
  Statement columns(database,
                    "SELECT s.name, c.name FROM sqlite_schema AS s JOIN pragma_table_info(s.name) "
                    "AS c WHERE s.type IN ('table', 'view') AND s.name NOT LIKE 'sqlite_%'");
  while (columns.step()) {
    CAPTURE(columns.text(0), columns.text(1));
    CHECK(text.find("`" + columns.text(0)) != std::string::npos);
    CHECK(text.find("`" + columns.text(1) + "`") != std::string::npos);
  }
}

TEST_CASE("the documentation explains every kind of finding") {
  const std::string schema = page();
  for (int kind = 0;; ++kind) {
    const std::string_view name = scan::to_string(static_cast<scan::FindingKind>(kind));
    if (name == "unknown") break;
    CAPTURE(name);
    CHECK(schema.find("| `" + std::string(name) + "` |") != std::string::npos);
  }
}

TEST_CASE("the documentation explains every kind of problem") {
  const std::string schema = page();
  const std::string reader = read_text_file(EVTXHOUND_SOURCE_DIR "/docs/evtx-reader.md");
  int kinds = 0;
  for (;; ++kinds) {
    const std::string_view name = to_string(static_cast<ProblemKind>(kinds));
    if (name == "unknown") break;
    const std::string row = "| `" + std::string(name) + "` |";
    CAPTURE(row);
    CHECK(schema.find(row) != std::string::npos);
    CHECK(reader.find(row) != std::string::npos);
  }
  CHECK(kinds > 5);
}
