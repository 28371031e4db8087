// `evtxhound case seal`: what a case file was, written beside it, and whether it still is that.
#include <fmt/format.h>

#include <filesystem>
#include <memory>

#include "case_commands.hpp"
#include "evtxhound/base/terminal_text.hpp"
#include "evtxhound/casefile/seal.hpp"

namespace evtxhound::tool {
namespace {

struct SealCommand {
  std::filesystem::path case_file;
  bool check = false;
  bool force = false;
};

ExitStatus make_seal(const SealCommand& options) {
  const casefile::Sealed sealed =
      casefile::seal(options.case_file, {EVTXHOUND_VERSION, options.force});
  fmt::print("{}  {}\n{}  {}\n", sealed.case_sha256, visible(options.case_file.string()),
             sealed.manifest_sha256, visible(sealed.manifest.string()));
  return ExitStatus::kDone;
}

ExitStatus check_seal(const SealCommand& options) {
  const casefile::SealCheck check = casefile::check_seal(options.case_file);
  fmt::print("{}: {}, {}\n", visible(options.case_file.string()),
             check.changes.empty() ? "unchanged" : "CHANGED", check.sealed);
  for (const std::string& change : check.changes) fmt::print("  {}\n", change);
  return check.changes.empty() ? ExitStatus::kDone : ExitStatus::kDamaged;
}

}  // namespace

void add_case_seal(CLI::App& parent, ExitStatus& status) {
  const auto options = std::make_shared<SealCommand>();
  CLI::App* const command = parent.add_subcommand(
      "seal", "Writes down what a case file is, and checks later that it still is that");
  command->add_option("CASE.db", options->case_file, "The case file")->required();
  CLI::Option* const check =
      command->add_flag("--check", options->check,
                        "Say what has changed since the seal; exit status 1 if anything has");
  command->add_flag("--force", options->force, "Replace the seal where there is one")
      ->excludes(check);
  command->footer(
      "The seal is CASE.db.seal.json. It prints the SHA-256 of the case file and of the seal: "
      "keep\n"
      "the latter elsewhere, or sign the seal, for who can change the case can change both.\n\n"
      "Examples:\n"
      "  evtxhound case seal case.db\n"
      "  evtxhound case seal --check case.db\n"
      "  gpg --detach-sign case.db.seal.json");
  command->callback(
      [options, &status] { status = options->check ? check_seal(*options) : make_seal(*options); });
}

}  // namespace evtxhound::tool
