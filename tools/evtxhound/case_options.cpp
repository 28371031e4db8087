#include "case_options.hpp"

#include <fmt/format.h>

#include "evtxhound/base/failure.hpp"

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

TimeSpan time_of(const std::string& option, const std::string& text, const TimeZone& zone) {
  const auto span = zone.span(text);
  if (!span) {
    throw Failure(ExitStatus::kUsage,
                  fmt::format("{} {}: is no time; 2023-03-29, 2023-03-29T10:05 and "
                              "2023-03-29T10:05:07.5+02:00 are",
                              option, text));
  }
  return *span;
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
      ->type_name("TIME");
  command
      .add_option("--to", options.to,
                  "Events up to and with this time or day: 2023-03-29 is the whole day,\n"
                  "2023-03-29T10:05 the whole minute")
      ->type_name("TIME");
  command
      .add_option("--time-zone", options.time_zone,
                  "Zone of the times given and shown: Europe/Berlin, +02:00 …")
      ->option_text("ZONE [UTC]");
  add_list(command, "--host", options.hosts,
           "Events of this computer, whatever its domain; * and ? are wildcards", "NAME");
  add_list(command, "--channel", options.channels, "Events of this channel; with wildcards",
           "NAME");
  add_list(command, "--event-id", options.codes, "Events of these ids: 4624,4688,4700-4800", "IDS");
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
  const auto zone = TimeZone::named(options.time_zone);
  if (!zone) {
    throw Failure(ExitStatus::kUsage,
                  fmt::format("--time-zone {}: there is no such time zone; UTC, Europe/Berlin and "
                              "+02:00 are",
                              options.time_zone));
  }
  return *zone;
}

casefile::EventFilter filter_of(const EventOptions& options, const TimeZone& zone) {
  casefile::EventFilter filter;
  if (!options.from.empty()) {
    filter.from = to_iso8601(time_of("--from", options.from, zone).begin);
  }
  if (!options.to.empty()) {
    const Filetime end = time_of("--to", options.to, zone).end;
    if (end != kNoEnd) filter.before = to_iso8601(end);
  }
  filter.hosts = options.hosts;
  filter.channels = options.channels;
  for (const std::string& text : options.codes) {
    const auto ranges = casefile::parse_code_ranges(text);
    if (!ranges) {
      throw Failure(ExitStatus::kUsage,
                    fmt::format("--event-id {}: is no list of event ids, such as 4624,4688 or "
                                "4700-4800",
                                text));
    }
    filter.codes.insert(filter.codes.end(), ranges->begin(), ranges->end());
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
