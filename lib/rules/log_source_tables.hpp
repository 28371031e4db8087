// The tables behind log_source.hpp: constants only.
#pragma once

#include <span>
#include <string_view>

#include "evtxhound/rules/log_source.hpp"

namespace evtxhound::rules {

// Kinds of one category. The product windows is understood.
struct CategoryKind {
  std::string_view category;
  EventKind kind;
};
std::span<const CategoryKind> category_kinds();

// A service and one of its channels; a service can have several.
struct ServiceChannel {
  std::string_view service;
  std::string_view channel;
  std::span<const FieldSource> fields;
};
std::span<const ServiceChannel> service_channels();

// CrowdStrike's events of a category, on all systems: the product is told by event_platform.
std::span<const CategoryKind> crowdstrike_kinds();

// What event_platform must be for a product: windows also where it is missing.
std::span<const Requirement> platform_requirement(std::string_view product);

// Categories of Sigma whose events stand in logs of other systems and products.
bool is_foreign_category(std::string_view category);

}  // namespace evtxhound::rules
