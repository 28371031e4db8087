// `evtxhound case summary`: what a case file holds, in brief.
#include <fmt/format.h>

#include <memory>
#include <string>

#include "case_commands.hpp"
#include "evtxhound/casefile/summary.hpp"
#include "evtxhound/casefile/summary_json.hpp"
#include "terminal.hpp"

namespace evtxhound::tool {
namespace {

struct Options {
  std::string path;
  bool json = false;
};

}  // namespace

void add_case_summary(CLI::App& parent, ExitStatus& status) {
  CLI::App* command =
      parent.add_subcommand("summary", "Prints hits, hosts, evidence, problems and runs");
  const auto options = std::make_shared<Options>();
  command->add_option("CASE.db", options->path, "The case file that a scan wrote")
      ->required()
      ->type_name("FILE");
  command->add_flag("--json", options->json, "As JSON for other programs, with nothing cut");
  command->footer(
      "Examples:\n"
      "  evtxhound case summary case.db\n"
      "  evtxhound case summary case.db > summary.txt       without colours\n"
      "  evtxhound case summary --json case.db | jq .hits   docs/examiner.md names the keys\n"
      "  sqlite3 -readonly case.db 'SELECT * FROM v_hits'   every hit; docs/case-schema.md has "
      "more");
  command->callback([options, &status] {
    fmt::print("{}", options->json ? casefile::summarize_as_json(options->path)
                                   : casefile::summarize(options->path, colour_wanted()));
    status = ExitStatus::kDone;
  });
}

}  // namespace evtxhound::tool
