#include "evtxhound/evidence/disk/volumes.hpp"

#include <catch2/catch.hpp>

#include "tests/evidence/disk/made_disk.hpp"
#include "tests/support/cost.hpp"

using namespace evtxhound;
using namespace evtxhound::evidence;
using namespace evtxhound::test;

namespace {

constexpr std::uint64_t kMiB = 1U << 20;

VolumeTable table_of(const std::string& disk) { return list_volumes(source_of(disk)); }

std::string partitioned(unsigned size_mib, const std::string& script) {
  const TemporaryFolder folder;
  make_partitioned(folder / "disk", size_mib, script, {});
  return read_file(folder / "disk");
}

// number, offset in MiB, size in MiB
using Row = std::tuple<std::uint32_t, std::uint64_t, std::uint64_t>;
std::vector<Row> rows_of(const VolumeTable& table) {
  std::vector<Row> rows;
  for (const Volume& volume : table.volumes) {
    rows.emplace_back(volume.number, volume.place.offset / kMiB, volume.place.size / kMiB);
  }
  return rows;
}

}  // namespace

TEST_CASE("partitions of an MBR are numbered as systems do, logical drives from 5") {
  EVTXHOUND_NEEDS_TOOLS("sfdisk");
  const auto table = table_of(partitioned(
      32,
      "label: dos\n1: start=2048,size=4096,type=7\n2: start=10240,size=4096,type=c\n"
      "4: start=20480,size=40960,type=f\n5: start=22528,size=4096\n6: start=28672,size=4096\n"));
  CHECK(rows_of(table) == std::vector<Row>{{1, 1, 2}, {2, 5, 2}, {5, 11, 2}, {6, 14, 2}});
  CHECK(table.problems.empty());
  // Between the first two partitions, and behind the last.
  const auto in_gap = [&](std::uint64_t offset) {
    return std::ranges::any_of(table.gaps, [=](const ByteRun& gap) {
      return offset >= gap.offset && offset < gap.offset + gap.size;
    });
  };
  CHECK(in_gap(4 * kMiB));
  CHECK(in_gap(31 * kMiB));
  CHECK_FALSE(in_gap(2 * kMiB));
  CHECK_FALSE(in_gap(6 * kMiB));
}

TEST_CASE("partitions of a GPT are read, also by its copy at the end of the disk") {
  EVTXHOUND_NEEDS_TOOLS("sfdisk");
  std::string disk =
      partitioned(16, "label: gpt\n1: start=2048,size=4096\n3: start=10240,size=4096\n");
  const std::vector<Row> rows{{1, 1, 2}, {3, 5, 2}};
  CHECK(rows_of(table_of(disk)) == rows);
  disk.replace(0, 34 * 512, 34 * 512, '\0');
  CHECK(rows_of(table_of(disk)) == rows);
}

TEST_CASE("a disk without a partition table is one volume") {
  const auto table = table_of(std::string(3 * kMiB, 'x'));
  CHECK(rows_of(table) == std::vector<Row>{{0, 0, 3}});
  CHECK(table.gaps.empty());
}

TEST_CASE("a partition behind the end of a cut image is a problem") {
  EVTXHOUND_NEEDS_TOOLS("sfdisk");
  std::string disk = partitioned(
      32, "label: dos\n1: start=2048,size=16384,type=7\n2: start=40960,size=4096,type=7\n");
  disk.resize(4 * kMiB);
  const auto table = table_of(disk);
  CHECK(rows_of(table) == std::vector<Row>{{1, 1, 8}});
  REQUIRE(table.problems.size() == 2);
  CHECK_THAT(table.problems[0].message, Catch::Contains("partition 1"));
  CHECK(table.problems[0].offset == disk.size());
  CHECK_THAT(table.problems[1].message, Catch::Contains("partition 2"));
}

TEST_CASE("a partition table of garbage ends, and leaves a volume to look at") {
  EVTXHOUND_NEEDS_TOOLS("sfdisk");
  const std::string sound =
      partitioned(16,
                  "label: dos\n1: start=2048,size=4096,type=7\n2: start=10240,size=8192,type=f\n"
                  "5: start=12288,size=2048\n");
  const std::string gpt = partitioned(16, "label: gpt\n1: start=2048,size=4096\n");
  for (unsigned round = 0; round < 200 / kLess; ++round) {
    std::string disk = round % 2 == 0 ? sound : gpt;
    const std::size_t begin = round % 2 == 0 ? 440 : 512;
    for (unsigned i = 0; i <= round % 16; ++i) {
      disk[begin + (round * 31 + i * 97) % 70] = static_cast<char>(round * 17 + i * 113);
    }
    const auto table = table_of(disk);
    CHECK_FALSE(table.volumes.empty());
    for (const Volume& volume : table.volumes) CHECK(volume.place.offset < disk.size());
  }
}
