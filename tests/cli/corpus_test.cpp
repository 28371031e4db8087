// The real program on real logs.

#include <catch2/catch.hpp>
#include <iostream>

#include "tests/support/corpus.hpp"
#include "tests/support/query.hpp"
#include "tests/support/run.hpp"

using namespace evtxhound::test;
namespace fs = std::filesystem;

namespace {

std::size_t count(const std::string& text, const std::string& wanted) {
  std::size_t count = 0;
  for (std::size_t at = text.find(wanted); at != std::string::npos;
       at = text.find(wanted, at + 1)) {
    ++count;
  }
  return count;
}

// How many records `evtxexport` exports of all logs in a folder.
std::size_t exported(const fs::path& folder) {
  std::size_t records = 0;
  for (const fs::path& log : logs_below(folder)) {
    records += count(shell("evtxexport -f xml " + quoted(log)).out, "<Event xmlns=");
  }
  return records;
}

}  // namespace

TEST_CASE("real logs give at least the events that evtxexport exports, every other place a row") {
  const auto folder_of_logs = corpus();
  EVTXHOUND_NEEDS(folder_of_logs, "no corpus of real logs");
  EVTXHOUND_NEEDS(has_program("evtxexport"), "no evtxexport");
  const std::string part = GENERATE(as<std::string>(), "attack-samples", "format-samples");
  const fs::path logs = *folder_of_logs / part;
  const TemporaryFolder folder;
  const Ran ran =
      run_evtxhound("scan " + quoted(logs) + " --store all --case " + quoted(folder / "all.db"));
  CHECK((ran.status == 0 || ran.status == 1));
  const fs::path case_file = folder / "all.db";
  const std::size_t events =
      std::stoul(value(case_file, "select count(*) from event where state = 'live'"));
  const std::size_t peers = exported(logs);
  std::cout << part << ": " << events << " events, evtxexport " << peers << '\n';
  CHECK(peers > 5000);
  CHECK(events >= peers);
  CHECK((value(case_file, "select count(*) from problem") == "0") == (ran.status == 0));
  // Every event has the fields that an examiner filters by; of a stale one, template names may have
  // been written over.
  CHECK(value(case_file,
              "select count(*) from event where state = 'live' and (time_created is null or "
              "channel is null or "
              "provider is null or computer is null or event_code is null)") == "0");
  CHECK(value(case_file, "select count(*) from event where not json_valid(data)") == "0");
}
