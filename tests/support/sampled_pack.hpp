// Indicators made of what stands in logs, so that they hit there.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/support/mutation.hpp"

namespace evtxhound::test {

// Some values of all events of these logs, chosen by the random numbers; none twice.
std::vector<std::string> sample_values(const std::vector<std::filesystem::path>& logs,
                                       std::size_t count, Random& random);

// The lines of a pack that these values give: of each a piece as text, and whatever else stands in
// it: file names, paths, registry keys, hashes, addresses, host names, URLs, e-mail addresses,
// GUIDs, SIDs, and a regex of two pieces of it. Without `numbers`, no indicator has a text that a
// value which is no text could render as, so that a look at raw bytes has to find all of them.
std::vector<std::string> lines_of(const std::vector<std::string>& values, bool numbers,
                                  Random& random);

}  // namespace evtxhound::test
