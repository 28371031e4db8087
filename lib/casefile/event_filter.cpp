#include "evtxhound/casefile/event_filter.hpp"

#include <fmt/format.h>

#include <charconv>

#include "evtxhound/base/text.hpp"

namespace evtxhound::casefile {
namespace {

using indicators::Severity;

// A pattern as SQLite's GLOB takes it, of the value in lower case.
std::string glob(std::string_view pattern) {
  std::string out;
  for (const char c : ascii_lower(pattern)) {
    if (c == '[') {
      out += "[[]";
    } else {
      out += c;
    }
  }
  return out;
}

// Conditions that must all hold, as they are added.
class Conditions {
 public:
  void add(const std::string& sql) { sql_ += (sql_.empty() ? "" : " AND ") + sql; }

  // `left GLOB pattern` for one of the patterns, in brackets.
  std::string one_of(const std::vector<std::string>& patterns, std::string_view left) {
    std::string out;
    for (const std::string& pattern : patterns) {
      out += fmt::format("{}{} GLOB ?", out.empty() ? "" : " OR ", left);
      arguments_.emplace_back(glob(pattern));
    }
    return "(" + out + ")";
  }

  void argument(std::variant<std::int64_t, std::string> value) {
    arguments_.push_back(std::move(value));
  }

  SqlCondition take() { return {sql_.empty() ? "1" : std::move(sql_), std::move(arguments_)}; }

 private:
  std::string sql_;
  std::vector<std::variant<std::int64_t, std::string>> arguments_;
};

void add_hosts(Conditions& conditions, const std::vector<std::string>& hosts) {
  if (hosts.empty()) return;
  std::vector<std::string> patterns = hosts;
  for (const std::string& host : hosts) patterns.push_back(host + ".*");
  conditions.add(conditions.one_of(patterns, "lower(event.computer)"));
}

void add_codes(Conditions& conditions, const std::vector<CodeRange>& codes) {
  if (codes.empty()) return;
  std::string sql;
  for (const CodeRange& range : codes) {
    sql += fmt::format("{}event.event_code BETWEEN ? AND ?", sql.empty() ? "" : " OR ");
    conditions.argument(range.first);
    conditions.argument(range.last);
  }
  conditions.add("(" + sql + ")");
}

// What an event is by itself.
void add_event(Conditions& conditions, const EventFilter& filter) {
  if (!filter.from.empty()) {
    conditions.add("event.time_created >= ?");
    conditions.argument(filter.from);
  }
  if (!filter.before.empty()) {
    // An event without a time is not before anything.
    conditions.add("event.time_created < ? AND event.time_created <> ''");
    conditions.argument(filter.before);
  }
  add_hosts(conditions, filter.hosts);
  if (!filter.channels.empty()) {
    conditions.add(conditions.one_of(filter.channels, "lower(event.channel)"));
  }
  add_codes(conditions, filter.codes);
}

// `AND column IN (…)`: the severities that are enough, by name.
std::string at_least(const std::optional<Severity>& severity, std::string_view column) {
  if (!severity) return {};
  std::string names;
  for (int i = static_cast<int>(*severity); i <= static_cast<int>(Severity::kCritical); ++i) {
    names += fmt::format("{}'{}'", names.empty() ? "" : ", ",
                         indicators::to_string(static_cast<Severity>(i)));
  }
  return fmt::format(" AND {} IN ({})", column, names);
}

std::string hits(Conditions& conditions, const EventFilter& filter) {
  std::string sql = "1" + at_least(filter.severity, "indicator.severity");
  if (!filter.indicators.empty()) {
    sql += " AND " + conditions.one_of(filter.indicators, "lower(indicator.value)");
  }
  return sql;
}

std::string detections(Conditions& conditions, const EventFilter& filter) {
  std::string sql = "1" + at_least(filter.severity, "rule.level");
  if (!filter.rules.empty()) {
    // One after the other: each adds its parameters.
    const std::string by_title = conditions.one_of(filter.rules, "lower(rule.title)");
    const std::string by_id = conditions.one_of(filter.rules, "lower(rule.uuid)");
    sql += " AND (" + by_title + " OR " + by_id + ")";
  }
  return sql;
}

}  // namespace

std::optional<std::vector<CodeRange>> parse_code_ranges(std::string_view text) {
  std::vector<CodeRange> ranges;
  const auto number = [&text]() -> std::optional<std::int64_t> {
    std::uint32_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc()) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return value;
  };
  while (true) {
    const auto first = number();
    if (!first) return std::nullopt;
    CodeRange range{*first, *first};
    if (text.starts_with('-')) {
      text.remove_prefix(1);
      const auto last = number();
      if (!last || *last < *first) return std::nullopt;
      range.last = *last;
    }
    ranges.push_back(range);
    if (text.empty()) return ranges;
    if (!text.starts_with(',')) return std::nullopt;
    text.remove_prefix(1);
  }
}

void SqlCondition::bind(Statement& statement) const {
  int index = 0;
  for (const auto& argument : arguments) {
    ++index;
    std::visit([&](const auto& value) { statement.bind_at(index, value); }, argument);
  }
}

SqlCondition event_condition(const EventFilter& filter) {
  Conditions conditions;
  add_event(conditions, filter);
  if (filter.all) return conditions.take();
  // Who names only indicators does not ask for detections, and the other way round.
  const bool with_hits = filter.rules.empty() || !filter.indicators.empty();
  const bool with_detections = filter.indicators.empty() || !filter.rules.empty();
  std::string found;
  if (with_hits) {
    found = "SELECT hit.event_id FROM hit JOIN indicator USING (indicator_id) WHERE " +
            hits(conditions, filter);
  }
  if (with_detections) {
    found += std::string(with_hits ? " UNION " : "") +
             "SELECT detection.event_id FROM detection JOIN rule USING (rule_id) WHERE " +
             detections(conditions, filter);
  }
  conditions.add("event.event_id IN (" + found + ")");
  return conditions.take();
}

SqlCondition hit_condition(const EventFilter& filter) {
  Conditions conditions;
  add_event(conditions, filter);
  conditions.add(hits(conditions, filter));
  return conditions.take();
}

}  // namespace evtxhound::casefile
