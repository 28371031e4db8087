#include "evtxhound/rules/placeholders.hpp"

#include <fmt/format.h>

#include "evtxhound/base/failure.hpp"
#include "evtxhound/base/text.hpp"
#include "evtxhound/rules/parse_parts.hpp"
#include "evtxhound/rules/rule_file.hpp"
#include "evtxhound/rules/yaml.hpp"

namespace evtxhound::rules {
namespace {

using Values = std::vector<std::pair<std::string, std::vector<std::string>>>;

// Throws RuleFault.
Values parse_values(std::string_view text) {
  Values all;
  for (const YamlNode& document : parse_yaml(text)) {
    if (document.kind == YamlNode::Kind::kNull) continue;
    if (document.kind != YamlNode::Kind::kMap) {
      throw RuleFault(document.place, "must be a map of placeholders to their values");
    }
    for (const YamlEntry& entry : document.entries) {
      if (entry.key.starts_with("indicators.")) {
        throw RuleFault(entry.place, "%indicators.KIND% stands for the indicators of the packs");
      }
      std::vector<std::string> values;
      for (ParsedText& value : texts_of(entry.value, fmt::format("a value of {}", entry.key))) {
        if (value.null) throw RuleFault(value.place, "null is no value of a placeholder");
        values.push_back(std::move(value.text));
      }
      if (values.empty()) {
        throw RuleFault(entry.place, fmt::format("{} has no values", entry.key));
      }
      all.emplace_back(entry.key, std::move(values));
    }
  }
  return all;
}

}  // namespace

void Placeholders::add(const std::string& name, const std::vector<std::string>& values) {
  auto& known = values_[name];
  for (const std::string& value : values) known.push_back(valid_utf8(value));
}

void Placeholders::add_file(const std::filesystem::path& path) {
  try {
    for (const auto& [name, values] : parse_values(read_rule_file(path))) add(name, values);
  } catch (const RuleFault& fault) {
    throw Failure(ExitStatus::kUsage, fmt::format("{}:{}:{}: {}", path.string(), fault.place().line,
                                                  fault.place().column, fault.what()));
  }
}

const std::vector<std::string>* Placeholders::find(std::string_view name) const {
  const auto found = values_.find(name);
  return found != values_.end() ? &found->second : nullptr;
}

}  // namespace evtxhound::rules
