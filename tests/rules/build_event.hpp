// Events by hand.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "evtxhound/rules/rule_event.hpp"

namespace evtxhound::rules {

// Owns what its view() points to.
struct TestEvent {
  using Fields = std::vector<std::pair<std::string, std::string>>;
  std::string source_type = "evtx";
  std::string channel;
  std::string provider;
  std::optional<std::uint32_t> code;
  Fields data;
  Fields system;
  std::vector<std::pair<std::string, indicators::Kind>> found;

  // Valid until the event changes or goes, or view() is called again.
  RuleEvent view() {
    data_views_.clear();
    for (const auto& [name, value] : data) data_views_.push_back({name, value});
    system_views_.clear();
    for (const auto& [name, value] : system) system_views_.push_back({name, value});
    found_views_.clear();
    for (const auto& [field, kind] : found) found_views_.push_back({field, kind});
    RuleEvent event;
    event.source_type = source_type;
    event.channel = channel;
    event.provider = provider;
    event.event_code = code;
    event.time_created = "2023-03-29T10:00:00.0000000Z";
    event.system = system_views_;
    event.data = data_views_;
    event.found = found_views_;
    return event;
  }

 private:
  std::vector<FieldView> data_views_;
  std::vector<FieldView> system_views_;
  std::vector<IndicatorFound> found_views_;
};

inline TestEvent sysmon_event(std::uint32_t code, TestEvent::Fields data) {
  TestEvent event;
  event.channel = "Microsoft-Windows-Sysmon/Operational";
  event.provider = "Microsoft-Windows-Sysmon";
  event.code = code;
  event.data = std::move(data);
  return event;
}

inline TestEvent security_event(std::uint32_t code, TestEvent::Fields data) {
  TestEvent event;
  event.channel = "Security";
  event.provider = "Microsoft-Windows-Security-Auditing";
  event.code = code;
  event.data = std::move(data);
  return event;
}

inline TestEvent channel_event(std::string channel, std::uint32_t code, TestEvent::Fields data) {
  TestEvent event;
  event.channel = std::move(channel);
  event.code = code;
  event.data = std::move(data);
  return event;
}

inline TestEvent crowdstrike_event(std::string name, TestEvent::Fields data) {
  TestEvent event;
  event.source_type = "crowdstrike";
  event.provider = std::move(name);
  event.data = std::move(data);
  return event;
}

}  // namespace evtxhound::rules
