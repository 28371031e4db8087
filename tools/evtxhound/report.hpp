// Problems on stderr, in one form for all commands.
#pragma once

#include <filesystem>

#include "evtxhound/base/problem.hpp"

namespace evtxhound::tool {

// `path @ 0xOFFSET: message`, safe for a terminal.
void print_problem(const std::filesystem::path& path, const Problem& problem);

}  // namespace evtxhound::tool
