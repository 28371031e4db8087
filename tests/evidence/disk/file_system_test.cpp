#include "evtxhound/evidence/disk/file_system.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <map>

#include "evtxhound/base/file.hpp"
#include "evtxhound/evidence/find.hpp"
#include "tests/evidence/disk/made_disk.hpp"
#include "tests/support/cost.hpp"

using namespace evtxhound;
using namespace evtxhound::evidence;
using namespace evtxhound::test;
namespace fs = std::filesystem;

namespace {

bool is_log(const FoundFile&, Bytes head) { return identify(head) != Kind::kFile; }
bool is_any(const FoundFile&, Bytes) { return true; }

FileList files_of(const std::string& volume, const WantsFile& wants = is_log) {
  const auto system = FileSystem::open(source_of(volume));
  if (!system) FAIL(system.problem().message);
  return system->list_files(wants);
}

const FoundFile& named(const FileList& list, const std::string& path) {
  const auto found = std::ranges::find(list.files, path, &FoundFile::path);
  if (found == list.files.end()) FAIL("not found: " << path);
  return *found;
}

std::string random_text(std::size_t size, std::uint32_t seed) {
  std::string text(size, '\0');
  for (char& c : text) {
    seed = seed * 1'664'525 + 1'013'904'223;
    c = static_cast<char>(seed >> 24);
  }
  return text;
}

}  // namespace

TEST_CASE("files of an NTFS volume are found by content and read by their runs") {
  EVTXHOUND_NEEDS_TOOLS("mkntfs", "ntfscp");
  const TemporaryFolder folder;
  const std::string log = log_text();
  const std::string sysmon = log_text("damaged/dirty.evtx");
  const std::string event =
      "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System/></Event>";
  make_ntfs(folder / "ntfs",
            {{"Security.evtx", log},
             {"grown.bin", sysmon},
             {"other.bin", random_text(100'000, 1)},
             {"notes.txt", "nothing"},
             {"small.xml", event},                            // lies in the MFT
             {"large.xml", std::string(9000, ' ') + event},   // told by a long head
             {"grown.bin", log + random_text(200'000, 2)}});  // overwritten: in pieces
  const auto list = files_of(read_file(folder / "ntfs"));
  CHECK(list.problems.empty());
  CHECK(list.files.size() == 4);
  CHECK(list.files_seen > 10);
  CHECK(all_of(*named(list, "Security.evtx").bytes) == log);
  CHECK(all_of(*named(list, "small.xml").bytes) == event);
  CHECK(named(list, "small.xml").runs.empty());
  CHECK(all_of(*named(list, "large.xml").bytes) == std::string(9000, ' ') + event);
  const FoundFile& grown = named(list, "grown.bin");
  CHECK(grown.runs.size() > 1);
  CHECK(sha256(all_of(*grown.bytes)) == sha256(log + random_text(200'000, 2)));
  for (const FoundFile& file : list.files) {
    CHECK_FALSE(file.deleted);
    CHECK(file.problems.empty());
  }
}

TEST_CASE("a deleted file of an NTFS volume is found as such, and a stream by its name") {
  EVTXHOUND_NEEDS_TOOLS("mkntfs", "ntfscp");
  const TemporaryFolder folder;
  const std::string log = log_text();
  make_ntfs(folder / "ntfs", {{"kept.evtx", log}, {"gone.evtx", log}, {"host.txt", "x"}});
  write_file(folder / "log", log);
  must("ntfscp -f -N hidden " + quoted(folder / "ntfs") + " " + quoted(folder / "log") +
       " host.txt");
  delete_in_ntfs(folder / "ntfs", "gone.evtx");
  const auto list = files_of(read_file(folder / "ntfs"));
  REQUIRE(list.files.size() == 3);
  CHECK_FALSE(named(list, "kept.evtx").deleted);
  CHECK(all_of(*named(list, "host.txt:hidden").bytes) == log);
  const auto gone = std::ranges::find_if(list.files, &FoundFile::deleted);
  REQUIRE(gone != list.files.end());
  CHECK_THAT(gone->path, Catch::Contains("gone.evtx"));
  CHECK(all_of(*gone->bytes) == log);
}

TEST_CASE("files of a FAT volume: in folders, in pieces, and deleted") {
  EVTXHOUND_NEEDS_TOOLS("mkfs.vfat", "mcopy", "mdel", "mmd");
  const TemporaryFolder folder;
  const fs::path path = folder / "fat";
  const std::string log = log_text();
  make_fat(path);
  for (const std::string name : {"a", "b", "c", "d", "e", "f"}) {
    put_in_fat(path, name, random_text(30'000, 1));
  }
  put_in_fat(path, "gone.evtx", log);
  mtools(path, "mmd", "::winevt ::winevt/Logs");
  put_in_fat(path, "winevt/Logs/Long name of a log.evtx", log);
  const std::string filler(fs::file_size(path) / 2, 'x');
  put_in_fat(path, "filler", filler);
  for (const std::string name : {"b", "d"}) mtools(path, "mdel", "::" + name);
  // What is free now are holes of 30,000 bytes, and what the filler leaves at the end.
  put_in_fat(path, "filler2", std::string(2'000'000, 'y'));
  std::string large = log + log;
  for (int tries = 0; tries < 8; ++tries) large += log;
  put_in_fat(path, "pieces.evtx", large);
  mtools(path, "mdel", "::gone.evtx");

  const std::string volume = read_file(path);
  const auto list = files_of(volume);
  CHECK(sha256(all_of(*named(list, "winevt/Logs/Long name of a log.evtx").bytes)) == sha256(log));
  const FoundFile& pieces = named(list, "pieces.evtx");
  CHECK(sha256(all_of(*pieces.bytes)) == sha256(large));
  const auto gone = std::ranges::find_if(list.files, &FoundFile::deleted);
  REQUIRE(gone != list.files.end());
  CHECK_THAT(gone->path, Catch::Contains("gone.evtx"));
  CHECK(all_of(*gone->bytes) == log);
  CHECK(list.files.size() == 3);

  // Free is what the deleted file had, and nothing that a file in use has.
  const auto free = FileSystem::open(source_of(volume))->free_runs();
  const auto is_free = [&](std::uint64_t offset) {
    return std::ranges::any_of(free, [=](const ByteRun& run) {
      return offset >= run.offset && offset - run.offset < run.size;
    });
  };
  for (const FoundFile& file : list.files) {
    REQUIRE_FALSE(file.runs.empty());
    for (const ByteRun& run : file.runs) {
      CHECK(is_free(run.offset) == file.deleted);
      CHECK(is_free(run.offset + run.size - 1) == file.deleted);
    }
  }
  CHECK_FALSE(is_free(0));
}

TEST_CASE("files of an ext4 volume are found, also sparse ones") {
  EVTXHOUND_NEEDS_TOOLS("mke2fs");
  const TemporaryFolder folder;
  const std::string log = log_text();
  write_file(folder / "in/var/log.evtx", log);
  write_file(folder / "in/holes.evtx", log);
  fs::resize_file(folder / "in/holes.evtx", 3'000'000);
  must("mke2fs -q -t ext4 -d " + quoted(folder / "in") + " " + quoted(folder / "ext") + " 8M");
  const auto list = files_of(read_file(folder / "ext"));
  CHECK(list.files.size() == 2);
  CHECK(all_of(*named(list, "var/log.evtx").bytes) == log);
  CHECK(all_of(*named(list, "holes.evtx").bytes) ==
        log + std::string(3'000'000 - log.size(), '\0'));
}

TEST_CASE("a BitLocker volume and one without file system say so") {
  const auto bitlocker =
      FileSystem::open(source_of("\xEB\x58\x90-FVE-FS-" + std::string(1 << 20, 'x')));
  REQUIRE_FALSE(bitlocker.ok());
  CHECK(bitlocker.problem().kind == ProblemKind::kEncrypted);
  CHECK_THAT(bitlocker.problem().message, Catch::Contains("BitLocker"));
  for (const std::string& bytes : {std::string(), std::string(100, 'x'), random_text(1 << 20, 3)}) {
    const auto none = FileSystem::open(source_of(bytes));
    REQUIRE_FALSE(none.ok());
    CHECK(none.problem().kind == ProblemKind::kNotEvidence);
  }
}

TEST_CASE("of a cut volume is read what there is, and the rest is a problem with its place") {
  EVTXHOUND_NEEDS_TOOLS("mkfs.vfat", "mcopy");
  const TemporaryFolder folder;
  const std::string log = log_text();
  make_fat(folder / "fat");
  put_in_fat(folder / "fat", "front.evtx", log);
  put_in_fat(folder / "fat", "cut.evtx", log);
  std::string volume = read_file(folder / "fat");
  const std::size_t second = volume.rfind(std::string_view("ElfFile\0", 8));
  volume.resize(second + 8192);
  const auto list = files_of(volume);
  REQUIRE(list.problems.size() == 1);
  CHECK(list.problems[0].kind == ProblemKind::kTruncated);
  CHECK(all_of(*named(list, "front.evtx").bytes) == log);
  const FoundFile& cut = named(list, "cut.evtx");
  Buffer block(10'000);
  const auto got = cut.bytes->read_at(0, block);
  REQUIRE_FALSE(got.ok());
  CHECK(got.problem().kind == ProblemKind::kTruncated);
  CHECK(got.problem().offset == 8192);
}

TEST_CASE("file systems of garbage cost time and memory only within bounds") {
  EVTXHOUND_NEEDS_TOOLS("mkntfs", "ntfscp", "mkfs.vfat", "mcopy", "mke2fs");
  const TemporaryFolder folder;
  const std::string log = log_text();
  make_ntfs(folder / "ntfs", {{"a.evtx", log}, {"b.evtx", log}});
  make_fat(folder / "fat");
  put_in_fat(folder / "fat", "a.evtx", log);
  write_file(folder / "in/log.evtx", log);
  must("mke2fs -q -t ext4 -d " + quoted(folder / "in") + " " + quoted(folder / "ext") + " 8M");
  std::size_t opened = 0;
  for (const std::string name : {"ntfs", "fat", "ext"}) {
    const std::string sound = read_file(folder / name);
    // Where there is something to damage: blocks that are not all zeros and not the log's.
    std::vector<std::size_t> places;
    for (std::size_t at = 0; at < sound.size(); at += 64) {
      const std::string_view block = std::string_view(sound).substr(at, 64);
      if (std::ranges::any_of(block, [](char c) { return c != '\0'; }) &&
          log.find(block) == std::string::npos) {
        places.push_back(at);
      }
    }
    for (std::uint32_t round = 0; round < 60 / kLess; ++round) {
      std::string volume = sound;
      const std::string noise = random_text(4096, round);
      for (std::size_t i = 0; i < 4U << (round % 6); ++i) {
        const auto at = places[(static_cast<std::uint8_t>(noise[3 * i % 4096]) * 256U +
                                static_cast<std::uint8_t>(noise[(3 * i + 1) % 4096])) %
                               places.size()];
        volume[at + i * 7 % 64] = noise[(3 * i + 2) % 4096];
      }
      const auto system = FileSystem::open(source_of(volume));
      if (!system) continue;
      ++opened;
      const auto list = system->list_files(is_any);
      for (const ByteRun& run : system->free_runs()) CHECK(run.offset < volume.size() * 2);
      for (const FoundFile& file : list.files) {
        CHECK(file.size <= volume.size() * 2);
        Buffer block(4096);
        for (const std::uint64_t at : {std::uint64_t{0}, file.size / 2}) {
          (void)file.bytes->read_at(at, block).ok();
        }
      }
    }
  }
  CHECK(opened > 60 / kLess);
}
