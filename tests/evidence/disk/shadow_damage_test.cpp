// Damaged shadow copies: what is lost is said, and the rest is read.
#include <algorithm>
#include <catch2/catch.hpp>

#include "evtxhound/evidence/disk/shadow_copies.hpp"
#include "tests/evidence/disk/made_disk.hpp"
#include "tests/evidence/disk/made_shadow.hpp"
#include "tests/support/mutation.hpp"

using namespace evtxhound;
using namespace evtxhound::evidence;
using namespace evtxhound::test;

namespace {

constexpr std::size_t kBlocks = 192;
constexpr std::size_t kFirst = 150;  // of the blocks that change
constexpr std::size_t kChanged = 10;
constexpr StoreArea kArea{0x40000, 0x100000};
constexpr std::size_t kNext = 40;  // in the header of a block
constexpr std::size_t kHeader = 128;
constexpr std::size_t kEntries = kHeader;  // of a list

std::string state(char letter) {
  std::string volume(kBlocks * kShadowBlock, '\0');
  return volume.replace(kFirst * kShadowBlock, kChanged * kShadowBlock, kChanged * kShadowBlock,
                        letter);
}

// Blocks that read `a` in the first copy, `b` in the second, and `c` now; lists of four blocks.
MadeShadows made(Filetime second = 2) {
  ShadowOptions options;
  options.descriptors_in_block = 3;
  return with_shadow_copies(state('c'), {{state('a'), 1}, {state('b'), second}}, kArea, options);
}

ShadowCopies open_copies(const std::string& bytes) { return open_shadow_copies(source_of(bytes)); }

void put_number(std::string& bytes, std::size_t at, std::uint64_t number) {
  for (std::size_t i = 0; i < 8; ++i) bytes.at(at + i) = static_cast<char>(number >> (8 * i));
}

void wreck(std::string& bytes, std::size_t at) { bytes.replace(at, kHeader, kHeader, '\x5A'); }

// One letter for each of the blocks that change; `?` where one is mixed.
std::string letters(const ShadowCopy& copy) {
  if (copy.bytes == nullptr) return "none";
  const std::string text = all_of(*copy.bytes);
  std::string out;
  for (std::size_t i = kFirst; i < kFirst + kChanged; ++i) {
    const std::string block = text.substr(i * kShadowBlock, kShadowBlock);
    out += block == std::string(kShadowBlock, block[0]) ? block[0] : '?';
  }
  return out;
}

const std::string kA(kChanged, 'a');
const std::string kB(kChanged, 'b');

void says(const std::vector<Problem>& problems, const std::string& text) {
  REQUIRE(problems.size() == 1);
  CHECK(problems[0].kind == ProblemKind::kUnreadable);
  CHECK_THAT(problems[0].message, Catch::Contains(text));
}

}  // namespace

TEST_CASE("without damage the copies of these tests are read") {
  const ShadowCopies found = open_copies(made().volume);
  REQUIRE(found.copies.size() == 2);
  CHECK(letters(found.copies[0]) == kA);
  CHECK(letters(found.copies[1]) == kB);
}

TEST_CASE("a store without header, or one whose sizes lie, costs nothing but the copy's id") {
  MadeShadows shadows = made();
  wreck(shadows.volume, shadows.stores[1].header);
  const ShadowCopies gone = open_copies(shadows.volume);
  REQUIRE(gone.copies.size() == 2);
  says(gone.copies[1].problems, "header");
  CHECK(gone.copies[1].copy_id.empty());
  CHECK(gone.copies[0].problems.empty());
  CHECK(letters(gone.copies[0]) == kA);
  CHECK(letters(gone.copies[1]) == kB);

  shadows = made();
  for (const MadeStore& store : shadows.stores) {
    shadows.volume.replace(store.header + kHeader + 64, 2, "\xAC\x3F");
  }
  const ShadowCopies lies = open_copies(shadows.volume);
  REQUIRE(lies.copies.size() == 2);
  CHECK(lies.copies[0].problems.empty());
  CHECK(letters(lies.copies[0]) == kA);
  CHECK(letters(lies.copies[1]) == kB);
}

TEST_CASE("a list of blocks that is a loop ends, and is said to be damaged") {
  MadeShadows shadows = made();
  put_number(shadows.volume, shadows.stores[1].list + kNext, shadows.stores[1].list);
  const ShadowCopies found = open_copies(shadows.volume);
  REQUIRE(found.copies.size() == 2);
  says(found.copies[1].problems, "begins again");
  CHECK(letters(found.copies[1]) == "bbbccccccc");
  // The older copy kept all of its own blocks.
  says(found.copies[0].problems, "shadow 2");
  CHECK(letters(found.copies[0]) == kA);
}

TEST_CASE("where a list of blocks breaks off, a newer state is read, and that is said") {
  MadeShadows shadows = made();
  const std::string& volume = shadows.volume;
  std::uint64_t second = 0;
  for (std::size_t i = 8; i > 0; --i) {
    second =
        second << 8U | static_cast<std::uint8_t>(volume[shadows.stores[0].list + kNext + i - 1]);
  }
  wreck(shadows.volume, second);
  const ShadowCopies found = open_copies(shadows.volume);
  REQUIRE(found.copies.size() == 2);
  says(found.copies[0].problems, "list");
  CHECK(letters(found.copies[0]) == "aaabbbbbbb");
  CHECK(found.copies[1].problems.empty());
  CHECK(letters(found.copies[1]) == kB);

  wreck(shadows.volume, shadows.stores[0].list);
  const ShadowCopies none = open_copies(shadows.volume);
  REQUIRE(none.copies.size() == 2);
  says(none.copies[0].problems, "not read");
  CHECK(letters(none.copies[0]) == "none");
  CHECK(letters(none.copies[1]) == kB);
}

TEST_CASE("descriptors that make no sense are left out, and counted") {
  MadeShadows shadows = made();
  const std::size_t at = shadows.stores[1].list + kEntries;
  put_number(shadows.volume, at + 16, std::uint64_t{1} << 40);  // kept behind the volume
  put_number(shadows.volume, at + 32 + 24, 1);                  // moved, and kept as well
  put_number(shadows.volume, at + 64, kFirst * kShadowBlock + 2 * kShadowBlock + 512);
  const ShadowCopies found = open_copies(shadows.volume);
  REQUIRE(found.copies.size() == 2);
  says(found.copies[1].problems, "3 entries");
  CHECK(letters(found.copies[1]) == "cccbbbbbbb");
}

TEST_CASE("a damaged catalog is a problem of the volume, with its place") {
  MadeShadows shadows = made();
  put_number(shadows.volume, shadows.catalog + kNext, shadows.catalog);
  const ShadowCopies loop = open_copies(shadows.volume);
  says(loop.problems, "catalog");
  CHECK(loop.problems[0].offset == shadows.catalog);
  REQUIRE(loop.copies.size() == 2);
  CHECK(letters(loop.copies[0]) == kA);

  shadows = made();
  put_number(shadows.volume, shadows.stores[0].entry, 77);
  const ShadowCopies entry = open_copies(shadows.volume);
  says(entry.problems, "entry");
  CHECK(entry.problems[0].offset == shadows.stores[0].entry);
  REQUIRE(entry.copies.size() == 1);
  CHECK(letters(entry.copies[0]) == kB);

  // What says where the newer store lies is gone.
  shadows = made();
  put_number(shadows.volume, shadows.stores[1].entry + 128, 0);
  const ShadowCopies nowhere = open_copies(shadows.volume);
  REQUIRE(nowhere.copies.size() == 2);
  says(nowhere.copies[1].problems, "where");
  CHECK(letters(nowhere.copies[1]) == "none");
  says(nowhere.copies[0].problems, "shadow 2");
  CHECK(letters(nowhere.copies[0]) == kA);

  wreck(shadows.volume, shadows.catalog);
  const ShadowCopies none = open_copies(shadows.volume);
  says(none.problems, "catalog");
  CHECK(none.copies.empty());
  put_number(shadows.volume, 0x1e00 + 48, std::uint64_t{1} << 50);
  says(open_copies(shadows.volume).problems, "behind the end");
  put_number(shadows.volume, 0x1e00 + 16, 9);
  says(open_copies(shadows.volume).problems, "header");
}

TEST_CASE("two copies of one time are two") {
  const ShadowCopies found = open_copies(made(1).volume);
  CHECK(found.problems.empty());
  REQUIRE(found.copies.size() == 2);
  CHECK(letters(found.copies[0]).size() == kChanged);
  CHECK(letters(found.copies[1]).size() == kChanged);
}

TEST_CASE("copies with any damage are read to an end") {
  ShadowOptions options;
  options.descriptors_in_block = 3;
  options.overlays = true;
  options.forwarders = true;
  std::string moved = state('a');
  moved.replace((kFirst + 15) * kShadowBlock, kShadowBlock, kShadowBlock, 'b');
  const MadeShadows sound = with_shadow_copies(moved.replace(7 * kShadowBlock + 512, 512, 512, 'x'),
                                               {{state('a'), 1}, {state('b'), 2}}, kArea, options);
  std::vector<std::uint64_t> places{0x1e00, sound.catalog};
  for (const MadeStore& store : sound.stores) {
    for (const std::uint64_t place : {store.entry, store.header, store.list, store.list}) {
      places.push_back(place);
    }
  }
  Random random(20190323);
  std::size_t read = 0;
  std::size_t refused = 0;
  for (unsigned round = 0; round < 200; ++round) {
    std::string volume = sound.volume;
    for (std::size_t i = 0; i <= random.below(8); ++i) {
      const std::size_t at = places[random.below(places.size())] + random.below(256);
      switch (random.below(4)) {
        case 0:
          volume[at] = static_cast<char>(random.byte());
          break;
        case 1:
          put_number(volume, at / 8 * 8, places[random.below(places.size())]);
          break;
        case 2:
          put_number(volume, at / 8 * 8, random.below(kBlocks) * kShadowBlock);
          break;
        default:
          volume[at / 32 * 32 + 24] = static_cast<char>(random.below(8));
          break;
      }
    }
    if (round % 16 == 0) volume.resize(random.below(volume.size()));
    const ShadowCopies found = open_copies(volume);
    for (const ShadowCopy& copy : found.copies) {
      if (copy.bytes == nullptr) {
        CHECK_FALSE((copy.problems.empty() && found.problems.empty()));
        ++refused;
        continue;
      }
      Buffer all(volume.size());
      const auto got = copy.bytes->read_at(0, all);
      if (got) CHECK(*got == volume.size());
      ++(got ? read : refused);
    }
  }
  CHECK(read > 50);
  CHECK(refused > 10);
}
