// The published rules: every one of them loads, or is refused with its reason.
#include <catch2/catch.hpp>
#include <iostream>
#include <map>

#include "evtxhound/rules/load.hpp"
#include "tests/support/corpus.hpp"
#include "tests/support/sigma.hpp"

using namespace evtxhound;
using namespace evtxhound::rules;

TEST_CASE("every published rule loads, or is refused with its reason") {
  const auto folder = test::sigma();
  EVTXHOUND_NEEDS(folder, "no Sigma rules: set EVTXHOUND_SIGMA");
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(*folder)) {
    if (entry.path().extension() == ".yml") ++files;
  }
  const std::vector<std::filesystem::path> paths = {*folder};
  const LoadedRules loaded = load_rules(paths);
  const std::size_t loads = loaded.rules.rules.size() + loaded.rules.correlations.size();
  std::cout << loads << " rules load, " << loaded.refused.size() << " are refused\n";
  std::map<std::string, std::size_t> reasons;
  for (const RuleNote& note : loaded.refused) ++reasons[note.message];
  for (const auto& [reason, count] : reasons) std::cout << count << ": " << reason << '\n';
  // None of these files has several rules, so that no rule is lost.
  CHECK(loads + loaded.refused.size() + loaded.not_rules.size() == files);
  CHECK(loads > 0);
  for (const auto& [reason, count] : reasons) {
    INFO(reason);
    CHECK_THAT(reason, Catch::StartsWith("the placeholder %"));
  }
  for (const Rule& rule : loaded.rules.rules) {
    if (rule.nodes.empty() || rule.head.id.empty()) FAIL(rule.head.path);
    for (std::size_t i = 0; i < rule.nodes.size(); ++i) {
      for (const auto child : rule.nodes[i].children) {
        if (child >= i) FAIL(rule.head.path << ": a node's child comes after it");
      }
    }
  }
}
