#include <fmt/format.h>

#include "evtxhound/rules/parse_parts.hpp"

namespace evtxhound::rules {
namespace {

using Kind = YamlNode::Kind;

ParsedText needed(const YamlEntry& correlation, std::string_view key) {
  auto text = optional_text(correlation.value, key);
  if (!text) throw RuleFault(correlation.place, fmt::format("a correlation needs {}", key));
  return std::move(*text);
}

std::vector<ParsedText> listed(const YamlEntry& correlation, std::string_view key) {
  const YamlEntry* const entry = find_entry(correlation.value, key);
  if (entry == nullptr || entry->value.kind == Kind::kNull) return {};
  return texts_of(entry->value, key);
}

void parse_condition(const YamlEntry& entry, ParsedCorrelation& correlation) {
  if (entry.value.kind == Kind::kText) {
    throw RuleFault(entry.place,
                    "a correlation's condition must be a map such as `gte: 10`; expressions over "
                    "rules are not supported");
  }
  if (entry.value.kind != Kind::kMap) throw RuleFault(entry.place, "condition must be a map");
  for (const YamlEntry& part : entry.value.entries) {
    if (part.key == "field") {
      correlation.fields = texts_of(part.value, "field");
    } else {
      correlation.condition.push_back(
          {{part.place, part.key, false, true}, text_of(part.value, part.key)});
    }
  }
}

void parse_aliases(const YamlEntry& entry, ParsedCorrelation& correlation) {
  if (entry.value.kind != Kind::kMap) throw RuleFault(entry.place, "aliases must be a map");
  for (const YamlEntry& part : entry.value.entries) {
    if (part.value.kind != Kind::kMap) {
      throw RuleFault(part.place,
                      fmt::format("the alias {} must be a map of rules to fields", part.key));
    }
    ParsedCorrelation::Alias alias{{part.place, part.key, false, true}, {}};
    for (const YamlEntry& field : part.value.entries) {
      alias.fields.emplace_back(ParsedText{field.place, field.key, false, true},
                                text_of(field.value, field.key));
    }
    correlation.aliases.push_back(std::move(alias));
  }
}

}  // namespace

ParsedCorrelation parse_correlation(const YamlEntry& entry) {
  if (entry.value.kind != Kind::kMap) throw RuleFault(entry.place, "correlation must be a map");
  ParsedCorrelation correlation;
  correlation.place = entry.place;
  correlation.type = needed(entry, "type");
  correlation.rules = listed(entry, "rules");
  correlation.group_by = listed(entry, "group-by");
  correlation.timespan = needed(entry, "timespan");
  correlation.generate = optional_text(entry.value, "generate");
  if (const auto* condition = find_entry(entry.value, "condition")) {
    parse_condition(*condition, correlation);
  }
  if (const auto* aliases = find_entry(entry.value, "aliases")) {
    parse_aliases(*aliases, correlation);
  }
  return correlation;
}

}  // namespace evtxhound::rules
