// `evtxhound case merge`: several case files into one.
#include <fmt/format.h>

#include <filesystem>
#include <memory>
#include <vector>

#include "case_commands.hpp"
#include "evtxhound/base/human.hpp"
#include "evtxhound/base/terminal_text.hpp"
#include "evtxhound/casefile/merge.hpp"

namespace evtxhound::tool {
namespace {

struct MergeCommand {
  std::vector<std::filesystem::path> inputs;
  std::filesystem::path output;
};

std::string added_rows(const casefile::Merged& merged) {
  std::string added;
  for (const auto& table : merged.tables) {
    if (table.added == 0) continue;
    added += fmt::format("{}{} {}", added.empty() ? "" : ", ", grouped(table.added), table.name);
  }
  return added.empty() ? "nothing new" : added;
}

}  // namespace

void add_case_merge(CLI::App& parent, ExitStatus& status) {
  const auto options = std::make_shared<MergeCommand>();
  CLI::App* const command = parent.add_subcommand(
      "merge", "Adds the rows of case files, shards or hosts, to one case file");
  command->add_option("CASE.db", options->inputs, "The case files to merge; they are only read")
      ->required();
  command->add_option("-o,--output", options->output, "The case file to add to, or to make")
      ->required();
  command->footer(
      "A row that the output has already stays as it is: merging again adds nothing, and the "
      "order\n"
      "of the arguments does not matter. docs/report.md says what makes two rows the same.\n\n"
      "Examples:\n"
      "  evtxhound case merge host1.db host2.db -o all.db\n"
      "  evtxhound case merge shards/*.db -o all.db\n"
      "  evtxhound case merge late.db -o all.db        one more host, later");
  command->callback([options, &status] {
    const auto all = casefile::merge(options->inputs, options->output, {EVTXHOUND_VERSION});
    for (const casefile::Merged& merged : all) {
      fmt::print("{}: {}\n", visible(merged.input.string()), added_rows(merged));
    }
    status = ExitStatus::kDone;
  });
}

}  // namespace evtxhound::tool
