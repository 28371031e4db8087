// The subcommands of `evtxhound case`; each function adds its own, as those of commands.hpp do.
#pragma once

#include <CLI/CLI.hpp>

#include "evtxhound/base/failure.hpp"

namespace evtxhound::tool {

void add_case_summary(CLI::App& parent, ExitStatus& status);
void add_case_timeline(CLI::App& parent, ExitStatus& status);
void add_case_export(CLI::App& parent, ExitStatus& status);
void add_case_report(CLI::App& parent, ExitStatus& status);
void add_case_merge(CLI::App& parent, ExitStatus& status);
void add_case_seal(CLI::App& parent, ExitStatus& status);
void add_case_hash(CLI::App& parent, ExitStatus& status);
void add_case_index(CLI::App& parent, ExitStatus& status);
void add_case_verify(CLI::App& parent, ExitStatus& status);

}  // namespace evtxhound::tool
