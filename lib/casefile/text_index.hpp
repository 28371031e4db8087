// The full-text index of a case file. Internal to lib/casefile and its tests.
#pragma once

#include <cstdint>

#include "evtxhound/casefile/sqlite.hpp"

namespace evtxhound::casefile {

// Makes the index where there is none, builds it anew from all events, and returns how many these
// are. From then on it follows every change of `event` by itself. In one transaction: REQUIRES
// that none is open. Throws Failure, kCannotGoOn, where SQLite fails or was built without FTS5.
std::uint64_t build_text_index(Database& database);

}  // namespace evtxhound::casefile
