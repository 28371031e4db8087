// Correlations, by themselves and with the rules that they refer to.
#include <catch2/catch.hpp>

#include "rule_text.hpp"

using namespace evtxhound::rules;
using namespace evtxhound::rules::testing;
using Catch::Contains;

namespace {

// Rules named a and b, and a correlation with these lines.
std::string with_rules(const std::string& correlation, const std::string& more = "") {
  const std::string body = "logsource: {product: windows}\ndetection: {s: {F: a}, condition: s}\n";
  return "title: A\nname: a\nid: 929a690e-bef0-4204-a928-ef5e620d6fcc\n" + body +
         "---\ntitle: B\nname: b\n" + body + "---\ntitle: C\nname: c\n" + more + "correlation:\n" +
         indented(correlation, "  ");
}

Correlation correlation(const std::string& lines, const std::string& more = "") {
  const auto loaded = load_text(with_rules(lines, more));
  for (const auto& note : loaded.refused) UNSCOPED_INFO(note.message);
  REQUIRE(loaded.rules.correlations.size() == 1);
  return loaded.rules.correlations[0];
}

std::string fault(const std::string& lines) {
  const auto loaded = load_text(with_rules(lines));
  REQUIRE(loaded.refused.size() == 1);
  CHECK(loaded.rules.correlations.empty());
  CHECK(loaded.rules.rules.size() == 2);
  return loaded.refused[0].message;
}

}  // namespace

TEST_CASE("event_count") {
  const auto c = correlation(
      "type: event_count\nrules: [a]\ngroup-by: [User, Host]\ntimespan: 10m\n"
      "condition: {gt: 100, lte: 200}\n");
  CHECK(c.kind == Correlation::Kind::kEventCount);
  CHECK(c.rules == std::vector<std::string>{"a"});
  CHECK(c.group_by == std::vector<std::string>{"User", "Host"});
  CHECK(c.timespan == 600);
  REQUIRE(c.conditions.size() == 2);
  CHECK(c.conditions[0].compare == Correlation::Compare::kGreater);
  CHECK(c.conditions[0].count == 100);
  CHECK(c.conditions[1].compare == Correlation::Compare::kLessOrEqual);
  CHECK_FALSE(c.generate);
}

TEST_CASE("value_count") {
  const auto c = correlation(
      "type: value_count\nrules: a\ngroup-by: Host\ntimespan: 1d\n"
      "condition: {field: User, gte: 5}\n");
  CHECK(c.kind == Correlation::Kind::kValueCount);
  CHECK(c.field == "User");
  CHECK(c.timespan == 86'400);
}

TEST_CASE("temporal, with aliases, ids in any case, and generate in either place") {
  const auto c = correlation(
      "type: temporal\nrules: [929A690E-BEF0-4204-A928-EF5E620D6FCC, b]\ngroup-by: [ip]\n"
      "timespan: 10s\naliases:\n  ip:\n    929A690E-BEF0-4204-A928-EF5E620D6FCC: src\n    b: dst\n"
      "generate: true\n");
  CHECK(c.kind == Correlation::Kind::kTemporal);
  REQUIRE(c.aliases.size() == 1);
  CHECK(c.aliases[0].name == "ip");
  CHECK(c.aliases[0].fields.at(1) == std::pair<std::string, std::string>{"b", "dst"});
  CHECK(c.generate);
  const std::string ordered = "type: temporal_ordered\nrules: [a, b]\ngroup-by: x\ntimespan: 2h\n";
  CHECK(correlation(ordered).kind == Correlation::Kind::kTemporalOrdered);
  CHECK(correlation(ordered, "generate: true\n").generate);
}

TEST_CASE("timespans") {
  const auto span = [](const std::string& text) {
    return correlation("type: temporal\nrules: [a, b]\ngroup-by: x\ntimespan: " + text).timespan;
  };
  CHECK(span("15s") == 15);
  CHECK(span("2h") == 7'200);
  CHECK(span("1w") == 604'800);
  for (const std::string wrong :
       {"5", "m", "0s", "1M", "1y", "-1s", "1.5h", "1h30m", "99999999999s"}) {
    CAPTURE(wrong);
    CHECK_THAT(fault("type: temporal\nrules: [a]\ngroup-by: x\ntimespan: " + wrong),
               Contains("timespan"));
  }
}

TEST_CASE("correlations that lack something, or ask for what is not supported") {
  const std::string rest = "\nrules: [a]\ngroup-by: x\ntimespan: 1m\n";
  CHECK_THAT(fault("type: value_sum" + rest), Contains("\"value_sum\" are not supported"));
  CHECK_THAT(fault("type: event_count" + rest), Contains("needs a condition"));
  CHECK_THAT(fault("type: event_count" + rest + "condition: {gte: many}"),
             Contains("no whole number"));
  CHECK_THAT(fault("type: event_count" + rest + "condition: {gte: -1}"), Contains("whole number"));
  CHECK_THAT(fault("type: event_count" + rest + "condition: {over: 1}"), Contains("\"over\""));
  CHECK_THAT(fault("type: event_count" + rest + "condition: {field: F, gte: 1}"),
             Contains("value_count, and nothing else"));
  CHECK_THAT(fault("type: value_count" + rest + "condition: {gte: 1}"),
             Contains("value_count, and nothing else"));
  CHECK_THAT(fault("type: value_count" + rest + "condition: {field: [F, G], gte: 1}"),
             Contains("several fields"));
  CHECK_THAT(fault("type: temporal" + rest + "condition: a and b"), Contains("expressions"));
  CHECK_THAT(fault("type: temporal\ngroup-by: x\ntimespan: 1m"), Contains("needs rules"));
  CHECK_THAT(fault("type: temporal\nrules: [a]\ngroup-by: x"), Contains("needs timespan"));
  CHECK_THAT(fault("rules: [a]\ngroup-by: x\ntimespan: 1m"), Contains("needs type"));
  CHECK_THAT(fault("type: temporal" + rest + "aliases: {x: {b: F}}"), Contains("not among"));
  CHECK_THAT(fault("type: temporal" + rest + "generate: perhaps"), Contains("generate"));
  CHECK_THAT(fault("type: temporal\nrules: [a, a]\ngroup-by: x\ntimespan: 1m"), Contains("twice"));
}

TEST_CASE("correlations: warnings") {
  const auto warned = [](const std::string& lines) {
    std::vector<std::string> messages;
    for (const auto& note : load_text(with_rules(lines)).warnings) messages.push_back(note.message);
    return messages;
  };
  CHECK_THAT(warned("type: temporal\nrules: [a, b]\ntimespan: 1m").at(0), Contains("group-by"));
  const auto aliases =
      warned("type: temporal\nrules: [a, b]\ngroup-by: x\ntimespan: 1m\naliases: {y: {a: F}}");
  REQUIRE(aliases.size() == 2);
  CHECK_THAT(aliases[0], Contains("nothing uses"));
  CHECK_THAT(aliases[1], Contains("no field for some"));
}

TEST_CASE("what a correlation refers to must be there") {
  CHECK_THAT(fault("type: temporal\nrules: [a, z]\ngroup-by: x\ntimespan: 1m"),
             Contains("the rule z, which is not there"));
  CHECK_THAT(fault("type: temporal\nrules: [a, c]\ngroup-by: x\ntimespan: 1m"),
             Contains("to itself"));
}

TEST_CASE("chains of correlations hold or fall together") {
  const auto chain = [](const std::string& last) {
    std::string text = with_rules("type: temporal\nrules: [a, d]\ngroup-by: x\ntimespan: 1m");
    text +=
        "---\ntitle: D\nname: d\ncorrelation:\n  type: temporal\n  group-by: x\n"
        "  timespan: 1m\n  rules: [b, " +
        last + "]\n";
    return load_text(text);
  };
  CHECK(chain("a").rules.correlations.size() == 2);
  CHECK(chain("c").refused.size() == 2);
  CHECK(chain("z").refused.size() == 2);
}
