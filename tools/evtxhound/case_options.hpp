// The options by which `case timeline` and `case export` choose events, and what they read.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "evtxhound/base/time_zone.hpp"
#include "evtxhound/casefile/event_filter.hpp"
#include "evtxhound/casefile/export/event_writer.hpp"
#include "text_output.hpp"

namespace evtxhound::tool {

// As they are given on the command line.
struct EventOptions {
  std::string case_file;
  std::string from;
  std::string to;
  std::string time_zone = "UTC";
  std::vector<std::string> hosts;
  std::vector<std::string> channels;
  std::vector<std::string> codes;
  std::string severity;
  std::vector<std::string> indicators;
  std::vector<std::string> rules;
  bool all = false;
};

// Adds them to a command, which refuses values that mean nothing. `options` must live as long as
// the command.
void add_event_options(CLI::App& command, EventOptions& options);

// What --time-zone names. REQUIRES, as filter_of() does: the command line was parsed
TimeZone time_zone_of(const EventOptions& options);

// Times without a zone of their own are in `zone`.
casefile::EventFilter filter_of(const EventOptions& options, const TimeZone& zone);

// Writes the events of an open case file that fulfil the filter, one after the other, and returns
// how many there were. `visible` says that the writer's text is fit for a terminal. Throws Failure.
std::uint64_t write_events(casefile::Database& database, const casefile::EventFilter& filter,
                           casefile::EventWriter& writer, TextOutput& output, bool visible);

}  // namespace evtxhound::tool
