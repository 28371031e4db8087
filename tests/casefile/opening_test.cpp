// What becomes a case file and what is refused, who may write, and what a scan leaves behind.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <fstream>

#include "evtxhound/base/failure.hpp"
#include "evtxhound/base/file.hpp"
#include "evtxhound/base/hash.hpp"
#include "evtxhound/casefile/case_file.hpp"
#include "evtxhound/casefile/summary.hpp"
#include "tests/casefile/sample_case.hpp"

using namespace evtxhound;
using namespace evtxhound::casefile;
using namespace evtxhound::casefile::testing;
namespace fs = std::filesystem;

namespace {

std::string hash(const fs::path& path) {
  const std::string content = read_text_file(path);
  return sha256_hex(as_bytes(content));
}

void write_text(const fs::path& path, const std::string& content) {
  std::ofstream(path, std::ios::binary) << content;
}

// What open_for_writing says about a file, as "<exit status> <message>"; empty where it opens.
std::string refusal(const fs::path& path) {
  try {
    CaseFile::open_for_writing(path);
  } catch (const Failure& failure) {
    return std::to_string(static_cast<int>(failure.status())) + " " + failure.what();
  }
  return {};
}

std::string refusal_to_read(const fs::path& path) {
  try {
    summarize(path, false);
  } catch (const Failure& failure) {
    return std::to_string(static_cast<int>(failure.status())) + " " + failure.what();
  }
  return {};
}

void check_untouched_refusal(const fs::path& path, const std::string& why) {
  const std::string before = hash(path);
  const auto time = fs::last_write_time(path);
  CHECK_THAT(refusal(path), Catch::StartsWith("2 " + path.string()) && Catch::Contains(why));
  CHECK_THAT(refusal_to_read(path), Catch::StartsWith("2 ") && Catch::Contains(why));
  CHECK(hash(path) == before);
  CHECK(fs::last_write_time(path) == time);
  CHECK(std::distance(fs::directory_iterator(path.parent_path()), {}) == 1);
}

// A process that holds a case file open for writing until it is killed.
class OtherScan {
 public:
  explicit OtherScan(const fs::path& path) {
    int ready[2] = {};
    REQUIRE(::pipe(ready) == 0);
    child_ = ::fork();
    REQUIRE(child_ >= 0);
    if (child_ == 0) {
      CaseFile file = CaseFile::open_for_writing(path);
      write_sample(file);
      file.commit();
      file.add_indicator(domain("uncommitted.example"));
      [[maybe_unused]] const auto written = ::write(ready[1], "x", 1);
      for (;;) ::pause();
    }
    char byte = 0;
    REQUIRE(::read(ready[0], &byte, 1) == 1);
    ::close(ready[0]);
    ::close(ready[1]);
  }
  ~OtherScan() { kill(); }
  OtherScan(const OtherScan&) = delete;
  OtherScan& operator=(const OtherScan&) = delete;

  void kill() {
    if (child_ <= 0) return;
    ::kill(child_, SIGKILL);
    ::waitpid(child_, nullptr, 0);
    child_ = -1;
  }

 private:
  pid_t child_ = -1;
};

}  // namespace

TEST_CASE("an empty file becomes a case file") {
  const TemporaryFolder folder;
  write_text(folder / "case.db", "");
  CHECK(refusal(folder / "case.db").empty());
}

TEST_CASE("a case file in a folder that is not there is refused, and no folder is made") {
  const TemporaryFolder folder;
  CHECK_THAT(refusal(folder.path() / "no/case.db"),
             Catch::StartsWith("2 ") && Catch::Contains("folder for the case file does not exist"));
  CHECK_FALSE(fs::exists(folder.path() / "no"));
  fs::create_directory(folder / "dir");
  CHECK_THAT(refusal(folder / "dir"), Catch::Contains("is a folder"));
  CHECK_THAT(refusal("/dev/null"), Catch::Contains("not a regular file"));
}

TEST_CASE("a file that is no database is refused and left as it is") {
  const TemporaryFolder folder;
  write_text(folder / "a", GENERATE(as<std::string>(), "x", "SQLite format 3", "A text.\n",
                                    std::string(8192, '\0'), "ElfFile" + std::string(5000, '\0')));
  check_untouched_refusal(folder / "a", "no SQLite database");
}

TEST_CASE("another program's database is refused and left as it is") {
  const TemporaryFolder folder;
  const auto path = folder / "a";
  write_text(path, "");
  {
    Database other(path, Database::Mode::kReadWrite);
    other.execute("CREATE TABLE bookmark (url); INSERT INTO bookmark VALUES ('x')");
    if (GENERATE(false, true)) other.execute("PRAGMA journal_mode = WAL");
  }
  check_untouched_refusal(path, "another program's SQLite database");
}

TEST_CASE("another program's database with a write-ahead log keeps its log") {
  const TemporaryFolder folder;
  write_text(folder / "a", "");
  const int status = in_child([&] {
    Database other(folder / "a", Database::Mode::kReadWrite);
    other.execute("PRAGMA journal_mode = WAL; CREATE TABLE bookmark (url)");
    ::kill(::getpid(), SIGKILL);
  });
  REQUIRE(WIFSIGNALED(status));
  const std::string log = hash(folder / "a-wal");
  const std::string shared = hash(folder / "a-shm");
  CHECK_THAT(refusal(folder / "a"), Catch::Contains("another program's"));
  CHECK_THAT(refusal_to_read(folder / "a"), Catch::Contains("another program's"));
  CHECK(hash(folder / "a-wal") == log);
  CHECK(hash(folder / "a-shm") == shared);
}

TEST_CASE("a case file of a newer schema is refused and left as it is") {
  const TemporaryFolder folder;
  const auto path = make_sample(folder);
  Database(path, Database::Mode::kReadWrite).execute("PRAGMA user_version = 99");
  check_untouched_refusal(path, "schema 99, written by a newer evtxhound");
}

TEST_CASE("a case file of an older schema is refused and left as it is") {
  const TemporaryFolder folder;
  const auto path = make_sample(folder);
  Database(path, Database::Mode::kReadWrite).execute("PRAGMA user_version = 1");
  check_untouched_refusal(path, "schema 1, written by an older evtxhound");
}

TEST_CASE("no case file, or an empty one, has no summary") {
  const TemporaryFolder folder;
  CHECK_THAT(refusal_to_read(folder / "none"), Catch::StartsWith("2 "));
  write_text(folder / "empty", "");
  CHECK_THAT(refusal_to_read(folder / "empty"), Catch::StartsWith("2 "));
  CHECK(fs::file_size(folder / "empty") == 0);
}

TEST_CASE("a second writer in this process fails at once, and the first goes on") {
  const TemporaryFolder folder;
  const auto path = folder / "case.db";
  CaseFile first = CaseFile::open_for_writing(path);
  CHECK_THAT(refusal(path), Catch::StartsWith("3 ") && Catch::Contains("locked by another scan"));
  fs::create_symlink(path, folder / "link.db");
  CHECK_THAT(refusal(folder / "link.db"), Catch::Contains("locked by another scan"));
  write_sample(first);
  REQUIRE(first.close());
  CHECK(refusal(path).empty());
}

TEST_CASE("a second writer in another process fails at once; readers are let in") {
  const TemporaryFolder folder;
  const auto path = folder / "case.db";
  OtherScan other(path);
  CHECK_THAT(refusal(path), Catch::StartsWith("3 ") && Catch::Contains("locked by another scan"));
  CHECK(rows(path, "SELECT count(*) FROM v_hits") == "4\n");
  CHECK_THAT(summarize(path, false), Catch::Contains("4 hits of 3 indicators"));
  // The failed attempt and the readers have not taken the lock from the other scan.
  CHECK_THAT(refusal(path), Catch::Contains("locked by another scan"));
}

TEST_CASE("a case whose scan was killed goes on from its last commit") {
  const TemporaryFolder folder;
  const auto path = folder / "case.db";
  OtherScan(path).kill();
  REQUIRE(fs::exists(folder / "case.db-wal"));
  CaseFile file = CaseFile::open_for_writing(path);
  CHECK(rows(path, "SELECT count(*) FROM indicator") == "4\n");  // not the uncommitted one
  write_sample(file);
  REQUIRE(file.close());

  const TemporaryFolder undisturbed;
  CHECK(dump(path) == dump(make_sample(undisturbed)));
}

TEST_CASE("a program that writes to the case is reported, not waited for without end") {
  const TemporaryFolder folder;
  const auto path = make_sample(folder);
  CaseFile file = CaseFile::open_for_writing(path);
  Database other(path, Database::Mode::kReadWrite);
  other.execute("BEGIN IMMEDIATE");
  CHECK_THROWS_WITH(file.add_indicator(domain("x.example")),
                    Catch::Contains("locked by another program"));
}

TEST_CASE("what is not committed is rolled back") {
  const TemporaryFolder folder;
  const auto path = folder / "case.db";
  {
    CaseFile file = CaseFile::open_for_writing(path);
    file.add_indicator(domain("kept.example"));
    file.commit();
    file.add_indicator(domain("lost.example"));
  }
  CHECK(rows(path, "SELECT value FROM indicator") == "kept.example\n");
}

TEST_CASE("a closed case is one plain file that needs nothing beside it") {
  const TemporaryFolder folder;
  const auto path = make_sample(folder);
  CHECK(std::distance(fs::directory_iterator(path.parent_path()), {}) == 1);
  const std::string content = read_text_file(path);
  CHECK(content.at(18) == 1);  // the format's write and read version: 1 is a rollback journal,
  CHECK(content.at(19) == 1);  // 2 a write-ahead log

  fs::create_directory(folder / "medium");
  fs::copy_file(path, folder / "medium/case.db");
  fs::permissions(folder / "medium/case.db", fs::perms::owner_read);
  fs::permissions(folder / "medium", fs::perms::owner_read | fs::perms::owner_exec);
  CHECK(rows(folder / "medium/case.db", "SELECT count(*) FROM v_hits") == "4\n");
  CHECK(std::distance(fs::directory_iterator(folder / "medium"), {}) == 1);
  CHECK(hash(folder / "medium/case.db") == hash(path));
  fs::permissions(folder / "medium", fs::perms::owner_all);
}

TEST_CASE("closing while somebody reads loses nothing") {
  const TemporaryFolder folder;
  const auto path = folder / "case.db";
  CaseFile file = CaseFile::open_for_writing(path);
  write_sample(file);
  file.commit();
  {
    Database reader(path, Database::Mode::kReadOnly);
    Statement statement(reader, "SELECT * FROM v_hits");
    REQUIRE(statement.step());
    file.add_indicator(domain("late.example"));
    CHECK_FALSE(file.close());
  }
  CHECK(rows(path, "SELECT count(*) FROM indicator") == "5\n");
  CaseFile again = CaseFile::open_for_writing(path);
  CHECK(again.close());
  CHECK(std::distance(fs::directory_iterator(path.parent_path()), {}) == 1);
}
