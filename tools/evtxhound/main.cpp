#include <fmt/format.h>

#include <cstdio>
#include <exception>

#include "commands.hpp"


namespace {

using evtxhound::ExitStatus;

int run(int argc, char** argv) {
  CLI::App app(
      "evtxhound finds indicators in Windows event logs and keeps the evidence in a SQLite case "
      "file.");
  app.name("evtxhound");
  app.set_version_flag("--version", EVTXHOUND_VERSION);
  app.require_subcommand(1);
  app.footer("Exit status: 0 done; 1 done, but some evidence was damaged or unreadable;\n"
             "2 bad usage or indicator pack, nothing was scanned; 3 could not go on;\n"
             "130 stopped by Ctrl-C.");

  ExitStatus status = ExitStatus::kDone;
  evtxhound::tool::add_forge(app, status);
  evtxhound::tool::add_iocs(app, status);
  evtxhound::tool::add_case(app, status);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : static_cast<int>(ExitStatus::kUsage);
  } catch (const evtxhound::Failure& failure) {
    fmt::print(stderr, "evtxhound: {}\n", failure.what());
    return static_cast<int>(failure.status());
  }
  return static_cast<int>(status);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "evtxhound: %s\n", error.what());
    return static_cast<int>(ExitStatus::kCannotGoOn);
  }
}
