// What a case file says of a record, held against what the evidence says now.
#pragma once

#include <string>
#include <vector>

#include "evtxhound/casefile/case_reader.hpp"
#include "evtxhound/evtx/event.hpp"

namespace evtxhound::casework {

// A column or a data field that is another one now. Of a field that is not there, "(none)".
struct Change {
  std::string field;
  std::string was;
  std::string is;
};

// Compares every column of `event` but the place and the state, and the data field by field; empty
// where they say the same. Pure.
std::vector<Change> changes_of(const casefile::StoredPlace& stored, const evtx::Event& now);

}  // namespace evtxhound::casework
