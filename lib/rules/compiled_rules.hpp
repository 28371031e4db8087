// Rules, ready for a scan: what `scan --rules` makes of its arguments.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "evtxhound/rules/correlator.hpp"
#include "evtxhound/rules/look_plan.hpp"
#include "evtxhound/rules/program.hpp"
#include "evtxhound/rules/rule.hpp"

namespace evtxhound::rules {

// Where rules come from.
struct RuleSources {
  std::vector<std::filesystem::path> paths;         // files and folders of rules
  std::vector<std::filesystem::path> placeholders;  // YAML files of values for `expand`
  bool builtin_3cx = true;                          // the detections of the 3CX story
};

// What a path gave; of the built-in rules the path is `builtin:3cx`.
struct RulesOfPath {
  std::string path;
  std::size_t rules = 0;
  std::size_t refused = 0;
  // Of a file; of a folder, and of the built-in rules, over the lines "<sha256>  <path in it>\n" of
  // all its files. In lower-case hex.
  std::string sha256 = {};
};

// Immutable, so that any number of threads may share it.
struct CompiledRules {
  RuleSet set;               // its rules by their number in `program`
  std::vector<bool> usable;  // whether the rule can fire on events of this machine's kinds
  Program program;
  LookPlan look;  // what to look for before events are read
  // Rules that give no detections of their own: Correlator::silences().
  std::vector<bool> silent;
  std::unique_ptr<const Correlator> correlator;  // to be asked what it wants; never null
  std::vector<RulesOfPath> sources;
};

// Loads and compiles rules. A file that is named, and holds a rule that is refused, throws Failure
// (kUsage) with the first fault, as does a path that cannot be read; in folders rules are refused
// one by one, and `note` gets a line that counts them.
CompiledRules compile_rules(const RuleSources& sources,
                            const std::function<void(const std::string&)>& note);

}  // namespace evtxhound::rules
