// Confirmation of the kind ip, and the texts of which one stands in every spelling of an address.
// docs/indicator-packs.md has hits and near misses. All functions are pure and thread-safe.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "evtxhound/indicators/borders.hpp"
#include "evtxhound/indicators/ip_address.hpp"

namespace evtxhound::indicators {

// Texts of which one ends within every address of the network, however it is written, in any case:
// the address or its front up to an octet's border (IPv4); its first groups, padded and not, up to
// the first zero group, which `::` may stand for (IPv6).
// REQUIRES: an IPv4 network of 8 bits or more; else one of 16 or more whose first group is not zero
std::vector<std::string> ip_anchors(const IpNetwork& network);

// The address of the network that stands around `end`: a whole token, no part of a version, a name
// or a longer address.
std::optional<Range> confirm_ip(const IpNetwork& network, std::string_view value, std::size_t end);

}  // namespace evtxhound::indicators
