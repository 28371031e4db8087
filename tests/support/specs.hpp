// What stands in the logs of testdata/, from the specs that they are forged from: known without
// reading a log.
#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "evtxhound/base/time.hpp"

namespace evtxhound::test {

struct SpecEvent {
  std::string log;  // the log's path below the folder, as generic text
  std::string record_id;
  std::string time;  // as the case file writes it
  Filetime filetime = 0;
  std::string provider;
  std::string channel;
  std::string computer;
  int event_id = 0;
  std::map<std::string, std::string>
      data;  // as texts; of user_data, its fields; unnamed ones as #0, #1 …

  [[nodiscard]] std::string field(const std::string& name) const {
    const auto found = data.find(name);
    return found == data.end() ? "" : found->second;
  }
};

// The events of one spec. Specs of damaged logs say what was there before the damage.
inline std::vector<SpecEvent> spec_events(const std::filesystem::path& spec,
                                          const std::filesystem::path& folder) {
  std::vector<SpecEvent> events;
  nlohmann::json defaults = nlohmann::json::object();
  std::uint64_t next_id = 1;
  std::ifstream in(spec);
  for (std::string line; std::getline(in, line);) {
    if (line.empty()) continue;
    nlohmann::json object = nlohmann::json::parse(line);
    if (object.contains("log")) {
      defaults = object["log"];
      next_id = defaults.value("first_record_id", std::uint64_t{1});
      continue;
    }
    const auto text = [&](const char* key) {
      return object.contains(key) ? object[key].get<std::string>()
                                  : defaults.value(key, std::string());
    };
    next_id = object.value("record_id", next_id);
    SpecEvent event;
    event.log =
        std::filesystem::path(spec).replace_extension(".evtx").lexically_relative(folder).string();
    event.record_id = std::to_string(next_id++);
    event.filetime = parse_iso8601(text("time")).value_or(0);
    event.time = to_iso8601(event.filetime);
    event.provider = text("provider");
    event.channel = text("channel");
    event.computer = text("computer");
    event.event_id = object.value("event_id", defaults.value("event_id", 0));
    nlohmann::json fields = object.value("data", nlohmann::json::object());
    if (object.contains("user_data")) {
      fields = object["user_data"].value("fields", nlohmann::json::object());
    }
    for (const auto& [name, value] : fields.items()) {
      const nlohmann::json& plain = value.is_object() ? value.value("value", value) : value;
      event.data[name] = plain.is_string() ? plain.get<std::string>() : plain.dump();
    }
    int number = 0;
    for (const auto& value : object.value("unnamed_data", nlohmann::json::array())) {
      event.data["#" + std::to_string(number++)] = value.get<std::string>();
    }
    events.push_back(std::move(event));
  }
  return events;
}

// The events of all specs below a folder.
inline std::vector<SpecEvent> all_spec_events(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> specs;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.path().extension() == ".jsonl") specs.push_back(entry.path());
  }
  std::sort(specs.begin(), specs.end());
  std::vector<SpecEvent> all;
  for (const auto& spec : specs) {
    const auto events = spec_events(spec, folder);
    all.insert(all.end(), events.begin(), events.end());
  }
  return all;
}

}  // namespace evtxhound::test
