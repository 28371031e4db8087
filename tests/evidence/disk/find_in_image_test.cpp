#include <algorithm>
#include <catch2/catch.hpp>

#include "evtxhound/evidence/disk/runs_source.hpp"
#include "evtxhound/evidence/find.hpp"
#include "tests/evidence/disk/made_disk.hpp"

using namespace evtxhound;
using namespace evtxhound::evidence;
using namespace evtxhound::test;
namespace fs = std::filesystem;

namespace {

// Partitions: 1 NTFS, 2 FAT with a deleted log, 3 BitLocker, 4 never written.
void make_disk(const fs::path& path) {
  const TemporaryFolder folder;
  const std::string log = log_text();
  make_ntfs(folder / "ntfs", {{"Security.evtx", log}, {"notes.txt", "x"}, {"bad.evtx", "PK.."}});
  make_fat(folder / "fat");
  mtools(folder / "fat", "mmd", "::logs");
  put_in_fat(folder / "fat", "logs/System.evtx", log);
  put_in_fat(folder / "fat", "logs/gone.evtx", log);
  mtools(folder / "fat", "mdel", "::logs/gone.evtx");
  write_file(folder / "bitlocker", "\xEB\x58\x90-FVE-FS-" + std::string(4096, 'x'));
  make_partitioned(path, 24,
                   "label: dos\n1: start=2048,size=16384,type=7\n2: start=18432,size=16384,type=c\n"
                   "3: start=34816,size=4096,type=7\n4: start=38912,size=4096,type=7\n",
                   {{folder / "ntfs", 1}, {folder / "fat", 9}, {folder / "bitlocker", 17}});
}

const Piece& named(const Findings& findings, const fs::path& path) {
  const auto found = std::ranges::find(findings.pieces, path, &Piece::path);
  if (found == findings.pieces.end()) FAIL("no piece " << path);
  return *found;
}

std::size_t count_of(const Findings& findings, Kind kind) {
  return static_cast<std::size_t>(std::ranges::count(findings.pieces, kind, &Piece::kind));
}

std::string text_of(const Piece& piece) {
  const auto opened = piece.open();
  REQUIRE(opened.ok());
  return all_of(**opened);
}

}  // namespace

TEST_CASE("logs are found in the volumes of a disk image, with what stands in the way") {
  EVTXHOUND_NEEDS_TOOLS("mkntfs", "ntfscp", "mkfs.vfat", "mcopy", "sfdisk");
  const TemporaryFolder folder;
  const fs::path disk = folder / "disk.dd";
  make_disk(disk);
  const Findings findings = find({disk});
  REQUIRE(findings.pieces[0].kind == Kind::kImage);
  CHECK(findings.pieces[0].path == disk);
  CHECK(findings.pieces[0].size == 24U << 20);
  CHECK(findings.pieces[0].problems.empty());
  CHECK(count_of(findings, Kind::kVolume) == 4);
  CHECK(count_of(findings, Kind::kEvtx) == 3);
  const std::string root = disk.string() + " / ";

  const Piece& security = named(findings, root + "partition 1 / Security.evtx");
  CHECK(sha256(text_of(security)) == sha256(log_text()));
  CHECK(security.size == log_text().size());
  REQUIRE(security.parent.has_value());
  const Piece& first = findings.pieces[*security.parent];
  CHECK(first.path == root + "partition 1");
  CHECK(first.kind == Kind::kVolume);
  CHECK(first.parent == 0);
  CHECK(first.size == 8U << 20);
  CHECK(text_of(named(findings, root + "partition 2 / logs/System.evtx")) == log_text());
  const auto gone = std::ranges::find_if(findings.pieces, [](const Piece& piece) {
    return piece.path.string().find(" (deleted, entry ") != std::string::npos;
  });
  REQUIRE(gone != findings.pieces.end());
  CHECK(gone->path.string().find("gone.evtx") != std::string::npos);
  CHECK(text_of(*gone) == log_text());

  const Piece& bad = named(findings, root + "partition 1 / bad.evtx");
  REQUIRE(bad.problems.size() == 1);
  CHECK(bad.problems[0].kind == ProblemKind::kNotEvidence);
  const Piece& locked = named(findings, root + "partition 3");
  REQUIRE(locked.problems.size() == 1);
  CHECK(locked.problems[0].kind == ProblemKind::kEncrypted);
  CHECK(named(findings, root + "partition 4").problems.empty());
}

TEST_CASE("what no file of a disk covers is a piece where that is asked for, at its places") {
  EVTXHOUND_NEEDS_TOOLS("mkntfs", "ntfscp", "mkfs.vfat", "mcopy", "sfdisk");
  const TemporaryFolder folder;
  const fs::path disk = folder / "disk.dd";
  make_disk(disk);
  std::string bytes = read_file(disk);
  const std::string mark = "left over between partitions";
  const std::size_t behind = (std::size_t{22} << 20U) + 5;   // all partitions end before
  const std::size_t unknown = (std::size_t{19} << 20U) + 7;  // in one without a file system
  bytes.replace(behind, mark.size(), mark);
  bytes.replace(unknown, mark.size(), mark);
  write_file(disk, bytes);
  FindOptions options;
  options.carve = true;
  const Findings findings = find({disk}, options);
  const Piece& rest = findings.pieces.back();
  REQUIRE(rest.kind == Kind::kUnallocated);
  CHECK(rest.path == disk.string() + " / unallocated");
  CHECK(rest.parent == 0);
  CHECK(rest.size == bytes.size());
  const std::string text = text_of(rest);
  REQUIRE(text.size() == bytes.size());
  CHECK(text.substr(behind, mark.size()) == mark);
  CHECK(text.substr(unknown, mark.size()) == mark);
  // Every byte is the disk's or zero, and of the logs that are pieces none is there a second time.
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != bytes[i] && text[i] != 0) FAIL("other byte at " << i);
  }
  CHECK(bytes.find("ElfChnk") != std::string::npos);
  CHECK(text.find("ElfChnk") == std::string::npos);
  CHECK(count_of(find({disk}), Kind::kUnallocated) == 0);
}

TEST_CASE("runs less others are what is left of each") {
  const std::vector<ByteRun> left =
      without({{10, 10}, {40, 5}, {15, 10}, {100, 0}}, {{12, 3}, {0, 11}, {24, 20}});
  CHECK(left == std::vector<ByteRun>{{11, 1}, {15, 9}, {44, 1}});
  CHECK(without({{5, UINT64_MAX}}, {}) == std::vector<ByteRun>{{5, UINT64_MAX - 5}});
  CHECK(without({}, {{1, 2}}).empty());
}

TEST_CASE("a file has the same bytes through every format of image") {
  EVTXHOUND_NEEDS_TOOLS("mkntfs", "ntfscp", "mkfs.vfat", "mcopy", "sfdisk", "ewfacquire",
                        "qemu-img");
  const TemporaryFolder folder;
  make_disk(folder / "disk");
  const auto in_folder = [&](const std::string& command) {
    must("cd " + quoted(folder.path()) + " && " + command);
  };
  in_folder("ewfacquire -u -q -f encase6 -S 1M -c none -b 64 -t x ./disk");
  in_folder("split -b 5000000 -d --numeric-suffixes=1 -a 3 disk x.");
  in_folder("qemu-img convert -O qcow2 disk x.qcow2");
  in_folder("qemu-img convert -O vmdk -o subformat=monolithicFlat disk x.vmdk");
  in_folder("qemu-img convert -O vpc -o force_size=on disk x.vhd");
  in_folder("qemu-img convert -O vhdx disk x.vhdx");
  for (const std::string name :
       {"disk", "x.E01", "x.001", "x.qcow2", "x.vmdk", "x.vhd", "x.vhdx"}) {
    CAPTURE(name);
    const Findings findings = find({folder / name});
    CHECK(count_of(findings, Kind::kEvtx) == 3);
    for (const Piece& piece : findings.pieces) {
      if (piece.kind == Kind::kEvtx) CHECK(sha256(text_of(piece)) == sha256(log_text()));
    }
  }
  // In a folder, segments and extents are no pieces of their own.
  const Findings all = find({folder.path()});
  CHECK(count_of(all, Kind::kImage) == 7);
  CHECK(count_of(all, Kind::kEvtx) == 7 * 3);
  // As arguments neither: `x.E*`.
  const Findings segments = find({folder / "x.E01", folder / "x.E02", folder / "x.E03"});
  CHECK(count_of(segments, Kind::kImage) == 1);
}

TEST_CASE("an image without partition table, without logs, or without anything") {
  EVTXHOUND_NEEDS_TOOLS("mkntfs", "ntfscp");
  const TemporaryFolder folder;
  make_ntfs(folder / "logs.dd", {{"a.evtx", log_text()}});
  const Findings whole = find({folder / "logs.dd"});
  CHECK(text_of(named(whole, (folder / "logs.dd").string() + " / volume / a.evtx")) == log_text());
  make_ntfs(folder / "none.dd", {{"notes.txt", "x"}});
  const Findings none = find({folder / "none.dd"});
  REQUIRE(none.pieces[0].problems.size() == 1);
  CHECK(none.pieces[0].problems[0].kind == ProblemKind::kEmpty);
  std::string wrecked = read_file(folder / "none.dd");
  wrecked.replace(512, wrecked.size() - 1024, wrecked.size() - 1024, 'x');
  write_file(folder / "wrecked.dd", wrecked);
  const Findings wreck = find({folder / "wrecked.dd"});
  REQUIRE(wreck.pieces.size() == 2);
  CHECK_FALSE(wreck.pieces[1].problems.empty());
  // A copy of a boot sector is a file like any other.
  write_file(folder / "more/BOOTSECT.BAK", wrecked.substr(0, 8192));
  CHECK(find({folder / "more"}).files_skipped == 1);
}
