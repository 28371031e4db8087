#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <set>

#include "evtxhound/base/text.hpp"
#include "evtxhound/rules/check.hpp"
#include "evtxhound/rules/named.hpp"

namespace evtxhound::rules {
namespace {

using Kind = Correlation::Kind;
using Compare = Correlation::Compare;

constexpr std::array kKinds = {Named<Kind>{"event_count", Kind::kEventCount},
                               Named<Kind>{"value_count", Kind::kValueCount},
                               Named<Kind>{"temporal", Kind::kTemporal},
                               Named<Kind>{"temporal_ordered", Kind::kTemporalOrdered}};

constexpr std::array kCompares = {Named<Compare>{"lt", Compare::kLess},
                                  Named<Compare>{"lte", Compare::kLessOrEqual},
                                  Named<Compare>{"eq", Compare::kEqual},
                                  Named<Compare>{"gt", Compare::kGreater},
                                  Named<Compare>{"gte", Compare::kGreaterOrEqual},
                                  Named<Compare>{"neq", Compare::kNotEqual}};

constexpr std::array kUnits = {Named<std::uint64_t>{"s", 1}, Named<std::uint64_t>{"m", 60},
                               Named<std::uint64_t>{"h", 3'600}, Named<std::uint64_t>{"d", 86'400},
                               Named<std::uint64_t>{"w", 604'800}};

std::optional<std::uint64_t> whole_number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || stop != text.data() + text.size()) {
    return std::nullopt;
  }
  return value;
}

Kind check_kind(const ParsedText& type) {
  if (const Kind* const kind = find_named(kKinds, type.text)) return *kind;
  throw RuleFault(type.place, fmt::format("correlations of the type \"{}\" are not supported: only "
                                          "event_count, value_count, temporal and "
                                          "temporal_ordered are",
                                          type.text));
}

std::uint64_t check_timespan(const ParsedText& timespan) {
  const std::string_view text = timespan.text;
  const auto number = whole_number(text.substr(0, text.empty() ? 0 : text.size() - 1));
  const auto* const unit =
      text.empty() ? nullptr : find_named(kUnits, text.substr(text.size() - 1));
  if (!number || *number == 0 || unit == nullptr ||
      *number > std::numeric_limits<std::uint32_t>::max()) {
    throw RuleFault(
        timespan.place,
        fmt::format("the timespan \"{}\" is no number with s, m, h, d or w behind it", text));
  }
  return *number * *unit;
}

std::vector<std::string> check_names(const std::vector<ParsedText>& texts, std::string_view what) {
  std::vector<std::string> names;
  std::set<std::string_view> seen;
  for (const ParsedText& text : texts) {
    if (text.text.empty()) throw RuleFault(text.place, fmt::format("an empty name in {}", what));
    if (!seen.insert(text.text).second) {
      throw RuleFault(text.place, fmt::format("\"{}\" is twice in {}", text.text, what));
    }
    names.push_back(text.text);
  }
  return names;
}

void check_condition(const ParsedCorrelation& parsed, Correlation& correlation) {
  for (const auto& [name, value] : parsed.condition) {
    const Compare* const compare = find_named(kCompares, name.text);
    if (compare == nullptr) {
      throw RuleFault(name.place, fmt::format("condition: \"{}\" is not supported: only gt, gte, "
                                              "lt, lte, eq, neq and field are",
                                              name.text));
    }
    const auto count = whole_number(value.text);
    if (!count) {
      throw RuleFault(value.place, fmt::format("condition: \"{}\" is no whole number", value.text));
    }
    correlation.conditions.push_back({*compare, *count});
  }
  const bool counts =
      correlation.kind == Kind::kEventCount || correlation.kind == Kind::kValueCount;
  if (counts && correlation.conditions.empty()) {
    throw RuleFault(parsed.place, "a correlation that counts needs a condition such as `gte: 10`");
  }
  if (parsed.fields.size() > 1) {
    throw RuleFault(parsed.fields[1].place,
                    "condition: counting the values of several fields is not supported");
  }
  if (parsed.fields.empty() != (correlation.kind != Kind::kValueCount)) {
    throw RuleFault(parsed.place, "value_count, and nothing else, has a field in its condition");
  }
  if (!parsed.fields.empty()) correlation.field = parsed.fields.front().text;
}

void check_aliases(const ParsedCorrelation& parsed, Correlation& correlation,
                   std::vector<Doubt>& doubts) {
  const std::set<std::string_view> rules(correlation.rules.begin(), correlation.rules.end());
  const std::set<std::string_view> groups(correlation.group_by.begin(), correlation.group_by.end());
  for (const auto& [name, fields] : parsed.aliases) {
    Correlation::Alias alias{name.text, {}};
    for (const auto& [rule, field] : fields) {
      if (!rules.contains(rule.text)) {
        throw RuleFault(rule.place, fmt::format("the alias {} names the rule \"{}\", which is not "
                                                "among the correlation's rules",
                                                name.text, rule.text));
      }
      if (field.text.empty()) throw RuleFault(field.place, "an empty name in aliases");
      alias.fields.emplace_back(rule.text, field.text);
    }
    if (!groups.contains(name.text) && name.text != correlation.field) {
      doubts.push_back({name.place, fmt::format("nothing uses the alias {}", name.text)});
    }
    if (alias.fields.size() < correlation.rules.size()) {
      doubts.push_back(
          {name.place, fmt::format("the alias {} has no field for some of the rules", name.text)});
    }
    correlation.aliases.push_back(std::move(alias));
  }
}

bool check_generate(const std::optional<ParsedText>& generate) {
  if (!generate) return false;
  const bool yes = ascii_iequals(generate->text, "true");
  if (!yes && !ascii_iequals(generate->text, "false")) {
    throw RuleFault(generate->place, "generate is either true or false");
  }
  return yes;
}

}  // namespace

Correlation check_correlation(const ParsedRule& parsed, const std::string& path,
                              std::vector<Doubt>& doubts) {
  const auto& body = std::get<ParsedCorrelation>(parsed.body);
  Correlation correlation;
  correlation.head = check_head(parsed.head, path, doubts);
  correlation.kind = check_kind(body.type);
  correlation.rules = check_names(body.rules, "rules");
  if (correlation.rules.empty()) throw RuleFault(body.place, "a correlation needs rules");
  correlation.group_by = check_names(body.group_by, "group-by");
  if (correlation.group_by.empty()) {
    doubts.push_back({body.place, "no group-by: the events of all computers are one group"});
  }
  correlation.timespan = check_timespan(body.timespan);
  check_condition(body, correlation);
  check_aliases(body, correlation, doubts);
  correlation.generate = check_generate(body.generate);
  return correlation;
}

}  // namespace evtxhound::rules
