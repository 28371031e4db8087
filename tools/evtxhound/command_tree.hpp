// The program's commands as they are, for whatever describes them: completion and manual can so
// never be out of date.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace evtxhound::tool {

// A command of the program, or the program itself. Valid as long as the app that it was taken from.
struct CommandNode {
  std::string path;  // "case timeline"; empty for the program itself
  const CLI::App* app = nullptr;
  std::vector<const CLI::App*> subcommands;  // in the order in which --help lists them
  std::vector<const CLI::Option*> options;   // that have a name, --help among them
  std::vector<const CLI::Option*> positionals;
};

// The program and all its commands, each before its own subcommands.
std::vector<CommandNode> command_tree(const CLI::App& program);

// `-o`, `--output`: every spelling.
std::vector<std::string> spellings(const CLI::Option& option);

// The values that an option takes, where they are a short list; else empty.
std::vector<std::string> choices(const CLI::Option& option);

bool takes_value(const CLI::Option& option);
bool is_repeatable(const CLI::Option& option);

// What stands for the option's value in its help: `FILE`, `table|tsv`; empty for a flag.
std::string value_name(const CLI::Option& option);

}  // namespace evtxhound::tool
