// How elements of an event give names to its fields.
#pragma once

#include <string_view>

namespace evtxhound::evtx {

// The name without its namespace prefix.
inline std::string_view local_name(std::string_view name) {
  const auto colon = name.find(':');
  return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

// Whether this attribute is the name of its element's value: Name of Data and ComplexData.
inline bool names_its_value(std::string_view element, std::string_view attribute) {
  const std::string_view local = local_name(element);
  return attribute == "Name" && (local == "Data" || local == "ComplexData");
}

// Whether an attribute declares a namespace, and is no data.
inline bool is_namespace(std::string_view attribute) { return attribute.starts_with("xmlns"); }

}  // namespace evtxhound::evtx
