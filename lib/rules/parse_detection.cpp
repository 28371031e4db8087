#include <fmt/format.h>

#include <algorithm>

#include "evtxhound/rules/limits.hpp"
#include "evtxhound/rules/parse_parts.hpp"

namespace evtxhound::rules {
namespace {

using Kind = YamlNode::Kind;

std::vector<ParsedText> values_of(const YamlNode& node, std::string_view what) {
  if (node.kind == Kind::kMap) {
    throw RuleFault(node.place, fmt::format("the value of {} must be a text or a list", what));
  }
  auto values = texts_of(node, fmt::format("a value of {}", what));
  if (values.empty()) throw RuleFault(node.place, fmt::format("{} has an empty list", what));
  return values;
}

// `Image|endswith|cased` and its values.
ParsedItem parse_item(const YamlEntry& entry) {
  ParsedItem item;
  item.place = entry.place;
  std::string_view rest = entry.key;
  const auto next = [&rest] {
    const auto part = rest.substr(0, rest.find('|'));
    rest.remove_prefix(std::min(part.size() + 1, rest.size()));
    return std::string(part);
  };
  const bool has_modifiers = rest.find('|') != std::string_view::npos;
  const bool ends_in_bar = rest.ends_with('|');
  item.field = next();
  while (!rest.empty()) item.modifiers.push_back(next());
  if (ends_in_bar) item.modifiers.emplace_back();
  if (item.field.empty() && !has_modifiers) throw RuleFault(entry.place, "a field without name");
  item.values = values_of(entry.value, fmt::format("\"{}\"", entry.key));
  return item;
}

std::vector<ParsedItem> parse_map(const YamlNode& map) {
  if (map.entries.empty()) throw RuleFault(map.place, "an empty map, which says nothing");
  std::vector<ParsedItem> items;
  for (const YamlEntry& entry : map.entries) items.push_back(parse_item(entry));
  return items;
}

ParsedItem keywords(Place place, std::vector<ParsedText> values) {
  return {place, "", {}, std::move(values)};
}

ParsedSelection parse_selection(const YamlEntry& entry) {
  if (entry.key.size() > kMaxNameSize) {
    throw RuleFault(entry.place,
                    fmt::format("the name of a selection has more than {} bytes", kMaxNameSize));
  }
  ParsedSelection selection{entry.place, entry.key, {}};
  const YamlNode& node = entry.value;
  const bool has_map = std::any_of(node.items.begin(), node.items.end(),
                                   [](const YamlNode& item) { return item.kind == Kind::kMap; });
  if (node.kind == Kind::kMap) {
    selection.alternatives.push_back(parse_map(node));
  } else if (!has_map) {
    selection.alternatives.push_back({keywords(entry.place, values_of(node, entry.key))});
  } else {
    for (const YamlNode& item : node.items) {
      if (item.kind == Kind::kMap) {
        selection.alternatives.push_back(parse_map(item));
      } else {
        selection.alternatives.push_back({keywords(item.place, {text_of(item, entry.key)})});
      }
    }
  }
  return selection;
}

}  // namespace

ParsedDetection parse_detection(const YamlEntry& entry) {
  if (entry.value.kind != Kind::kMap) throw RuleFault(entry.place, "detection must be a map");
  ParsedDetection detection;
  detection.place = entry.place;
  for (const YamlEntry& part : entry.value.entries) {
    if (part.key == "condition") {
      detection.conditions = texts_of(part.value, "condition");
    } else if (part.key == "timeframe") {
      detection.timeframe = part.place;
    } else {
      detection.selections.push_back(parse_selection(part));
    }
  }
  if (detection.conditions.empty()) throw RuleFault(entry.place, "detection has no condition");
  if (detection.selections.size() > kMaxSelections) {
    throw RuleFault(entry.place, fmt::format("more than {} selections", kMaxSelections));
  }
  if (detection.selections.empty()) throw RuleFault(entry.place, "detection has no selection");
  return detection;
}

}  // namespace evtxhound::rules
