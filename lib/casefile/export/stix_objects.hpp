// What was seen, as STIX's cyber-observable objects. Internal to lib/casefile and its tests.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace evtxhound::casefile::stix {

// The objects for a matched text of an indicator of this kind; the first is the one that was seen,
// the others are what it refers to. Empty where STIX has no object for it, or the text is not what
// the object's properties must be.
std::vector<nlohmann::json> observables(std::string_view kind, const std::string& product,
                                        const std::string& matched);

}  // namespace evtxhound::casefile::stix
