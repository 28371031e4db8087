// Archives that are cut, damaged, encrypted, or made to harm.
#include <catch2/catch.hpp>

#include <algorithm>

#include "evtxhound/evidence/find.hpp"
#include "tests/support/archives.hpp"
#include "tests/support/exports.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace evtxhound;
using namespace evtxhound::evidence;
using test::ArchivedFile;
using test::Packing;
using test::TemporaryFolder;
using test::write_file;

namespace {

std::string log_of(std::size_t size, unsigned seed) {
  std::string log("ElfFile\0", 8);
  std::uint32_t state = seed;
  while (log.size() < size) {
    state = state * 1664525 + 1013904223;
    log += static_cast<char>(state >> 24U);
  }
  return log;
}

std::vector<ProblemKind> kinds_in(const Findings& findings) {
  std::vector<ProblemKind> kinds;
  for (const Piece& piece : findings.pieces) {
    for (const Problem& problem : piece.problems) kinds.push_back(problem.kind);
  }
  return kinds;
}

bool has(const Findings& findings, ProblemKind kind) {
  const auto kinds = kinds_in(findings);
  return std::ranges::find(kinds, kind) != kinds.end();
}

Findings find_in(const std::string& archive, const FindOptions& options = {}) {
  const TemporaryFolder folder;
  write_file(folder / "a", archive);
  return find({folder / "a"}, options);
}

std::size_t logs_in(const Findings& findings) {
  return static_cast<std::size_t>(std::ranges::count(findings.pieces, Kind::kEvtx, &Piece::kind));
}

const std::vector<ArchivedFile> kThree = {
    {"1.evtx", log_of(150'000, 1)}, {"2.evtx", log_of(150'000, 2)}, {"3.evtx", log_of(150'000, 3)}};

}  // namespace

TEST_CASE("of a cut archive, what is there is read, and the cut is a problem") {
  for (const Packing& packing :
       {Packing{"zip", "none", "zip:compression=store"}, Packing{"pax", "none", ""},
        Packing{"pax", "gzip", ""}, Packing{"pax", "xz", ""}, Packing{"pax", "zstd", ""}}) {
    CAPTURE(packing.format, packing.filter);
    std::string archive = test::pack(kThree, packing);
    archive.resize(archive.size() * 3 / 4);
    const Findings findings = find_in(archive);
    CHECK(logs_in(findings) >= 1);
    CHECK_FALSE(kinds_in(findings).empty());
    CHECK(findings.pieces[1].size == 150'000);
    CHECK(findings.pieces[1].problems.empty());
  }
}

TEST_CASE("a zip that lacks only its directory gives all members, and says so") {
  std::string archive = test::zip(kThree);
  archive.resize(archive.rfind("PK\x01\x02"));
  archive.resize(archive.find("PK\x01\x02"));
  const Findings findings = find_in(archive);
  CHECK(logs_in(findings) == 3);
  REQUIRE_FALSE(findings.pieces[0].problems.empty());
  CHECK(findings.pieces[0].problems[0].kind == ProblemKind::kTruncated);
  CHECK(findings.pieces[0].problems[0].offset == archive.size());
  for (std::size_t i = 1; i < findings.pieces.size(); ++i) {
    CHECK(findings.pieces[i].size == 150'000);
  }
}

TEST_CASE("a 7z without its end holds nothing that can be read") {
  std::string archive = test::pack(kThree, {"7zip", "none", ""});
  archive.resize(archive.size() - 100);
  const Findings findings = find_in(archive);
  CHECK(logs_in(findings) == 0);
  CHECK_FALSE(kinds_in(findings).empty());
}

TEST_CASE("a member whose checksum does not fit is read, with a problem of its own") {
  std::string archive = test::pack(kThree, {"zip", "none", "zip:compression=store"});
  archive[archive.find("2.evtx") + 100'000] ^= 1;
  const Findings findings = find_in(archive);
  CHECK(logs_in(findings) == 3);
  CHECK(kinds_in(findings) == std::vector{ProblemKind::kArchive});
  CHECK(findings.pieces[2].problems.size() == 1);
  CHECK(findings.pieces[2].size == 150'000);
}

TEST_CASE("a gzip whose checksum does not fit is read, with a problem") {
  std::string log = test::gzip(log_of(100'000, 1));
  log[log.size() - 8] ^= 1;
  const Findings findings = find_in(log);
  CHECK(logs_in(findings) == 1);
  CHECK(kinds_in(findings).size() == 1);
}

TEST_CASE("encrypted members are a problem of the archive") {
  const Findings findings =
      find_in(test::pack(kThree, {"zip", "none", "zip:encryption=aes256", "secret"}));
  CHECK(logs_in(findings) == 0);
  REQUIRE(kinds_in(findings) == std::vector{ProblemKind::kEncrypted});
  CHECK(findings.pieces[0].problems[0].message.find("1.evtx") != std::string::npos);
}

TEST_CASE("an archive that expands without end is left at the limit") {
  FindOptions options;
  options.limits.free_bytes = 8 << 20U;
  options.limits.expansion = 10;
  const std::string zeros(std::size_t{32} << 20U, '\0');
  const std::string log = log_of(100'000, 1);
  const auto bombs = {
      test::pack({{"a.evtx", log}, {"zeros", zeros}, {"b.evtx", log}}, {"pax", "gzip", ""}),
      test::pack({{"a.evtx", log}, {"b.evtx", log + zeros}}, {"zip", "none", ""}),
      test::pack({{"a.evtx", log}, {"n.gz", test::gzip(log + zeros)}}, {"zip", "none", ""}),
  };
  for (const std::string& bomb : bombs) {
    const Findings findings = find_in(bomb, options);
    CHECK(logs_in(findings) == 1);
    CHECK(kinds_in(findings) == std::vector{ProblemKind::kLimit});
  }
}

TEST_CASE("archives within archives are left at the limits of depth and of members") {
  std::string nested = log_of(5000, 1);
  for (int i = 0; i < 12; ++i) nested = test::zip({{"x", nested}});
  const Findings deep = find_in(nested);
  CHECK(logs_in(deep) == 0);
  CHECK(kinds_in(deep) == std::vector{ProblemKind::kLimit});
  CHECK(deep.pieces.size() == 9);

  FindOptions options;
  options.limits.members = 2;
  const Findings many = find_in(test::zip(kThree), options);
  CHECK(logs_in(many) == 2);
  CHECK(has(many, ProblemKind::kLimit));
}

TEST_CASE("an archive cut or changed at any place harms nothing") {
  const std::vector<ArchivedFile> files = {{"a.evtx", log_of(3000, 1)},
                                           {"b/c.evtx", log_of(9000, 2)}};
  for (const Packing& packing :
       {Packing{"zip", "none", ""}, Packing{"7zip", "none", ""}, Packing{"gnutar", "none", ""},
        Packing{"pax", "gzip", ""}, Packing{"pax", "xz", ""}, Packing{"pax", "zstd", ""}}) {
    const std::string whole = test::pack(files, packing);
    const TemporaryFolder folder;
    for (std::size_t at = 0; at < whole.size(); at += 1 + whole.size() / 300) {
      for (const bool cut : {true, false}) {
        std::string archive = whole;
        if (cut) {
          archive.resize(at);
        } else {
          archive[at] ^= 0x5A;
        }
        write_file(folder / "a", archive);
        const Findings findings = find({folder / "a"});
        for (const Piece& piece : findings.pieces) {
          if (piece.kind == Kind::kEvtx) REQUIRE(piece.open());
        }
        // Whatever is lost is told.
        CHECK((logs_in(findings) == 2 || !kinds_in(findings).empty()));
      }
    }
  }
}

TEST_CASE("a search that is stopped ends, with what it has") {
  std::atomic<bool> stop = true;
  FindOptions options;
  options.stop = &stop;
  CHECK(logs_in(find_in(test::zip(kThree), options)) == 0);
}
