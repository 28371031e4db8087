#include "evtxhound/evidence/find.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>

#include "evtxhound/base/failure.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace evtxhound;
using namespace evtxhound::evidence;
namespace fs = std::filesystem;
using test::TemporaryFolder;
using test::write_file;

namespace {

const std::string kLog = std::string("ElfFile\0", 8) + std::string(5000, '\0');

std::vector<std::string> paths_of(const Findings& findings, const fs::path& root, Kind kind) {
  std::vector<std::string> paths;
  for (const Piece& piece : findings.pieces) {
    if (piece.kind == kind) paths.push_back(piece.path.lexically_relative(root).string());
  }
  return paths;
}

std::vector<Problem> problems_of(const Findings& findings) {
  std::vector<Problem> problems;
  for (const Piece& piece : findings.pieces) {
    problems.insert(problems.end(), piece.problems.begin(), piece.problems.end());
  }
  return problems;
}

using Paths = std::vector<std::string>;

FindOptions carving() {
  FindOptions options;
  options.carve = true;
  return options;
}

}  // namespace

TEST_CASE("logs are found in all subfolders, by content, in the order of names") {
  const TemporaryFolder folder;
  write_file(folder / "b/Security.evtx", kLog);
  write_file(folder / "a/renamed.bin", kLog);
  write_file(folder / "a/notes.txt", "no log");
  write_file(folder / "z.EVTX", kLog);
  const Findings findings = find({folder.path()});
  CHECK(paths_of(findings, folder.path(), Kind::kEvtx) ==
        Paths{"a/renamed.bin", "b/Security.evtx", "z.EVTX"});
  CHECK(findings.files_seen == 4);
  CHECK(findings.files_skipped == 1);
  CHECK(problems_of(findings).empty());
  REQUIRE(findings.pieces[0].kind == Kind::kFolder);
  CHECK(findings.pieces[1].parent == 0);
  CHECK(findings.pieces[1].size == kLog.size());
}

TEST_CASE("a log without file header is known by its first chunk") {
  const std::string headless = std::string(4096, '\0') + std::string("ElfChnk\0", 8);
  CHECK(identify(as_bytes(headless)) == Kind::kEvtx);
  CHECK(identify(as_bytes(std::string_view(headless).substr(0, 4100))) == Kind::kFile);
  CHECK(identify(as_bytes("ElfFil")) == Kind::kFile);
  CHECK(identify({}) == Kind::kFile);
}

TEST_CASE("what is named or looks like a log but is none is a problem") {
  const TemporaryFolder folder;
  write_file(folder / "empty.evtx", "");
  write_file(folder / "fake.evtx", "PK..");
  write_file(folder / "notes.txt", "");
  SECTION("in a folder, by its name") {
    const auto problems = problems_of(find({folder.path()}));
    REQUIRE(problems.size() == 3);
    CHECK(problems[0].kind == ProblemKind::kEmpty);  // the folder has no log at all
    CHECK(problems[1].kind == ProblemKind::kEmpty);
    CHECK(problems[2].kind == ProblemKind::kNotEvidence);
  }
  SECTION("named by the examiner, whatever it is called") {
    const auto problems = problems_of(find({folder / "notes.txt", folder / "fake.evtx"}));
    REQUIRE(problems.size() == 2);
    CHECK(problems[0].kind == ProblemKind::kNotEvidence);
    CHECK(problems[1].kind == ProblemKind::kEmpty);
  }
}

TEST_CASE("the order of arguments means nothing, also where one lies in another") {
  const TemporaryFolder folder;
  write_file(folder / "b/x.evtx", kLog);
  write_file(folder / "a/y.evtx", kLog);
  write_file(folder / "a/sub/z.evtx", kLog);
  write_file(folder / "a/notes.txt", "no log");
  std::vector<fs::path> arguments = {folder / "b",        folder / "a/sub",
                                     folder / "a",        folder / "a/y.evtx",
                                     folder / "b/x.evtx", folder / "a/notes.txt"};
  using Found = std::vector<std::tuple<std::string, std::string, std::optional<std::size_t>>>;
  const auto found = [&] {
    Found all;
    for (const Piece& piece : find(arguments).pieces) {
      all.emplace_back(fs::relative(piece.path, fs::canonical(folder.path())).string(),
                       to_string(piece.kind), piece.parent);
    }
    return all;
  };
  const Found expected = {{"a/notes.txt", "file", {}}, {"a/y.evtx", "evtx", {}},
                          {"b/x.evtx", "evtx", {}},    {"a", "folder", {}},
                          {"a/sub/z.evtx", "evtx", 3}, {"b", "folder", {}}};
  for (int turn = 0; turn < 6; ++turn) {
    std::rotate(arguments.begin(), arguments.begin() + 1, arguments.end());
    CHECK(found() == expected);
  }
  // Whose only log is named by itself is no folder without logs.
  CHECK(problems_of(find(arguments)).size() == 1);
}

TEST_CASE("a file's time is known, and is that of what lies in it") {
  const TemporaryFolder folder;
  write_file(folder / "a.evtx", kLog);
  const auto time = fs::file_time_type(std::chrono::file_clock::from_sys(
      std::chrono::sys_days(std::chrono::year(2023) / 3 / 29) + std::chrono::milliseconds(1500)));
  fs::last_write_time(folder / "a.evtx", time);
  const Findings findings = find({folder.path()});
  REQUIRE(findings.pieces.size() == 2);
  CHECK(findings.pieces[0].modified.empty());  // of a folder it says nothing
  CHECK(findings.pieces[1].modified == "2023-03-29T00:00:01.5000000Z");
}

TEST_CASE("a folder without any log says so") {
  const TemporaryFolder folder;
  const auto problems = problems_of(find({folder.path()}));
  REQUIRE(problems.size() == 1);
  CHECK(problems[0].kind == ProblemKind::kEmpty);
}

TEST_CASE("an argument that does not exist stops everything") {
  const TemporaryFolder folder;
  write_file(folder / "a.evtx", kLog);
  try {
    find({folder / "a.evtx", folder.path() / "typo.evtx"});
    FAIL("no exception");
  } catch (const Failure& failure) {
    CHECK(failure.status() == ExitStatus::kUsage);
    CHECK_THAT(failure.what(), Catch::Contains("typo.evtx: No such file or directory"));
  }
}

TEST_CASE("symbolic links in a folder lead to no loop and never out of the evidence") {
  const TemporaryFolder folder;
  const TemporaryFolder elsewhere;
  write_file(folder / "logs/a.evtx", kLog);
  write_file(elsewhere / "examiners-own.evtx", kLog);
  fs::create_directory_symlink(folder.path(), folder / "logs/up");
  fs::create_symlink(folder / "logs/a.evtx", folder / "inside.evtx");
  fs::create_symlink("self.evtx", folder / "self.evtx");
  fs::create_symlink("nowhere.evtx", folder / "dangling.evtx");
  fs::create_symlink(elsewhere / "examiners-own.evtx", folder / "out.evtx");
  const Findings findings = find({folder.path()});
  CHECK(paths_of(findings, folder.path(), Kind::kEvtx) == Paths{"logs/a.evtx"});
  const auto problems = problems_of(findings);
  REQUIRE(problems.size() == 3);
  for (const Problem& problem : problems) CHECK(problem.kind == ProblemKind::kLink);
  CHECK_THAT(problems[0].message, Catch::Contains("dangling.evtx"));
  CHECK_THAT(problems[1].message, Catch::Contains("leads out of the evidence"));
  CHECK_THAT(problems[2].message, Catch::Contains("self.evtx"));
}

TEST_CASE("a symbolic link named by the examiner is followed, under its real path") {
  const TemporaryFolder folder;
  write_file(folder / "real.evtx", kLog);
  fs::create_symlink("real.evtx", folder / "link.evtx");
  const Findings findings = find({folder / "link.evtx", folder / "real.evtx"});
  CHECK(paths_of(findings, folder.path(), Kind::kEvtx) == Paths{"real.evtx"});
}

TEST_CASE("the case file is not taken for evidence") {
  const TemporaryFolder folder;
  write_file(folder / "a.evtx", kLog);
  write_file(folder / "case.evtx", kLog);
  FindOptions options;
  options.leave_out = folder / "case.evtx";
  const Findings findings = find({folder.path()}, options);
  CHECK(paths_of(findings, folder.path(), Kind::kEvtx) == Paths{"a.evtx"});
  CHECK_THROWS_WITH(find({folder / "case.evtx"}, options), Catch::Contains("is the case file"));
}

TEST_CASE("pipes and sockets are passed over") {
  const TemporaryFolder folder;
  write_file(folder / "a.evtx", kLog);
  REQUIRE(::mkfifo((folder / "pipe.evtx").c_str(), 0600) == 0);
  CHECK(paths_of(find({folder.path()}), folder.path(), Kind::kEvtx) == Paths{"a.evtx"});
}

TEST_CASE("a file that may not be read is a problem with its name") {
  const TemporaryFolder folder;
  write_file(folder / "secret.evtx", kLog);
  fs::permissions(folder / "secret.evtx", fs::perms::none);
  // Root may read everything, so root steps down for this test.
  constexpr uid_t kNobody = 65534;
  const bool is_root = ::geteuid() == 0;
  if (is_root) {
    REQUIRE(::chown(folder.path().c_str(), kNobody, kNobody) == 0);
    REQUIRE(::seteuid(kNobody) == 0);
  }
  const auto problems = problems_of(find({folder.path() / "secret.evtx"}));
  if (is_root) REQUIRE(::seteuid(0) == 0);
  REQUIRE(problems.size() == 1);
  CHECK(problems[0].kind == ProblemKind::kUnreadable);
  CHECK_THAT(problems[0].message, Catch::Contains("Permission denied"));
}

TEST_CASE("exports are known by their content") {
  const std::string ns = "http://schemas.microsoft.com/win/2004/08/events/event";
  const std::string event = "<Event xmlns='" + ns + "'><System/></Event>";
  for (const std::string& text :
       {event, "\xEF\xBB\xBF" + event, " \r\n" + event, "<?xml version='1.0'?>\n<!-- x -->" + event,
        "<Events>" + event, std::string("<Event><System></System></Event>"),
        "torn</Data></Event>\n" + event, "<results>\n" + event}) {
    CAPTURE(text);
    CHECK(identify(as_bytes(text)) == Kind::kXml);
  }
  for (const std::string& text : {std::string(R"({"aid":"a","event_simpleName":"DnsRequest"})"),
                                  std::string("[\n {\"event_simpleName\" : \"X\"}]"),
                                  "\xEF\xBB\xBF" + std::string(R"({"event_simpleName":"X"})")}) {
    CAPTURE(text);
    CHECK(identify(as_bytes(text)) == Kind::kCrowdstrike);
  }
}

TEST_CASE("what resembles an export is none") {
  const std::string ns = "http://schemas.microsoft.com/win/2004/08/events/event";
  for (const std::string& text :
       {std::string("<Events><Event/></Events>"), "<a href='" + ns + "'/>",
        "see <Event xmlns='" + ns + "'> for more", "{\"_raw\":\"\n<Event xmlns='" + ns + "'>\"}",
        "\"_time\"\n<Event xmlns='" + ns + "'>", std::string(R"({"a":"event_simpleName"})"),
        std::string(R"("event_simpleName":"X")"), std::string("<EventFilter><System>")}) {
    CAPTURE(text);
    CHECK(identify(as_bytes(text)) == Kind::kFile);
  }
}

TEST_CASE("the path of what lies in a container names both, in valid UTF-8") {
  CHECK(nested_path("/e/a.zip", "logs/Security.evtx") == "/e/a.zip / logs/Security.evtx");
  CHECK(nested_path("/e/a.zip", "\xFF") == "/e/a.zip / \uFFFD");
}

TEST_CASE("with carving, files of no other kind are raw pieces, in folders too") {
  const TemporaryFolder folder;
  write_file(folder / "a.evtx", kLog);
  write_file(folder / "disk.raw", "whatever");
  write_file(folder / "empty.raw", "");
  write_file(folder / "fake.evtx", "no log");
  const Findings findings = find({folder.path()}, carving());
  CHECK(paths_of(findings, folder.path(), Kind::kRaw) == Paths{"disk.raw", "fake.evtx"});
  CHECK(paths_of(findings, folder.path(), Kind::kEvtx) == Paths{"a.evtx"});
  CHECK(findings.files_skipped == 1);
  const auto problems = problems_of(findings);
  REQUIRE(problems.size() == 1);  // of what is called a log and is none
  CHECK(problems[0].kind == ProblemKind::kNotEvidence);
  CHECK(problems_of(find({folder / "disk.raw"}, carving())).empty());
  CHECK(problems_of(find({folder / "empty.raw"}, carving())).at(0).kind == ProblemKind::kEmpty);
  CHECK_THAT(problems_of(find({folder / "disk.raw"})).at(0).message, Catch::Contains("--carve"));
}
