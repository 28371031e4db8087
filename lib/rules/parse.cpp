#include "evtxhound/rules/parse.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "evtxhound/rules/parse_parts.hpp"

namespace evtxhound::rules {
namespace {

using Kind = YamlNode::Kind;

ParsedLogSource parse_log_source(const YamlEntry& entry) {
  if (entry.value.kind != Kind::kMap) throw RuleFault(entry.place, "logsource must be a map");
  return {entry.place, optional_text(entry.value, "category"),
          optional_text(entry.value, "product"), optional_text(entry.value, "service")};
}

// Parts that no decision hangs on: what is wrong with them must not cost the rule.
class Optional {
 public:
  Optional(const YamlNode& document, std::vector<Doubt>& doubts)
      : document_(document), doubts_(doubts) {}

  [[nodiscard]] std::optional<ParsedText> text(std::string_view key) const {
    const YamlEntry* const entry = find_entry(document_, key);
    if (entry == nullptr || entry->value.kind == Kind::kNull) return std::nullopt;
    if (entry->value.kind == Kind::kText) return text_of(entry->value, key);
    doubts_.push_back({entry->place, fmt::format("{} is no text, and left out", key)});
    return std::nullopt;
  }

  [[nodiscard]] std::vector<ParsedText> texts(std::string_view key) const {
    const YamlEntry* const entry = find_entry(document_, key);
    if (entry == nullptr || entry->value.kind == Kind::kNull) return {};
    const auto is_text = [](const YamlNode& item) { return item.kind == Kind::kText; };
    if (entry->value.kind == Kind::kText ||
        (entry->value.kind == Kind::kList &&
         std::all_of(entry->value.items.begin(), entry->value.items.end(), is_text))) {
      return texts_of(entry->value, key);
    }
    doubts_.push_back({entry->place, fmt::format("{} is no list of texts, and left out", key)});
    return {};
  }

  [[nodiscard]] std::vector<std::pair<ParsedText, ParsedText>> related() const {
    const YamlEntry* const entry = find_entry(document_, "related");
    std::vector<std::pair<ParsedText, ParsedText>> related;
    if (entry == nullptr || entry->value.kind == Kind::kNull) return related;
    bool sound = entry->value.kind == Kind::kList;
    for (const YamlNode& item : entry->value.items) {
      const YamlEntry* const id = item.kind == Kind::kMap ? find_entry(item, "id") : nullptr;
      const YamlEntry* const type = item.kind == Kind::kMap ? find_entry(item, "type") : nullptr;
      if (id == nullptr || type == nullptr || id->value.kind != Kind::kText ||
          type->value.kind != Kind::kText) {
        sound = false;
        continue;
      }
      related.emplace_back(text_of(id->value, "id"), text_of(type->value, "type"));
    }
    if (!sound) doubts_.push_back({entry->place, "related is no list of maps of id and type"});
    return related;
  }

 private:
  const YamlNode& document_;
  std::vector<Doubt>& doubts_;
};

ParsedHead parse_head(const YamlNode& document, std::vector<Doubt>& doubts) {
  const Optional optional(document, doubts);
  ParsedHead head;
  head.place = document.place;
  head.title = optional_text(document, "title");
  head.id = optional_text(document, "id");
  head.name = optional_text(document, "name");
  head.taxonomy = optional_text(document, "taxonomy");
  head.status = optional_text(document, "status");
  head.level = optional_text(document, "level");
  head.description = optional.text("description");
  head.date = optional.text("date");
  head.modified = optional.text("modified");
  head.tags = optional.texts("tags");
  head.related = optional.related();
  head.type = optional.text("type");
  head.data_sources = optional.texts("data_sources");
  head.confidence = optional.text("confidence");
  head.impact = optional.text("impact");
  return head;
}

}  // namespace

const YamlEntry* find_entry(const YamlNode& map, std::string_view key) {
  const auto found = std::find_if(map.entries.begin(), map.entries.end(),
                                  [key](const YamlEntry& entry) { return entry.key == key; });
  return found != map.entries.end() ? &*found : nullptr;
}

ParsedText text_of(const YamlNode& node, std::string_view what) {
  if (node.kind == Kind::kList || node.kind == Kind::kMap) {
    throw RuleFault(node.place, fmt::format("{} must be a text, not a {}", what,
                                            node.kind == Kind::kList ? "list" : "map"));
  }
  return {node.place, node.text, node.kind == Kind::kNull, node.plain};
}

std::vector<ParsedText> texts_of(const YamlNode& node, std::string_view what) {
  if (node.kind != Kind::kList) return {text_of(node, what)};
  std::vector<ParsedText> texts;
  for (const YamlNode& item : node.items) texts.push_back(text_of(item, what));
  return texts;
}

std::optional<ParsedText> optional_text(const YamlNode& map, std::string_view key) {
  const YamlEntry* const entry = find_entry(map, key);
  if (entry == nullptr || entry->value.kind == Kind::kNull) return std::nullopt;
  return text_of(entry->value, key);
}

bool looks_like_rule(const YamlNode& document) {
  if (document.kind != Kind::kMap) return false;
  constexpr std::array<std::string_view, 5> kOfRules = {"detection", "correlation", "logsource",
                                                        "filter", "action"};
  return std::any_of(kOfRules.begin(), kOfRules.end(), [&document](std::string_view key) {
    return find_entry(document, key) != nullptr;
  });
}

ParsedRule parse_rule(const YamlNode& document, std::vector<Doubt>& doubts) {
  if (document.kind != Kind::kMap) throw RuleFault(document.place, "no rule: not a map");
  if (const YamlEntry* const action = find_entry(document, "action")) {
    throw RuleFault(action->place,
                    "rule collections (action: global, reset, repeat) are not supported: write "
                    "each rule out");
  }
  if (const YamlEntry* const filter = find_entry(document, "filter")) {
    throw RuleFault(filter->place, "Sigma filters, which change other rules, are not supported");
  }
  const YamlEntry* const detection = find_entry(document, "detection");
  const YamlEntry* const correlation = find_entry(document, "correlation");
  if (detection == nullptr && correlation == nullptr) {
    throw RuleFault(document.place, "no rule: it has neither detection nor correlation");
  }
  if (detection != nullptr && correlation != nullptr) {
    throw RuleFault(correlation->place, "a rule has either detection or correlation, not both");
  }
  ParsedRule rule;
  rule.head = parse_head(document, doubts);
  if (correlation != nullptr) {
    rule.body = parse_correlation(*correlation);
    auto& generate = std::get<ParsedCorrelation>(rule.body).generate;
    // The specification's text has it beside the correlation, its examples have it within.
    if (!generate) generate = optional_text(document, "generate");
    return rule;
  }
  if (const YamlEntry* const source = find_entry(document, "logsource")) {
    rule.source = parse_log_source(*source);
  }
  rule.body = parse_detection(*detection);
  return rule;
}

}  // namespace evtxhound::rules
