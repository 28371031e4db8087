// What values of selections mean: wildcards and escapes, numbers, null, lists, keywords.
#include <catch2/catch.hpp>

#include "rule_text.hpp"

using namespace evtxhound::rules::testing;
using Catch::Contains;

TEST_CASE("a value is the whole field, in any case, with wildcards") {
  CHECK(formula("F: abc") == "F='abc'");
  CHECK(formula("F: a*b?c") == "F='a*b?c'");
  CHECK(formula("F: 'a**b'") == "F='a*b'");
  CHECK(formula("F: '*'") == "F='*'");
  CHECK(formula("F: ''") == "F=''");
}

// The possibilities that the specification lists, one by one.
TEST_CASE("backslashes: plain, before wildcards, and before each other") {
  CHECK(formula(R"(F: 'C:\Windows\a.exe')") == R"(F='C:\Windows\a.exe')");
  CHECK(formula(R"(F: 'C:\\Windows')") == R"(F='C:\Windows')");
  CHECK(formula(R"(F: 'a\*b')") == R"(F='a\*b')");
  CHECK(formula(R"(F: 'a\?b')") == R"(F='a\?b')");
  CHECK(formula(R"(F: 'a\\*b')") == R"(F='a\*b')");  // shown alike, so look at the pieces
  const auto loaded = load_text(rule_of(R"(F: 'a\\*b')"));
  REQUIRE(loaded.rules.rules.size() == 1);
  CHECK(loaded.rules.rules[0].atoms[0].pieces.size() == 3);
  CHECK(load_text(rule_of(R"(F: 'a\*b')")).rules.rules[0].atoms[0].pieces.size() == 1);
  const auto escaped = load_text(rule_of(R"(F: 'a\\\*b')"));
  REQUIRE(escaped.rules.rules[0].atoms[0].pieces.size() == 1);
  CHECK(escaped.rules.rules[0].atoms[0].pieces[0].text == R"(a\*b)");
  CHECK(formula(R"(F: '\\\\server')") == R"(F='\\server')");
  CHECK(formula(R"(F: '\\\server')") == R"(F='\\server')");
  CHECK(formula(R"(F: 'end\')") == R"(F='end\')");
  CHECK(formula(R"(F: 'end\\')") == R"(F='end\')");
}

TEST_CASE("numbers and booleans are the text they stand as") {
  CHECK(formula("EventID: 4688") == "EventID='4688'");
  CHECK(formula("Signed: true") == "Signed='true'");
  CHECK(formula("Layout: 00000429") == "Layout='00000429'");
  CHECK(warnings(rule_of("F: 4688")).empty());
  CHECK(warnings(rule_of("F: 00000429")).empty());  // of no base, by the 9
  CHECK(warnings(rule_of("F: '0x17'")).empty());
  CHECK(warnings(rule_of("F: 0x17")) ==
        std::vector<std::string>{
            "6: 0x17 is compared as these characters, not as a number: put it in quotes"});
  CHECK(warnings(rule_of("F: 0017")).size() == 1);
}

TEST_CASE("null is an absent or empty field") {
  CHECK(formula("F: null") == "null F");
  CHECK(formula("F: ~") == "null F");
  CHECK(formula("F:") == "null F");
  CHECK(formula("F: 'null'") == "F='null'");
  CHECK(formula("F: !!str null") == "F='null'");
  CHECK(formula("F: [null, x]") == "(null F | F='x')");
  CHECK_THAT(warnings(rule_of("F: [null, x]")).at(0), Contains("selection of its own"));
  CHECK(formula("F|contains: null") == "6:17: null does not go with the modifiers of F");
  CHECK(formula("- null\n- x") == "6:7: null is no keyword");
}

TEST_CASE("lists are or, maps are and, lists of maps are or") {
  CHECK(formula("F: [a, b]") == "(F='a' | F='b')");
  CHECK(formula("F: a\nG: [b, c]") == "(F='a' & (G='b' | G='c'))");
  CHECK(formula("- F: a\n  G: b\n- H: c") == "((F='a' & G='b') | H='c')");
  CHECK(formula("- F: a\n- word") == "(F='a' | any='*word*')");
}

TEST_CASE("keywords are looked for anywhere in any value") {
  CHECK(formula("- evil\n- 'a*b'\n- 4711") == "(any='*evil*' | any='*a*b*' | any='*4711*')");
  CHECK(outcome(rule_with("k: evil\ncondition: k")) == "any='*evil*'");
  CHECK(formula("'|all': [a, b]") == "(any='*a*' & any='*b*')");
  CHECK(formula("'|startswith': a") == "any='a*'");
  CHECK(formula("'|re': 'a+'") == "any~/a+/");
  CHECK(formula("'|exists': true") == "6:5: exists needs a field");
  CHECK(formula("'|gt': 5") == "6:5: gt needs a field");
}

TEST_CASE("what has no meaning is refused, with its place") {
  CHECK(formula("F: []") == "6:8: \"F\" has an empty list");
  CHECK(formula("F: {a: b}") == "6:8: the value of \"F\" must be a text or a list");
  CHECK(formula("F: [[a]]") == "6:9: a value of \"F\" must be a text, not a list");
  CHECK(formula("- F: a\n- [b]") == "7:7: s must be a text, not a list");
  CHECK(formula("'': a") == "6:5: a field without name");
  CHECK(outcome(rule_with("s: {}\ncondition: s")) == "5:6: an empty map, which says nothing");
  CHECK(outcome(rule_with("s: []\ncondition: s")) == "5:6: s has an empty list");
}
