#include "evtxhound/base/file.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <catch2/catch.hpp>

#include "evtxhound/base/failure.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace evtxhound;
using test::TemporaryFolder;

TEST_CASE("a file is read where and as far as it has bytes") {
  const TemporaryFolder folder;
  test::write_file(folder / "f", "0123456789");
  const auto file = ReadOnlyFile::open(folder / "f");
  REQUIRE(file);
  CHECK(file->size() == 10);
  Buffer buffer(4);
  CHECK(*file->read_at(2, buffer) == 4);
  CHECK(std::string(buffer.begin(), buffer.end()) == "2345");
  CHECK(*file->read_at(8, buffer) == 2);
  CHECK(*file->read_at(20, buffer) == 0);
}

TEST_CASE("what is no regular file is a problem, not a wait") {
  const TemporaryFolder folder;
  CHECK_FALSE(ReadOnlyFile::open(folder / "absent"));
  CHECK_FALSE(ReadOnlyFile::open(folder.path()));
  const auto fifo = folder / "fifo";
  REQUIRE(::mkfifo(fifo.c_str(), 0600) == 0);
  const auto opened = ReadOnlyFile::open(fifo);
  REQUIRE_FALSE(opened);
  CHECK(opened.problem().kind == ProblemKind::kUnreadable);
}

TEST_CASE("reading leaves a file's times alone") {
  const TemporaryFolder folder;
  const auto path = folder / "f";
  test::write_file(path, "evidence");
  const std::array<timespec, 2> old = {timespec{1'000'000'000, 0}, timespec{1'000'000'000, 0}};
  REQUIRE(::utimensat(AT_FDCWD, path.c_str(), old.data(), 0) == 0);
  {
    const auto file = ReadOnlyFile::open(path);
    REQUIRE(file);
    Buffer buffer(8);
    REQUIRE(*file->read_at(0, buffer) == 8);
  }
  struct stat status {};
  REQUIRE(::stat(path.c_str(), &status) == 0);
  CHECK(status.st_atime == 1'000'000'000);
  CHECK(status.st_mtime == 1'000'000'000);
}

TEST_CASE("a file is written whole or not at all") {
  const TemporaryFolder folder;
  write_file_atomically(folder / "f", as_bytes("first"));
  write_file_atomically(folder / "f", as_bytes("second"));
  CHECK(read_text_file(folder / "f") == "second");
  CHECK_THROWS_AS(write_file_atomically(folder.path() / "absent/f", as_bytes("x")), Failure);
  // A folder in the file's place: the new file cannot take it, and does not stay behind.
  std::filesystem::create_directories(folder.path() / "d/inner");
  CHECK_THROWS_AS(write_file_atomically(folder.path() / "d", as_bytes("x")), Failure);
  std::size_t entries = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
    (void)entry;
    ++entries;
  }
  CHECK(entries == 2);
}

TEST_CASE("a file that cannot be read names itself") {
  CHECK_THROWS_WITH(read_text_file("/absent/pack.csv"), Catch::StartsWith("/absent/pack.csv: "));
}
