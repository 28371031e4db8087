// Comparisons by part of a text, as STIX and OpenIOC have them, as indicators that mean the same.
// All functions are pure and thread-safe.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "evtxhound/indicators/indicator.hpp"

namespace evtxhound::indicators {

struct LikeIndicator {
  Kind kind = Kind::kText;
  std::string value;
  std::string doubt;  // what is read a little differently; empty where nothing is
};

// SQL's LIKE on a text that is compared as `kind`: `%` stands for any characters, `_` for one.
// Domains: `%.evil.com`. URLs: `…/%`. File names: any, as wildcards. Texts: any, as a text or
// regex. Absent where no indicator means the same.
std::optional<LikeIndicator> from_like(Kind kind, std::string_view like);

// An expression to be found in a text; one that asks for the text's ends only where values of
// events are `whole` such texts.
std::optional<LikeIndicator> from_regex(std::string_view expression, bool whole);

// The expression that matches the characters of a text and nothing else.
std::string escaped(std::string_view text);

}  // namespace evtxhound::indicators
