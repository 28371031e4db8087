// The case file when the disk is full, fails or loses power at any write, sync or deletion.
// EVTXHOUND_FAULTS=N tries N moments of each kind in place of a few, 0 every one.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <iostream>

#include "evtxhound/base/failure.hpp"
#include "evtxhound/casefile/case_file.hpp"
#include "evtxhound/casefile/case_hash.hpp"
#include "tests/casefile/faulty_vfs.hpp"
#include "tests/casefile/sample_case.hpp"

using namespace evtxhound;
using namespace evtxhound::casefile;
using namespace evtxhound::casefile::testing;
namespace fs = std::filesystem;

namespace {

constexpr int kEvents = 300;
constexpr int kStep = 20;

// Three scans, each of which finds more: what closing one has finished, a power cut in the next
// must not take back.
void scan(const fs::path& path) {
  for (const int events : {0, kEvents / 2, kEvents}) {
    CaseFile file = CaseFile::open_for_writing(path);
    write_sample(file);
    write_many(file, events, kStep);
    const RowId many = file.add_evidence({"/evidence/many.evtx", "evtx", 1, "", {}, {}});
    if (events == kEvents) file.mark_read(many, "settings");
    file.close();
  }
}

// Whether it came to its end.
bool try_scan(const fs::path& path) {
  try {
    scan(path);
    return true;
  } catch (const Failure& failure) {
    CHECK(failure.status() == ExitStatus::kCannotGoOn);
    return false;
  }
}

std::uint64_t moments() {
  const char* wanted = std::getenv("EVTXHOUND_FAULTS");
  return wanted == nullptr ? 24 : std::strtoull(wanted, nullptr, 10);
}

std::string ask(Database& database, const std::string& sql) {
  Statement statement(database, sql);
  std::string out;
  while (statement.step()) out += statement.text(0) + '\n';
  return out;
}

// As anybody finds it who opens it next; SQLite rolls back what was cut off, for which it has to
// write. Returns how many events it has; "" where it has no schema yet.
std::string check_sound(const fs::path& path) {
  if (!fs::exists(path)) return "";
  Database database(path, Database::Mode::kReadWrite);
  REQUIRE(ask(database, "PRAGMA integrity_check") == "ok\n");
  REQUIRE(ask(database, "PRAGMA foreign_key_check").empty());
  if (database.integer("SELECT count(*) FROM sqlite_schema") == 0) return "";
  // What is marked as read has all of its rows.
  REQUIRE(ask(database,
              "SELECT evidence_id FROM read_to_end WHERE (SELECT count(*) FROM event WHERE "
              "event.evidence_id = read_to_end.evidence_id) <> 300")
              .empty());
  return database.text("SELECT count(*) FROM event");
}

}  // namespace

TEST_CASE("whatever fails at any moment, the case file is sound, and the next scan completes it") {
  const Fault fault = GENERATE(Fault::kFull, Fault::kIoError, Fault::kPowerCut);
  CAPTURE(static_cast<int>(fault));
  FaultyVfs vfs;
  const TemporaryFolder undisturbed;
  vfs.heal();
  scan(undisturbed / "case.db");
  const std::uint64_t operations = vfs.operations();
  const std::string expected = hash_case(undisturbed / "case.db").sha256;
  REQUIRE(operations > 100);

  const std::uint64_t step =
      moments() == 0 ? 1 : std::max<std::uint64_t>(1, operations / moments());
  std::uint64_t failed = 0;
  std::uint64_t halfway = 0;
  for (std::uint64_t n = 1; n <= operations; n += step) {
    CAPTURE(n);
    const TemporaryFolder folder;
    const auto path = folder / "case.db";
    vfs.fail_at(n, fault);
    const bool done = try_scan(path);
    REQUIRE(vfs.heal());  // or nothing was tried
    if (!done) ++failed;
    const std::string events = check_sound(path);
    if (!done && !events.empty() && events != "0" && events != "307") ++halfway;
    scan(path);
    REQUIRE(hash_case(path).sha256 == expected);
    REQUIRE(rows(path, "PRAGMA integrity_check") == "ok\n");
  }
  std::cout << failed << " of " << (operations + step - 1) / step << " moments ended the scan, "
            << halfway << " of them half way\n";
  CHECK(failed > 10);
  CHECK(halfway > 1);
}
