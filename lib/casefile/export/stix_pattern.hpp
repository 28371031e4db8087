// An indicator as a pattern that others can look for. Internal to lib/casefile and its tests.
#pragma once

#include <string>
#include <string_view>

namespace evtxhound::casefile::stix {

struct Pattern {
  std::string text;
  std::string
      type;  // of STIX's pattern-type-ov: "stix", or "pcre" for what STIX has no property for
};

// `kind`, `value` and `product` as the case file has them.
Pattern pattern_of(std::string_view kind, const std::string& value, const std::string& product);

// A registry key with its hive's whole name, which STIX asks for: HKLM\… as HKEY_LOCAL_MACHINE\….
std::string full_hive(const std::string& key);

}  // namespace evtxhound::casefile::stix
