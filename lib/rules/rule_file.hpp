// Files of rules: which there are, and what is in them.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace evtxhound::rules {

struct RuleFile {
  std::filesystem::path path;
  bool named = true;  // given by name; false: found in a folder
};

// The files that paths stand for: a file itself, whatever its name; of a folder every file below it
// named *.yml or *.yaml, in the order of their paths, without those whose name, or whose folder's
// name, begins with a dot. A file that several paths lead to is there once. Links to folders are
// not followed. Throws Failure (kUsage) where a path cannot be read.
std::vector<RuleFile> find_rule_files(std::span<const std::filesystem::path> paths);

// The text of a file. Throws Failure (kUsage) where it cannot be read, RuleFault where it is larger
// than a rule may be.
std::string read_rule_file(const std::filesystem::path& path);

}  // namespace evtxhound::rules
