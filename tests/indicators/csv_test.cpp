#include "evtxhound/indicators/csv.hpp"

#include <catch2/catch.hpp>

using namespace evtxhound::indicators;

namespace {

std::vector<CsvRow> read(std::string_view text) {
  CsvReader reader(text);
  std::vector<CsvRow> rows;
  for (CsvRow row; reader.next(row);) rows.push_back(row);
  return rows;
}

std::vector<std::string> texts(const CsvRow& row) {
  std::vector<std::string> all;
  for (const auto& field : row.fields) all.push_back(field.text);
  return all;
}

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("fields, quotes and line ends as RFC 4180 has them") {
  const auto rows = read("a,b,c\r\n\"x, y\",\"say \"\"hi\"\"\",\n,,\n\"two\nlines\",\"\",z");
  REQUIRE(rows.size() == 4);
  CHECK(texts(rows[0]) == Texts{"a", "b", "c"});
  CHECK(texts(rows[1]) == Texts{"x, y", "say \"hi\"", ""});
  CHECK(texts(rows[2]) == Texts{"", "", ""});
  CHECK(texts(rows[3]) == Texts{"two\nlines", "", "z"});
  for (const auto& row : rows) CHECK_FALSE(row.fault);
}

TEST_CASE("the byte order mark, comments and blank lines are passed over") {
  const auto rows = read("\xEF\xBB\xBF# comment, \"\n\n  \r\na\n#b\nc#");
  REQUIRE(rows.size() == 2);
  CHECK(texts(rows[0]) == Texts{"a"});
  CHECK(rows[0].fields[0].place.line == 4);
  CHECK(texts(rows[1]) == Texts{"c#"});
  CHECK(rows[1].fields[0].place.line == 6);
  CHECK(read("").empty());
  CHECK(read("# only this").empty());
}

TEST_CASE("places are those of the first character, inside the quotes") {
  const auto rows = read(
      "\xEF\xBB\xBF"
      "a,é,\"b\",c\n\"x\ny\",\"z\"");
  REQUIRE(rows.size() == 2);
  std::vector<std::size_t> columns;
  for (const auto& field : rows[0].fields) columns.push_back(field.place.column);
  CHECK(columns == std::vector<std::size_t>{1, 3, 7, 10});
  CHECK(rows[1].fields[0].place.line == 2);
  CHECK(rows[1].fields[0].place.column == 2);
  CHECK(rows[1].fields[1].place.line == 3);
  CHECK(rows[1].fields[1].place.column == 5);
}

TEST_CASE("a damaged row is told, and the next one read") {
  const auto rows = read("a,\"b\"x,c\nd,e\"f\ng,\"never\nh,i\n");
  REQUIRE(rows.size() == 4);
  REQUIRE(rows[0].fault);
  CHECK(rows[0].fault->place.column == 6);
  CHECK(texts(rows[0]) == Texts{"a", "b", "c"});
  REQUIRE(rows[1].fault);
  CHECK(rows[1].fault->place.column == 4);
  REQUIRE(rows[2].fault);
  CHECK(rows[2].fault->place.line == 3);
  CHECK(rows[2].fault->place.column == 3);
  CHECK_FALSE(rows[3].fault);
  CHECK(texts(rows[3]) == Texts{"h", "i"});
}
