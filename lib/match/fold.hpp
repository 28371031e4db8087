// Letters that differ in case only. All functions are pure and thread-safe.
//
// Hyperscan's own tables end with an older Unicode version: a caseless pattern of, say, Georgian
// or Cherokee letters misses their other case. Expressions therefore name every form of a letter
// (see literal()), and whoever confirms a match compares by the same fold().
#pragma once

#include <vector>

namespace evtxhound::match {

// One character for all that differ from `c` in case only; `c` itself where it has no case.
// ASCII letters differ from ASCII letters only: the Kelvin sign is no k, the long s no s.
char32_t fold(char32_t c);

// All characters with the same fold() as `c`, `c` among them.
std::vector<char32_t> same_folded(char32_t c);

}  // namespace evtxhound::match
