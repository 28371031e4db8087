// `evtxhound case hash`: whether two case files say the same.
#include "evtxhound/casefile/case_hash.hpp"

#include <fmt/format.h>

#include <memory>
#include <string>

#include "case_commands.hpp"

namespace evtxhound::tool {

void add_case_hash(CLI::App& parent, ExitStatus& status) {
  CLI::App* command = parent.add_subcommand(
      "hash", "Prints a SHA-256 over what the case file says of the evidence");
  struct Arguments {
    std::string path;
    bool tables = false;
  };
  const auto arguments = std::make_shared<Arguments>();
  command->add_option("CASE.db", arguments->path, "The case file that a scan wrote")->required();
  command->add_flag("--tables", arguments->tables,
                    "Print the digest and the number of rows of each table instead");
  command->footer(
      "Two scans that found the same have the same hash, whatever the number of threads and the\n"
      "order of arguments, and whether they were cut off and resumed. Not hashed is what tells of\n"
      "a run: the tables run and read_to_end, and when the case file was made.\n"
      "docs/case-file.md says how to compute it without this program.\n\n"
      "Examples:\n"
      "  evtxhound case hash case.db\n"
      "  diff <(evtxhound case hash --tables a.db) <(evtxhound case hash --tables b.db)");
  command->callback([arguments, &status] {
    const casefile::CaseHash hash = casefile::hash_case(arguments->path);
    if (!arguments->tables) fmt::print("{}\n", hash.sha256);
    for (const casefile::TableHash& table : hash.tables) {
      if (arguments->tables) fmt::print("{} {} {}\n", table.sha256, table.rows, table.table);
    }
    status = ExitStatus::kDone;
  });
}

}  // namespace evtxhound::tool
