// The real program, killed in the middle of a scan and of what goes on with it. In the end the case
// file is that of a scan that nobody has disturbed.
//
// EVTXHOUND_CRASHES=N tries N moments in place of a few, however long that takes.

#include <catch2/catch.hpp>
#include <chrono>
#include <iostream>
#include <random>

#include "tests/support/archives.hpp"
#include "tests/support/cost.hpp"
#include "tests/support/process.hpp"
#include "tests/support/query.hpp"
#include "tests/support/run.hpp"

using namespace evtxhound::test;
namespace fs = std::filesystem;

namespace {

using Clock = std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

const fs::path kTestdata = fs::path(EVTXHOUND_SOURCE_DIR) / "testdata";

// Events of which every 50th is a hit.
void forge(const fs::path& log, int number, int events) {
  std::string spec;
  for (int i = 0; i < events; ++i) {
    const std::string text = std::to_string(number) + "-" + std::to_string(i);
    const std::string name = i % 50 == 0 ? "akamaicontainer.com" : text + ".example.org";
    spec += R"({"provider":"Microsoft-Windows-Sysmon","channel":"Microsoft-Windows-Sysmon/)"
            R"(Operational","computer":"PC-1","event_id":22,"time":"2023-03-29T10:00:00Z","data":)"
            R"({"Image":"C:\\Windows\\)" +
            text + R"(.exe","QueryName":")" + name + "\"}}\n";
  }
  const TemporaryFolder folder;
  write_file(folder / "spec.jsonl", spec);
  const Ran ran = run_evtxhound("forge " + quoted(folder / "spec.jsonl") + " -o " + quoted(log));
  REQUIRE(ran.status == 0);
}

// Large logs among small, damaged, copied and packed ones: enough for half a second or more.
void make_evidence(const TemporaryFolder& folder) {
  fs::copy(kTestdata, folder / "e/m", fs::copy_options::recursive);
  for (int i = 0; i < 6; ++i) forge(folder / ("e/large" + std::to_string(i) + ".evtx"), i, 12'000);
  fs::copy_file(folder / "e/large2.evtx", folder / "e/z-copy.evtx");
  forge(folder / "large.evtx", 9, 3000);
  write_file(folder / "e/n.zip", zip({{"a.evtx", read_file(folder / "large.evtx")},
                                      {"b.evtx", read_file(kTestdata / "damaged/cut.evtx")}}));
  write_file(folder / "e/o.raw", "raw" + read_file(folder / "large.evtx").substr(4096));
}

std::vector<std::string> scan_words(const fs::path& evidence, const fs::path& case_file,
                                    bool resume) {
  std::vector<std::string> words = {
      "scan", evidence.string(), "--case", case_file.string(), "--store", "all", "--carve"};
  if (resume) words.emplace_back("--resume");
  return words;
}

std::string hash(const fs::path& case_file) {
  const Ran ran = run_evtxhound("case hash " + quoted(case_file));
  REQUIRE(ran.out.size() == 65);
  return ran.out;
}

// Returns how many events there are.
long check_sound(const fs::path& case_file) {
  if (!fs::exists(case_file) || fs::file_size(case_file) == 0) return 0;
  // Where it was cut off while tables were made or the log was folded in, SQLite has to roll back.
  const Rows tables = query(case_file, "select count(*) from sqlite_schema", Opened::kReadWrite);
  if (tables == Rows{{"0"}}) return 0;
  REQUIRE(value(case_file, "pragma integrity_check") == "ok");
  REQUIRE(query(case_file, "pragma foreign_key_check").empty());
  return std::stol(value(case_file, "select count(*) from event"));
}

int moments() {
  const char* wanted = std::getenv("EVTXHOUND_CRASHES");
  return wanted == nullptr ? (kSanitized ? 4 : 8) : std::atoi(wanted);
}

}  // namespace

TEST_CASE("a scan that is killed at any moment, again and again, ends as if nobody had") {
  const TemporaryFolder folder;
  make_evidence(folder);
  const fs::path evidence = folder / "e";
  const auto begun = Clock::now();
  Process undisturbed(scan_words(evidence, folder / "undisturbed.db", false));
  REQUIRE(undisturbed.wait() == 1);  // some of it is damaged
  const Seconds whole = Clock::now() - begun;
  const std::string expected = hash(folder / "undisturbed.db");
  const long all_events = check_sound(folder / "undisturbed.db");
  REQUIRE(all_events > 84'000);

  std::mt19937 random(3);
  std::uniform_real_distribution<double> within(0, 1);
  int killed = 0;
  int halfway = 0;
  long known = 0;
  for (int moment = 0; moment < moments(); ++moment) {
    const fs::path case_file = folder / ("case" + std::to_string(moment) + ".db");
    const bool resume = moment % 2 == 1;
    const int signal = moment % 4 == 3 ? SIGINT : SIGKILL;
    CAPTURE(moment, resume, signal);
    // The first time in this part of the scan, and up to twice more, anywhere in what is left.
    const int kills = 1 + static_cast<int>(random() % 3);
    for (int kill = 0; kill < kills; ++kill) {
      const double part = kill > 0 ? within(random) : (moment + within(random)) / moments();
      Process process(scan_words(evidence, case_file, resume && kill > 0));
      std::this_thread::sleep_for(whole * part);
      const int status = process.end(signal);
      if (status == 128 + SIGKILL || status == 130) ++killed;
      const long events = check_sound(case_file);
      if (events > 0 && events < all_events) ++halfway;
    }
    Process last(scan_words(evidence, case_file, resume));
    REQUIRE(last.wait() == 1);
    known +=
        std::stol(value(case_file, "select files_known from run order by run_id desc limit 1"));
    check_sound(case_file);
    REQUIRE(hash(case_file) == expected);
    fs::remove(case_file);
  }
  std::cout << "a scan of " << whole.count() << " s: " << killed << " were ended, " << halfway
            << " of them half way; " << known << " logs were not read again\n";
  CHECK(killed >= moments() / 2);
  CHECK(halfway > 0);
  CHECK(known > 0);
}
