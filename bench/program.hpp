// What the programs of this folder have in common on the command line.
#pragma once

#include <CLI/CLI.hpp>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace evtxhound::bench {

// Parses the command line, does the work, and returns the exit status. What goes wrong is told on
// stderr, after the program's name.
int run_program(CLI::App& app, int argc, char** argv, const std::function<void()>& work);

// Throws Failure (kUsage) where one of the names is in `folder` already, unless `force` is set.
void refuse_to_overwrite(const std::filesystem::path& folder, const std::vector<std::string>& names,
                         bool force);

}  // namespace evtxhound::bench
