// `evtxhound case timeline`: the events of a case file in time order.
#include <fmt/format.h>

#include <memory>

#include "case_commands.hpp"
#include "case_options.hpp"
#include "evtxhound/casefile/open.hpp"
#include "terminal.hpp"

namespace evtxhound::tool {
namespace {

struct Options {
  EventOptions events;
  std::string format;
};

void timeline(const Options& options) {
  const TimeZone zone = time_zone_of(options.events);
  const casefile::EventFilter filter = filter_of(options.events, zone);
  casefile::Database database = casefile::open_case_to_read(options.events.case_file);
  // A scan that writes meanwhile does not change what is read.
  database.execute("BEGIN");
  const bool terminal = stdout_is_terminal();
  const bool table = options.format.empty() ? terminal : options.format == "table";
  const auto writer =
      table ? casefile::table_writer(zone, terminal ? terminal_columns() : 0, colour_wanted())
            : casefile::tsv_writer(zone);
  TextOutput output({}, false);
  const std::uint64_t count = write_events(database, filter, *writer, output, true);
  output.finish();
  if (count > 0) return;
  fmt::print(stderr, "no event{}\n",
             filter.all ? "" : " with a hit or a detection is so; --all shows every stored one");
}

}  // namespace

void add_case_timeline(CLI::App& parent, ExitStatus& status) {
  CLI::App* command = parent.add_subcommand("timeline", "Prints events in the order of their time");
  const auto options = std::make_shared<Options>();
  add_event_options(*command, options->events);
  command
      ->add_option("--format", options->format,
                   "A table, cut to the terminal, or values separated by tabs, whole")
      ->check(CLI::IsMember({"table", "tsv"}))
      ->option_text("table|tsv [table on a terminal, else tsv]");
  command->footer(
      "Shows the events that have a hit or a detection. What comes from evidence is made visible:\n"
      "a control character is shown as \\x1B. Several values of an option: one is enough; several\n"
      "options: all of them count.\n\n"
      "Examples:\n"
      "  evtxhound case timeline case.db\n"
      "  evtxhound case timeline case.db --severity high --host WS01\n"
      "  evtxhound case timeline case.db --from 2023-03-29 --to 2023-03-30 --time-zone "
      "Europe/Berlin\n"
      "  evtxhound case timeline case.db --all --event-id 4624,4688 --channel Security\n"
      "  evtxhound case timeline case.db --indicator '*.officeaddons.com' | cut -f 1,2,9\n\n"
      "Exit status: 0 done, also where there is no such event; 2 bad usage, or no case file; 3 "
      "the\n"
      "case file cannot be read.");
  command->callback([options, &status] {
    timeline(*options);
    status = ExitStatus::kDone;
  });
}

}  // namespace evtxhound::tool
