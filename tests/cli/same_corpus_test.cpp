// Real logs give the same case file with any number of threads and in any order.

#include <algorithm>
#include <catch2/catch.hpp>
#include <iostream>
#include <random>

#include "tests/support/corpus.hpp"
#include "tests/support/query.hpp"
#include "tests/support/run.hpp"

using namespace evtxhound::test;
namespace fs = std::filesystem;

TEST_CASE("real logs: threads, order and --resume change nothing") {
  const auto logs = corpus();
  EVTXHOUND_NEEDS(logs, "no corpus of real logs");
  std::vector<std::string> evidence;
  for (const fs::path& log : logs_below(*logs)) evidence.push_back(quoted(log));
  const TemporaryFolder folder;
  std::mt19937 random(7);
  std::string expected;
  const auto scan = [&](const std::string& case_name, const std::string& more) {
    std::ranges::shuffle(evidence, random);
    std::string words;
    for (const std::string& log : evidence) words += log + " ";
    const Ran ran = run_evtxhound("scan " + words + " --case " + quoted(folder / case_name) +
                                  " --store all " + more);
    REQUIRE(ran.status <= 1);
    const std::string hash = run_evtxhound("case hash " + quoted(folder / case_name)).out;
    REQUIRE(hash.size() == 65);
    if (expected.empty()) expected = hash;
    CHECK(hash == expected);
  };
  scan("1.db", "--threads 1");
  scan("2.db", "--threads 2");
  scan("7.db", "--threads 7");
  scan("7.db", "--threads 2 --resume");
  CHECK(value(folder / "7.db", "select files_read from run order by run_id desc limit 1") == "0");
  std::cout << evidence.size() << " logs, " << value(folder / "1.db", "select count(*) from event")
            << " events\n";
}
