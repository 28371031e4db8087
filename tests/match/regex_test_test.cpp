#include "evtxhound/match/regex_test.hpp"

#include <catch2/catch.hpp>

#include "evtxhound/base/failure.hpp"

using namespace evtxhound;
using namespace evtxhound::match;
using Outcome = RegexTest::Outcome;

namespace {

bool matches(const char* expression, std::string_view text, RegexTest::Options options = {}) {
  return RegexTest(expression, options).matches(text) == Outcome::kYes;
}

}  // namespace

TEST_CASE("An expression matches anywhere, by its flags") {
  CHECK(matches("b.d", "abcde"));
  CHECK_FALSE(matches("B.D", "abcde"));
  CHECK(matches("B.D", "abcde", {true, false, false}));
  CHECK_FALSE(matches("^c", "ab\ncd"));
  CHECK(matches("^c", "ab\ncd", {false, true, false}));
  CHECK_FALSE(matches("b.c", "ab\ncd"));
  CHECK(matches("b.c", "ab\ncd", {false, false, true}));
  CHECK(matches("^.$", "ä"));
  CHECK(matches("^$", ""));
  CHECK(matches("(?<=a)b", "ab"));
}

TEST_CASE("What cannot be compiled says why") {
  CHECK_FALSE(RegexTest::fault("(", {}).empty());
  CHECK(RegexTest::fault("(a)\\1", {}).empty());
  CHECK_THROWS_AS(RegexTest("(", {}), Failure);
}

TEST_CASE("A text that would keep PCRE2 busy for years is decided in one pass where it can be") {
  const std::string text = std::string(50'000, 'a') + "b";
  CHECK(RegexTest("(a+)+(a|b|c)*d$", {}).matches(text) == Outcome::kNo);
  CHECK(RegexTest("(a+)+\\1$", {}).matches(text) == Outcome::kGaveUp);
}
