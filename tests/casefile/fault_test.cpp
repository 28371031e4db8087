// The case file when the disk is full at any point, and when it is damaged.
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <catch2/catch.hpp>
#include <fstream>

#include "evtxhound/base/failure.hpp"
#include "evtxhound/casefile/case_file.hpp"
#include "evtxhound/casefile/summary.hpp"
#include "tests/casefile/sample_case.hpp"

using namespace evtxhound;
using namespace evtxhound::casefile;
using namespace evtxhound::casefile::testing;
namespace fs = std::filesystem;

namespace {

constexpr int kEvents = 600;
constexpr int kStep = 50;

void scan(const fs::path& path) {
  CaseFile file = CaseFile::open_for_writing(path);
  write_sample(file);
  write_many(file, kEvents, kStep);
  file.close();
}

// Lets no file of this process grow past `bytes`, as a full disk would not.
void limit_files(rlim_t bytes) {
  ::signal(SIGXFSZ, SIG_IGN);
  const rlimit limit{bytes, bytes};
  if (::setrlimit(RLIMIT_FSIZE, &limit) != 0) throw std::runtime_error("setrlimit");
}

}  // namespace

TEST_CASE("a scan that fills the disk, wherever it does, is completed by the next one") {
  const TemporaryFolder clean;
  scan(clean / "case.db");
  const std::string expected = dump(clean / "case.db");

  int failed = 0;
  bool done = false;
  for (rlim_t limit = 0; !done; limit += 48 * 1024) {
    REQUIRE(limit < 64 * 1024 * 1024);
    CAPTURE(limit);
    const TemporaryFolder folder;
    const auto path = folder / "case.db";
    const int status = in_child([&] {
      limit_files(limit);
      scan(path);
    });
    REQUIRE(WIFEXITED(status));
    done = WEXITSTATUS(status) == 0;
    if (!done) {
      CHECK(WEXITSTATUS(status) == static_cast<int>(ExitStatus::kCannotGoOn));
      ++failed;
    }
    scan(path);
    REQUIRE(dump(path) == expected);
    REQUIRE(rows(path, "PRAGMA integrity_check") == "ok\n");
  }
  CHECK(failed > 10);
}

TEST_CASE("the failure of a full disk names the file and the reason") {
  const TemporaryFolder folder;
  const auto path = folder / "case.db";
  const int status = in_child([&] {
    CaseFile file = CaseFile::open_for_writing(path);
    limit_files(256 * 1024);
    try {
      write_many(file, 100'000, 100);
    } catch (const Failure& failure) {
      const std::string message = failure.what();
      if (message.find(path.string()) == 0 && message.find("disk full") != std::string::npos) {
        throw;
      }
    }
  });
  CHECK(WEXITSTATUS(status) == static_cast<int>(ExitStatus::kCannotGoOn));
}

TEST_CASE("after a write has failed nothing more is written") {
  const TemporaryFolder folder;
  const auto path = folder / "case.db";
  scan(path);
  const std::string before = dump(path);
  const int status = in_child([&] {
    CaseFile file = CaseFile::open_for_writing(path);
    limit_files(0);
    const RowId evidence = file.add_evidence({"/new.evtx", "evtx", 1, "", {}, {}});
    try {
      file.commit();
    } catch (const Failure&) {
    }
    const rlimit unlimited{0, RLIM_INFINITY};
    ::setrlimit(RLIMIT_FSIZE, &unlimited);
    file.add_problem(evidence, {ProblemKind::kEmpty, {}, "of evidence that is rolled back"});
  });
  CHECK(WEXITSTATUS(status) == static_cast<int>(ExitStatus::kCannotGoOn));
  CHECK(dump(path) == before);
}

TEST_CASE("a case file damaged in its middle is reported as damaged") {
  const TemporaryFolder folder;
  const auto path = folder / "case.db";
  scan(path);
  {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    const auto size = static_cast<std::streamoff>(fs::file_size(path));
    file.seekp(size / 4);
    file << std::string(static_cast<std::size_t>(size / 2), '\xA5');
  }
  CHECK_THROWS_WITH(summarize(path, false),
                    Catch::StartsWith(path.string()) && Catch::Contains("damaged"));
  CHECK_THROWS_WITH(scan(path), Catch::StartsWith(path.string()) && Catch::Contains("damaged"));
}

TEST_CASE("a case file cut short is reported as damaged") {
  const TemporaryFolder folder;
  const auto path = folder / "case.db";
  scan(path);
  fs::resize_file(path, fs::file_size(path) / 8192 * 4096);
  CHECK_THROWS_WITH(summarize(path, false), Catch::Contains("damaged"));
  CHECK_THROWS_WITH(scan(path), Catch::Contains("damaged"));
}
