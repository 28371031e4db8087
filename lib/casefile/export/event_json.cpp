#include "evtxhound/casefile/export/event_json.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace evtxhound::casefile {

using Json = nlohmann::ordered_json;

namespace {

constexpr int kDeepest = 32;

std::string as_text(const Json& value) {
  return value.is_string() ? value.get<std::string>() : to_line(value);
}

}  // namespace

Json data_of(const StoredEvent& event) {
  bool deep = false;
  const auto watch = [&deep](int depth, Json::parse_event_t, Json&) {
    deep = deep || depth > kDeepest;
    return !deep;
  };
  Json data = Json::parse(event.data, watch, false);
  if (deep || !data.is_object()) return event.data;
  return data;
}

std::vector<std::pair<std::string, std::string>> fields_of(const StoredEvent& event) {
  std::vector<std::pair<std::string, std::string>> fields;
  const Json data = data_of(event);
  if (!data.is_object()) return {{"data", as_text(data)}};
  fields.reserve(data.size());
  for (const auto& [name, value] : data.items()) fields.emplace_back(name, as_text(value));
  return fields;
}

std::string first_field(const Json& data, const std::vector<const char*>& names) {
  if (!data.is_object()) return {};
  for (const char* name : names) {
    const auto found = data.find(name);
    if (found != data.end() && !found->is_null()) return as_text(*found);
  }
  return {};
}

std::string process_of(const Json& data) {
  return first_field(data, {"Image", "NewProcessName", "ProcessName", "ImageFileName"});
}

std::string detail_of(const Json& data) {
  return first_field(data, {"CommandLine", "QueryName", "DestinationHostname", "TargetFilename",
                            "ObjectName", "DomainName", "RemoteAddressIP4", "Context"});
}

std::string to_line(const Json& value) {
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string message_of(const StoredEvent& event) {
  std::string out =
      event.event_code ? fmt::format("[{}] {}", *event.event_code, event.provider) : event.provider;
  const char* separator = out.empty() ? "" : ": ";
  for (const auto& [name, value] : fields_of(event)) {
    out.append(separator).append(name).append(": ").append(value);
    separator = "; ";
  }
  return out;
}

}  // namespace evtxhound::casefile
