// What is looked for in raw bytes, and which events are read all the same.
#include "evtxhound/rules/look_plan.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <iostream>
#include <optional>

#include "evtxhound/base/text.hpp"
#include "tests/rules/naive.hpp"
#include "tests/rules/random_rules.hpp"

using namespace evtxhound;
using namespace evtxhound::rules;

namespace {

using Texts = std::vector<std::string>;

// Whether the plan has such events read.
std::optional<bool> reads(const Program& program, const LookPlan& plan, std::string_view channel,
                          std::uint32_t code) {
  const auto number = program.class_of("evtx", channel, "", code);
  if (!number) return std::nullopt;
  return plan.is_to_be_read[*number];
}

bool stands_in(const Texts& texts, const RuleEvent& event) {
  const auto has = [&](std::string_view value) {
    const std::string lower = ascii_lower(value);
    return std::ranges::any_of(
        texts, [&](const std::string& text) { return lower.find(text) != std::string::npos; });
  };
  const auto has_field = [&](const FieldView& field) { return has(field.value); };
  return has(event.channel) || has(event.provider) ||
         std::ranges::any_of(event.system, has_field) || std::ranges::any_of(event.data, has_field);
}

constexpr const char* kSysmon = "Microsoft-Windows-Sysmon/Operational";

Rule of_security(std::string_view code, std::vector<Atom> atoms) {
  atoms.insert(atoms.begin(), text_atom("EventID", code));
  return rule_of_all({"", "security"}, atoms);
}

}  // namespace

TEST_CASE("a rule without a text has its own class read, and no other") {
  const std::vector<Rule> rules{
      rule_of_all({"process_creation", ""}, {text_atom("Image", "*\\mimikatz.exe")}),
      of_security("4624", {text_atom("LogonType", "3")}),
      of_security("4720", {text_atom("TargetUserName", "*backdoor*")})};
  const Program program = Program::compile(rules);
  const LookPlan plan = plan_look(program, rules);
  CHECK(plan.texts == Texts{"\\mimikatz.exe", "backdoor"});
  CHECK(reads(program, plan, kSysmon, 1) == false);
  CHECK(reads(program, plan, "Security", 4624) == true);
  CHECK(reads(program, plan, "Security", 4720) == false);
  CHECK_FALSE(reads(program, plan, "Security", 4625));
}

TEST_CASE("a class is read where one of its rules has no text") {
  const std::vector<Rule> rules{of_security("4720", {text_atom("TargetUserName", "*backdoor*")}),
                                of_security("4720", {text_atom("TargetUserName", "*$")})};
  const Program program = Program::compile(rules);
  const LookPlan plan = plan_look(program, rules);
  CHECK(plan.texts.empty());
  CHECK(reads(program, plan, "Security", 4720) == true);
}

TEST_CASE("of too many texts, those of the classes are left out that need the most of them") {
  const std::string hash(32, 'a');
  const std::vector<Rule> rules{of_security("2", {text_atom("A", "*first text*")}),
                                of_security("2", {text_atom("A", "*second text*")}),
                                of_security("3", {text_atom("Hashes", "*" + hash + "*")}),
                                of_security("1", {text_atom("A", "*only this*")})};
  const Program program = Program::compile(rules);
  const auto texts = [&](std::size_t most) { return plan_look(program, rules, most).texts; };
  CHECK(texts(0).empty());
  CHECK(texts(1) == Texts{"only this"});
  CHECK(texts(2) == Texts{hash, "only this"});
  CHECK(texts(3) == Texts{"first text", "only this", "second text"});  // hashes come last
  CHECK(texts(4) == Texts{hash, "first text", "only this", "second text"});
  const LookPlan plan = plan_look(program, rules, 1);
  CHECK(reads(program, plan, "Security", 1) == false);
  CHECK(reads(program, plan, "Security", 2) == true);
}

TEST_CASE("whatever fulfils random rules is read, or has one of the texts") {
  std::size_t fired = 0;
  std::size_t spared = 0;
  for (std::uint32_t seed = 1; seed <= 400; ++seed) {
    RandomRules random(seed);
    std::vector<Rule> rules;
    while (rules.size() < 1 + seed % 5) rules.push_back(random.rule());
    const Program program = Program::compile(rules);
    const LookPlan plan = plan_look(program, rules, seed % 7);
    for (int i = 0; i < 60; ++i) {
      TestEvent event = random.event();
      const RuleEvent view = event.view();
      const auto number =
          program.class_of(view.source_type, view.channel, view.provider, view.event_code);
      const bool read = number && plan.is_to_be_read[*number];
      if (number && !read) ++spared;
      const bool fires =
          std::ranges::any_of(rules, [&](const Rule& rule) { return naive_fires(rule, view); });
      if (!fires) continue;
      ++fired;
      CAPTURE(seed, i, plan.texts);
      REQUIRE((read || !view.found.empty() || stands_in(plan.texts, view)));
    }
  }
  std::cout << fired << " events fulfilled a rule, " << spared << " need not be read by class\n";
  CHECK(fired > 500);
  CHECK(spared > 500);
}
