// The checks of the kinds that have a file of their own; validate() calls them. Each reads
// `out.value`, which is trimmed and not empty, and puts it into its normal form or says what is
// wrong.
#pragma once

#include <string_view>

#include "evtxhound/indicators/validate.hpp"

namespace evtxhound::indicators {

inline constexpr std::size_t kShortestText = 4;  // shorter ones stand in every log

void check_ip(Validated& out);            // check_ip.cpp
void check_file_name(Validated& out);     // check_file.cpp
void check_path(Validated& out);          // check_file.cpp
void check_registry_key(Validated& out);  // check_windows.cpp
void check_sid(Validated& out);           // check_windows.cpp
void check_guid(Validated& out);          // check_windows.cpp
void check_regex(Validated& out);         // check_regex.cpp

}  // namespace evtxhound::indicators
