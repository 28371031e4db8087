// Images of every format within archives and within other images.
#include <algorithm>
#include <catch2/catch.hpp>

#include "evtxhound/evidence/disk/image.hpp"
#include "evtxhound/evidence/find.hpp"
#include "tests/evidence/disk/found_pieces.hpp"
#include "tests/evidence/disk/made_disk.hpp"
#include "tests/support/archives.hpp"

using namespace evtxhound;
using namespace evtxhound::evidence;
using namespace evtxhound::test;
namespace fs = std::filesystem;

namespace {

std::string convert(const fs::path& raw, const std::string& options) {
  const TemporaryFolder made;
  must("qemu-img convert -f raw " + options + " " + quoted(raw) + " " + quoted(made / "image"));
  return read_file(made / "image");
}

std::string ewf_of(const fs::path& raw, const std::string& options) {
  const TemporaryFolder made;
  must("ewfacquire -u -q -f encase6 -b 64 " + options + " -t " + quoted(made / "x") + " " +
       quoted(raw));
  return read_file(made / "x.E01");
}

struct Made {
  std::string name;
  std::string content;
};

// The disk in all formats.
std::vector<Made> made_of(const fs::path& raw) {
  return {{"a.qcow2", convert(raw, "-O qcow2")},
          {"packed.qcow2", convert(raw, "-c -O qcow2")},
          {"small.qcow2", convert(raw, "-O qcow2 -o compat=0.10,cluster_size=512")},
          {"a.vmdk", convert(raw, "-O vmdk")},
          {"stream.vmdk", convert(raw, "-O vmdk -o subformat=streamOptimized")},
          {"dynamic.vhd", convert(raw, "-O vpc -o force_size=on")},
          {"fixed.vhd", convert(raw, "-O vpc -o force_size=on,subformat=fixed")},
          {"a.vhdx", convert(raw, "-O vhdx")},
          {"packed.E01", ewf_of(raw, "-c best")},
          {"a.E01", ewf_of(raw, "-c none")}};
}

// A FAT volume of 2 MiB with a log, as a disk.
void make_small_disk(const fs::path& path) {
  must("truncate -s 2M " + quoted(path) + " && mkfs.vfat " + quoted(path));
  put_in_fat(path, "a.evtx", log_text());
}

}  // namespace

TEST_CASE("an image of any format is read in an archive, and in a file system") {
  EVTXHOUND_NEEDS_TOOLS("mkntfs", "ntfscp", "mkfs.vfat", "mcopy", "qemu-img", "ewfacquire");
  const TemporaryFolder folder;
  make_small_disk(folder / "fat");
  const std::string disk = read_file(folder / "fat");
  const std::string log = log_text();
  std::vector<ArchivedFile> members;
  must("truncate -s 48M " + quoted(folder / "ntfs.dd") + " && mkntfs -F -q -Q -p 0 -H 16 -S 63 " +
       quoted(folder / "ntfs.dd"));
  const std::vector<Made> images = made_of(folder / "fat");
  for (const Made& image : images) {
    members.push_back({image.name, image.content});
    write_file(folder / "file", image.content);
    must("ntfscp -f " + quoted(folder / "ntfs.dd") + " " + quoted(folder / "file") + " " +
         quoted(image.name));
  }
  write_file(folder / "images.zip", zip(members));
  for (const std::string outer : {"images.zip / ", "ntfs.dd / volume / "}) {
    const Findings findings = find({folder / outer.substr(0, outer.find(' '))});
    for (const Made& image : images) {
      CAPTURE(outer, image.name);
      const Piece& piece = ending_in(findings, outer + image.name);
      CHECK(piece.kind == Kind::kImage);
      for (const Problem& problem : piece.problems) FAIL_CHECK(problem.message);
      CHECK(piece.size >= disk.size());  // some formats round up
      CHECK(text_of(piece).substr(0, disk.size()) == disk);
      CHECK(text_of(ending_in(findings, image.name + " / volume / a.evtx")) == log);
    }
  }
}

TEST_CASE("images within others that are not whole say so, and what is there is read") {
  EVTXHOUND_NEEDS_TOOLS("mkntfs", "ntfscp", "qemu-img", "ewfacquire");
  const TemporaryFolder folder;
  make_ntfs(folder / "disk.raw", {{"a.evtx", log_text()}});
  must("dd if=/dev/urandom bs=1M count=2 seek=5 conv=notrunc of=" + quoted(folder / "disk.raw"));
  const auto qemu = [&](const std::string& command) {
    must("cd " + quoted(folder.path()) + " && qemu-img " + command);
  };
  qemu("convert -O qcow2 disk.raw base.qcow2");
  qemu("create -f qcow2 -F qcow2 -b base.qcow2 snapshot.qcow2");
  qemu("convert -O qcow disk.raw first.qcow");
  qemu("convert -O vmdk disk.raw base.vmdk");
  qemu("create -f vmdk -F vmdk -b base.vmdk snapshot.vmdk");
  qemu("convert -O vmdk -o subformat=monolithicFlat disk.raw flat.vmdk");
  qemu("convert -O qcow2 -o compression_type=zstd -c disk.raw zstd.qcow2");
  std::string locked = read_file(folder / "base.qcow2");
  locked[35] = 2;  // the method of its encryption: LUKS
  const std::string first = ewf_of(folder / "disk.raw", "-S 6M -c none");
  std::string cut = read_file(folder / "base.qcow2");
  cut.resize(cut.size() / 2);
  const auto file = [&](const std::string& name) {
    return ArchivedFile{name, read_file(folder / name)};
  };
  write_file(folder / "x.zip", zip({file("snapshot.qcow2"),
                                    file("snapshot.vmdk"),
                                    file("flat.vmdk"),
                                    file("first.qcow"),
                                    file("zstd.qcow2"),
                                    {"locked.qcow2", locked},
                                    {"split.E01", first},
                                    {"cut.qcow2", cut}}));
  const Findings findings = find({folder / "x.zip"});
  const auto problem = [&](const std::string& name) {
    const Piece& piece = ending_in(findings, "x.zip / " + name);
    REQUIRE_FALSE(piece.problems.empty());
    return std::string(to_string(piece.problems[0].kind)) + ": " + piece.problems[0].message;
  };
  CHECK_THAT(problem("snapshot.qcow2"),
             Catch::Contains("unreadable: ") && Catch::Contains("difference"));
  CHECK_THAT(problem("snapshot.vmdk"),
             Catch::Contains("unreadable: ") && Catch::Contains("difference"));
  CHECK_THAT(problem("flat.vmdk"), Catch::Contains("limit: ") && Catch::Contains("take it out"));
  CHECK_THAT(problem("first.qcow"), Catch::Contains("limit: ") && Catch::Contains("version 1"));
  CHECK_THAT(problem("zstd.qcow2"),
             Catch::Contains("unreadable: ") && Catch::Contains("not known"));
  CHECK_THAT(problem("locked.qcow2"), Catch::Contains("encrypted: "));
  CHECK_THAT(problem("split.E01"), Catch::Contains("truncated: "));
  CHECK_THAT(problem("cut.qcow2"), Catch::Contains("truncated: "));
  CHECK(text_of(ending_in(findings, "cut.qcow2 / volume / a.evtx")) == log_text());
  CHECK(text_of(ending_in(findings, "split.E01 / volume / a.evtx")) == log_text());
}

TEST_CASE("damaged images in memory are problems and never a crash") {
  EVTXHOUND_NEEDS_TOOLS("mkfs.vfat", "mcopy", "qemu-img", "ewfacquire");
  const TemporaryFolder folder;
  make_small_disk(folder / "fat");
  for (const Made& image : made_of(folder / "fat")) {
    CAPTURE(image.name);
    const auto format = image_format(*source_of(image.content));
    REQUIRE(format.has_value());
    for (unsigned round = 0; round < 40; ++round) {
      std::string bytes = image.content;
      if (round % 4 == 0) {
        bytes.resize(bytes.size() * (round + 1) / 48);
      } else {
        // In the first KiB, where headers lie, and anywhere.
        for (unsigned i = 0; i < round; ++i) {
          const std::size_t range = i % 2 == 0 ? 4096 : bytes.size() - 8;
          bytes[8 + (i * 7919 + round * 104'729) % (range - 8)] ^= static_cast<char>(round + i);
        }
      }
      const auto opened = open_image(source_of(bytes), *format);
      if (!opened) {
        CHECK_FALSE(opened.problem().message.empty());
        continue;
      }
      Buffer block(65'536);
      for (std::uint64_t at = 0; at < (2U << 20U); at += 200'000) {
        const auto got = opened->disk->read_at(at, block);
        if (!got) CHECK_FALSE(got.problem().message.empty());
      }
    }
  }
}
