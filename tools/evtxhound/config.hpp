// `--config FILE`: options from a file.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace evtxhound::tool {

// Adds --config to the program, for all its commands: call before they are added.
void add_config(CLI::App& app);

// What is wrong, where an error of parsing lies in the file of --config: its name, the key and the
// reason. Empty where the error lies in the command line itself.
std::string config_error(const CLI::App& app, const CLI::ParseError& error, int argc, char** argv);

}  // namespace evtxhound::tool
