// What modifiers make of a text before it is looked for: encodings, and the other dashes.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "evtxhound/rules/fault.hpp"
#include "evtxhound/rules/sigma_text.hpp"

namespace evtxhound::rules {

// The texts among the pieces in UTF-16; wildcards stay. REQUIRES: texts are valid UTF-8
Pieces in_utf16(const Pieces& pieces, bool big_endian);

std::string base64(std::string_view bytes);

// The three texts of which one is in any Base64 text of something with these bytes in it: of each
// of the three ways they can fall into groups of three, the digits that no other byte has a part
// in. One of them is empty where there are too few bytes.
std::vector<std::string> base64_at_offsets(std::string_view bytes);

// The pieces with each dash that can begin an option (no letter, digit or `_` before it, one behind
// it) as `-`, `/`, en dash, em dash and horizontal bar, in every combination. Throws RuleFault
// where there are too many. REQUIRES: texts are valid UTF-8
std::vector<Pieces> dash_variants(Place place, const Pieces& pieces);

}  // namespace evtxhound::rules
