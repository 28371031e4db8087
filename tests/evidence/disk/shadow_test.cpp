#include <algorithm>
#include <catch2/catch.hpp>
#include <iostream>
#include <thread>

#include "evtxhound/evidence/disk/shadow_copies.hpp"
#include "evtxhound/evidence/find.hpp"
#include "tests/evidence/disk/found_pieces.hpp"
#include "tests/evidence/disk/made_disk.hpp"
#include "tests/evidence/disk/made_shadow.hpp"
#include "tests/support/archives.hpp"
#include "tests/support/mutation.hpp"

using namespace evtxhound;
using namespace evtxhound::evidence;
using namespace evtxhound::test;
namespace fs = std::filesystem;

namespace {

constexpr std::size_t kVolumeBlocks = 256;
constexpr StoreArea kArea{0x40000, 0x200000};

// A volume of 4 MiB that changes from state to state: by sectors, whole blocks, and blocks that are
// copied. Some blocks stay zeros for a time.
std::vector<std::string> changing_volume(std::uint64_t seed, std::size_t states) {
  Random random(seed);
  std::string volume(kVolumeBlocks * kShadowBlock, '\0');
  const auto fill = [&](std::size_t at, std::size_t size) {
    for (std::size_t i = 0; i < size; ++i) volume[at + i] = static_cast<char>(random.byte());
  };
  const auto block = [&] { return random.below(kVolumeBlocks) * kShadowBlock; };
  fill(0, 60 * kShadowBlock);
  std::vector<std::string> out;
  for (std::size_t i = 0; i < states; ++i) {
    for (unsigned change = 0; change < 9; ++change) {
      fill(block(), kShadowBlock);
      fill(block() + random.below(32) * 512, 512);
      volume.replace(block(), kShadowBlock, volume.substr(block(), kShadowBlock));
    }
    out.push_back(volume);
  }
  return out;
}

// Where the copy reads other than the volume was: its first such block. What was not in use, and
// where stores lie, reads as it is now; only the newest copy says what was not in use.
std::string difference(const std::string& copy, const std::string& state, bool is_newest) {
  if (copy.size() != state.size()) return "size " + std::to_string(copy.size());
  const std::string zeros(kShadowBlock, '\0');
  for (std::size_t at = kShadowBlock; at < state.size(); at += kShadowBlock) {
    if (at >= kArea.offset && at < kArea.offset + kArea.size) continue;
    const std::string block = state.substr(at, kShadowBlock);
    if (!is_newest && block == zeros) continue;
    if (copy.compare(at, kShadowBlock, block) != 0) return "block at " + std::to_string(at);
  }
  return {};
}

MadeShadows made_of(const std::vector<std::string>& states, const ShadowOptions& options) {
  std::vector<ShadowState> copies;
  for (std::size_t i = 0; i + 1 < states.size(); ++i) copies.push_back({states[i], 1000 + i});
  return with_shadow_copies(states.back(), copies, kArea, options);
}

}  // namespace

TEST_CASE("a shadow copy reads as the volume was, whatever way its blocks were kept") {
  for (unsigned round = 0; round < 12; ++round) {
    CAPTURE(round);
    ShadowOptions options;
    options.overlays = (round & 1U) != 0;
    options.forwarders = (round & 2U) != 0;
    options.descriptors_in_block = (round & 4U) != 0 ? 7 : 508;
    const std::vector<std::string> states = changing_volume(round, 3 + round % 2);
    const MadeShadows made = made_of(states, options);
    const ShadowCopies found = open_shadow_copies(source_of(made.volume));
    CHECK(found.problems.empty());
    REQUIRE(found.copies.size() == states.size() - 1);
    for (std::size_t i = 0; i < found.copies.size(); ++i) {
      const ShadowCopy& copy = found.copies[i];
      CHECK(copy.problems.empty());
      CHECK(copy.created == 1000 + i);
      REQUIRE(copy.bytes != nullptr);
      CHECK(difference(all_of(*copy.bytes), states[i], i + 1 == found.copies.size()).empty());
    }
  }
}

TEST_CASE("shadow copies are read from any place, of any size, by several threads") {
  ShadowOptions options;
  options.overlays = true;
  const MadeShadows made = made_of(changing_volume(99, 3), options);
  const ShadowCopies found = open_shadow_copies(source_of(made.volume));
  REQUIRE(found.copies.size() == 2);
  const std::vector<std::string> whole{all_of(*found.copies[0].bytes),
                                       all_of(*found.copies[1].bytes)};
  std::atomic<unsigned> wrong = 0;
  const auto read = [&](std::uint64_t seed) {
    Random random(seed);
    for (unsigned i = 0; i < 400; ++i) {
      const std::size_t which = random.below(2);
      const std::string& text = whole[which];
      const std::size_t at = random.below(text.size() + 10);
      Buffer into(random.below(3) == 0 ? random.below(100'000) : random.below(600));
      const auto got = found.copies[which].bytes->read_at(at, into);
      const std::string part = at < text.size() ? text.substr(at, into.size()) : "";
      if (!got || *got != part.size() ||
          !std::equal(part.begin(), part.end(), into.begin(),
                      [](char a, std::uint8_t b) { return static_cast<std::uint8_t>(a) == b; })) {
        ++wrong;
      }
    }
  };
  std::thread one(read, 1);
  std::thread two(read, 2);
  one.join();
  two.join();
  CHECK(wrong == 0);
}

TEST_CASE("a volume without shadow copies has none, and no problem") {
  CHECK(open_shadow_copies(source_of("")).copies.empty());
  CHECK(open_shadow_copies(source_of(std::string(1 << 20, '\0'))).problems.empty());
  // Windows leaves the header, with nothing in it, when the last copy is removed.
  const std::string volume(kVolumeBlocks * kShadowBlock, '\0');
  MadeShadows made = with_shadow_copies(volume, {}, kArea);
  made.volume.replace(0x1e00 + 48, 8, 8, '\0');
  const ShadowCopies none = open_shadow_copies(source_of(made.volume));
  CHECK(none.copies.empty());
  CHECK(none.problems.empty());
}

TEST_CASE("logs that the volume lost are found in its shadow copies") {
  EVTXHOUND_NEEDS_TOOLS("mkntfs", "ntfscp", "sfdisk");
  const MadeShadowVolume volume = make_shadow_volume();
  const TemporaryFolder folder;
  make_shadow_disk(volume, folder);
  FindOptions options;
  options.carve = true;
  const Findings findings = find({folder / "disk.dd"}, options);
  const std::string partition = (folder / "disk.dd").string() + " / partition 2";
  std::vector<std::string> paths;
  for (const Piece& piece : findings.pieces) {
    CHECK(piece.problems.empty());
    if (piece.path.string().rfind(partition, 0) == 0) {
      paths.push_back(piece.path.string().substr(partition.size()));
    }
  }
  std::ranges::sort(paths);
  CHECK(paths == std::vector<std::string>{"", " / Security.evtx", " / kept.evtx", " / shadow 1",
                                          " / shadow 1 / Security.evtx", " / shadow 1 / gone.evtx",
                                          " / shadow 1 / kept.evtx", " / shadow 1 / late.evtx",
                                          " / shadow 2", " / shadow 2 / Security.evtx",
                                          " / shadow 2 / kept.evtx", " / shadow 2 / late.evtx"});
  const auto text = [&](const std::string& path) {
    const Piece& piece = named(findings, partition + path);
    CHECK(piece.kind == Kind::kEvtx);
    return text_of(piece);
  };
  CHECK(text(" / Security.evtx") == volume.third);
  CHECK(text(" / shadow 2 / Security.evtx") == volume.second);
  CHECK(text(" / shadow 1 / Security.evtx") == volume.first);
  CHECK(text(" / shadow 1 / gone.evtx") == volume.gone);
  CHECK(text(" / shadow 2 / late.evtx") == volume.late);
  CHECK(text(" / shadow 1 / kept.evtx") == volume.kept);

  const Piece& copy = named(findings, partition + " / shadow 1");
  CHECK(copy.kind == Kind::kVolume);
  CHECK(copy.created == kShadowTimes[0]);
  CHECK(named(findings, partition + " / shadow 2").created == kShadowTimes[1]);
  CHECK(named(findings, partition).created.empty());
  CHECK(copy.size == volume.made.volume.size());
  CHECK(named(findings, partition + " / shadow 1 / gone.evtx").parent ==
        static_cast<std::size_t>(&copy - findings.pieces.data()));
  REQUIRE(copy.parent.has_value());
  CHECK(findings.pieces[*copy.parent].path == partition);
  // Stores are files of the volume: what they hold is not carved.
  CHECK(text_of(findings.pieces.back()).find("ElfChnk") == std::string::npos);
}

TEST_CASE("an image that lies in shadow copies is looked into in each, and carved once") {
  EVTXHOUND_NEEDS_TOOLS("mkntfs", "ntfscp", "mkfs.vfat", "mcopy");
  constexpr std::size_t kStoreSize = std::size_t{1} << 20;
  const TemporaryFolder folder;
  const fs::path path = folder / "ntfs";
  const fs::path image = folder / "fat";
  must("truncate -s 1M " + quoted(image) + " && mkfs.vfat " + quoted(image));
  put_in_fat(image, "in.evtx", log_text());
  make_ntfs(path, {{kStoreFile, store_file(kStoreSize)},
                   {"vm.dd", read_file(image)},
                   {"vm.zip", zip({{"vm.dd", read_file(image)}})},
                   {"notes.txt", std::string(30'000, 'a')}});
  const std::string before = read_file(path);
  std::string now = before;
  const std::size_t notes = now.find(std::string(30'000, 'a'));
  REQUIRE(notes != std::string::npos);
  now.replace(notes, 30'000, 30'000, 'b');
  const MadeShadows made = with_shadow_copies(now, {{before, 1000}, {before, 2000}},
                                              place_of_store_file(now, kStoreSize));
  write_file(folder / "disk.dd", made.volume);
  FindOptions options;
  options.carve = true;
  const Findings findings = find({folder / "disk.dd"}, options);
  std::vector<std::string> carved;
  std::size_t logs = 0;
  const std::string root = (folder / "disk.dd").string();
  for (const Piece& piece : findings.pieces) {
    CHECK(piece.problems.empty());
    const std::string text = piece.path.string().substr(root.size());
    if (piece.kind == Kind::kUnallocated) carved.push_back(text);
    if (piece.kind == Kind::kEvtx) ++logs;
  }
  CHECK(logs == 6);  // of two images, in the volume and in two copies
  CHECK(carved == std::vector<std::string>{" / volume / vm.dd / unallocated",
                                           " / volume / vm.zip / vm.dd / unallocated",
                                           " / unallocated"});
}

TEST_CASE("vshadowinfo lists the shadow copies that are found here") {
  EVTXHOUND_NEEDS_TOOLS("vshadowinfo", "mkntfs", "ntfscp");
  const MadeShadowVolume volume = make_shadow_volume();
  const TemporaryFolder folder;
  write_file(folder / "ntfs", volume.made.volume);
  const Ran ran = shell("vshadowinfo " + quoted(folder / "ntfs"));
  CHECK(ran.status == 0);
  const ShadowCopies found = open_shadow_copies(source_of(volume.made.volume));
  REQUIRE(found.copies.size() == 2);
  CHECK_THAT(ran.out, Catch::Contains("Number of stores:\t2"));
  std::size_t at = 0;
  for (std::size_t i = 0; i < 2; ++i) {
    CAPTURE(i, ran.out);
    const ShadowCopy& copy = found.copies[i];
    CHECK(to_iso8601(copy.created) == kShadowTimes[i]);
    at = ran.out.find("Store: " + std::to_string(i + 1), at);
    REQUIRE(at != std::string::npos);
    const std::string of_store = ran.out.substr(at, ran.out.find("\n\n", at) - at);
    CHECK_THAT(of_store, Catch::Contains("Identifier\t\t: " + copy.id));
    CHECK_THAT(of_store, Catch::Contains("Shadow copy ID\t\t: " + copy.copy_id));
  }
  CHECK_THAT(ran.out, Catch::Contains("Mar 29, 2023 15:04:05"));
  CHECK_THAT(ran.out, Catch::Contains("Apr 02, 2023 08:00:00.5"));
}
