#include <catch2/catch.hpp>

#include <algorithm>
#include <latch>
#include <thread>

#include "evtxhound/base/hash.hpp"
#include "evtxhound/evidence/archive/archive_members.hpp"
#include "evtxhound/evidence/archive/archive_sign.hpp"
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

// A log by its signature, of bytes that differ from place to place.
std::string log_of(std::size_t size, unsigned seed) {
  std::string log("ElfFile\0", 8);
  std::uint32_t state = seed;
  while (log.size() < size) {
    state = state * 1664525 + 1013904223;
    log += static_cast<char>(log.size() % 512 < 16 ? state >> 24U : 0);
  }
  return log;
}

const std::string kXml =
    "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System/></Event>\n";

std::string content_of(const Piece& piece) {
  const auto source = piece.open();
  REQUIRE(source);
  std::string content((*source)->size(), '\0');
  const auto got =
      (*source)->read_at(0, {reinterpret_cast<std::uint8_t*>(content.data()), content.size()});
  REQUIRE(got);
  CHECK(*got == content.size());
  return content;
}

std::vector<std::string> paths_in(const Findings& findings, const std::string& root) {
  std::vector<std::string> paths;
  for (const Piece& piece : findings.pieces) {
    const std::string path = piece.path.string();
    CHECK(path.starts_with(root));
    paths.push_back(std::string(to_string(piece.kind)) + path.substr(root.size()));
  }
  return paths;
}

std::size_t problems_in(const Findings& findings) {
  std::size_t count = 0;
  for (const Piece& piece : findings.pieces) count += piece.problems.size();
  return count;
}

using Paths = std::vector<std::string>;

}  // namespace

TEST_CASE("logs and exports are found in every kind of archive, by content") {
  const std::vector<ArchivedFile> files = {
      {"uploads/auto/C%3A/Windows/System32/winevt/Logs/Security.evtx", log_of(200'000, 1)},
      {"notes.txt", "nothing"},
      {"renamed.bin", log_of(70'000, 2)},
      {"empty.txt", ""},
      {"export.xml.gz", test::gzip(kXml)},
      {"export.xml", kXml},
  };
  const std::vector<Packing> packings = {
      {"zip", "none", ""},     {"zip", "none", "zip:compression=store"},
      {"7zip", "none", ""},    {"7zip", "none", "7zip:compression=deflate"},
      {"pax", "none", ""},     {"gnutar", "gzip", ""},
      {"ustar", "xz", ""},     {"pax", "zstd", ""},
      {"gnutar", "bzip2", ""},
  };
  for (const Packing& packing : packings) {
    CAPTURE(packing.format, packing.filter, packing.options);
    const TemporaryFolder folder;
    write_file(folder / "collected", test::pack(files, packing));
    const Findings findings = find({folder / "collected"});
    const std::string root = (folder / "collected").string();
    CHECK(problems_in(findings) == 0);
    CHECK(paths_in(findings, root) == Paths{"archive", "evtx / " + files[0].name,
                                            "evtx / renamed.bin", "xml-gzip / export.xml.gz",
                                            "xml / export.xml"});
    CHECK(findings.files_seen == 7);
    CHECK(findings.files_skipped == 2);
    REQUIRE(findings.pieces.size() == 5);
    CHECK(findings.pieces[0].sha256.empty());
    const std::size_t order[] = {0, 2, 4, 5};
    for (std::size_t i = 0; i < 4; ++i) {
      const Piece& piece = findings.pieces[i + 1];
      const std::string& content = files[order[i]].content;
      CHECK(piece.parent == 0);
      CHECK(piece.size == content.size());
      CHECK(piece.sha256 == sha256_hex(as_bytes(content)));
      CHECK(content_of(piece) == content);
    }
  }
}

TEST_CASE("a compressed log is an archive of one member, named without its suffix") {
  const std::string log = log_of(100'000, 3);
  for (const char* filter : {"gzip", "xz", "zstd", "bzip2"}) {
    const TemporaryFolder folder;
    const std::string path = (folder / "Security.evtx.GZ").string();
    write_file(path, test::pack({{"x", log}}, {"raw", filter, ""}));
    const Findings findings = find({path});
    CHECK(problems_in(findings) == 0);
    CHECK(paths_in(findings, path) == Paths{"archive", "evtx / Security.evtx"});
    CHECK(content_of(findings.pieces.back()) == log);
  }
}

TEST_CASE("archives nest, and each member names its containers") {
  const TemporaryFolder folder;
  const std::string log = log_of(80'000, 4);
  const std::string inner = test::pack({{"a/System.evtx", log}}, {"7zip", "none", ""});
  const std::string middle = test::pack({{"host.7z", inner}}, {"pax", "gzip", ""});
  write_file(
      folder / "case/outer.zip",
      test::zip({{"hosts/all.tgz", middle}, {"x.evtx", log}, {"y.docx", test::zip({{"w", "x"}})}}));
  const Findings findings = find({folder / "case"});
  CHECK(problems_in(findings) == 0);
  const std::string root = (folder / "case").string();
  CHECK(paths_in(findings, root) ==
        Paths{"folder", "archive/outer.zip", "evtx/outer.zip / x.evtx",
              "archive/outer.zip / hosts/all.tgz", "archive/outer.zip / hosts/all.tgz / host.7z",
              "evtx/outer.zip / hosts/all.tgz / host.7z / a/System.evtx"});
  CHECK(findings.pieces[5].parent == 4);
  CHECK(findings.pieces[4].parent == 3);
  CHECK(findings.pieces[4].sha256 == sha256_hex(as_bytes(inner)));
  CHECK(findings.pieces[3].parent == 1);
  CHECK(content_of(findings.pieces[5]) == log);
  CHECK(findings.files_skipped == 1);  // the document: it has no logs, and counts as one file
}

TEST_CASE("documents that are archives are files of other kinds in a folder") {
  const TemporaryFolder folder;
  write_file(folder / "e/report.docx", test::zip({{"word/document.xml", "<w/>"}, {"[x].xml", ""}}));
  write_file(folder / "e/notes.txt.gz", test::gzip("notes"));
  write_file(folder / "e/Security.evtx", log_of(5000, 1));
  const Findings findings = find({folder / "e"});
  CHECK(findings.pieces.size() == 2);
  CHECK(problems_in(findings) == 0);
  CHECK(findings.files_seen == 3);
  CHECK(findings.files_skipped == 2);

  SECTION("and a problem where the examiner names them") {
    const Findings named = find({folder / "e/report.docx", folder / "e/notes.txt.gz"});
    REQUIRE(named.pieces.size() == 2);
    CHECK(named.pieces[0].kind == Kind::kFile);
    REQUIRE(named.pieces[0].problems.size() == 1);
    CHECK(named.pieces[0].problems[0].kind == ProblemKind::kNotEvidence);
    CHECK(named.pieces[1].kind == Kind::kArchive);
    REQUIRE(named.pieces[1].problems.size() == 1);
    CHECK(named.pieces[1].problems[0].kind == ProblemKind::kEmpty);
  }
}

TEST_CASE("members of one name are two pieces, and names are made valid UTF-8") {
  const TemporaryFolder folder;
  const std::string path = (folder / "a.tar").string();
  write_file(path, test::pack({{"Security.evtx", log_of(5000, 1)},
                               {"Security.evtx", log_of(5000, 2)},
                               {"Zugriffe-\xC3\xA4.evtx", log_of(5000, 3)},
                               {"bad\xFF.evtx", log_of(5000, 4)}},
                              {"ustar", "none", ""}));
  const Findings findings = find({path});
  CHECK(paths_in(findings, path) ==
        Paths{"archive", "evtx / Security.evtx", "evtx / Security.evtx (2)",
              "evtx / Zugriffe-\xC3\xA4.evtx", "evtx / bad\uFFFD.evtx"});
  CHECK(content_of(findings.pieces[2]) == log_of(5000, 2));
}

TEST_CASE("what is named a log and is none is a problem in an archive, too") {
  const TemporaryFolder folder;
  write_file(folder / "a.zip", test::zip({{"fake.evtx", "x"}, {"empty.evtx", ""}, {"n.txt", "y"}}));
  const Findings findings = find({folder / "a.zip"});
  REQUIRE(findings.pieces.size() == 3);
  REQUIRE(findings.pieces[1].problems.size() == 1);
  CHECK(findings.pieces[1].problems[0].kind == ProblemKind::kNotEvidence);
  REQUIRE(findings.pieces[2].problems.size() == 1);
  CHECK(findings.pieces[2].problems[0].kind == ProblemKind::kEmpty);
}

TEST_CASE("ordinary bytes are no archive") {
  CHECK_FALSE(archive_format({}));
  CHECK_FALSE(archive_format(as_bytes(std::string(512, '\0'))));
  CHECK_FALSE(archive_format(as_bytes(std::string(512, '0'))));
  CHECK_FALSE(archive_format(as_bytes("#mtree\n/set type=file\n./x")));
  CHECK_FALSE(archive_format(as_bytes(log_of(5000, 1))));
  CHECK_FALSE(archive_format(as_bytes("BZh9 is how this text begins")));
  std::string tar = test::pack({{"x", "y"}}, {"ustar", "none", ""});
  CHECK(archive_format(as_bytes(tar)) == ArchiveFormat::kTar);
  tar[3] ^= 1;  // its checksum no longer fits
  CHECK_FALSE(archive_format(as_bytes(tar)));
}

// Larger than what stays in memory.
TEST_CASE("large members are read at any place, by many threads, from one forward reader") {
  const TemporaryFolder folder;
  const std::string large = log_of(std::size_t{40} << 20U, 5);
  const std::string second = log_of(std::size_t{20} << 20U, 6);
  for (const Packing& packing : {Packing{"zip", "none", ""}, Packing{"pax", "zstd", ""}}) {
    write_file(folder / "large", test::pack({{"a.evtx", large}, {"b.evtx", second}}, packing));
    const Findings findings = find({folder / "large"});
    REQUIRE(findings.pieces.size() == 3);
    CHECK(content_of(findings.pieces[1]) == large);
    // Backwards, and over the end.
    const auto source = findings.pieces[2].open();
    REQUIRE(source);
    Buffer bytes(100'000);
    for (std::uint64_t at = second.size() - 50'000; at > bytes.size(); at /= 2) {
      const auto got = (*source)->read_at(at, bytes);
      REQUIRE(got);
      CHECK(*got == std::min<std::size_t>(bytes.size(), second.size() - at));
      CHECK(std::equal(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(*got),
                       as_bytes(second).begin() + static_cast<std::ptrdiff_t>(at)));
    }
    CHECK(*(*source)->read_at(second.size(), bytes) == 0);
  }
}

TEST_CASE("threads that read nearly in order do not start the archive anew") {
  const TemporaryFolder folder;
  const std::string log = log_of(std::size_t{48} << 20U, 7);
  write_file(folder / "x.tar.zst", test::pack({{"a.evtx", log}}, {"pax", "zstd", ""}));
  auto index = std::make_shared<ArchiveIndex>();
  index->container = [path = folder / "x.tar.zst"] {
    return file_piece(path, Kind::kArchive).open();
  };
  index->add(0, log.size());
  ArchiveReader reader(index);
  constexpr std::size_t kPart = std::size_t{1} << 20U;
  std::atomic<std::size_t> next = 0;
  std::atomic<int> wrong = 0;
  const auto work = [&] {
    Buffer bytes(kPart);
    for (std::size_t part = next++; part < log.size() / kPart; part = next++) {
      const auto got = reader.read(0, part * kPart, bytes);
      const bool same =
          got && *got == kPart &&
          std::equal(bytes.begin(), bytes.end(),
                     as_bytes(log).begin() + static_cast<std::ptrdiff_t>(part * kPart));
      if (!same) ++wrong;
    }
  };
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) threads.emplace_back(work);
  }
  CHECK(wrong == 0);
  CHECK(reader.starts() == 1);
}
