// The indexes of a case file that only its readers need (indexes.sql). Internal to lib/casefile.
#pragma once

#include <cstdint>

#include "evtxhound/casefile/sqlite.hpp"

namespace evtxhound::casefile {

// Takes them away where so many events are about to be added that making them anew takes less time
// than keeping them. Outside a transaction.
void drop_read_indexes(Database& database, std::uint64_t events_to_come);

// Makes those that are not there. Sorts in $TMPDIR what does not fit into memory. Outside a
// transaction.
void make_read_indexes(Database& database);

}  // namespace evtxhound::casefile
