#include "evtxhound/casefile/seal.hpp"

#include <catch2/catch.hpp>

#include "evtxhound/base/failure.hpp"
#include "evtxhound/casefile/content_digest.hpp"
#include "tests/casefile/sample_case.hpp"
#include "tests/support/run.hpp"

using namespace evtxhound;
using namespace evtxhound::casefile;
using namespace evtxhound::casefile::testing;

namespace {

namespace fs = std::filesystem;

void change(const fs::path& path, const std::string& sql) {
  Database(path, Database::Mode::kReadWrite).execute(sql);
}

std::string changes(const fs::path& path) {
  std::string out;
  for (const std::string& line : check_seal(path).changes) out += line + '\n';
  return out;
}

std::string refusal(const std::function<void()>& work) {
  try {
    work();
  } catch (const Failure& failure) {
    CHECK(failure.status() == ExitStatus::kUsage);
    return failure.what();
  }
  return "not refused";
}

RowsDigest digest_of(const fs::path& path, const std::string& select) {
  Database database(path, Database::Mode::kReadOnly);
  return digest_of_rows(database, select);
}

}  // namespace

TEST_CASE("a seal holds as long as the case file is the same") {
  const TemporaryFolder folder;
  const auto path = make_sample(folder);
  const Sealed sealed = seal(path, {"0.1.0"});
  CHECK(sealed.manifest == path.string() + ".seal.json");
  CHECK(changes(path).empty());
  CHECK(test::shell("sha256sum " + test::quoted(path)).out.substr(0, 64) == sealed.case_sha256);
  CHECK(test::shell("sha256sum " + test::quoted(sealed.manifest)).out.substr(0, 64) ==
        sealed.manifest_sha256);
  CHECK_THAT(check_seal(path).sealed, Catch::Contains("with evtxhound 0.1.0"));
  // Under another name, with its seal, it is the same case.
  fs::rename(path, folder / "moved.db");
  fs::rename(sealed.manifest, seal_path(folder / "moved.db"));
  CHECK(changes(folder / "moved.db").empty());
}

TEST_CASE("the check of a seal says which tables have changed") {
  const TemporaryFolder folder;
  const auto path = make_sample(folder);
  seal(path, {"0.1.0"});
  SECTION("a row that is gone") {
    change(path, "DELETE FROM hit WHERE hit_id = 1");
    CHECK_THAT(changes(path), Catch::Contains("file: SHA-256 was"));
    CHECK_THAT(changes(path), Catch::Contains("table hit: had 4 rows, has 3\n"));
    CHECK_THAT(changes(path), !Catch::Contains("table event"));
  }
  SECTION("a value that is another") {
    change(path, "UPDATE event SET computer = 'WS99' WHERE event_id = 2");
    CHECK_THAT(changes(path), Catch::Contains("table event: other content in as many rows (7)\n"));
    CHECK_THAT(changes(path), !Catch::Contains("table hit"));
  }
  SECTION("a table that is new, a view that is another") {
    change(path, "CREATE TABLE notes (text); DROP VIEW v_dns");
    CHECK_THAT(changes(path), Catch::Contains("table notes: is new, with 0 rows\n"));
    CHECK_THAT(changes(path), Catch::Contains("schema: "));
  }
  SECTION("a table that is gone") {
    change(path, "DROP TABLE finding");
    CHECK_THAT(changes(path), Catch::Contains("table finding: is gone; it had 0 rows\n"));
  }
  SECTION("the form alone") {
    change(path, "CREATE TABLE filler (text); DROP TABLE filler; VACUUM");
    CHECK_THAT(changes(path), Catch::Contains("every table and the schema are as sealed"));
    CHECK_THAT(changes(path), !Catch::Contains("\ntable "));
  }
  SECTION("a file that is no case any more") {
    fs::resize_file(path, 5000);
    CHECK_THAT(changes(path), Catch::Contains("file: had "));
    CHECK_THAT(changes(path), Catch::Contains("cannot be compared"));
  }
  SECTION("a log beside it") {
    test::write_file(path.string() + "-wal", "x");
    CHECK_THAT(changes(path), Catch::Contains("-wal lies beside it"));
  }
}

TEST_CASE("what cannot be sealed is refused") {
  const TemporaryFolder folder;
  const auto path = make_sample(folder);
  CHECK_THAT(refusal([&] { check_seal(path); }), Catch::Contains("there is no seal"));
  test::write_file(seal_path(path), "{}");
  CHECK_THAT(refusal([&] { check_seal(path); }), Catch::Contains("is no seal"));
  CHECK_THAT(refusal([&] { seal(path, {"0.1.0"}); }), Catch::Contains("sealed already"));
  seal(path, {"0.1.0", true});
  CHECK(changes(path).empty());
  CHECK_THAT(refusal([&] { seal(folder / "none.db", {"0.1.0"}); }),
             Catch::Contains("no case file"));
  CaseFile open = CaseFile::open_for_writing(folder / "open.db");
  write_sample(open);
  open.commit();
  CHECK_THAT(refusal([&] { seal(folder / "open.db", {"0.1.0"}); }),
             Catch::Contains("not one plain file"));
  CHECK_FALSE(fs::exists(seal_path(folder / "open.db")));
}

TEST_CASE("a digest is of what its documentation says") {
  const TemporaryFolder folder;
  const auto path = make_sample(folder);
  // Written down by hand from the format: SHA-256 by another program.
  const std::string message =
      "t\\0\\0\\0\\0\\0\\0\\0\\020evtxhound rows 1i\\0\\0\\0\\0\\0\\0\\0\\03"
      "t\\0\\0\\0\\0\\0\\0\\0\\01at\\0\\0\\0\\0\\0\\0\\0\\01bt\\0\\0\\0\\0\\0\\0\\0\\01c"
      "ri\\377\\377\\377\\377\\377\\377\\377\\376t\\0\\0\\0\\0\\0\\0\\0\\02hin"
      "rf\\077\\370\\0\\0\\0\\0\\0\\0b\\0\\0\\0\\0\\0\\0\\0\\01\\0t\\0\\0\\0\\0\\0\\0\\0\\0"
      "e\\0\\0\\0\\0\\0\\0\\0\\02";
  const std::string expected =
      test::shell("printf '" + message + "' | sha256sum").out.substr(0, 64);
  const RowsDigest digest =
      digest_of(path, "SELECT -2 AS a, 'hi' AS b, NULL AS c UNION ALL SELECT 1.5, x'00', ''");
  CHECK(digest.rows == 2);
  CHECK(digest.sha256 == expected);
}

TEST_CASE("other rows have other digests, whatever they look like side by side") {
  const TemporaryFolder folder;
  const auto path = make_sample(folder);
  const auto sha = [&](const std::string& select) { return digest_of(path, select).sha256; };
  CHECK(sha("SELECT 'ab' AS x, 'c' AS y") != sha("SELECT 'a' AS x, 'bc' AS y"));
  CHECK(sha("SELECT '1' AS x") != sha("SELECT 1 AS x"));
  CHECK(sha("SELECT NULL AS x") != sha("SELECT '' AS x"));
  CHECK(sha("SELECT 'a' AS x") != sha("SELECT 'a' AS y"));
  CHECK(sha("SELECT 'a' AS x") == sha("SELECT 'a' AS x"));
  Database database(path, Database::Mode::kReadOnly);
  CHECK(digest_of_table(database, "event").rows == 7);
  CHECK(digest_of_table(database, "census").rows == 4);
}
