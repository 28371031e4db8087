// Confirmation of the kinds that name files: file_name, path. See host_rule.hpp for the form.
#pragma once

#include <optional>
#include <string_view>

#include "evtxhound/indicators/borders.hpp"
#include "evtxhound/indicators/needle.hpp"

namespace evtxhound::indicators {

// A whole file name, alone or as the last component of a path.
std::optional<Range> confirm_file_name(std::string_view value, Range found);

// The path itself and what lies below it, at the borders of its components.
std::optional<Range> confirm_path(const Needle& needle, std::string_view value, Range found);

}  // namespace evtxhound::indicators
