// `evtxhound case report`: a case as one HTML file.
#include <fmt/format.h>

#include <filesystem>
#include <memory>

#include "case_commands.hpp"
#include "evtxhound/base/terminal_text.hpp"
#include "evtxhound/casefile/report/report.hpp"
#include "text_output.hpp"

namespace evtxhound::tool {
namespace {

struct ReportCommand {
  std::filesystem::path case_file;
  std::filesystem::path output;
  casefile::ReportOptions options;
  bool force = false;
};

}  // namespace

void add_case_report(CLI::App& parent, ExitStatus& status) {
  const auto options = std::make_shared<ReportCommand>();
  options->options.tool_version = EVTXHOUND_VERSION;
  CLI::App* const command =
      parent.add_subcommand("report", "Writes a case as one HTML file, to hand over");
  command->add_option("CASE.db", options->case_file, "The case file that a scan wrote")->required();
  command->add_option("-o,--output", options->output, "The HTML file to write")->required();
  command->add_option("--title", options->options.title, "The report's title");
  command
      ->add_option("--events", options->options.events,
                   "How many events of the timeline the report holds at most")
      ->check(CLI::Range(0, 100'000))
      ->capture_default_str();
  command->add_flag("--force", options->force, "Overwrite the file where it is there already");
  command->footer(
      "The file needs nothing but itself: no network, no script to be read. Print it from the\n"
      "browser. docs/report.md says what is in it.\n\n"
      "Examples:\n"
      "  evtxhound case report case.db -o report.html\n"
      "  evtxhound case report case.db -o report.html --title 'Case 2023-117, workstations'\n"
      "  chromium --headless --no-pdf-header-footer --print-to-pdf=report.pdf report.html");
  command->callback([options, &status] {
    require_absent(options->output, options->force);
    casefile::write_report(options->case_file, options->output, options->options);
    fmt::print("{}\n", visible(options->output.string()));
    status = ExitStatus::kDone;
  });
}

}  // namespace evtxhound::tool
