// An indicator made ready for matching: the text that must stand in a value, and the anchors by
// which it is looked for.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "evtxhound/indicators/borders.hpp"
#include "evtxhound/indicators/indicator.hpp"
#include "evtxhound/indicators/ip_address.hpp"
#include "evtxhound/indicators/registry_key.hpp"
#include "evtxhound/match/regex.hpp"

namespace evtxhound::indicators {

// An expression, and the same compiled.
struct RegexNeedle {
  std::string expression;
  match::Regex compiled;
};

// Cheap to copy: only a regex holds more than its texts, and copies share that.
struct Needle {
  Kind kind = Kind::kText;
  // What must stand in the value, in any case: the indicator's value without a URL's scheme,
  // without the separators at both ends of a path, without a registry key's root; of a regex the
  // text that each match contains, empty where there is none.
  std::string text;
  bool after_separator = false;  // of a path: the indicator began with a separator
  bool folder = false;           // it ends in a separator (path) or sign (URL): what lies below
  bool has_path = false;         // of a URL: there is more than the host
  RegistryRoot root = RegistryRoot::kNone;  // of a registry key
  Range piece;        // of a path, file name or registry key: the part of the text looked for
  IpNetwork network;  // of an ip
  std::vector<std::string> products;         // of a version
  std::shared_ptr<const RegexNeedle> regex;  // of a regex; never null there
};

// REQUIRES: the value passed validate(). Throws Failure (kUsage) for a regex that cannot be
// compiled.
Needle make_needle(const Indicator& indicator);

// A text or expression of which one must stand, in any case, in every value that is a hit of the
// needle.
struct Anchor {
  std::string text;  // valid UTF-8, not empty; plain characters where it is no expression
  // In Hyperscan's subset of PCRE; it says itself how case counts, whatever flags it is compiled
  // with. It matches wherever the needle's hit stands in a part of a larger text.
  bool is_expression = false;
  friend bool operator==(const Anchor&, const Anchor&) = default;
};

// At least one. In every hit one of them ends at a place from which confirm() finds the hit.
// Most needles have one plain text; an ip has up to 128 and a few; a path of short components and a
// regex without a text in all of its matches have one expression.
std::vector<Anchor> anchors(const Needle& needle);

// Where the needle's text starts that ends at `end` of `value`, compared in any case; absent where
// it does not end there.
// REQUIRES: end <= value.size(), valid UTF-8
std::optional<std::size_t> find_start(const Needle& needle, std::string_view value,
                                      std::size_t end);

// The same for a text of its own.
std::optional<std::size_t> find_start(std::string_view text, std::string_view value,
                                      std::size_t end);

}  // namespace evtxhound::indicators
