// The subcommands. Each function adds its command, with help and examples, to the app; when the
// user chose it, its callback does the work while the command line is parsed, and sets `status`.
// What a command cannot mend it throws as Failure; main() prints that and ends with its status.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "evtxhound/base/failure.hpp"

namespace evtxhound::tool {

// `command_line` is kept in the case file's `run`.
void add_scan(CLI::App& app, const std::string& command_line, ExitStatus& status);
void add_dump(CLI::App& app, ExitStatus& status);
void add_info(CLI::App& app, ExitStatus& status);
void add_verify(CLI::App& app, ExitStatus& status);
void add_iocs(CLI::App& app, ExitStatus& status);
void add_iocs_compile(CLI::App& iocs);
void add_rules(CLI::App& app, ExitStatus& status);
void add_case(CLI::App& app, ExitStatus& status);
void add_forge(CLI::App& app, ExitStatus& status);
void add_completion(CLI::App& app, ExitStatus& status);
void add_man(CLI::App& app, ExitStatus& status);

}  // namespace evtxhound::tool
