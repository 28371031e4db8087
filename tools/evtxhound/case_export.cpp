// `evtxhound case export`: the events of a case file for other tools.
#include <fmt/format.h>

#include <filesystem>
#include <memory>

#include "case_commands.hpp"
#include "case_options.hpp"
#include "evtxhound/base/human.hpp"
#include "evtxhound/casefile/export/stix.hpp"
#include "evtxhound/casefile/open.hpp"

namespace evtxhound::tool {
namespace {

struct Options {
  EventOptions events;
  std::string format;
  std::filesystem::path output;
  bool force = false;
  bool raw = false;
};

std::unique_ptr<casefile::EventWriter> writer_of(const Options& options, const TimeZone& zone) {
  if (options.format == "csv") return casefile::csv_writer(zone, !options.raw);
  if (options.format == "jsonl") return casefile::json_lines_writer(zone);
  if (options.format == "timesketch") return casefile::timesketch_writer();
  if (options.format == "l2tcsv") return casefile::l2t_csv_writer(zone);
  return casefile::bodyfile_writer();
}

void export_events(const Options& options, const TimeZone& zone,
                   const casefile::EventFilter& filter, casefile::Database& database,
                   TextOutput& output) {
  const auto writer = writer_of(options, zone);
  const std::uint64_t count = write_events(database, filter, *writer, output, false);
  output.finish();
  if (!options.output.empty()) fmt::print(stderr, "{}\n", counted(count, "event", "events"));
  if (writer->without_time() > 0) {
    fmt::print(stderr, "{} without a time that this format can say: docs/examiner.md\n",
               counted(writer->without_time(), "event", "events"));
  }
}

void export_case(const Options& options) {
  const TimeZone zone = time_zone_of(options.events);
  const casefile::EventFilter filter = filter_of(options.events, zone);
  const bool stix = options.format == "stix";
  if (stix && (filter.all || !filter.rules.empty())) {
    throw Failure(
        ExitStatus::kUsage,
        "--format stix holds sightings of indicators: --all and --rule do not go with it");
  }
  std::error_code ignored;
  if (std::filesystem::equivalent(options.events.case_file, options.output, ignored)) {
    throw Failure(ExitStatus::kUsage, "--output is the case file itself");
  }
  casefile::Database database = casefile::open_case_to_read(options.events.case_file);
  database.execute("BEGIN");  // one moment of the case file, also while a scan writes
  TextOutput output(options.output, options.force);
  if (!stix) return export_events(options, zone, filter, database, output);
  casefile::write_stix(database, filter,
                       [&output](const std::string& text) { output.write_lines(text); });
  output.finish();
}

}  // namespace

void add_case_export(CLI::App& parent, ExitStatus& status) {
  CLI::App* command = parent.add_subcommand("export", "Writes events for other tools");
  const auto options = std::make_shared<Options>();
  add_event_options(*command, options->events);
  command->add_option("--format", options->format, "What to write")
      ->required()
      ->check(CLI::IsMember({"csv", "jsonl", "timesketch", "l2tcsv", "bodyfile", "stix"}))
      ->type_name("FORMAT");
  command->add_option("-o,--output", options->output, "File to write; standard output without")
      ->type_name("FILE");
  command->add_flag("--force", options->force, "Overwrite the file where it is there already");
  command->add_flag("--raw-csv", options->raw,
                    "CSV without an apostrophe before what spreadsheets take for a formula");
  command->footer(
      "csv         RFC 4180, a line for each event; texts that begin a formula get an apostrophe\n"
      "jsonl       a JSON object a line, with all that the case file has of the event\n"
      "timesketch  JSON Lines as Timesketch imports them\n"
      "l2tcsv      the 17 columns of log2timeline and Plaso\n"
      "bodyfile    for mactime of The Sleuth Kit\n"
      "stix        a STIX 2.1 bundle: each indicator's sightings, by host\n\n"
      "Examples:\n"
      "  evtxhound case export case.db --format csv -o timeline.csv\n"
      "  evtxhound case export case.db --format timesketch --all -o case.jsonl\n"
      "  evtxhound case export case.db --format bodyfile | mactime -b - -z UTC\n"
      "  evtxhound case export case.db --format stix --severity high -o sightings.json\n\n"
      "Exit status: 0 done; 2 bad usage, no case file, or the file to write is there already; 3\n"
      "could not go on: disk full.");
  command->callback([options, &status] {
    export_case(*options);
    status = ExitStatus::kDone;
  });
}

}  // namespace evtxhound::tool
