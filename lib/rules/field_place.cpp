#include "evtxhound/rules/field_place.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "evtxhound/base/text.hpp"

namespace evtxhound::rules {
namespace {

using System = FieldPlace::System;

// The first value of a data field; empty where there is none.
std::string_view first_value(const RuleEvent& event, std::string_view name) {
  for (const FieldView& field : event.data) {
    if (field.name == name) return field.value;
  }
  return {};
}

void add_system_values(const FieldPlace& place, const RuleEvent& event,
                       std::vector<std::string>& values) {
  switch (place.system) {
    case System::kNone:
      break;
    case System::kEventCode:
      if (event.event_code) values.push_back(fmt::format("{}", *event.event_code));
      break;
    case System::kProvider:
      if (!event.provider.empty()) values.emplace_back(event.provider);
      break;
    case System::kChannel:
      if (!event.channel.empty()) values.emplace_back(event.channel);
      break;
    case System::kSystemName:
      for (const FieldView& field : event.system) {
        if (field.name == place.system_name) values.emplace_back(field.value);
      }
      break;
  }
}

bool fulfils(const Requirement& requirement, const RuleEvent& event) {
  const bool found = std::ranges::any_of(event.data, [&](const FieldView& field) {
    return field.name == requirement.field &&
           std::ranges::any_of(requirement.values, [&](std::string_view value) {
             return ascii_iequals(value, field.value);
           });
  });
  return found != requirement.none_of;
}

}  // namespace

FieldPlace place_of(const EventKind& kind, std::string_view field) {
  FieldPlace place;
  if (field == "EventID") {
    place.system = System::kEventCode;
    return place;
  }
  if (field == "Provider_Name") {
    place.system = System::kProvider;
    return place;
  }
  for (const FieldSource& source : sources_of(kind, field)) {
    place.data.push_back({std::string(source.record), source.reading, std::string(source.other)});
  }
  if (!place.data.empty()) return place;
  place.data.push_back({std::string(field), Reading::kPlain, {}});
  if (field == "Channel") {
    place.system = System::kChannel;
  } else {
    place.system = System::kSystemName;
    place.system_name = field == "ComputerName" ? std::string_view("Computer") : field;
  }
  return place;
}

std::vector<std::string> values_of(const FieldPlace& place, const RuleEvent& event) {
  std::vector<std::string> values;
  ReadTexts texts;
  for (const DataPlace& from : place.data) {
    for (const FieldView& field : event.data) {
      if (field.name != from.name) continue;
      const std::string_view other =
          needs_second_field(from.reading) ? first_value(event, from.other) : from.other;
      read(from.reading, field.value, other, texts);
      values.insert(values.end(), texts.texts().begin(), texts.texts().end());
    }
  }
  if (values.empty()) add_system_values(place, event, values);
  return values;
}

bool is_of_kind(const EventKind& kind, const RuleEvent& event) {
  if (format_of(event.source_type) != kind.format) return false;
  if (!kind.channel.empty() && !ascii_iequals(kind.channel, event.channel)) return false;
  if (!kind.provider.empty() && !ascii_iequals(kind.provider, event.provider)) return false;
  if (!kind.codes.empty() &&
      (!event.event_code || std::ranges::find(kind.codes, *event.event_code) == kind.codes.end())) {
    return false;
  }
  return std::ranges::all_of(kind.required,
                             [&](const Requirement& each) { return fulfils(each, event); });
}

std::vector<std::string> field_values(const Rule& rule, std::string_view field,
                                      const RuleEvent& event) {
  for (const EventKind& kind : map_log_source(rule.source).kinds) {
    if (is_of_kind(kind, event)) return values_of(place_of(kind, field), event);
  }
  return {};
}

}  // namespace evtxhound::rules
