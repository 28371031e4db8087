// `evtxhound iocs compile`: packs to a file that a scan takes in place of them.
#include <fmt/format.h>

#include <filesystem>
#include <memory>

#include "commands.hpp"
#include "evtxhound/base/human.hpp"
#include "evtxhound/indicators/load.hpp"

namespace evtxhound::tool {
namespace {

struct Arguments {
  indicators::PackSources packs;
  std::filesystem::path out;
  bool force = false;
};

void compile(const Arguments& arguments) {
  if (!arguments.force && std::filesystem::exists(arguments.out)) {
    throw Failure(ExitStatus::kUsage,
                  arguments.out.string() + ": is there already: --force overwrites it");
  }
  const auto loaded = indicators::load_indicators(
      arguments.packs, [](const std::string& note) { fmt::print(stderr, "{}\n", note); });
  indicators::write_indicators(loaded.set, arguments.out);
  fmt::print("{}: {}, {}\n", arguments.out.string(),
             counted(loaded.set.size(), "indicator", "indicators"),
             human_size(std::filesystem::file_size(arguments.out)));
}

}  // namespace

void add_iocs_compile(CLI::App& iocs) {
  const auto arguments = std::make_shared<Arguments>();
  arguments->packs.cache = false;  // what is asked for is a file of its own
  CLI::App* command =
      iocs.add_subcommand("compile", "Compile packs to a file that scans take in place of them");
  command->add_option("PACK", arguments->packs.files, "Indicator packs, of any format")->required();
  command->add_option("-o,--out", arguments->out, "File to write")->required()->type_name("DB");
  command->add_flag("--with-3cx", arguments->packs.builtin_3cx, "The 3CX pack as well");
  command->add_flag("--force", arguments->force, "Overwrite the file");
  command->footer(
      "Examples:\n"
      "  evtxhound iocs compile feeds/*.csv misp.json -o feeds.hsdb\n"
      "  evtxhound scan /evidence --case case.db --iocs feeds.hsdb\n\n"
      "A scan does the same by itself and keeps it beside the first pack; this is for many packs,\n"
      "and for where packs lie in folders that must not be written. The file is for this build of\n"
      "evtxhound and this kind of processor: any other says so and asks to compile again.");
  command->callback([arguments] { compile(*arguments); });
}

}  // namespace evtxhound::tool
