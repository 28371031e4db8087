#include "evtxhound/evidence/disk/image.hpp"

#include <catch2/catch.hpp>
#include <thread>

#include "evtxhound/base/file.hpp"
#include "tests/evidence/disk/made_disk.hpp"

using namespace evtxhound;
using namespace evtxhound::evidence;
using namespace evtxhound::test;
namespace fs = std::filesystem;

namespace {

std::optional<ImageFormat> format_of(const fs::path& path) {
  const auto file = ReadOnlyFile::open(path);
  REQUIRE(file.ok());
  return image_format(*file);
}

DiskImage opened(const fs::path& path) {
  const auto format = format_of(path);
  REQUIRE(format.has_value());
  auto image = open_image(path, *format);
  if (!image) FAIL(image.problem().message);
  return std::move(*image);
}

Problem refused(const fs::path& path) {
  const auto format = format_of(path);
  REQUIRE(format.has_value());
  const auto image = open_image(path, *format);
  REQUIRE_FALSE(image.ok());
  return image.problem();
}

// Every third MiB is random, so that no place is like another; begins as a disk.
void make_disk(const fs::path& path) {
  make_ntfs(path, {{"Security.evtx", log_text()}});
  must("dd if=/dev/urandom bs=1M count=2 seek=5 conv=notrunc of=" + quoted(path));
}

// E01 in segments of 1 MiB, the least that ewfacquire writes: x.E01 … x.E08, not compressed.
void make_ewf(const fs::path& raw, const fs::path& stem) {
  must("ewfacquire -u -q -f encase6 -S 1M -c none -b 64 -t " + quoted(stem) + " " + quoted(raw));
}

void cut_file(const fs::path& path, std::uintmax_t bytes) {
  fs::resize_file(path, fs::file_size(path) - bytes);
}

}  // namespace

TEST_CASE("a disk has the same bytes in each format that qemu writes") {
  EVTXHOUND_NEEDS_TOOLS("mkntfs", "ntfscp", "qemu-img");
  const TemporaryFolder folder;
  make_disk(folder / "disk.raw");
  const std::string disk = read_file(folder / "disk.raw");
  CHECK(format_of(folder / "disk.raw") == ImageFormat::kRaw);
  CHECK(all_of(*opened(folder / "disk.raw").disk) == disk);
  struct Case {
    std::string options;
    ImageFormat format;
    std::size_t files;
  };
  for (const Case& each :
       {Case{"-O qcow2", ImageFormat::kQcow, 1}, Case{"-c -O qcow2", ImageFormat::kQcow, 1},
        Case{"-O qcow", ImageFormat::kQcow, 1}, Case{"-O vhdx", ImageFormat::kVhdx, 1},
        Case{"-O vmdk", ImageFormat::kVmdk, 1},
        Case{"-O vmdk -o subformat=streamOptimized", ImageFormat::kVmdk, 1},
        Case{"-O vmdk -o subformat=monolithicFlat", ImageFormat::kVmdk, 2},
        Case{"-O vmdk -o subformat=twoGbMaxExtentSparse", ImageFormat::kVmdk, 2},
        Case{"-O vpc -o force_size=on", ImageFormat::kVhd, 1},
        Case{"-O vpc -o force_size=on,subformat=fixed", ImageFormat::kVhd, 1}}) {
    CAPTURE(each.options);
    const TemporaryFolder made;
    must("qemu-img convert -f raw " + each.options + " " + quoted(folder / "disk.raw") + " " +
         quoted(made / "image.vmdk"));
    const DiskImage image = opened(made / "image.vmdk");
    CHECK(image.format == each.format);
    CHECK(image.files.size() == each.files);
    CHECK(image.problems.empty());
    CHECK(sha256(all_of(*image.disk)) == sha256(disk));
    for (std::size_t i = 1; i < image.files.size(); ++i) {
      CHECK(is_part_of_image(image.files[i], format_of(image.files[i]).value()));
    }
  }
}

TEST_CASE("a split raw image is one disk") {
  EVTXHOUND_NEEDS_TOOLS("mkntfs", "ntfscp", "split");
  const TemporaryFolder folder;
  make_disk(folder / "disk.raw");
  const std::string disk = read_file(folder / "disk.raw");
  must("cd " + quoted(folder.path()) + " && split -b 3000000 disk.raw x. && " +
       "split -b 3000000 -d --numeric-suffixes=1 -a 3 disk.raw y.");
  CHECK(all_of(*opened(folder / "x.aa").disk) == disk);
  const DiskImage image = opened(folder / "y.001");
  CHECK(image.files == std::vector<fs::path>{folder / "y.001", folder / "y.002", folder / "y.003"});
  CHECK(all_of(*image.disk) == disk);
  CHECK(is_part_of_image(folder / "y.002", ImageFormat::kRaw));
  CHECK_FALSE(is_part_of_image(folder / "y.001", ImageFormat::kRaw));

  fs::remove(folder / "y.002");
  const DiskImage holed = opened(folder / "y.001");
  REQUIRE(holed.problems.size() == 1);
  CHECK(holed.problems[0].offset == 3'000'000);
  CHECK_THAT(holed.problems[0].message, Catch::Contains("segment 2"));
  CHECK(holed.disk->size() == disk.size());
  Buffer block(1000);
  const auto behind = holed.disk->read_at(6'000'000, block);
  REQUIRE(behind.ok());
  CHECK(std::string(block.begin(), block.end()) == disk.substr(6'000'000, 1000));
  const auto lost = holed.disk->read_at(2'999'500, block);
  REQUIRE_FALSE(lost.ok());
  CHECK(lost.problem().kind == ProblemKind::kUnreadable);
  CHECK(lost.problem().offset == 3'000'000);
}

TEST_CASE("an Expert Witness image has the disk's bytes, in one file or split, compressed or not") {
  EVTXHOUND_NEEDS_TOOLS("mkntfs", "ntfscp", "ewfacquire");
  const TemporaryFolder folder;
  make_disk(folder / "disk.raw");
  const std::string disk = read_file(folder / "disk.raw");
  must("ewfacquire -u -q -f encase6 -c best -t " + quoted(folder / "one") + " " +
       quoted(folder / "disk.raw"));
  const DiskImage one = opened(folder / "one.E01");
  CHECK(one.format == ImageFormat::kEwf);
  CHECK(sha256(all_of(*one.disk)) == sha256(disk));
  CHECK(one.problems.empty());

  make_ewf(folder / "disk.raw", folder / "split");
  const DiskImage split = opened(folder / "split.E01");
  CHECK(split.files.size() > 5);
  CHECK(sha256(all_of(*split.disk)) == sha256(disk));
  CHECK(is_part_of_image(folder / "split.E02", ImageFormat::kEwf));
  CHECK_FALSE(is_part_of_image(folder / "split.E01", ImageFormat::kEwf));
  CHECK_THAT(refused(folder / "split.E02").message, Catch::Contains("segment 2"));
}

TEST_CASE("of an Expert Witness image that lacks segments the rest is read") {
  EVTXHOUND_NEEDS_TOOLS("mkntfs", "ntfscp", "ewfacquire");
  const TemporaryFolder folder;
  make_disk(folder / "disk.raw");
  const std::string disk = read_file(folder / "disk.raw");
  make_ewf(folder / "disk.raw", folder / "x");
  const DiskImage whole = opened(folder / "x.E01");
  SECTION("the last ones") {
    fs::remove(whole.files[whole.files.size() - 1]);
    fs::remove(whole.files[whole.files.size() - 2]);
  }
  SECTION("one in the middle") { fs::remove(folder / "x.E04"); }
  SECTION("the end of the last one that is there") {
    fs::remove(whole.files.back());
    cut_file(whole.files[whole.files.size() - 2], 500'000);
  }
  SECTION("the end of the last one") { cut_file(whole.files.back(), 1000); }
  const DiskImage image = opened(folder / "x.E01");
  CHECK(image.disk->size() == disk.size());
  CHECK_FALSE(image.problems.empty());
  std::string begin(2'000'000, '\0');
  const auto got =
      image.disk->read_at(0, {reinterpret_cast<std::uint8_t*>(begin.data()), begin.size()});
  REQUIRE(got.ok());
  CHECK(begin == disk.substr(0, begin.size()));
  // What comes from nowhere is never taken for the disk's bytes.
  Buffer block(4096);
  std::size_t lost = 0;
  for (std::size_t at = 0; at < disk.size(); at += block.size()) {
    if (!image.disk->read_at(at, block)) {
      ++lost;
    } else if (std::string(block.begin(), block.end()) != disk.substr(at, block.size())) {
      FAIL("wrong bytes at " << at);
    }
  }
  CHECK(lost < disk.size() / block.size() * 3 / 4);
}

TEST_CASE("a chunk of an Expert Witness image that fails its checksum is a problem") {
  EVTXHOUND_NEEDS_TOOLS("mkntfs", "ntfscp", "ewfacquire");
  const TemporaryFolder folder;
  make_disk(folder / "disk.raw");
  make_ewf(folder / "disk.raw", folder / "x");
  std::string segment = read_file(folder / "x.E06");
  segment[segment.size() / 2] ^= 1;
  write_file(folder / "x.E06", segment);
  const DiskImage image = opened(folder / "x.E01");
  Buffer block(65'536);
  std::vector<Problem> problems;
  for (std::size_t at = 0; at < image.disk->size(); at += block.size()) {
    const auto got = image.disk->read_at(at, block);
    if (!got) problems.push_back(got.problem());
  }
  REQUIRE(problems.size() == 1);
  CHECK(problems[0].kind == ProblemKind::kChecksum);
  CHECK(problems[0].offset.value_or(0) > 4'000'000);
}

TEST_CASE("an image is read by many threads at once") {
  EVTXHOUND_NEEDS_TOOLS("mkntfs", "ntfscp", "ewfacquire");
  const TemporaryFolder folder;
  make_disk(folder / "disk.raw");
  const std::string disk = read_file(folder / "disk.raw");
  make_ewf(folder / "disk.raw", folder / "x");
  const DiskImage image = opened(folder / "x.E01");
  std::vector<std::string> read(4);
  std::vector<std::thread> threads;
  for (std::string& text : read) threads.emplace_back([&] { text = all_of(*image.disk); });
  for (std::thread& thread : threads) thread.join();
  for (const std::string& text : read) CHECK(text == disk);
}

TEST_CASE("an image that is only a difference, or leads elsewhere, is refused") {
  EVTXHOUND_NEEDS_TOOLS("mkntfs", "ntfscp", "qemu-img");
  const TemporaryFolder folder;
  make_disk(folder / "disk.raw");
  const auto qemu = [&](const std::string& command) {
    must("cd " + quoted(folder.path()) + " && qemu-img " + command);
  };
  qemu("convert -O qcow2 disk.raw base.qcow2");
  qemu("create -f qcow2 -F qcow2 -b base.qcow2 snapshot.qcow2");
  CHECK_THAT(refused(folder / "snapshot.qcow2").message, Catch::Contains("difference"));
  qemu("convert -O vmdk disk.raw base.vmdk");
  qemu("create -f vmdk -F vmdk -b base.vmdk snapshot.vmdk");
  CHECK_THAT(refused(folder / "snapshot.vmdk").message, Catch::Contains("difference"));
  qemu("convert -O vmdk -o subformat=monolithicFlat disk.raw flat.vmdk");
  const std::string descriptor = read_file(folder / "flat.vmdk");
  const std::size_t name = descriptor.find("flat-flat.vmdk");
  REQUIRE(name != std::string::npos);
  std::string elsewhere = descriptor;
  elsewhere.replace(name, 14, "../" + folder.path().filename().string() + "/flat-flat.vmdk");
  write_file(folder / "flat.vmdk", elsewhere);
  CHECK(refused(folder / "flat.vmdk").kind == ProblemKind::kLink);
  fs::remove(folder / "flat-flat.vmdk");
  write_file(folder / "flat.vmdk", descriptor);
  CHECK_THAT(refused(folder / "flat.vmdk").message, Catch::Contains("missing"));
}

TEST_CASE("cut and damaged images are problems and never a crash") {
  EVTXHOUND_NEEDS_TOOLS("mkntfs", "ntfscp", "qemu-img", "ewfacquire");
  const TemporaryFolder folder;
  make_disk(folder / "disk.raw");
  must("ewfacquire -u -q -f encase6 -t " + quoted(folder / "x") + " " +
       quoted(folder / "disk.raw"));
  std::vector<fs::path> images{folder / "x.E01"};
  for (const std::string format : {"vmdk", "vpc", "vhdx", "qcow2"}) {
    images.push_back(folder / ("x." + format));
    must("qemu-img convert -O " + format + " " + quoted(folder / "disk.raw") + " " +
         quoted(images.back()));
  }
  for (const fs::path& path : images) {
    const std::string sound = read_file(path);
    for (unsigned round = 0; round < 40; ++round) {
      std::string bytes = sound;
      if (round % 4 == 0) {
        bytes.resize(sound.size() * (round + 1) / 48);
      } else {
        for (unsigned i = 0; i < round; ++i) {
          bytes[8 + (i * 7919 + round * 104'729) % 4096] ^= static_cast<char>(round + i);
        }
      }
      write_file(path, bytes);
      const auto format = format_of(path);
      if (!format) continue;
      const auto image = open_image(path, *format);
      if (!image) {
        CHECK_FALSE(image.problem().message.empty());
        continue;
      }
      Buffer block(65'536);
      for (std::size_t at = 0; at < (8U << 20); at += 500'000) {
        const auto got = image->disk->read_at(at, block);
        if (!got) CHECK_FALSE(got.problem().message.empty());
      }
    }
  }
}

TEST_CASE("a file that is no disk image is none") {
  const TemporaryFolder folder;
  write_file(folder / "empty", "");
  write_file(folder / "short", std::string(510, 'x') + "\x55\xAA");
  write_file(folder / "text", std::string(8192, 'x'));
  write_file(folder / "signed", std::string(510, '\0') + "\x55\xAA" + std::string(8192, '\0'));
  for (const std::string name : {"empty", "short", "text", "signed"}) {
    CAPTURE(name);
    CHECK_FALSE(format_of(folder / name).has_value());
  }
}
