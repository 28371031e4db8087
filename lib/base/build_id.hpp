// Which build of which program this is.
#pragma once

#include <string>

namespace evtxhound {

// Another text for every other build of the running program: the linker's build id, or, where it
// was linked without one, its file's size and time. For caches whose content depends on the
// program's code. Thread-safe.
std::string build_id();

}  // namespace evtxhound
