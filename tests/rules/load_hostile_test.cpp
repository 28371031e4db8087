// Rule files made to do harm: each ends soon, in a rule or a refusal.
#include <catch2/catch.hpp>
#include <chrono>
#include <random>

#include "evtxhound/rules/limits.hpp"
#include "rule_text.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace evtxhound;
using namespace evtxhound::rules;
using namespace evtxhound::rules::testing;
using Catch::Contains;

namespace {

std::string times(const std::string& text, std::size_t count) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) out += text;
  return out;
}

const std::string kSample =
    "title: Sample\nid: 929a690e-bef0-4204-a928-ef5e620d6fcc\nstatus: test\nlevel: high\n"
    "tags: [attack.t1059]\nlogsource: {category: process_creation, product: windows}\n"
    "detection:\n  sel_a: &x\n    Image|endswith: ['\\a.exe', '\\b.exe']\n"
    "    C|contains|windash: ' -x'\n  sel_b:\n    - D|re|i: 'a+b'\n    - E|cidr: 10.0.0.0/8\n"
    "  filter: *x\n  keys: ['k1', \"k2\"]\n"
    "  condition: (1 of sel_* or keys) and not filter\n"
    "---\ntitle: C\ncorrelation:\n  type: event_count\n"
    "  rules: [929a690e-bef0-4204-a928-ef5e620d6fcc]\n  group-by: [User]\n  timespan: 5m\n"
    "  condition: {gte: 3}\n";

}  // namespace

TEST_CASE("the sample that is cut and changed below is sound") {
  const auto loaded = load_text(kSample);
  CHECK(loaded.refused.empty());
  CHECK(loaded.warnings.empty());
  CHECK(loaded.rules.correlations.size() == 1);
}

TEST_CASE("a rule cut short at every byte is a rule or refused") {
  for (std::size_t size = 0; size < kSample.size(); ++size) {
    const auto loaded = load_text(kSample.substr(0, size));
    if (loaded.refused.empty() && loaded.rules.rules.empty()) FAIL("neither, at " << size);
  }
}

TEST_CASE("rules with changed bytes do no harm") {
  std::mt19937 random(7);
  const std::string signs = "\"'\\{}[]<>|*?(),:%&!-#~\n\t\xFF";
  for (int round = 0; round < 5'000; ++round) {
    std::string changed = kSample;
    for (int i = 0; i < 3; ++i) {
      const std::size_t at = random() % changed.size();
      if (random() % 3 == 0) {
        changed.erase(at, 1 + random() % 20);
      } else {
        changed[at] =
            random() % 2 == 0 ? signs[random() % signs.size()] : static_cast<char>(random() % 256);
      }
    }
    const auto loaded = load_text(changed);
    for (const Rule& rule : loaded.rules.rules) CHECK_FALSE(shown(rule).empty());
    for (const RuleNote& note : loaded.refused) CHECK_FALSE(note.message.empty());
  }
}

TEST_CASE("nesting without end is refused") {
  for (const std::string open : {"[", "{a: ", "- ", "? ", "a: [", "'a': {"}) {
    CAPTURE(open);
    const auto loaded = load_text(times(open, 200'000 / open.size()));
    CHECK(loaded.refused.size() == 1);
  }
  std::string indented_map;
  for (std::size_t i = 0; i < 1'000; ++i) indented_map += times(" ", i) + "a:\n";
  CHECK_THAT(outcome(indented_map), Contains("nested deeper than 32"));
}

TEST_CASE("aliases that multiply are refused") {
  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 9; ++i) {
    const std::string alias = "*a" + std::to_string(i - 1);
    bomb += fmt::format("a{}: &a{} [{}{}]\n", i, i, alias, times(", " + alias, 9));
  }
  CHECK_THAT(outcome(bomb), Contains("YAML nodes"));
  const std::string large =
      "a: &a " + std::string(500'000, 'x') + "\nb: [*a" + times(", *a", 1'000) + "]\n";
  CHECK_THAT(outcome(large), Contains("bytes of text"));
}

TEST_CASE("values that multiply are refused") {
  std::string values;
  for (int i = 0; i < 300; ++i) values += fmt::format("- '-a -b -c{}'\n", i);
  CHECK_THAT(formula("F|windash:\n" + indented(values, "  ")), Contains("more than 10000 values"));
  CHECK_THAT(formula("F|windash: '" + times("-a ", 5'000) + "'"), Contains("windash makes"));
  CHECK_THAT(formula("F|windash: '-a -b -c " + times("?x", 2'000) + "'"), Contains("wildcards"));
  CHECK_THAT(formula("F: '" + std::string(17'000, 'x') + "'"), Contains("a value of more than"));
  Placeholders placeholders;
  placeholders.add("p", std::vector<std::string>(100, std::string(1'000, 'x')));
  CHECK_THAT(formula("F|expand: '%p%%p%'", placeholders), Contains("placeholders make"));
  CHECK_THAT(formula("F|expand: '" + times("%p%", 100) + "'", placeholders),
             Contains("placeholders make"));
}

TEST_CASE("rules that multiply in one file are refused when they are too much") {
  std::string values;
  for (int i = 0; i < 75; ++i) values += fmt::format("- '-a -b -c{}'\n", i);
  const std::string rule = rule_of("F|windash:\n" + indented(values, "  ")) + "---\n";
  const auto loaded = load_text(times(rule, 60));
  CHECK(loaded.rules.rules.size() > 10);
  REQUIRE(loaded.rules.rules.size() + loaded.refused.size() == 60);
  CHECK_THAT(loaded.refused.at(0).message, Contains("the rules of this file"));
}

TEST_CASE("conditions that multiply are refused") {
  std::string detection;
  for (int i = 0; i < 1'900; ++i) detection += fmt::format("s{}: {{F: a}}\n", i);
  detection += "condition: 1 of them" + times(" or 1 of them", 1'000) + "\n";
  CHECK_THAT(outcome(rule_with(detection)), Contains("more than 200000 parts"));
}

TEST_CASE("files of the largest size take seconds at most") {
  const auto start = std::chrono::steady_clock::now();
  const auto filled = [](const std::string& begin, const std::string& each) {
    return begin + times(each, (kMaxFileSize - begin.size()) / each.size());
  };
  for (const std::string& text :
       {filled("", "---\n"), filled("", "a: b\n---\n"), filled("a: '", "''"), filled("", "&a "),
        filled("a:\n", "- b\n"), filled("a: \"", "\\u2013"), filled("a: >\n", " b\n"),
        filled("", "#\n"), filled("a: ", "b "), filled("a: [", "a: b, "),
        filled("title: T\ntags: [", "attack.t1059, "),
        filled("title: T\ncorrelation: {type: temporal, timespan: 1s, rules: [", "b, ")}) {
    CAPTURE(text.substr(0, 60));
    CHECK_FALSE(load_text(text).refused.empty());
  }
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(60));
}

TEST_CASE("a file beyond the largest size is refused unread") {
  const test::TemporaryFolder folder;
  test::write_file(folder / "large.yml", std::string(kMaxFileSize + 1, '#'));
  const std::vector<std::filesystem::path> paths = {folder.path()};
  const auto loaded = load_rules(paths);
  REQUIRE(loaded.refused.size() == 1);
  CHECK_THAT(loaded.refused[0].message, Contains("more than a rule file may have"));
}
