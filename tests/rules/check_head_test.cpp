// What a rule says of itself, and where its events come from.
#include <catch2/catch.hpp>

#include "rule_text.hpp"

using namespace evtxhound::rules;
using namespace evtxhound::rules::testing;
using Catch::Contains;

namespace {

constexpr const char* kBody =
    "logsource: {product: windows}\ndetection: {s: {F: a}, condition: s}\n";

std::string head_fault(const std::string& head) { return outcome(head + kBody); }

RuleHead head_of(const std::string& head) {
  const auto loaded = load_text(head + kBody);
  REQUIRE(loaded.rules.rules.size() == 1);
  return loaded.rules.rules[0].head;
}

}  // namespace

TEST_CASE("a rule's head as it stands") {
  const RuleHead head = head_of(
      "title: T\nid: 929A690E-bef0-4204-a928-ef5e620d6fcc\nname: n\nstatus: test\nlevel: high\n"
      "description: |\n  Two\n  lines\ndate: 2024-01-31\nmodified: 2024-02-01\n"
      "tags: [attack.execution, attack.t1195.002, attack.g0032, attack.t1195.002, cve.2024-1]\n"
      "related:\n  - id: 929a690e-bef0-4204-a928-ef5e620d6fcd\n    type: similar\nx-other: [1]\n");
  CHECK(head.path == "r.yml");
  CHECK(head.line == 1);
  CHECK(head.id == "929a690e-bef0-4204-a928-ef5e620d6fcc");
  CHECK(head.name == "n");
  CHECK(head.title == "T");
  CHECK(head.status == "test");
  CHECK(head.level == "high");
  CHECK(head.description == "Two\nlines");
  CHECK(head.attack == std::vector<std::string>{"T1195.002", "G0032"});
  CHECK(head.story == Story{});
}

TEST_CASE("the fields of this project") {
  const RuleHead head = head_of(
      "title: T\ntype: TTP\ndata_sources: [Sysmon 22, Security 4688]\nconfidence: 100\nimpact: "
      "0\n");
  CHECK(head.story == Story{"TTP", {"Sysmon 22", "Security 4688"}, 100, 0});
  CHECK(head_of("title: T\ndata_sources: Sysmon 1\n").story.data_sources ==
        std::vector<std::string>{"Sysmon 1"});
}

TEST_CASE("in the place of these fields others may have anything: a warning") {
  const std::string odd =
      "title: T\ntype: {a: b}\ndata_sources: {a: b}\nconfidence: high\nimpact: 101\n";
  CHECK(head_of(odd).story == Story{});
  CHECK(warnings(odd + kBody).size() == 4);
}

TEST_CASE("what decides a rule's meaning must be right") {
  CHECK(head_fault("level: low\n") == "1:1: the rule has no title");
  CHECK(head_fault("title: ''\n") == "1:1: the rule has no title");
  CHECK(head_fault("title: [a]\n") == "1:8: title must be a text, not a list");
  CHECK(head_fault("title: T\nid: 17\n") == "2:5: the id \"17\" is no UUID");
  CHECK(head_fault("title: T\nstatus: good\n") ==
        "2:9: the status \"good\" is none of stable, test, experimental, deprecated, unsupported");
  CHECK_THAT(head_fault("title: T\nlevel: High\n"), Contains("the level \"High\" is none of"));
  CHECK_THAT(head_fault("title: T\ntaxonomy: ecs\n"), Contains("the taxonomy \"ecs\""));
}

TEST_CASE("what is only form is a warning") {
  const auto warned = [](const std::string& lines) {
    return warnings("title: T\n" + lines + kBody);
  };
  CHECK(warned("date: 2024/01/31\n") ==
        std::vector<std::string>{"2: \"2024/01/31\" is no date as YYYY-MM-DD"});
  CHECK(warned("modified: 2024-13-01\n").size() == 1);
  CHECK(warned("tags: [Execution, 'attack.', attack.T1059]\n").size() == 3);
  CHECK(warned("tags: {a: b}\n") ==
        std::vector<std::string>{"2: tags is no list of texts, and left out"});
  CHECK(warned("related: [{id: x, type: y}]\n").size() == 2);
  CHECK(warned("related: x\n").size() == 1);
  CHECK(warned("status: unsupported\n").size() == 1);
  CHECK(warnings("title: " + std::string(257, 'x') + "\n" + kBody).size() == 1);
  CHECK(warnings("title: " + std::string(256, 'x') + "\n" + kBody).empty());
}

TEST_CASE("a rule needs a logsource with a key that says something") {
  const std::string rest = "detection: {s: {F: a}, condition: s}\n";
  CHECK(outcome("title: T\n" + rest) == "1:1: the rule has no logsource");
  CHECK(outcome("title: T\nlogsource: windows\n" + rest) == "2:1: logsource must be a map");
  CHECK(outcome("title: T\nlogsource: {definition: x}\n" + rest) ==
        "2:1: logsource has none of category, product and service");
  const auto loaded = load_text(
      "title: T\nlogsource: {category: process_creation, product: windows, service: sysmon, "
      "definition: x}\n" +
      rest);
  REQUIRE(loaded.rules.rules.size() == 1);
  CHECK(loaded.rules.rules[0].source == LogSource{"process_creation", "windows", "sysmon"});
}
