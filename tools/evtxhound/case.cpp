// `evtxhound case`: what there is to do with a case file.
#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>

#include "commands.hpp"
#include "evtxhound/casefile/summary.hpp"

namespace evtxhound::tool {
namespace {

// https://no-color.org: set, to whatever but nothing, it means no.
bool colour_wanted() {
  const char* no_color = std::getenv("NO_COLOR");
  return (no_color == nullptr || *no_color == '\0') && ::isatty(STDOUT_FILENO) == 1;
}

}  // namespace

void add_case(CLI::App& app, ExitStatus& status) {
  CLI::App* command = app.add_subcommand("case", "Shows what a case file holds");
  command->require_subcommand(1);
  command->footer("Example:\n  evtxhound case summary case.db");

  CLI::App* summary =
      command->add_subcommand("summary", "Prints hits, hosts, evidence, problems and runs");
  const auto path = std::make_shared<std::string>();
  summary->add_option("CASE.db", *path, "The case file that a scan wrote")->required();
  summary->footer(
      "Examples:\n"
      "  evtxhound case summary case.db\n"
      "  evtxhound case summary case.db > summary.txt       without colours\n"
      "  sqlite3 -readonly case.db 'SELECT * FROM v_hits'   every hit; docs/case-schema.md has "
      "more");
  summary->callback([path, &status] {
    fmt::print("{}", casefile::summarize(*path, colour_wanted()));
    status = ExitStatus::kDone;
  });
  add_case_hash(*command, status);
}

}  // namespace evtxhound::tool
