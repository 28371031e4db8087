// The form of rule files: documents, and the parts that a rule is made of.
#include <catch2/catch.hpp>

#include "rule_text.hpp"

using namespace evtxhound::rules;
using namespace evtxhound::rules::testing;
using Catch::Contains;

TEST_CASE("a document that is no rule is refused by what it lacks or is") {
  CHECK(outcome("title: T\n") == "1:1: no rule: it has neither detection nor correlation");
  CHECK(outcome("- a\n") == "1:1: no rule: not a map");
  CHECK(outcome("just text\n") == "1:1: no rule: not a map");
  CHECK(outcome("") == "1:1: no rule: the file is empty");
  CHECK(outcome("---\n---\n") == "1:1: no rule: the file is empty");
  CHECK_THAT(outcome("action: global\ntitle: T\n"), Contains("action: global, reset, repeat"));
  CHECK_THAT(outcome("title: T\nfilter: {rules: [a]}\n"), Contains("Sigma filters"));
  CHECK_THAT(outcome("title: T\ndetection: {}\ncorrelation: {}\n"), Contains("not both"));
}

TEST_CASE("a detection needs a condition and selections") {
  const std::string head = "title: T\nlogsource: {product: x}\n";
  CHECK(outcome(head + "detection: x\n") == "3:1: detection must be a map");
  CHECK(outcome(head + "detection: {s: {F: a}}\n") == "3:1: detection has no condition");
  CHECK(outcome(head + "detection: {condition: s}\n") == "3:1: detection has no selection");
  CHECK(outcome(head + "detection: {s: {F: a}, condition: {a: b}}\n") ==
        "3:35: condition must be a text, not a map");
}

TEST_CASE("each document of a file is a rule of its own") {
  const auto loaded = load_text(rule_of("F: a") + "---\n" + rule_of("F|x: b") + "---\n" +
                                rule_of("F: c") + "---\ntitle: T\n");
  REQUIRE(loaded.rules.rules.size() == 2);
  CHECK(loaded.rules.rules[0].head.line == 1);
  CHECK(loaded.rules.rules[1].head.line == 17);
  REQUIRE(loaded.refused.size() == 2);
  CHECK(loaded.refused[0].line == 14);
  CHECK(loaded.refused[1].message == "no rule: it has neither detection nor correlation");
}

TEST_CASE("field names are taken as they stand") {
  CHECK(formula("Some Field.x|contains: a") == "Some Field.x='*a*'");
  CHECK(formula("'*': a") == "*='a'");
}
