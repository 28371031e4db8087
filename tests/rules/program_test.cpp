#include "evtxhound/rules/program.hpp"

#include <catch2/catch.hpp>

#include "evtxhound/rules/evaluator.hpp"
#include "tests/rules/build_event.hpp"
#include "tests/rules/build_rule.hpp"

using namespace evtxhound;
using namespace evtxhound::rules;
using Why = Program::Refused::Why;

TEST_CASE("Rules that cannot be applied are refused with the reason, and the others work") {
  std::vector<Rule> rules{
      rule_of_all({"webserver", "", ""}, {text_atom("c-uri", "x")}),
      rule_of_all({"process_craetion", ""}, {text_atom("Image", "x")}),
      rule_of_all({"process_creation", ""}, {regex_atom("Image", "(")}),
      rule_of_all({"process_creation", ""}, {plain_atom("Image", Test::kCidr, "10.0.0.0/99")}),
      rule_of_all({"process_creation", ""}, {text_atom("Image", "good.exe")})};
  Rule malformed = rules.back();
  malformed.nodes[0].atom = 7;
  rules.push_back(malformed);
  malformed.nodes.clear();
  rules.push_back(malformed);
  const Program program = Program::compile(rules);
  REQUIRE(program.refused().size() == 6);
  const std::vector<Why> expected{Why::kNotApplicable, Why::kUnknownLogSource, Why::kFaulty,
                                  Why::kFaulty,        Why::kFaulty,           Why::kFaulty};
  for (std::size_t i = 0; i < expected.size(); ++i) {
    CAPTURE(i, program.refused()[i].reason);
    CHECK(program.refused()[i].why == expected[i]);
    CHECK_FALSE(program.refused()[i].reason.empty());
  }
  Evaluator evaluator(program);
  TestEvent event = sysmon_event(1, {{"Image", "good.exe"}});
  CHECK(evaluator.evaluate(event.view()) == std::vector<std::uint32_t>{4});
}

TEST_CASE("An event is read only where a rule could apply") {
  const std::vector<Rule> rules{
      rule_of_all({"process_creation", ""}, {text_atom("Image", "x")}),
      rule_of_all({"", "security"}, {text_atom("EventID", "4624"), text_atom("LogonType", "3")})};
  const Program program = Program::compile(rules);
  CHECK(program.class_of("evtx", "microsoft-windows-sysmon/OPERATIONAL", "", 1));
  CHECK_FALSE(program.class_of("evtx", "Microsoft-Windows-Sysmon/Operational", "", 2));
  CHECK(program.class_of("xml", "Security", "", 4688));
  CHECK(program.class_of("evtx", "Security", "", 4624));
  CHECK_FALSE(program.class_of("evtx", "Security", "", 4625));
  CHECK_FALSE(program.class_of("evtx", "System", "", 1));
  CHECK(program.class_of("crowdstrike", "", "ProcessRollup2", std::nullopt));
  CHECK_FALSE(program.class_of("crowdstrike", "", "DnsRequest", std::nullopt));
}

TEST_CASE("A condition that is nested too deep, or too large when written out, is refused") {
  RuleBuilder deep("process_creation", "");
  auto node = deep.atom(text_atom("Image", "x"));
  for (int i = 0; i < 300; ++i) node = deep.none(node);
  RuleBuilder large("process_creation", "");
  node = large.atom(text_atom("Image", "x"));
  for (int i = 0; i < 40; ++i) node = large.all({node, node});
  const std::vector<Rule> rules{deep.build(), large.build()};
  CHECK(Program::compile(rules).refused().size() == 2);
}

TEST_CASE("Without rules nothing applies") {
  const Program program = Program::compile({});
  Evaluator evaluator(program);
  TestEvent event = sysmon_event(1, {{"Image", "x"}});
  CHECK(evaluator.evaluate(event.view()).empty());
}
