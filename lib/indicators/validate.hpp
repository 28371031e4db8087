// What a value of each kind must look like.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "evtxhound/indicators/indicator.hpp"

namespace evtxhound::indicators {

// A value's normal form, and what there is to say of it. A value with `wrong` set is refused.
struct Validated {
  std::string value;
  std::string wrong;                  // why it is refused; empty where it is not
  std::vector<std::string> doubtful;  // what was mended, or what looks like a mistake
};

// Checks a value and brings it to its normal form: white space around it off, defanged text
// refanged, hashes, domains, hosts and e-mail addresses in lower case, IP addresses as RFC 5952
// writes them, registry keys with the root's short name, GUIDs without braces. REQUIRES: valid
// UTF-8. Pure and thread-safe.
Validated validate(Kind kind, std::string_view value);

// Why these product names of a version are refused; empty where they are not.
std::string product_fault(std::string_view products);

}  // namespace evtxhound::indicators
