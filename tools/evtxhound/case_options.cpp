#include "case_options.hpp"

#include <functional>

namespace evtxhound::tool {
namespace {

// An option that can be given again and again.
CLI::Option* add_list(CLI::App& command, const std::string& name, std::vector<std::string>& values,
                      const std::string& description, const std::string& type) {
  return command.add_option(name, values, description + "; repeatable")
      ->take_all()
      ->allow_extra_args(false)
      ->type_name(type);
}

// Refuses, while the command line is parsed, what a test says is nothing.
CLI::Validator refused_unless(const std::function<bool(const std::string&)>& test,
                              const std::string& why) {
  return {[test, why](std::string& text) { return test(text) ? "" : text + " " + why; }, ""};
}

CLI::Validator is_time() {
  return refused_unless(
      [](const std::string& text) { return TimeZone::utc().span(text).has_value(); },
      "is no time; 2023-03-29, 2023-03-29T10:05 and 2023-03-29T10:05:07.5+02:00 "
      "are");
}

CLI::Validator is_time_zone() {
  return refused_unless([](const std::string& text) { return TimeZone::named(text).has_value(); },
                        "is no time zone; UTC, Europe/Berlin and +02:00 are");
}

CLI::Validator is_event_ids() {
  return refused_unless(
      [](const std::string& text) { return casefile::parse_code_ranges(text).has_value(); },
      "is no list of event ids; 4624,4688 and 4700-4800 are");
}

}  // namespace

void add_event_options(CLI::App& command, EventOptions& options) {
  command.add_option("CASE.db", options.case_file, "The case file that a scan wrote")
      ->required()
      ->type_name("FILE");
  command
      .add_option("--from", options.from,
                  "Events from this time or day on, in ISO 8601; without a zone of its own\n"
                  "it is in that of --time-zone")
      ->check(is_time())
      ->type_name("TIME");
  command
      .add_option("--to", options.to,
                  "Events up to and with this time or day: 2023-03-29 is the whole day,\n"
                  "2023-03-29T10:05 the whole minute")
      ->check(is_time())
      ->type_name("TIME");
  command
      .add_option("--time-zone", options.time_zone,
                  "Zone of the times given and shown: Europe/Berlin, +02:00 …")
      ->check(is_time_zone())
      ->option_text("ZONE [UTC]");
  add_list(command, "--host", options.hosts,
           "Events of this computer, whatever its domain; * and ? are wildcards", "NAME");
  add_list(command, "--channel", options.channels, "Events of this channel; with wildcards",
           "NAME");
  add_list(command, "--event-id", options.codes, "Events of these ids: 4624,4688,4700-4800", "IDS")
      ->check(is_event_ids());
  command
      .add_option("--severity", options.severity,
                  "Events with a hit of an indicator of this severity or a detection by a\n"
                  "rule of this level, or a higher one")
      ->check(CLI::IsMember({"informational", "low", "medium", "high", "critical"}))
      ->type_name("LEVEL");
  CLI::Option* indicator = add_list(command, "--indicator", options.indicators,
                                    "Events with a hit of this value; with wildcards", "VALUE");
  CLI::Option* rule = add_list(command, "--rule", options.rules,
                               "Events with a detection by the rule of this title or id; with\n"
                               "wildcards. With --indicator: one of the two",
                               "RULE");
  command
      .add_flag("--all", options.all,
                "Every event that the scan stored, not only those with a hit or a detection")
      ->excludes(indicator)
      ->excludes(rule)
      ->excludes(command.get_option("--severity"));
}

TimeZone time_zone_of(const EventOptions& options) {
  return TimeZone::named(options.time_zone).value();
}

casefile::EventFilter filter_of(const EventOptions& options, const TimeZone& zone) {
  casefile::EventFilter filter;
  if (!options.from.empty()) filter.from = to_iso8601(zone.span(options.from).value().begin);
  if (!options.to.empty()) {
    const Filetime end = zone.span(options.to).value().end;
    if (end != kNoEnd) filter.before = to_iso8601(end);
  }
  filter.hosts = options.hosts;
  filter.channels = options.channels;
  for (const std::string& text : options.codes) {
    const auto ranges = casefile::parse_code_ranges(text).value();
    filter.codes.insert(filter.codes.end(), ranges.begin(), ranges.end());
  }
  filter.severity = indicators::severity_from(options.severity);
  filter.indicators = options.indicators;
  filter.rules = options.rules;
  filter.all = options.all;
  return filter;
}

std::uint64_t write_events(casefile::Database& database, const casefile::EventFilter& filter,
                           casefile::EventWriter& writer, TextOutput& output, bool visible) {
  constexpr std::size_t kPiece = 64 * 1024;
  std::string text;
  const auto flush = [&] {
    if (visible) {
      output.write_visible(text);
    } else {
      output.write_lines(text);
    }
    text.clear();
  };
  writer.begin(text);
  casefile::EventStream stream(database, filter);
  casefile::StoredEvent event;
  std::uint64_t count = 0;
  while (stream.next(event)) {
    ++count;
    writer.write(event, text);
    if (text.size() >= kPiece) flush();
  }
  writer.end(text);
  flush();
  return count;
}

}  // namespace evtxhound::tool
