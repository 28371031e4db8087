#include "evtxhound/evtx/event.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace evtxhound::evtx {

const std::string* Event::find(std::string_view name) const {
  const auto found = std::find_if(data.begin(), data.end(),
                                  [name](const Field& field) { return field.name == name; });
  return found == data.end() ? nullptr : &found->value;
}

std::string data_json(const Event& event) {
  nlohmann::ordered_json json = nlohmann::ordered_json::object();
  for (const Field& field : event.data) {
    const auto known = json.find(field.name);
    if (known == json.end()) {
      json[field.name] = field.value;
    } else if (known->is_array()) {
      known->push_back(field.value);
    } else {
      *known = {*known, field.value};
    }
  }
  return json.dump();
}

}  // namespace evtxhound::evtx
