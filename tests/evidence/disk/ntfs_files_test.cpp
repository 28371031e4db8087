// Files of NTFS that do not lie in one piece as they are: holes, compression, fragments, and
// content in the MFT record itself.
#include <catch2/catch.hpp>

#include "evtxhound/evidence/find.hpp"
#include "tests/evidence/disk/made_disk.hpp"
#include "tests/evidence/disk/made_ntfs.hpp"
#include "tests/support/mutation.hpp"

using namespace evtxhound;
using namespace evtxhound::evidence;
using namespace evtxhound::test;
namespace fs = std::filesystem;

namespace {

constexpr std::size_t kUnitSize = 65'536;

const Piece& log_in(const Findings& findings) {
  for (const Piece& piece : findings.pieces) {
    if (piece.kind == Kind::kEvtx) return piece;
  }
  FAIL("no log");
  return findings.pieces.front();
}

// A log with unused chunks, which are zeros, and one of them full of what cannot be compressed.
std::string log_with_holes() {
  std::string log = log_text() + std::string(3 * kUnitSize, '\0');
  Random random(4);
  for (std::size_t i = 0; i < kUnitSize; ++i) log += static_cast<char>(random.byte());
  return log + std::string(kUnitSize + 5'000, '\0');
}

}  // namespace

TEST_CASE("NTFS: a log has the same bytes with holes, compressed, and in fragments") {
  EVTXHOUND_NEEDS_TOOLS("mkntfs", "ntfscp", "ntfscat");
  const std::string log = log_with_holes();
  for (const Lying lying : {Lying::kSparse, Lying::kCompressed, Lying::kScattered}) {
    CAPTURE(static_cast<int>(lying));
    const TemporaryFolder folder;
    const fs::path disk = folder / "ntfs";
    make_ntfs(disk, "Security.evtx", log, lying);
    // It is what it is meant to be, by another reader.
    must("ntfscat " + quoted(disk) + " Security.evtx >" + quoted(folder / "cat"));
    REQUIRE(read_file(folder / "cat") == log);
    CHECK(read_file(disk).find(log) == std::string::npos);

    FindOptions options;
    options.carve = true;
    const Findings findings = find({disk}, options);
    const Piece& piece = log_in(findings);
    CHECK(piece.size == log.size());
    CHECK(piece.problems.empty());
    const auto opened = piece.open();
    REQUIRE(opened.ok());
    CHECK(sha256(all_of(**opened)) == sha256(log));
    // Its clusters are not carved, wherever they lie.
    REQUIRE(findings.pieces.back().kind == Kind::kUnallocated);
    const auto rest = findings.pieces.back().open();
    REQUIRE(rest.ok());
    const std::string carved = all_of(**rest);
    CHECK(carved.find("ElfFile") == std::string::npos);
    CHECK(carved.find("ElfChnk") == std::string::npos);
    CHECK(carved.find(log.substr(log.size() - 2 * kUnitSize, 4096)) == std::string::npos);
  }
}

TEST_CASE("NTFS: a compressed unit that was overwritten is a problem where it is read") {
  EVTXHOUND_NEEDS_TOOLS("mkntfs", "ntfscp");
  const TemporaryFolder folder;
  const fs::path disk = folder / "ntfs";
  const std::string log = log_text();
  make_ntfs(disk, "Security.evtx", log, Lying::kCompressed);
  std::string volume = read_file(disk);
  // The first unit's first block: what it refers back to is before the unit.
  const std::size_t at = volume.find(lznt1(log.substr(0, kUnitSize)).substr(0, 64));
  REQUIRE(at != std::string::npos);
  volume.replace(at + 2, 200, std::string(200, '\xFF'));
  write_file(disk, volume);
  const Findings findings = find({disk});
  bool told = false;
  for (const Piece& piece : findings.pieces) {
    told = told || !piece.problems.empty();
    if (piece.kind != Kind::kEvtx) continue;
    const auto opened = piece.open();
    if (!opened.ok()) continue;
    Buffer into(4096);
    const auto got = (*opened)->read_at(0, into);
    told = told || !got;
  }
  CHECK(told);
}

TEST_CASE("NTFS: what is left of a log in the MFT record itself is read, and is cut") {
  EVTXHOUND_NEEDS_TOOLS("mkntfs", "ntfscp");
  const TemporaryFolder folder;
  const fs::path disk = folder / "ntfs";
  const std::string begin = log_text().substr(0, 300);
  make_ntfs(disk, {{"Security.evtx", begin}});
  const std::size_t at = read_file(disk).find(begin.substr(0, 48));
  REQUIRE(at != std::string::npos);
  CHECK(at % 4096 != 0);  // in no cluster of its own
  const Findings findings = find({disk});
  const Piece& piece = log_in(findings);
  const auto opened = piece.open();
  REQUIRE(opened.ok());
  CHECK(all_of(**opened) == begin);
}
