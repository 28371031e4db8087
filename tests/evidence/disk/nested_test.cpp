// What lies in each other: archives in disk images, images in archives, images in images.
#include <algorithm>
#include <catch2/catch.hpp>

#include "evtxhound/evidence/find.hpp"
#include "tests/evidence/disk/found_pieces.hpp"
#include "tests/evidence/disk/made_disk.hpp"
#include "tests/support/archives.hpp"

using namespace evtxhound;
using namespace evtxhound::evidence;
using namespace evtxhound::test;
namespace fs = std::filesystem;

namespace {

const std::string kXml =
    "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System/></Event>\n";

// Each piece as `kind path`, the path from behind the root, in the order of the search.
std::vector<std::string> listed(const Findings& findings, const fs::path& root) {
  std::vector<std::string> pieces;
  for (const Piece& piece : findings.pieces) {
    const std::string path = piece.path.string();
    REQUIRE(path.starts_with(root.string()));
    pieces.push_back(std::string(to_string(piece.kind)) + path.substr(root.string().size()));
  }
  return pieces;
}

std::vector<std::string> kinds_of(const std::vector<Problem>& problems) {
  std::vector<std::string> kinds;
  for (const Problem& problem : problems) kinds.emplace_back(to_string(problem.kind));
  return kinds;
}

// A FAT volume of 1 MiB with these files, smaller than make_fat()'s.
std::string small_fat(const std::vector<NamedFile>& files) {
  const TemporaryFolder folder;
  const fs::path path = folder / "fat";
  must("truncate -s 1M " + quoted(path) + " && mkfs.vfat " + quoted(path));
  for (const NamedFile& file : files) put_in_fat(path, file.name, file.content);
  return read_file(path);
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("archives in a disk image are searched as those on disk are") {
  EVTXHOUND_NEEDS_TOOLS("mkntfs", "ntfscp");
  const TemporaryFolder folder;
  const std::string log = log_text();
  const std::string inner = pack({{"System.evtx", log}, {"notes.txt", "x"}}, {"7zip", "none", ""});
  make_ntfs(folder / "disk.dd",
            {{"collection.zip", zip({{"C/Windows/Security.evtx", log}, {"inner.7z", inner}})},
             {"empty.zip", zip({{"notes.txt", "x"}})},
             {"Old.evtx.gz", pack({{"", log}}, {"raw", "gzip", ""})},
             {"events.xml.xz", pack({{"", kXml}}, {"raw", "xz", ""})},
             {"locked.zip",
              pack({{"a.evtx", log}}, {"zip", "none", "zip:encryption=zipcrypt", "password"})}});
  const Findings findings = find({folder / "disk.dd"});
  Names pieces = listed(findings, folder / "disk.dd");
  CHECK(pieces[0] == "image");
  CHECK(pieces[1] == "volume / volume");
  std::ranges::sort(pieces);
  CHECK(pieces == Names{"archive / volume / Old.evtx.gz", "archive / volume / collection.zip",
                        "archive / volume / collection.zip / inner.7z",
                        "archive / volume / events.xml.xz", "archive / volume / locked.zip",
                        "evtx / volume / Old.evtx.gz / Old.evtx",
                        "evtx / volume / collection.zip / C/Windows/Security.evtx",
                        "evtx / volume / collection.zip / inner.7z / System.evtx", "image",
                        "volume / volume", "xml / volume / events.xml.xz / events.xml"});
  for (const Piece& piece : findings.pieces) {
    CAPTURE(piece.path);
    if (piece.kind == Kind::kEvtx) CHECK(text_of(piece) == log);
    const bool locked = piece.path.string().ends_with("locked.zip");
    CHECK(kinds_of(piece.problems) == (locked ? Names{"encrypted"} : Names{}));
    // Each names what it lies in.
    if (piece.parent) {
      CHECK(piece.path.string().starts_with(findings.pieces[*piece.parent].path.string() + " / "));
    }
  }
  // All files of the volume and the members: each is read or skipped, but for the containers that
  // hold something, the image among them, and the member that is locked.
  const auto read = std::ranges::count_if(
      findings.pieces, [](const Piece& piece) { return is_readable(piece.kind); });
  CHECK(findings.files_seen == findings.files_skipped + static_cast<std::uint64_t>(read) + 7);
}

TEST_CASE("a deleted archive counts where there is evidence in it, and is no problem else") {
  EVTXHOUND_NEEDS_TOOLS("mkntfs", "ntfscp");
  const TemporaryFolder folder;
  const fs::path disk = folder / "disk.dd";
  const std::string log = log_text();
  const std::string stored = pack({{"in/a.evtx", log}}, {"zip", "none", "zip:compression=store"});
  std::string wrecked = pack({{"b.evtx", log}}, {"7zip", "none", ""});
  wrecked.replace(wrecked.size() / 2, std::string::npos, wrecked.size() / 2, 'x');
  make_ntfs(disk, {{"whole.zip", stored},
                   {"wrecked.7z", wrecked},
                   {"c.evtx.gz", pack({{"", log}}, {"raw", "gzip", ""})}});
  for (const std::string name : {"whole.zip", "wrecked.7z", "c.evtx.gz"}) {
    delete_in_ntfs(disk, name);
  }
  FindOptions options;
  options.carve = true;
  const Findings findings = find({disk}, options);
  Names pieces;
  for (const Piece& piece : findings.pieces) {
    CHECK(piece.problems.empty());
    if (piece.kind == Kind::kEvtx) pieces.push_back(piece.path.filename().string());
  }
  CHECK(pieces.size() == 2);
  CHECK_THAT(ending_in(findings, " / in/a.evtx").path.string(),
             Catch::Contains("whole.zip (deleted, entry "));
  CHECK(text_of(ending_in(findings, " / in/a.evtx")) == log);
  CHECK(text_of(ending_in(findings, ") / c.evtx")) == log);
  // The log's bytes stand as they are in the archive, and are not carved once more.
  CHECK(read_file(disk).find("ElfChnk") != std::string::npos);
  CHECK(text_of(findings.pieces.back()).find("ElfChnk") == std::string::npos);
}

TEST_CASE("a raw image in an archive is read in memory, as far as that is allowed") {
  EVTXHOUND_NEEDS_TOOLS("mkfs.vfat", "mcopy");
  const TemporaryFolder folder;
  const std::string log = log_text();
  const std::string fat = small_fat({{"a.evtx", log}});
  for (const std::string format : {"zip", "7zip", "pax"}) {
    CAPTURE(format);
    const fs::path path = folder / format;
    write_file(path, pack({{"first.evtx", log}, {"usb.dd", fat}, {"last.evtx", log}},
                          {format, "none", ""}));
    Names pieces = listed(find({path}), path);
    std::ranges::sort(pieces);
    CHECK(pieces == Names{"archive", "evtx / first.evtx", "evtx / last.evtx",
                          "evtx / usb.dd / volume / a.evtx", "image / usb.dd",
                          "volume / usb.dd / volume"});
    CHECK(text_of(ending_in(find({path}), "volume / a.evtx")) == log);

    FindOptions small;
    small.limits.image_bytes = fat.size() - 1;
    const Findings limited = find({path}, small);
    CHECK(limited.pieces.size() == 4);
    const Piece& image = ending_in(limited, "usb.dd");
    CHECK(image.kind == Kind::kImage);
    CHECK(image.size == fat.size());
    CHECK(kinds_of(image.problems) == Names{"limit"});
    CHECK_THAT(image.problems[0].message, Catch::Contains("take it out first"));
    CHECK_FALSE(image.open().ok());
    CHECK(text_of(ending_in(limited, "last.evtx")) == log);
  }
  // A compressed image, of which nobody knows the size before.
  write_file(folder / "usb.dd.gz", pack({{"", fat}}, {"raw", "gzip", ""}));
  CHECK(text_of(ending_in(find({folder / "usb.dd.gz"}), "usb.dd / volume / a.evtx")) == log);
  FindOptions small;
  small.limits.image_bytes = fat.size() - 1;
  CHECK(kinds_of(ending_in(find({folder / "usb.dd.gz"}, small), "usb.dd").problems) ==
        Names{"limit"});
  // The copy of a boot sector is a file like any other.
  write_file(folder / "boot/boot.zip", zip({{"BOOTSECT.BAK", fat.substr(0, 100'000)}}));
  CHECK(find({folder / "boot"}).files_skipped == 1);
}

TEST_CASE("an image within a file system is read, and a problem where it cannot be") {
  EVTXHOUND_NEEDS_TOOLS("mkntfs", "ntfscp", "mkfs.vfat", "mcopy");
  const TemporaryFolder folder;
  const std::string log = log_text();
  const std::string fat = small_fat({{"a.evtx", log}, {"b.zip", zip({{"c.evtx", log}})}});
  std::string footer(512, '\0');
  footer.replace(0, 8, "conectix");
  footer[63] = 2;  // of fixed size
  const std::string ewf("EVF\x09\x0d\x0a\xff\x00\x01\x01\x00\x00\x00", 13);
  const std::string later("EVF\x09\x0d\x0a\xff\x00\x01\x02\x00\x00\x00", 13);
  make_ntfs(folder / "disk.dd", {{"vm.img", fat},
                                 {"vm.vhd", fat + footer},
                                 {"x.vhdx", "vhdxfile" + std::string(200'000, 'x')},
                                 {"x.E01", ewf + std::string(9000, 'x')},
                                 {"x.E02", later + std::string(9000, 'x')}});
  FindOptions options;
  options.carve = true;
  const Findings findings = find({folder / "disk.dd"}, options);
  for (const std::string image : {"vm.img", "vm.vhd"}) {
    CAPTURE(image);
    CHECK(ending_in(findings, image).size == fat.size());
    CHECK(text_of(ending_in(findings, image + " / volume / a.evtx")) == log);
    CHECK(text_of(ending_in(findings, image + " / volume / b.zip / c.evtx")) == log);
    CHECK(ending_in(findings, image + " / unallocated").kind == Kind::kUnallocated);
  }
  for (const std::string image : {"x.vhdx", "x.E01"}) {
    CAPTURE(image);
    CHECK(ending_in(findings, image).kind == Kind::kImage);
    CHECK_FALSE(ending_in(findings, image).problems.empty());
  }
  CHECK(std::ranges::none_of(
      findings.pieces, [](const Piece& piece) { return piece.path.string().ends_with("x.E02"); }));
  // What lies in an image that is a file is not among what no file covers.
  CHECK(text_of(findings.pieces.back()).find("ElfChnk") == std::string::npos);

  delete_in_ntfs(folder / "disk.dd", "vm.img");
  const Findings deleted = find({folder / "disk.dd"}, options);
  const auto gone = std::ranges::find_if(deleted.pieces, [](const Piece& piece) {
    return piece.path.string().find("vm.img (deleted, entry ") != std::string::npos;
  });
  REQUIRE(gone != deleted.pieces.end());
  CHECK(kinds_of(gone->problems) == Names{"limit"});
}

TEST_CASE("images and archives within each other end at the limit of depth, and at that of bytes") {
  EVTXHOUND_NEEDS_TOOLS("mkfs.vfat", "mcopy", "mkntfs", "ntfscp");
  const TemporaryFolder folder;
  const std::string log = log_text();
  const std::string fat = small_fat({{"a.zip", zip({{"a.evtx", log}})}});
  make_ntfs(folder / "disk.dd", {{"b.zip", zip({{"fat.dd", fat}, {"b.evtx", log}})}});
  FindOptions options;
  options.limits.depth = 3;
  const std::string deepest = "b.zip / fat.dd / volume / a.zip / a.evtx";
  CHECK(text_of(ending_in(find({folder / "disk.dd"}, options), deepest)) == log);
  options.limits.depth = 2;
  const Findings two = find({folder / "disk.dd"}, options);
  CHECK(kinds_of(two.pieces.back().problems) == Names{"limit"});
  CHECK(two.pieces.back().path.string().ends_with("a.zip"));
  options.limits.depth = 1;
  const Findings one = find({folder / "disk.dd"}, options);
  CHECK(kinds_of(ending_in(one, "fat.dd").problems) == Names{"limit"});
  CHECK(text_of(ending_in(one, "b.zip / b.evtx")) == log);

  // A bomb costs what the limits allow, and the rest of the volume is read.
  make_ntfs(folder / "bomb.dd",
            {{"bomb.zip", zip({{"x.evtx", log + std::string(3'000'000, 'x')}, {"y.evtx", log}})},
             {"z.evtx", log}});
  FindOptions few;
  few.limits.free_bytes = 1'000'000;
  few.limits.expansion = 1;
  const Findings bomb = find({folder / "bomb.dd"}, few);
  CHECK(kinds_of(ending_in(bomb, "bomb.zip").problems) == Names{"limit"});
  CHECK(text_of(ending_in(bomb, "z.evtx")) == log);
}

TEST_CASE("a volume in itself ends, and folders that loop hold their files once") {
  EVTXHOUND_NEEDS_TOOLS("mkfs.vfat", "mcopy", "mmd");
  const TemporaryFolder folder;
  const fs::path path = folder / "fat";
  must("truncate -s 1M " + quoted(path) + " && mkfs.vfat -r 112 " + quoted(path));
  mtools(path, "mmd", "::LOGS ::LOGS/SUB");
  put_in_fat(path, "LOGS/a.evtx", log_text());
  std::string volume = read_file(path);
  constexpr std::size_t kCluster = 26;  // in a directory's entry
  const std::size_t logs = volume.find("LOGS       \x10");
  const std::size_t sub = volume.find("SUB        \x10");
  REQUIRE(logs != std::string::npos);
  REQUIRE(sub != std::string::npos);
  volume.replace(sub + kCluster, 2, volume.substr(logs + kCluster, 2));
  write_file(path, volume);
  const Findings loop = find({path});
  CHECK(std::ranges::count(loop.pieces, Kind::kEvtx, &Piece::kind) == 1);
  CHECK(text_of(ending_in(loop, "a.evtx")) == log_text());
}

TEST_CASE("an Ex01 and an L01 say that they are not read") {
  const TemporaryFolder folder;
  const auto ex01 = [](char number) {
    return std::string("EVF2\x0d\x0a\x81\x00\x02\x01\x01\x00", 12) + number + std::string(3, '\0') +
           std::string(5000, 'x');
  };
  write_file(folder / "x.Ex01", ex01(1));
  write_file(folder / "x.Ex02", ex01(2));
  write_file(folder / "y.L01", std::string("LVF\x09\x0d\x0a\xff\x00", 8) + std::string(500, 'x'));
  const Findings findings = find({folder.path()});
  REQUIRE(findings.pieces.size() == 3);  // with the folder, which has no logs
  for (const std::string name : {"x.Ex01", "y.L01"}) {
    const Piece& piece = ending_in(findings, name);
    CHECK(piece.kind == Kind::kImage);
    CHECK(kinds_of(piece.problems) == Names{"not-evidence"});
  }
  CHECK_THAT(ending_in(findings, "x.Ex01").problems[0].message, Catch::Contains("Ex01"));
  CHECK(kinds_of(find({folder / "x.Ex01"}).pieces[0].problems) == Names{"not-evidence"});
  // In an archive likewise.
  write_file(folder / "z.zip", zip({{"x.Ex01", ex01(1)}, {"x.Ex02", ex01(2)}}));
  const Findings within = find({folder / "z.zip"});
  REQUIRE(within.pieces.size() == 2);
  CHECK(kinds_of(within.pieces[1].problems) == Names{"not-evidence"});
}
