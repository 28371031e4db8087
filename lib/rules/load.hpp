// From the names of rule files to checked rules.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "evtxhound/rules/placeholders.hpp"
#include "evtxhound/rules/rule.hpp"

namespace evtxhound::rules {

// What is to be said of a place in a rule file. Lines and columns count from 1.
struct RuleNote {
  std::string path;
  std::size_t line = 1;
  std::size_t column = 1;
  std::string message;
};

struct LoadedRules {
  RuleSet rules;
  // One for each rule that is not among `rules`, with its first fault; of a file that is no YAML,
  // one for all of it.
  std::vector<RuleNote> refused;
  // What looks like a mistake in rules that are among `rules`.
  std::vector<RuleNote> warnings;
  // Files in folders that hold YAML, but no rule.
  std::vector<std::string> not_rules;
  // Every file and text that was read, in order.
  struct File {
    std::string path;
    std::string sha256;  // lower-case hex; empty where it is too large to be read
  };
  std::vector<File> files;
};

// Rules that are in no file; `path` names them in messages.
struct RuleText {
  std::string path;
  std::string text;
};

// Loads `texts`, and then the files that `paths` stand for (rule_file.hpp says which), on all
// processors. The order of rules is that of texts and paths, and within a file that of the file;
// notes are in this order, too, but for refusals that are about other rules: they come last. A rule
// is refused whose id or name an earlier rule has, and a correlation that refers to a rule which is
// not there, or through others to itself; an id is compared without regard to case. A document that
// is no rule is refused where its file was named or holds rules beside it, and counts as
// `not_rules` where all that a file in a folder holds is no rule. Throws Failure (kUsage) where a
// path cannot be read; faults in rules are values.
LoadedRules load_rules(std::span<const std::filesystem::path> paths,
                       const Placeholders& placeholders = {}, std::span<const RuleText> texts = {});

// `path:line:column: weight: message`; `weight` is "error" or "warning".
std::string format_note(const RuleNote& note, std::string_view weight);

}  // namespace evtxhound::rules
