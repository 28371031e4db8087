// What clusters hold behind the content of the files that they belong to.
#include <catch2/catch.hpp>

#include "evtxhound/evidence/find.hpp"
#include "tests/evidence/disk/made_disk.hpp"

using namespace evtxhound;
using namespace evtxhound::evidence;
using namespace evtxhound::test;
namespace fs = std::filesystem;

namespace {

const std::string kMark = "left over from another file";

// What no file of the image covers.
std::string carved_text(const fs::path& disk) {
  FindOptions options;
  options.carve = true;
  const Findings findings = find({disk}, options);
  REQUIRE(findings.pieces.back().kind == Kind::kUnallocated);
  const auto opened = findings.pieces.back().open();
  REQUIRE(opened.ok());
  return all_of(**opened);
}

// Writes the mark behind the only place of a file's last bytes, and returns where.
std::size_t mark_behind(const fs::path& disk, const std::string& last) {
  std::string bytes = read_file(disk);
  const std::size_t at = bytes.find(last);
  REQUIRE(at != std::string::npos);
  REQUIRE(bytes.find(last, at + 1) == std::string::npos);
  bytes.replace(at + last.size() + 3, kMark.size(), kMark);
  write_file(disk, bytes);
  return at + last.size() + 3;
}

}  // namespace

TEST_CASE("the unused end of a file's last cluster is covered by no file, and its content is") {
  EVTXHOUND_NEEDS_TOOLS("mkntfs", "ntfscp", "mkfs.vfat", "mcopy", "mke2fs");
  const TemporaryFolder folder;
  const std::string content = std::string(4'996, 'c') + "the end of the file";
  make_ntfs(folder / "ntfs", {{"notes.txt", content}, {"log.evtx", log_text() + "end of log"}});
  make_fat(folder / "fat");
  put_in_fat(folder / "fat", "notes.txt", content);
  write_file(folder / "in/notes.txt", content);
  must("mke2fs -q -t ext4 -d " + quoted(folder / "in") + " " + quoted(folder / "ext") + " 8M");
  for (const std::string name : {"ntfs", "fat", "ext"}) {
    CAPTURE(name);
    const fs::path disk = folder / name;
    const std::size_t at = mark_behind(disk, "the end of the file");
    const std::string bytes = read_file(disk);
    const std::string text = carved_text(disk);
    REQUIRE(text.size() == bytes.size());
    CHECK(text.substr(at, kMark.size()) == kMark);
    CHECK(text.find("the end of the file") == std::string::npos);
    CHECK(text.find("cccccccc") == std::string::npos);
    CHECK(text.find("ElfChnk") == std::string::npos);
  }
  // Behind a log as well, which is a piece itself.
  const std::size_t at = mark_behind(folder / "ntfs", "end of log");
  const std::string text = carved_text(folder / "ntfs");
  CHECK(text.substr(at, kMark.size()) == kMark);
  CHECK(text.find("end of log") == std::string::npos);
}

TEST_CASE("what lies behind the valid length of an NTFS file is no content, and is carved") {
  EVTXHOUND_NEEDS_TOOLS("mkntfs", "ntfscp");
  const TemporaryFolder folder;
  const fs::path disk = folder / "ntfs";
  const std::string log = log_text();
  make_ntfs(disk, {{"grown.evtx", log + kMark + std::string(5000, 'g')}});
  std::string bytes = read_file(disk);
  // The attribute that says so much of the allocated and of the initialised size, one behind the
  // other.
  std::uint64_t size = log.size() + kMark.size() + 5000;
  const std::string sizes(reinterpret_cast<const char*>(&size), sizeof size);
  const std::size_t at = bytes.find(sizes + sizes);
  REQUIRE(at != std::string::npos);
  const std::uint64_t valid = log.size();
  bytes.replace(at + 8, 8, reinterpret_cast<const char*>(&valid), 8);
  write_file(disk, bytes);
  const std::size_t place = bytes.find(kMark);
  REQUIRE(place != std::string::npos);

  const Findings findings = find({disk});
  REQUIRE(findings.pieces.back().kind == Kind::kEvtx);
  const auto opened = findings.pieces.back().open();
  REQUIRE(opened.ok());
  CHECK(all_of(**opened) == log + std::string(kMark.size() + 5000, '\0'));
  const std::string text = carved_text(disk);
  CHECK(text.substr(place, kMark.size() + 5000) == kMark + std::string(5000, 'g'));
  CHECK(text.find("ElfChnk") == std::string::npos);
}
