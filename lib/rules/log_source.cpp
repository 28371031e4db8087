#include "evtxhound/rules/log_source.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "evtxhound/base/text.hpp"
#include "evtxhound/rules/log_source_tables.hpp"

namespace evtxhound::rules {
namespace {

using Status = LogSourceMapping::Status;

LogSourceMapping without_events(Status status, std::string reason) {
  return {status, std::move(reason), {}};
}

// The kinds of a category that one of the service's channels has; all where no service is named.
std::vector<EventKind> windows_kinds(std::string_view category, std::string_view service) {
  std::vector<EventKind> kinds;
  for (const CategoryKind& each : category_kinds()) {
    if (each.category != category) continue;
    const bool wanted = service.empty() ||
                        std::ranges::any_of(service_channels(), [&](const ServiceChannel& channel) {
                          return channel.service == service && channel.channel == each.kind.channel;
                        });
    if (wanted) kinds.push_back(each.kind);
  }
  return kinds;
}

void add_crowdstrike_kinds(std::string_view category, std::string_view product,
                           std::vector<EventKind>& kinds) {
  for (const CategoryKind& each : crowdstrike_kinds()) {
    if (each.category != category) continue;
    kinds.push_back(each.kind);
    kinds.back().required = platform_requirement(product);
  }
}

std::vector<EventKind> service_kinds(std::string_view service) {
  std::vector<EventKind> kinds;
  for (const ServiceChannel& each : service_channels()) {
    if (each.service != service) continue;
    EventKind kind;
    kind.channel = each.channel;
    kind.fields = each.fields;
    kinds.push_back(kind);
  }
  return kinds;
}

bool is_known_category(std::string_view category) {
  return std::ranges::any_of(category_kinds(),
                             [&](const CategoryKind& each) { return each.category == category; });
}

bool is_known_service(std::string_view service) {
  return std::ranges::any_of(service_channels(),
                             [&](const ServiceChannel& each) { return each.service == service; });
}

// Of other systems: what CrowdStrike's sensor tells of them.
LogSourceMapping map_foreign(const std::string& category, const std::string& product) {
  std::vector<EventKind> kinds;
  if (!platform_requirement(product).empty()) add_crowdstrike_kinds(category, product, kinds);
  if (!kinds.empty()) return {Status::kMapped, {}, std::move(kinds)};
  return without_events(Status::kNotApplicable,
                        fmt::format("logs of the product \"{}\" are not read", product));
}

LogSourceMapping map_category(const std::string& category, const std::string& product,
                              const std::string& service) {
  if (is_foreign_category(category)) {
    return without_events(Status::kNotApplicable,
                          fmt::format("logs of the category \"{}\" are not read", category));
  }
  if (!is_known_category(category)) {
    return without_events(Status::kUnknown, fmt::format("unknown category \"{}\"", category));
  }
  std::vector<EventKind> kinds = windows_kinds(category, service);
  if (service.empty()) add_crowdstrike_kinds(category, product, kinds);
  if (kinds.empty()) {
    return without_events(
        Status::kUnknown,
        fmt::format("no event of the category \"{}\" is in the service \"{}\"", category, service));
  }
  return {Status::kMapped, {}, std::move(kinds)};
}

}  // namespace

LogSourceMapping map_log_source(const LogSource& source) {
  const std::string category = ascii_lower(source.category);
  const std::string product = ascii_lower(source.product);
  const std::string service = ascii_lower(source.service);
  if (!product.empty() && product != "windows") return map_foreign(category, product);
  if (!service.empty() && !is_known_service(service)) {
    return without_events(Status::kUnknown, fmt::format("unknown service \"{}\"", service));
  }
  if (!category.empty()) return map_category(category, product, service);
  if (!service.empty()) return {Status::kMapped, {}, service_kinds(service)};
  if (!product.empty()) return {Status::kMapped, {}, {EventKind{}}};
  return without_events(Status::kUnknown, "a log source with no product, category or service");
}

LogFormat format_of(std::string_view source_type) {
  return source_type == "crowdstrike" ? LogFormat::kCrowdStrike : LogFormat::kWindows;
}

std::vector<FieldSource> sources_of(const EventKind& kind, std::string_view name) {
  std::vector<FieldSource> sources;
  for (const FieldSource& each : kind.fields) {
    if (each.sigma == name) sources.push_back(each);
  }
  return sources;
}

}  // namespace evtxhound::rules
