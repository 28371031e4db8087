#include "evtxhound/evtx/event.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <unordered_map>
#include <utility>

namespace evtxhound::evtx {

const std::string* Event::find(std::string_view name) const {
  const auto found = std::find_if(data.begin(), data.end(),
                                  [name](const Field& field) { return field.name == name; });
  return found == data.end() ? nullptr : &found->value;
}

std::string data_json(const Event& event) {
  // A field is found by a table: an export can have events of very many.
  std::unordered_map<std::string_view, std::size_t> known;
  std::vector<std::pair<std::string_view, nlohmann::ordered_json>> members;
  for (const Field& field : event.data) {
    const auto [place, is_new] = known.try_emplace(field.name, members.size());
    if (is_new) {
      members.emplace_back(field.name, field.value);
      continue;
    }
    nlohmann::ordered_json& value = members[place->second].second;
    if (value.is_array()) {
      value.push_back(field.value);
    } else {
      value = {value, field.value};
    }
  }
  std::string json = "{";
  for (const auto& [name, value] : members) {
    if (json.size() > 1) json += ',';
    json += nlohmann::ordered_json(name).dump() + ':' + value.dump();
  }
  return json + '}';
}

}  // namespace evtxhound::evtx
