#include "evtxhound/match/database.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <stdexcept>
#include <tuple>
#include <utility>

#include "evtxhound/base/failure.hpp"
#include "evtxhound/base/text.hpp"
#include "evtxhound/match/fold.hpp"

using namespace evtxhound;
using match::Database;
using match::Pattern;
using match::Scanner;

namespace {

// A database's bytes, and it back from them.
class Packed {
 public:
  explicit Packed(const Database& database) { database.pack(bytes_); }
  Database unpack() {
    Database database;
    Bytes left = bytes_;
    REQUIRE(database.unpack(left));
    CHECK(left.empty());
    return database;
  }
  // Whether the first `size` of the bytes are a database.
  [[nodiscard]] bool can_be_cut_to(std::size_t size) const {
    Database database;
    Bytes left = Bytes(bytes_).first(size);
    return database.unpack(left);
  }
  [[nodiscard]] std::size_t size() const { return bytes_.size(); }

 private:
  Buffer bytes_;
};

using Ends = std::vector<std::pair<match::PatternNumber, std::size_t>>;

Ends scan(const Database& database, std::string_view text) {
  Ends ends;
  Scanner scanner(database);
  scanner.scan(
      text, [&](match::PatternNumber number, std::size_t end) { ends.emplace_back(number, end); });
  // Matches come in no order.
  std::sort(ends.begin(), ends.end(), [](const auto& a, const auto& b) {
    return std::tie(a.second, a.first) < std::tie(b.second, b.first);
  });
  return ends;
}

Database compile(const std::vector<Pattern>& patterns) { return Database::compile(patterns); }

Pattern expression(match::PatternNumber number, std::string text) {
  return {number, std::move(text), Pattern::Syntax::kExpression};
}

Pattern literal(match::PatternNumber number, std::string text) {
  return {number, std::move(text), Pattern::Syntax::kLiteral};
}

}  // namespace

TEST_CASE("every end of every pattern is reported") {
  const auto database = compile({literal(7, "ab"), literal(3, "b")});
  CHECK(scan(database, "abAB") == Ends{{3, 2}, {7, 2}, {3, 4}, {7, 4}});
  CHECK(scan(database, "").empty());
}

TEST_CASE("patterns can share a number") {
  const auto database = compile({expression(1, "cat"), expression(1, "dog")});
  CHECK(scan(database, "dog cat") == Ends{{1, 3}, {1, 7}});
}

TEST_CASE("a literal matches its characters and nothing else") {
  std::string ascii;
  for (char c = 0x01; c < 0x7F; ++c) ascii += c;
  const auto database = compile({literal(0, std::string(ascii))});
  CHECK(scan(database, "x" + ascii) == Ends{{0, ascii.size() + 1}});
  const auto dot = compile({literal(0, std::string("a.b*"))});
  CHECK(scan(dot, "A.B*") == Ends{{0, 4}});
  CHECK(scan(dot, "axbb").empty());
  const auto nul = compile({literal(0, std::string(std::string_view("a\0b", 3)))});
  CHECK(scan(nul, std::string_view("a\0b", 3)) == Ends{{0, 3}});
}

TEST_CASE("letters of other scripts match in any case") {
  // Deseret and Georgian are younger than Hyperscan's own case tables.
  for (const auto& [text, other] : {std::pair{"ÄÖÜ.example", "äöü.EXAMPLE"},
                                    {"ΣΊΣΥΦΟΣ", "σίσυφος"},
                                    {"𐐀𐐁", "𐐨𐐩"},
                                    {"ᲐᲑ", "აბ"},
                                    {"Ⅷ", "ⅷ"}}) {
    CAPTURE(text);
    const auto database = compile({literal(0, std::string(text))});
    CHECK(scan(database, text) == Ends{{0, std::string_view(text).size()}});
    CHECK(scan(database, other) == Ends{{0, std::string_view(other).size()}});
  }
}

TEST_CASE("ASCII patterns match ASCII letters only") {
  const auto database = compile({literal(0, std::string("kiss"))});
  CHECK(scan(database, "KISS").size() == 1);
  CHECK(scan(database, "\u212Aiss").empty());  // the Kelvin sign
  CHECK(scan(database, "ki\u017Fs").empty());  // the long s
}

TEST_CASE("an expression that cannot be compiled is named") {
  try {
    compile({expression(0, "fine"), expression(1, "broken(")});
    FAIL("compiled");
  } catch (const Failure& failure) {
    CHECK(failure.status() == ExitStatus::kUsage);
    CHECK_THAT(failure.what(), Catch::Contains("\"broken(\""));
  }
}

TEST_CASE("no patterns make a database that never matches") {
  const auto database = compile({});
  CHECK(scan(database, "anything").empty());
  Packed packed(database);
  const auto again = packed.unpack();
  CHECK(scan(again, "anything").empty());
}

TEST_CASE("a database comes back from its bytes") {
  const auto database = compile({literal(5, "officeaddons")});
  Packed packed(database);
  const auto again = packed.unpack();
  CHECK(scan(again, "x OFFICEADDONS") == Ends{{5, 14}});
  CHECK_FALSE(packed.can_be_cut_to(packed.size() / 2));
  CHECK_FALSE(Database::platform().empty());
}

TEST_CASE("what a callback throws comes out of the scan, and the scanner goes on working") {
  const auto database = compile({expression(0, "a")});
  Scanner scanner(database);
  const auto fail = [](match::PatternNumber, std::size_t) { throw std::runtime_error("stop"); };
  CHECK_THROWS_WITH(scanner.scan("aaa", fail), "stop");
  int count = 0;
  scanner.scan("aaa", [&](match::PatternNumber, std::size_t) { ++count; });
  CHECK(count == 3);
}

TEST_CASE("many literals are found like few, whatever takes care of them") {
  std::vector<Pattern> patterns;
  for (match::PatternNumber i = 0; i < 2 * Database::kFewLiterals; ++i) {
    patterns.push_back(literal(i, "host-" + std::to_string(i) + ".example.com"));
  }
  patterns.push_back(literal(9001, "tiny"));                  // too short for the table
  patterns.push_back(literal(9002, "Bücher.example"));        // not ASCII
  patterns.push_back(expression(9003, "(?i)h[a-z]+-17\\."));  // an expression
  const auto compiled = compile(patterns);
  CHECK(scan(compiled, "TINY https://HOST-17.example.com bücher.EXAMPLE") ==
        Ends{{9001, 4}, {9003, 21}, {17, 32}, {9002, 48}});
  Packed packed(compiled);
  const auto again = packed.unpack();
  CHECK(scan(again, "host-3999.example.com") == Ends{{3999, 21}});
  CHECK_FALSE(packed.can_be_cut_to(packed.size() - 1));
}

TEST_CASE("letters beyond ASCII are found in text without its zeros") {
  for (const std::string text : {"Müller.example", "Ā-name", "ΣΊΣΥΦΟΣ", "€uro", "𐐀𐐁"}) {
    CAPTURE(text);
    const auto database = compile({expression(1, match::stripped_literal(text))});
    Scanner scanner(database);
    const auto found_in = [&](Bytes block) {
      match::StrippedText stripped;
      stripped.assign(block);
      std::size_t count = 0;
      scanner.scan(stripped, [&](match::PatternNumber, std::size_t) { ++count; });
      return count;
    };
    CHECK(found_in(utf8_to_utf16le("x" + text + "y")) == 1);
    std::string other;  // each letter in its other case
    for (std::size_t at = 0; at < text.size();) {
      const CodePoint c = code_point_at(text, at);
      at += c.size;
      append_utf8(other, match::same_folded(c.value).back());
    }
    CHECK(found_in(utf8_to_utf16le(other)) == 1);
    CHECK(found_in(utf8_to_utf16le("Muller")) == 0);
  }
  const auto database = compile({expression(1, match::stripped_literal("Müller"))});
  Scanner scanner(database);
  match::StrippedText stripped;
  stripped.assign(as_bytes("m\xFCLLER"));  // Windows-1252
  std::size_t count = 0;
  scanner.scan(stripped, [&](match::PatternNumber, std::size_t) { ++count; });
  CHECK(count == 1);
}
