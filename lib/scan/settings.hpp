// What decides what a scan finds in given evidence, as values.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "evtxhound/scan/scan.hpp"

namespace evtxhound::scan {

// The options as they are in force, for `run.options`. `settings`: settings_digest()
nlohmann::ordered_json options_json(const Options& options, const std::string& settings);

// The rules' sources and the files of values for their placeholders, with the SHA-256 of each, for
// `run.rules`.
nlohmann::ordered_json rules_json(const Options& options);

// The indicator packs with the SHA-256 of each, for `run.packs`.
nlohmann::ordered_json packs_json(const Options& options);

// SHA-256, in lower-case hex, over all of this that bears on what is found (not the number of
// threads, say, nor where a pack lies) and over this build of the program. Two scans with the same
// settings find the same in the same evidence.
std::string settings_digest(const Options& options);

}  // namespace evtxhound::scan
