// Who runs this program, and on which machine: what the case file and its papers say of it.
// All functions are thread-safe as far as getpwuid() is.
#pragma once

#include <string>

namespace evtxhound {

// The name of the effective user; its number where the system knows no name.
std::string user_name();

// The name of this machine; empty where the system does not tell.
std::string host_name();

}  // namespace evtxhound
