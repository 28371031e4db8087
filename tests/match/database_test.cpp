#include "evtxhound/match/database.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <stdexcept>
#include <tuple>
#include <utility>

#include "evtxhound/base/failure.hpp"

using namespace evtxhound;
using match::Database;
using match::Pattern;
using match::Scanner;

namespace {

using Ends = std::vector<std::pair<match::PatternNumber, std::size_t>>;

Ends scan(const Database& database, std::string_view text) {
  Ends ends;
  Scanner scanner(database);
  scanner.scan(
      text, [&](match::PatternNumber number, std::size_t end) { ends.emplace_back(number, end); });
  // Matches that end at one place come in no order.
  CHECK(std::is_sorted(ends.begin(), ends.end(),
                       [](const auto& a, const auto& b) { return a.second < b.second; }));
  std::sort(ends.begin(), ends.end(), [](const auto& a, const auto& b) {
    return std::tie(a.second, a.first) < std::tie(b.second, b.first);
  });
  return ends;
}

Database compile(const std::vector<Pattern>& patterns) { return Database::compile(patterns); }

}  // namespace

TEST_CASE("every end of every pattern is reported, ends do not fall") {
  const auto database = compile({{7, "ab", true}, {3, "b", true}});
  CHECK(scan(database, "abAB") == Ends{{3, 2}, {7, 2}, {3, 4}, {7, 4}});
  CHECK(scan(database, "").empty());
}

TEST_CASE("patterns can share a number") {
  const auto database = compile({{1, "cat", true}, {1, "dog", true}});
  CHECK(scan(database, "dog cat") == Ends{{1, 3}, {1, 7}});
}

TEST_CASE("a literal matches its characters and nothing else") {
  std::string ascii;
  for (char c = 0x01; c < 0x7F; ++c) ascii += c;
  const auto database = compile({{0, match::literal(ascii), true}});
  CHECK(scan(database, "x" + ascii) == Ends{{0, ascii.size() + 1}});
  const auto dot = compile({{0, match::literal("a.b*"), true}});
  CHECK(scan(dot, "A.B*") == Ends{{0, 4}});
  CHECK(scan(dot, "axbb").empty());
  const auto nul = compile({{0, match::literal(std::string_view("a\0b", 3)), true}});
  CHECK(scan(nul, std::string_view("a\0b", 3)) == Ends{{0, 3}});
}

TEST_CASE("case counts where the pattern says so") {
  const auto database = compile({{0, match::literal("Straße", false), false}});
  CHECK(scan(database, "Straße").size() == 1);
  CHECK(scan(database, "straße").empty());
}

TEST_CASE("letters of other scripts match in any case") {
  // Deseret and Georgian are younger than Hyperscan's own case tables.
  for (const auto& [text, other] : {std::pair{"ÄÖÜ.example", "äöü.EXAMPLE"},
                                    {"ΣΊΣΥΦΟΣ", "σίσυφος"},
                                    {"𐐀𐐁", "𐐨𐐩"},
                                    {"ᲐᲑ", "აბ"},
                                    {"Ⅷ", "ⅷ"}}) {
    CAPTURE(text);
    const auto database = compile({{0, match::literal(text), true}});
    CHECK(scan(database, text) == Ends{{0, std::string_view(text).size()}});
    CHECK(scan(database, other) == Ends{{0, std::string_view(other).size()}});
  }
}

TEST_CASE("ASCII patterns match ASCII letters only") {
  const auto database = compile({{0, match::literal("kiss"), true}});
  CHECK(scan(database, "KISS").size() == 1);
  CHECK(scan(database, "\u212Aiss").empty());  // the Kelvin sign
  CHECK(scan(database, "ki\u017Fs").empty());  // the long s
}

TEST_CASE("an expression that cannot be compiled is named") {
  try {
    compile({{0, "fine", true}, {1, "broken(", true}});
    FAIL("compiled");
  } catch (const Failure& failure) {
    CHECK(failure.status() == ExitStatus::kUsage);
    CHECK_THAT(failure.what(), Catch::Contains("\"broken(\""));
  }
}

TEST_CASE("no patterns make a database that never matches") {
  const auto database = compile({});
  CHECK(scan(database, "anything").empty());
  const auto again = Database::deserialize(database.serialize());
  CHECK(scan(again, "anything").empty());
}

TEST_CASE("a database comes back from its bytes") {
  const auto database = compile({{5, "officeaddons", true}});
  const auto again = Database::deserialize(database.serialize());
  CHECK(scan(again, "x OFFICEADDONS") == Ends{{5, 14}});
  CHECK_THROWS_AS(Database::deserialize(as_bytes("no database")), Failure);
  CHECK_FALSE(Database::platform().empty());
}

TEST_CASE("what a callback throws comes out of the scan, and the scanner goes on working") {
  const auto database = compile({{0, "a", true}});
  Scanner scanner(database);
  const auto fail = [](match::PatternNumber, std::size_t) { throw std::runtime_error("stop"); };
  CHECK_THROWS_WITH(scanner.scan("aaa", fail), "stop");
  int count = 0;
  scanner.scan("aaa", [&](match::PatternNumber, std::size_t) { ++count; });
  CHECK(count == 3);
}
