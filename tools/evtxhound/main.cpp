#include <fmt/format.h>

#include <exception>
#include <string>
#include <string_view>

#include "commands.hpp"
#include "config.hpp"
#include "evtxhound/base/terminal_text.hpp"

namespace {

using evtxhound::ExitStatus;

// The command line as a shell would take it again.
std::string command_line(int argc, char** argv) {
  std::string line;
  for (int i = 0; i < argc; ++i) {
    if (i > 0) line += ' ';
    const std::string_view argument = argv[i];
    const bool plain =
        !argument.empty() &&
        argument.find_first_of(" \t\n'\"\\$`*?[]{}()<>|&;#!~") == std::string_view::npos;
    if (plain) {
      line += argument;
      continue;
    }
    line += '\'';
    for (const char c : argument) line += c == '\'' ? std::string("'\\''") : std::string(1, c);
    line += '\'';
  }
  return line;
}

int run(int argc, char** argv) {
  CLI::App app(
      "evtxhound finds indicators in Windows event logs and keeps the evidence in a SQLite case "
      "file.");
  app.name("evtxhound");
  app.set_version_flag("--version", EVTXHOUND_VERSION);
  app.require_subcommand(1);
  evtxhound::tool::add_config(app);
  app.footer(
      "Exit status: 0 done; 1 done, but some evidence was damaged or unreadable;\n"
      "2 bad usage, indicator pack or rule, nothing was scanned; 3 could not go on;\n"
      "130 stopped by Ctrl-C.\n");

  ExitStatus status = ExitStatus::kDone;
  evtxhound::tool::add_scan(app, command_line(argc, argv), status);
  evtxhound::tool::add_dump(app, status);
  evtxhound::tool::add_info(app, status);
  evtxhound::tool::add_verify(app, status);
  evtxhound::tool::add_iocs(app, status);
  evtxhound::tool::add_rules(app, status);
  evtxhound::tool::add_case(app, status);
  evtxhound::tool::add_forge(app, status);
  evtxhound::tool::add_completion(app, status);
  evtxhound::tool::add_man(app, status);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const std::string in_config = evtxhound::tool::config_error(app, error, argc, argv);
    if (!in_config.empty()) {
      fmt::print(stderr, "evtxhound: {}\n", evtxhound::visible(in_config));
      return static_cast<int>(ExitStatus::kUsage);
    }
    return app.exit(error) == 0 ? 0 : static_cast<int>(ExitStatus::kUsage);
  } catch (const evtxhound::Failure& failure) {
    fmt::print(stderr, "evtxhound: {}\n", evtxhound::visible(failure.what()));
    return static_cast<int>(failure.status());
  }
  return static_cast<int>(status);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception& error) {
    fmt::print(stderr, "evtxhound: {}\n", error.what());
    return static_cast<int>(ExitStatus::kCannotGoOn);
  }
}
