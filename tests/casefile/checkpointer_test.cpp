// The write-ahead log is folded into the case file while it is written, on another thread.
#include "evtxhound/casefile/checkpointer.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <iostream>
#include <memory>
#include <string>

#include "evtxhound/base/failure.hpp"
#include "evtxhound/casefile/open.hpp"
#include "evtxhound/casefile/writer_lock.hpp"
#include "tests/casefile/faulty_vfs.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace evtxhound;
using namespace evtxhound::casefile;
using namespace evtxhound::casefile::testing;
using evtxhound::test::TemporaryFolder;
namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t kKiB = 1024;
constexpr Checkpointer::Limits kSmall{64 * kKiB, 512 * kKiB, 256 * kKiB, 2048 * kKiB};
constexpr int kCommits = 300;
constexpr int kRowsInCommit = 4;

// In each commit, rows of some kilobytes with the commit's number. Calls `after(n)` after each.
template <class After>
void write_commits(const fs::path& path, After after) {
  const WriterLock lock(path);
  Database database = open_case_to_write(path, lock);
  Checkpointer checkpointer(database, path, kSmall);
  database.execute("CREATE TABLE IF NOT EXISTS load (commit_number INTEGER, filler TEXT)");
  Statement insert(database, "INSERT INTO load VALUES (?, ?)");
  const std::string filler(8 * kKiB, 'x');
  for (int n = 1; n <= kCommits; ++n) {
    database.execute("BEGIN IMMEDIATE");
    for (int i = 0; i < kRowsInCommit; ++i) insert.run(n, filler);
    database.execute("COMMIT");
    checkpointer.after_commit();
    after(n);
  }
}

std::uint64_t log_size(const fs::path& path) {
  std::error_code none;
  const auto size = fs::file_size(path.string() + "-wal", none);
  return none ? 0 : size;
}

// The commits that are there are the first ones, each of them whole. Returns how many.
std::int64_t check_whole_commits(const fs::path& path) {
  Database database(path, Database::Mode::kReadWrite);
  REQUIRE(database.text("PRAGMA integrity_check") == "ok");
  if (database.integer("SELECT count(*) FROM sqlite_schema WHERE name = 'load'") == 0) return 0;
  const auto last = database.integer("SELECT coalesce(max(commit_number), 0) FROM load");
  REQUIRE(database.integer("SELECT count(DISTINCT commit_number) FROM load") == last);
  REQUIRE(database.integer("SELECT count(*) FROM load") == last * kRowsInCommit);
  return last;
}

}  // namespace

TEST_CASE("the log stays small while a case file is loaded, and nothing is lost") {
  const TemporaryFolder folder;
  const auto path = folder / "case.db";
  std::uint64_t largest = 0;
  write_commits(path, [&](int) { largest = std::max(largest, log_size(path)); });
  // The last commit that a log takes may be begun just below the limit.
  CHECK(largest < kSmall.most + 512 * kKiB);
  CHECK(fs::file_size(path) >
        8 * kSmall.restart);  // so that the log was begun anew again and again
  CHECK(check_whole_commits(path) == kCommits);
}

TEST_CASE("a reader of the case keeps the log from being begun anew, and harms nothing") {
  const TemporaryFolder folder;
  const auto path = folder / "case.db";
  std::unique_ptr<Database> reader;
  write_commits(path, [&](int n) {
    if (n == 20) {
      reader = std::make_unique<Database>(path, Database::Mode::kReadOnly);
      reader->execute("BEGIN");
      CHECK(reader->integer("SELECT max(commit_number) FROM load") == 20);
    } else if (n == 200) {
      CHECK(reader->integer("SELECT max(commit_number) FROM load") == 20);
      CHECK(log_size(path) > kSmall.most);
      reader.reset();
    }
  });
  CHECK(check_whole_commits(path) == kCommits);
}

TEST_CASE("whatever fails while the log is folded in, whole commits are left") {
  const Fault fault = GENERATE(Fault::kFull, Fault::kIoError, Fault::kPowerCut);
  CAPTURE(static_cast<int>(fault));
  FaultyVfs vfs;
  const TemporaryFolder undisturbed;
  vfs.heal();
  write_commits(undisturbed / "case.db", [](int) {});
  const std::uint64_t operations = vfs.operations();

  int failed = 0;
  int halfway = 0;
  constexpr std::uint64_t kMoments = 20;
  for (std::uint64_t n = 1; n <= operations * 9 / 10; n += operations / kMoments) {
    CAPTURE(n);
    const TemporaryFolder folder;
    const auto path = folder / "case.db";
    vfs.fail_at(n, fault);
    std::int64_t committed = 0;
    try {
      write_commits(path, [&](int number) { committed = number; });
    } catch (const Failure& failure) {
      CHECK(failure.status() == ExitStatus::kCannotGoOn);
      ++failed;
    }
    vfs.heal();
    const std::int64_t left = check_whole_commits(path);
    // A commit may be there whose success could not be told any more; losing power may take the
    // last ones back.
    CHECK(left <= committed + 1);
    if (fault != Fault::kPowerCut) CHECK(left >= committed);
    if (left > 0 && left < kCommits) ++halfway;
  }
  std::cout << failed << " of " << kMoments << " faults ended the load, " << halfway
            << " of them half way\n";
  CHECK(failed > 3);
  CHECK(halfway > 3);
}
