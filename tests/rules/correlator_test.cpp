#include "evtxhound/rules/correlator.hpp"

#include <catch2/catch.hpp>

#include "evtxhound/base/failure.hpp"
#include "tests/rules/build_rule.hpp"

using namespace evtxhound;
using namespace evtxhound::rules;

namespace {

constexpr Filetime kSecond = 10'000'000;
using Condition = Correlation::Condition;
using Compare = Correlation::Compare;
using Values = std::vector<std::optional<std::string>>;

// Three rules called a, b and c.
RuleSet three_rules() {
  RuleSet set;
  for (const char* name : {"a", "b", "c"}) {
    Rule rule = rule_of_all({"process_creation", ""}, {text_atom("Image", "x")});
    rule.head.name = name;
    set.rules.push_back(rule);
  }
  return set;
}

Correlation correlation(Correlation::Kind kind, std::vector<std::string> rules,
                        std::vector<Condition> conditions = {}) {
  Correlation made;
  made.kind = kind;
  made.rules = std::move(rules);
  made.group_by = {"User"};
  made.timespan = 60;
  made.conditions = std::move(conditions);
  return made;
}

class Run {
 public:
  explicit Run(const RuleSet& set) : correlator(set) {}

  void add(std::uint32_t rule, Filetime seconds, Values values) {
    correlator.add({rule, seconds * kSecond, next_++, std::move(values)}, found);
  }

  Correlator correlator;
  std::vector<Correlated> found;

 private:
  std::uint64_t next_ = 0;
};

}  // namespace

TEST_CASE("event_count detects with the event that completes it, by group, in a sliding window") {
  RuleSet set = three_rules();
  set.correlations = {
      correlation(Correlation::Kind::kEventCount, {"a"}, {{Compare::kGreaterOrEqual, 3}})};
  Run run(set);
  CHECK(run.correlator.wanted_fields(0) == std::vector<std::string>{"User"});
  CHECK(run.correlator.wants(0));
  CHECK_FALSE(run.correlator.wants(1));
  run.add(0, 0, {"x"});
  run.add(0, 30, {"y"});
  run.add(0, 40, {"x"});
  run.add(0, 61, {"x"});  // the first is too old by now
  CHECK(run.found.empty());
  run.add(0, 100, {"x"});
  REQUIRE(run.found.size() == 1);
  CHECK(run.found[0] == Correlated{0, 100 * kSecond, {2, 3, 4}});
  run.add(0, 101, {"x"});  // what counted is used up
  run.add(0, 102, {"x"});
  run.add(0, 102, {std::nullopt});  // belongs to no group
  CHECK(run.found.size() == 1);
  run.add(0, 103, {"x"});
  CHECK(run.found.size() == 2);
}

TEST_CASE("Events exactly a timespan apart are in one window") {
  RuleSet set = three_rules();
  set.correlations = {correlation(Correlation::Kind::kEventCount, {"a"}, {{Compare::kGreater, 1}})};
  Run run(set);
  run.add(0, 0, {"x"});
  run.add(0, 60, {"x"});
  CHECK(run.found.size() == 1);
}

TEST_CASE("A bound from above is judged when its window is over") {
  RuleSet set = three_rules();
  set.correlations = {correlation(Correlation::Kind::kEventCount, {"a"},
                                  {{Compare::kGreaterOrEqual, 2}, {Compare::kLess, 4}})};
  Run run(set);
  for (const Filetime at : {0, 1, 2}) run.add(0, at, {"x"});
  for (const Filetime at : {3, 4, 5, 6}) run.add(0, at, {"y"});
  CHECK(run.found.empty());
  run.add(0, 100, {"x"});
  run.add(0, 101, {"y"});
  REQUIRE(run.found.size() == 1);
  CHECK(run.found[0] == Correlated{0, 2 * kSecond, {0, 1, 2}});
  run.add(0, 102, {"y"});
  run.correlator.finish(run.found);
  REQUIRE(run.found.size() == 2);
  CHECK(run.found[1].events == std::vector<std::uint64_t>{8, 9});
}

TEST_CASE("value_count counts different values of its field") {
  RuleSet set = three_rules();
  set.correlations = {
      correlation(Correlation::Kind::kValueCount, {"a"}, {{Compare::kGreaterOrEqual, 3}})};
  set.correlations[0].field = "Computer";
  Run run(set);
  REQUIRE(run.correlator.wanted_fields(0) == std::vector<std::string>{"Computer", "User"});
  run.add(0, 0, {"1", "x"});
  run.add(0, 1, {"1", "x"});
  run.add(0, 2, {"2", "x"});
  run.add(0, 3, {std::nullopt, "x"});
  run.add(0, 4, {"3", "y"});
  CHECK(run.found.empty());
  run.add(0, 5, {"3", "x"});
  REQUIRE(run.found.size() == 1);
  CHECK(run.found[0].events == std::vector<std::uint64_t>{0, 1, 2, 5});
}

TEST_CASE("temporal wants all rules in any order, and aliases say which fields are compared") {
  RuleSet set = three_rules();
  set.correlations = {correlation(Correlation::Kind::kTemporal, {"a", "b"})};
  set.correlations[0].group_by = {"address"};
  set.correlations[0].aliases = {{"address", {{"a", "SourceIp"}, {"b", "DestinationIp"}}}};
  Run run(set);
  CHECK(run.correlator.wanted_fields(0) == std::vector<std::string>{"SourceIp"});
  CHECK(run.correlator.wanted_fields(1) == std::vector<std::string>{"DestinationIp"});
  run.add(1, 0, {"10.0.0.1"});
  run.add(1, 1, {"10.0.0.1"});
  run.add(0, 2, {"10.0.0.2"});
  CHECK(run.found.empty());
  run.add(0, 3, {"10.0.0.1"});
  REQUIRE(run.found.size() == 1);
  CHECK(run.found[0].events == std::vector<std::uint64_t>{0, 1, 3});
}

TEST_CASE("temporal_ordered wants the rules in their order, within the timespan") {
  RuleSet set = three_rules();
  set.correlations = {correlation(Correlation::Kind::kTemporalOrdered, {"a", "b", "c"})};
  Run run(set);
  run.add(2, 0, {"x"});
  run.add(1, 1, {"x"});
  run.add(0, 2, {"x"});
  run.add(2, 3, {"x"});
  run.add(1, 50, {"x"});
  CHECK(run.found.empty());
  run.add(2, 63, {"x"});  // `a` was more than a minute ago
  CHECK(run.found.empty());
  run.add(0, 64, {"x"});
  run.add(1, 65, {"x"});
  run.add(2, 66, {"x"});
  CHECK(run.found.size() == 1);
}

TEST_CASE("A correlation takes another's detections with the fields of the last event") {
  RuleSet set = three_rules();
  Correlation failures =
      correlation(Correlation::Kind::kEventCount, {"a"}, {{Compare::kGreaterOrEqual, 2}});
  failures.head.name = "failures";
  failures.group_by = {"Computer"};
  set.correlations = {correlation(Correlation::Kind::kTemporalOrdered, {"failures", "b"}),
                      failures};
  Run run(set);
  REQUIRE(run.correlator.wanted_fields(0) == std::vector<std::string>{"Computer", "User"});
  run.add(0, 0, {"pc", "x"});
  run.add(0, 1, {"pc", "y"});
  run.add(1, 2, {"x"});
  REQUIRE(run.found.size() == 1);
  CHECK(run.found[0].correlation == 1);
  run.add(1, 3, {"y"});
  REQUIRE(run.found.size() == 2);
  CHECK(run.found[1] == Correlated{0, 3 * kSecond, {1, 3}});
}

TEST_CASE("A correlation that refers to nothing, or to itself, is refused") {
  RuleSet set = three_rules();
  set.correlations = {correlation(Correlation::Kind::kTemporal, {"nobody"})};
  CHECK_THROWS_AS(Correlator(set), Failure);
  set.correlations = {correlation(Correlation::Kind::kTemporal, {"itself"})};
  set.correlations[0].head.name = "itself";
  CHECK_THROWS_AS(Correlator(set), Failure);
}

TEST_CASE("What a correlation remembers is bounded") {
  RuleSet set = three_rules();
  set.correlations = {correlation(Correlation::Kind::kEventCount, {"a"}, {{Compare::kGreater, 1}})};
  Run run(set);
  for (std::uint64_t i = 0; i < Correlator::kMostGroups + 5000; ++i) {
    run.add(0, 1, {std::to_string(i)});
  }
  CHECK(run.correlator.forgotten() > 0);
  CHECK(run.found.empty());
}

TEST_CASE("A rule is silenced by correlations none of which says generate") {
  RuleSet set = three_rules();
  set.correlations = {correlation(Correlation::Kind::kTemporal, {"a", "b"}),
                      correlation(Correlation::Kind::kTemporal, {"b"})};
  set.correlations[1].generate = true;
  const Correlator correlator(set);
  CHECK(correlator.silences(0));
  CHECK_FALSE(correlator.silences(1));  // one asks for its detections
  CHECK_FALSE(correlator.silences(2));  // none refers to it
}
