// Identifiers of STIX objects. Internal to lib/casefile and its tests.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace evtxhound::casefile::stix {

// UUID of version 5 (RFC 4122 section 4.3). REQUIRES: `space` is a UUID
std::string uuid5(std::string_view space, std::string_view name);

// `type--UUID` of a cyber-observable object, from its ID contributing properties (STIX 2.1, 2.9):
// any producer gives the same object the same id.
std::string observable_id(const std::string& type, const nlohmann::json& contributing);

// Of any other object: from all of its properties, so that two that differ never share an id.
std::string object_id(const nlohmann::json& object);

}  // namespace evtxhound::casefile::stix
