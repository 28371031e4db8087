// Ctrl-C without harm.
#pragma once

#include <atomic>

namespace evtxhound::tool {

// Becomes true at the first SIGINT or SIGTERM from now on; the second one ends the process, for
// whoever cannot wait.
const std::atomic<bool>& stop_on_interrupt();

}  // namespace evtxhound::tool
