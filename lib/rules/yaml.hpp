// YAML text -> documents, as trees in which everything knows its place.
//
// Only what rules are made of is taken: maps with texts as keys, lists, and scalars. Scalars keep
// their text as it stands (`0x10` stays four characters; nothing is a number or a boolean here).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "evtxhound/rules/fault.hpp"

namespace evtxhound::rules {

struct YamlEntry;

struct YamlNode {
  enum class Kind { kNull, kText, kList, kMap };
  Kind kind = Kind::kNull;
  Place place;
  bool plain = false;              // kText: without quotes, and no block
  std::string text;                // kText, in UTF-8
  std::vector<YamlNode> items;     // kList
  std::vector<YamlEntry> entries;  // kMap, in the file's order; no key is there twice
};

struct YamlEntry {
  std::string key;
  Place place;
  YamlNode value;
};

// The documents of a file; an empty one is kNull. Aliases are replaced by what they stand for.
// Throws RuleFault where the text is no UTF-8 or no YAML, goes beyond a limit (limits.hpp), has a
// key twice in one map, or uses tags other than `!!str`, merge keys, or keys that are no scalars.
// Thread-safe.
std::vector<YamlNode> parse_yaml(std::string_view text);

}  // namespace evtxhound::rules
