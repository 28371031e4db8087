// An indicator made ready for matching: the text that must stand in a value, and the expression
// by which Hyperscan looks for it.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "evtxhound/indicators/indicator.hpp"

namespace evtxhound::indicators {

struct Needle {
  Kind kind = Kind::kText;
  // What must stand in the value, in any case: the indicator's value without a URL's scheme, and
  // without the separators at both ends of a path.
  std::string text;
  bool after_separator = false;  // of a path: the indicator began with a separator
  bool folder = false;           // it ends in a separator (path) or sign (URL): what lies below
  bool has_path = false;         // of a URL: there is more than the host
  std::vector<std::string> products;  // of a version
};

Needle make_needle(const Indicator& indicator);

// Finds every end of the needle's text in a value, and places that find_start() then refuses.
std::string expression(const Needle& needle);

// Where the needle's text starts that ends at `end` of `value`; absent where it does not end there.
// In a path, `\` and `/` are the same, and so are several of them in a row.
// REQUIRES: end <= value.size(), valid UTF-8
std::optional<std::size_t> find_start(const Needle& needle, std::string_view value,
                                      std::size_t end);

// The same for a text of its own, compared in any case.
std::optional<std::size_t> find_start(std::string_view text, std::string_view value,
                                      std::size_t end);

}  // namespace evtxhound::indicators
