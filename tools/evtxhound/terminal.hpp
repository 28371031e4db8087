// What standard output is.
#pragma once

#include <cstddef>

namespace evtxhound::tool {

bool stdout_is_terminal();

// Whether to write colours: a terminal, and https://no-color.org does not say no.
bool colour_wanted();

// The width of the terminal that standard output is; 120 where it does not tell.
std::size_t terminal_columns();

}  // namespace evtxhound::tool
