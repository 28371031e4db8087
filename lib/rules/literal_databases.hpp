// Which class of events is scanned with which database.
//
// A database of few texts costs as much to make and to hold as one of hundreds, and hardly less to
// scan with; one of ten thousand is slow. So small classes share databases, and a large class has
// its own, which others share that have nearly the same texts.
#pragma once

#include <vector>

#include "evtxhound/rules/class_builder.hpp"

namespace evtxhound::rules {

// Makes the databases and says in each class which one is its own and what the texts there mean.
// Moves the classes out of `built`.
void make_databases(std::vector<BuiltClass>& built, ProgramParts& parts);

}  // namespace evtxhound::rules
