// `evtxhound case verify`: whether the evidence still says what a case file says.
#include <fmt/format.h>

#include <memory>

#include "case_commands.hpp"
#include "evtxhound/base/human.hpp"
#include "evtxhound/base/terminal_text.hpp"
#include "evtxhound/casework/verify_case.hpp"
#include "interrupt.hpp"
#include "progress_line.hpp"

namespace evtxhound::tool {
namespace {

using casework::Tally;

struct Arguments {
  casework::VerifyOptions options;
  std::vector<std::string> moved;  // OLD=NEW
  bool no_progress = false;
};

// Enough of a value to see what it is about.
std::string shown(const std::string& text) {
  constexpr std::size_t kShown = 400;
  return cut(visible(text), kShown);
}

// Differences on stdout as they are found and, on a terminal, how far it is on stderr.
class TerminalMonitor : public casework::VerifyMonitor {
 public:
  explicit TerminalMonitor(bool progress) : line_(progress) {}

  void on_discrepancy(const casework::Discrepancy& found) override {
    line_.clear();
    fmt::print("{}{}: {}{}\n", visible(found.evidence),
               found.byte_offset ? fmt::format(" @ {:#x}", *found.byte_offset) : "",
               found.what.empty() ? "" : visible(found.what) + ": ", shown(found.message));
  }

  void on_progress(std::size_t files, std::size_t of, std::uint64_t records) override {
    if (!line_.is_time()) return;
    ProgressLine::draw(fmt::format("{} of {}  {}", grouped(files), counted(of, "file", "files"),
                                   counted(records, "record", "records")));
  }

  // Takes the progress line away.
  void clear() const { line_.clear(); }

 private:
  ProgressLine line_;
};

void print_tally(const char* name, const Tally& tally, const std::string& more = "") {
  fmt::print("{:<9} {} verified, {} differ, {} missing, {} could not be read{}\n", name,
             grouped(tally.verified), grouped(tally.differ), grouped(tally.missing),
             grouped(tally.unread), more);
}

void print_result(const casework::Verified& result) {
  if (result.status == ExitStatus::kInterrupted) fmt::print("stopped early\n");
  print_tally("evidence:", result.evidence,
              result.without_hash == 0
                  ? ""
                  : fmt::format("; {} by size alone", grouped(result.without_hash)));
  print_tally(
      "records:", result.records,
      result.copies == 0 ? "" : "; " + counted(result.copies, "of them a copy", "of them copies"));
  print_tally("hits:", result.hits);
}

ExitStatus run(Arguments& arguments) {
  for (const std::string& moved : arguments.moved) {
    const std::size_t equals = moved.find('=');
    if (equals == std::string::npos || equals == 0 || equals + 1 == moved.size()) {
      throw Failure(ExitStatus::kUsage, "--relocate " + moved + ": is not OLD=NEW");
    }
    arguments.options.moved.push_back({moved.substr(0, equals), moved.substr(equals + 1)});
  }
  TerminalMonitor monitor(!arguments.no_progress);
  const auto result = casework::verify_case(arguments.options, monitor, stop_on_interrupt());
  monitor.clear();
  print_result(result);
  return result.status;
}

}  // namespace

void add_case_verify(CLI::App& parent, ExitStatus& status) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* verify =
      parent.add_subcommand("verify", "Holds a case file against the evidence, byte by byte");
  verify->add_option("CASE.db", arguments->options.case_file, "The case file that a scan wrote")
      ->required();
  verify->add_flag("--all", arguments->options.all,
                   "Every stored event, not only those with a hit or a detection");
  verify
      ->add_option("--relocate", arguments->moved,
                   "Evidence that was below OLD lies below NEW now; may be repeated")
      ->type_name("OLD=NEW")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  verify->add_flag("--no-progress", arguments->no_progress, "Do not show how far it is");
  verify->footer(
      "Examples:\n"
      "  evtxhound case verify case.db\n"
      "  evtxhound case verify case.db --relocate /mnt/usb=/evidence/7\n\n"
      "A line for each difference, then how much was verified. Ends with 0 where all of it was, "
      "and "
      "with 1\n"
      "where something differs, is missing or cannot be read. docs/case-verify.md has more.");
  verify->callback([arguments, &status] { status = run(*arguments); });
}

}  // namespace evtxhound::tool
