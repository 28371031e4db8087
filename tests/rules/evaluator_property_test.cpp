// What the scan and the formulas lead to, and what asking every rule for every atom leads to, is
// the same.
#include <catch2/catch.hpp>
#include <iostream>

#include "evtxhound/rules/evaluator.hpp"
#include "evtxhound/rules/text_pattern.hpp"
#include "tests/rules/naive.hpp"
#include "tests/rules/random_rules.hpp"

using namespace evtxhound::rules;

namespace {

Program read_back(const Program& program) {
  auto bytes = std::make_shared<evtxhound::Buffer>();
  program.pack(*bytes);
  auto made = Program::unpack(*bytes, bytes);
  REQUIRE(made);
  return std::move(*made);
}

}  // namespace

TEST_CASE("Random rules fire on random events exactly where a naive evaluation says so") {
  constexpr std::size_t kSets = 60;
  constexpr std::size_t kRules = 100;
  constexpr std::size_t kEvents = 60;
  std::size_t fired = 0;
  std::size_t evaluated = 0;
  for (std::uint32_t seed = 1; seed <= kSets; ++seed) {
    RandomRules random(seed);
    std::vector<Rule> rules;
    // Sets of few rules, too, whose databases are small.
    const std::size_t count = seed % 3 == 0 ? 3 : kRules;
    while (rules.size() < count) rules.push_back(random.rule());
    // What was packed and read back is held to the same.
    Program program = Program::compile(rules);
    if (seed % 2 == 0) program = read_back(program);
    REQUIRE(program.refused().empty());
    Evaluator evaluator(program);
    for (std::size_t i = 0; i < kEvents; ++i) {
      TestEvent event = random.event();
      const RuleEvent view = event.view();
      std::vector<std::uint32_t> expected;
      for (std::uint32_t rule = 0; rule < rules.size(); ++rule) {
        if (naive_fires(rules[rule], view)) expected.push_back(rule);
      }
      CAPTURE(seed, i);
      REQUIRE(evaluator.evaluate(view) == expected);
      REQUIRE(evaluator.undecided().empty());
      if (!expected.empty()) {
        REQUIRE(program.class_of(view.source_type, view.channel, view.provider, view.event_code));
      }
      fired += expected.size();
      evaluated += rules.size();
    }
  }
  std::cout << evaluated << " rules evaluated on events, " << fired << " fired\n";
  CHECK(fired > 1000);
}

TEST_CASE("A text with wildcards matches exactly where trying all ways does") {
  std::size_t matched = 0;
  constexpr std::size_t kTries = 20'000;
  RandomRules random(7);
  for (std::size_t i = 0; i < kTries; ++i) {
    const Rule rule = random.rule();
    TestEvent event = random.event();
    for (const Atom& atom : rule.atoms) {
      if (atom.test != Test::kText || event.data.empty()) continue;
      const std::string& value = event.data.front().second;
      const bool expected = naive_matches(atom.pieces, atom.cased, value);
      CAPTURE(i, value);
      REQUIRE(TextPattern(atom.pieces, atom.cased, false).matches(value) == expected);
      if (expected) ++matched;
    }
  }
  std::cout << matched << " texts matched\n";
  CHECK(matched > 1000);
}
