// Conditions: what they are over selections a, b, c …
#include <catch2/catch.hpp>

#include "rule_text.hpp"

using namespace evtxhound::rules::testing;
using Catch::Contains;
using Catch::StartsWith;

namespace {

// Over selections whose only line is `name=''` shown as their name.
std::string condition(const std::string& text,
                      const std::vector<std::string>& names = {"a", "b", "c"}) {
  std::string detection;
  for (const auto& name : names) detection += name + ": {F: " + name + "}\n";
  std::string out = outcome(rule_with(detection + "condition: " + text + "\n"));
  for (std::size_t at = out.find("F='"); at != std::string::npos; at = out.find("F='")) {
    const auto end = out.find('\'', at + 3);
    out = out.substr(0, at) + out.substr(at + 3, end - at - 3) + out.substr(end + 1);
  }
  return out;
}

}  // namespace

TEST_CASE("and, or, not, brackets, and which binds more") {
  CHECK(condition("a") == "a");
  CHECK(condition("a and b") == "(a & b)");
  CHECK(condition("a or b or c") == "(a | b | c)");
  CHECK(condition("a or b and c") == "(a | (b & c))");
  CHECK(condition("a and b or c") == "((a & b) | c)");
  CHECK(condition("not a and b") == "(!a & b)");
  CHECK(condition("not (a and b)") == "!(a & b)");
  CHECK(condition("not not a") == "!!a");
  CHECK(condition("(a or b) and not c") == "((a | b) & !c)");
  CHECK(condition("((a))") == "a");
  CHECK(condition("(a)and(b)") == "(a & b)");
  CHECK(condition("a AND NOT b") == "(a & !b)");
  CHECK(condition("a and a") == "(a & a)");
  CHECK(condition(">-\n    a\n      and b") == "(a & b)");
}

TEST_CASE("names that begin like operators") {
  CHECK(condition("notepad and order", {"notepad", "order"}) == "(notepad & order)");
  CHECK(condition("all_x or them_y", {"all_x", "them_y"}) == "(all_x | them_y)");
}

TEST_CASE("one and all of selections") {
  const std::vector<std::string> names = {"sel_a", "sel_b", "filter_c", "_d"};
  CHECK(condition("1 of them", names) == "(sel_a | sel_b | filter_c)");
  CHECK(condition("any of them", names) == "(sel_a | sel_b | filter_c)");
  CHECK(condition("all of them", names) == "(sel_a & sel_b & filter_c)");
  CHECK(condition("1 of sel_*", names) == "(sel_a | sel_b)");
  CHECK(condition("all of sel_* and not 1 of filter_*", names) == "((sel_a & sel_b) & !filter_c)");
  CHECK(condition("all of *_a", names) == "sel_a");
  CHECK(condition("1 of s*_*b", names) == "sel_b");
  CHECK(condition("1 of sel_a", names) == "sel_a");
  CHECK(condition("1 of *", names) == "(sel_a | sel_b | filter_c)");
  CHECK(condition("1 of _*", names) == "_d");
  CHECK(condition("_d", names) == "_d");
}

TEST_CASE("of several conditions one must hold") {
  CHECK(condition("[a, b and c]") == "(a | (b & c))");
  CHECK(condition("[a, a]") == "(a | a)");
  CHECK(condition("[]") == "4:1: detection has no condition");
}

TEST_CASE("a selection that is used twice is in the formula once") {
  const auto loaded = load_text(rule_with("a: {F: a}\nb: {F: b}\ncondition: (a or b) and not a"));
  REQUIRE(loaded.rules.rules.size() == 1);
  CHECK(loaded.rules.rules[0].atoms.size() == 2);
}

TEST_CASE("what is no condition is refused") {
  CHECK(condition("") == "8:13: the condition is empty");
  CHECK(condition("a and") == "8:14: condition: it ends where a selection is expected");
  CHECK(condition("a b") == "8:14: condition: \"b\" is not expected after \"a\"");
  CHECK(condition("(a") == "8:14: condition: a bracket is not closed");
  CHECK(condition("a)") == "8:14: condition: \")\" is not expected after \"a\"");
  CHECK(condition("and a") == "8:14: condition: \"and\" stands where a selection is expected");
  CHECK(condition("()") == "8:14: condition: \")\" stands where a selection is expected");
  CHECK(condition("d") == "8:14: condition: there is no selection \"d\"");
  CHECK(condition("1 of d*") == "8:14: condition: no selection fits \"d*\"");
  CHECK(condition("1 of") == "8:14: condition: no selections behind \"of\"");
  CHECK(condition("2 of a*") == "8:14: condition: 2 of is not supported: only 1, any and all are");
  CHECK_THAT(condition("none of a*"), Contains("only 1, any and all are known"));
  CHECK_THAT(condition("a | count() > 5"), Contains("aggregations"));
  CHECK_THAT(condition("a | near b"), Contains("aggregations"));
  CHECK_THAT(condition("a near b"), Contains("near is not supported"));
}

TEST_CASE("conditions that are too deep or too long are refused") {
  CHECK(condition(std::string(60, '(') + "a" + std::string(60, ')')) == "a");
  CHECK_THAT(condition(std::string(65, '(') + "a" + std::string(65, ')')),
             Contains("nested deeper than 64"));
  std::string nots;
  for (int i = 0; i < 65; ++i) nots += "not ";
  CHECK_THAT(condition(nots + "a"), Contains("nested deeper than 64"));
  std::string many = "a";
  while (many.size() < 17'000) many += " or a";
  CHECK_THAT(condition(many), Contains("longer than"));
}

TEST_CASE("selections that no condition uses are told, and must be sound") {
  CHECK(warnings(rule_with("a: {F: a}\nb: {F: b}\ncondition: a")) ==
        std::vector<std::string>{"6: the condition does not use the selection \"b\""});
  CHECK_THAT(outcome(rule_with("a: {F: a}\nb: {F|x: b}\ncondition: a")),
             Contains("unknown modifier"));
  CHECK_THAT(warnings(rule_with("a: {F: a}\ntimeframe: 5m\ncondition: a")).at(0),
             StartsWith("6: timeframe has no meaning"));
}
