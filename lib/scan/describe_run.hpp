// What the case file says of the run that a scan is.
#pragma once

#include <string>

#include "evtxhound/casefile/rows.hpp"
#include "evtxhound/scan/scan.hpp"

namespace evtxhound::scan {

// The command, the packs and rules, the versions of the program and its libraries, the machine and
// the user, and that it begins now. `settings`: settings_digest()
casefile::RunRow describe_run(const Options& options, const std::string& settings);

}  // namespace evtxhound::scan
