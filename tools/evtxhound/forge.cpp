// evtxhound forge: writes EVTX files from specs.
#include <fmt/format.h>

#include <filesystem>
#include <memory>
#include <string>

#include "commands.hpp"
#include "evtxhound/base/file.hpp"
#include "evtxhound/evtx/writer/spec.hpp"

namespace evtxhound::tool {
namespace {

struct ForgeOptions {
  std::filesystem::path spec;
  std::filesystem::path out;
  bool force = false;
};

void forge(const ForgeOptions& options) {
  if (!options.force && std::filesystem::exists(options.out)) {
    throw Failure(ExitStatus::kUsage, fmt::format("{}: is there already (--force overwrites it)",
                                                  options.out.string()));
  }
  const std::string spec = read_text_file(options.spec);
  write_file_atomically(options.out, evtx::writer::forge(spec, options.spec.string()));
}

}  // namespace

void add_forge(CLI::App& app, ExitStatus& status) {
  const auto options = std::make_shared<ForgeOptions>();
  CLI::App* const command =
      app.add_subcommand("forge", "Write an EVTX file from a spec, for tests and training");
  command->add_option("SPEC", options->spec, "The spec, JSON Lines: one event a line")->required();
  command->add_option("-o,--output", options->out, "The EVTX file to write")->required();
  command->add_flag("--force", options->force, "Overwrite the file where it is there already");
  command->footer(
      "The same spec gives the same bytes. docs/forge.md describes specs.\n\n"
      "Examples:\n"
      "  evtxhound forge intrusion.jsonl -o Security.evtx\n"
      "  evtxhound forge --force dirty.jsonl -o dirty.evtx\n\n"
      "A spec of one event:\n"
      "  {\"provider\": \"Training\", \"channel\": \"Application\", \"computer\": \"PC-1\",\n"
      "   \"event_id\": 1, \"time\": \"2023-03-29T10:00:00Z\", \"data\": {\"Text\": \"hello\"}}\n"
      "(on one line)");
  command->callback([options, &status] {
    forge(*options);
    status = ExitStatus::kDone;
  });
}

}  // namespace evtxhound::tool
