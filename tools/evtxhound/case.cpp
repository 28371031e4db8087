// `evtxhound case`: what there is to do with a case file. Each subcommand has a file of its own.
#include "case_commands.hpp"
#include "commands.hpp"

namespace evtxhound::tool {

void add_case(CLI::App& app, ExitStatus& status) {
  CLI::App* command =
      app.add_subcommand("case", "Shows, exports, reports, merges, seals and verifies case files");
  command->require_subcommand(1);
  command->footer(
      "Examples:\n"
      "  evtxhound case summary case.db\n"
      "  evtxhound case timeline case.db --severity high\n"
      "  evtxhound case export case.db --format csv -o timeline.csv\n"
      "  evtxhound case report case.db -o report.html\n"
      "  evtxhound case merge host1.db host2.db -o all.db\n"
      "  evtxhound case seal case.db\n"
      "  evtxhound case verify case.db");
  add_case_summary(*command, status);
  add_case_timeline(*command, status);
  add_case_export(*command, status);
  add_case_report(*command, status);
  add_case_merge(*command, status);
  add_case_seal(*command, status);
  add_case_hash(*command, status);
  add_case_index(*command, status);
  add_case_verify(*command, status);
}

}  // namespace evtxhound::tool
