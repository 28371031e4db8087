// docs/datasette/metadata.json names only what a case file has, and its queries run.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <set>

#include "evtxhound/base/file.hpp"
#include "tests/casefile/sample_case.hpp"

using namespace evtxhound;
using namespace evtxhound::casefile;
using namespace evtxhound::casefile::testing;
using Json = nlohmann::json;

namespace {

Json metadata() {
  return Json::parse(read_text_file(EVTXHOUND_SOURCE_DIR "/docs/datasette/metadata.json"))
      .at("databases")
      .at("case");
}

std::set<std::string> columns_of(Database& database, const std::string& table) {
  Statement statement(database, "SELECT name FROM pragma_table_info(?)");
  statement.bind(table);
  std::set<std::string> names;
  while (statement.step()) names.insert(statement.text(0));
  return names;
}

}  // namespace

TEST_CASE("Datasette's metadata names tables, views and columns of a case file") {
  const TemporaryFolder folder;
  Database database(make_sample(folder), Database::Mode::kReadOnly);
  const Json tables = metadata().at("tables");
  CHECK(tables.size() > 15);
  for (const auto& [name, table] : tables.items()) {
    CAPTURE(name);
    const auto columns = columns_of(database, name);
    CHECK_FALSE(columns.empty());
    CHECK_FALSE(table.at("description").get<std::string>().empty());
    std::set<std::string> named;
    if (table.contains("columns")) {
      for (const auto& [column, text] : table.at("columns").items()) named.insert(column);
    }
    for (const auto& facet : table.value("facets", Json::array())) named.insert(facet);
    for (const char* key : {"sort", "sort_desc", "label_column"}) {
      if (table.contains(key)) named.insert(table.at(key).get<std::string>());
    }
    for (const std::string& column : named) {
      CAPTURE(column);
      CHECK(columns.contains(column));
    }
  }
}

TEST_CASE("the queries of Datasette's metadata run and find something in the sample case") {
  const TemporaryFolder folder;
  Database database(make_sample(folder), Database::Mode::kReadOnly);
  const Json queries = metadata().at("queries");
  CHECK(queries.size() >= 9);
  for (const auto& [name, query] : queries.items()) {
    CAPTURE(name);
    CHECK_FALSE(query.at("title").get<std::string>().empty());
    Statement statement(database, query.at("sql").get<std::string>());
    // The one query with parameters asks for :time and :computer.
    if (name == "around_a_time") statement.bind(std::string_view("2023-03-29T10:05"), "WS01%");
    CHECK(statement.step());
  }
}
