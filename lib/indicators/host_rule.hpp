// Confirmation of the kinds that name a host: domain, url, email.
// Each function is given a value and the place in it where the needle's text was found, and
// returns what of the value is the hit; absent where the kind means it otherwise.
// docs/indicator-packs.md has hits and near misses of each. All are pure and thread-safe.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "evtxhound/indicators/borders.hpp"
#include "evtxhound/indicators/needle.hpp"

namespace evtxhound::indicators {

// The domain and its subdomains; the hit is the whole host name.
std::optional<Range> confirm_domain(std::string_view value, Range found);

// The URL from its host on, and what lies below it where it ends in a sign such as `/`.
std::optional<Range> confirm_url(const Needle& needle, std::string_view value, Range found);

std::optional<Range> confirm_email(std::string_view value, Range found);

// Whether what starts at `begin` is the name of a file or key by the single `\` before it: not in a
// network path, nor below a folder that holds host names.
bool behind_folder(std::string_view value, std::size_t begin);

}  // namespace evtxhound::indicators
