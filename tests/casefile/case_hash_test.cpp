// What the digest over a case file's content tells apart, and what it does not.
#include "evtxhound/casefile/case_hash.hpp"

#include <catch2/catch.hpp>

#include "evtxhound/base/hash.hpp"
#include "evtxhound/casefile/content_digest.hpp"
#include "tests/casefile/sample_case.hpp"

using namespace evtxhound;
using namespace evtxhound::casefile;
using namespace evtxhound::casefile::testing;
namespace fs = std::filesystem;

namespace {

std::string hash(const fs::path& path) { return hash_case(path).sha256; }

void change(const fs::path& path, const std::string& sql) {
  Database(path, Database::Mode::kReadWrite).execute(sql);
}

std::string number(std::uint64_t value) {
  std::string out;
  for (int shift = 56; shift >= 0; shift -= 8) {
    out += static_cast<char>(value >> static_cast<unsigned>(shift));
  }
  return out;
}

std::string text(const std::string& value) { return "t" + number(value.size()) + value; }

}  // namespace

TEST_CASE("a table is hashed as docs/case-file.md says") {
  const TemporaryFolder folder;
  const auto path = make_sample(folder);
  change(path,
         "CREATE TABLE odd (k INTEGER PRIMARY KEY, t TEXT, b BLOB, r REAL);"
         "INSERT INTO odd VALUES (2, 'x', x'00ff', 1.5), (-1, NULL, NULL, NULL)");
  const std::string bytes =
      text("evtxhound rows 1") + "i" + number(4) + text("k") + text("t") + text("b") + text("r") +
      "r" + "i" + std::string(8, '\xFF') + "nnn" +  // two's complement of -1, and three NULLs
      "r" + "i" + number(2) + text("x") + "b" + number(2) + std::string("\0\xFF", 2) + "f" +
      std::string("\x3F\xF8\0\0\0\0\0\0", 8) +  // 1.5
      "e" + number(2);
  Database database(path, Database::Mode::kReadOnly);
  CHECK(digest_of_table(database, "odd").sha256 == sha256_hex(as_bytes(bytes)));
  CHECK(digest_of_table(database, "odd").rows == 2);
}

TEST_CASE("the case's hash is that of its tables' lines") {
  const TemporaryFolder folder;
  const CaseHash of_case = hash_case(make_sample(folder));
  std::string lines;
  std::vector<std::string> tables;
  for (const TableHash& table : of_case.tables) {
    lines += table.sha256 + " " + std::to_string(table.rows) + " " + table.table + "\n";
    tables.push_back(table.table);
  }
  CHECK(of_case.sha256 == sha256_hex(as_bytes(lines)));
  CHECK(std::ranges::is_sorted(tables));
  CHECK(std::ranges::count(tables, "event") == 1);
  CHECK(std::ranges::count(tables, "run") == 0);
  CHECK(std::ranges::count(tables, "read_to_end") == 0);
}

TEST_CASE("a change of any table but those of runs changes the case's hash") {
  const TemporaryFolder folder;
  const auto path = make_sample(folder);
  const std::string before = hash(path);
  const std::string sql =
      GENERATE(as<std::string>(), "UPDATE event SET data = '{}' WHERE event_id = 1",
               "UPDATE evidence SET modified = '2023-03-29T00:00:00.0000000Z'",
               "UPDATE hit SET hit_id = 99 WHERE hit_id = 1",
               "UPDATE hit SET byte_offset = NULL WHERE hit_id = 1",
               "DELETE FROM problem WHERE problem_id = 1", "UPDATE census SET count = count + 1",
               "UPDATE meta SET value = 'x' WHERE key = 'about'",
               "INSERT INTO finding (evidence_id, kind, detail) VALUES (1, 'x', 'y')");
  CAPTURE(sql);
  change(path, sql);
  CHECK(hash(path) != before);
}

TEST_CASE("runs, when the case was made, and how its file is laid out do not change its hash") {
  const TemporaryFolder folder;
  const auto path = make_sample(folder);
  const std::string before = hash(path);
  const std::string sql = GENERATE(
      as<std::string>(), "DELETE FROM run", "INSERT INTO read_to_end VALUES (1, 'settings')",
      "UPDATE meta SET value = 'then' WHERE key = 'created'", "PRAGMA page_size = 8192; VACUUM",
      "ANALYZE",
      // Of a table without key, rows in another order.
      "CREATE TEMP TABLE c AS SELECT * FROM census; DELETE FROM census;"
      "INSERT INTO census SELECT * FROM c ORDER BY rowid DESC");
  CAPTURE(sql);
  change(path, sql);
  CHECK(hash(path) == before);
}

TEST_CASE("two case files of the same have the same hash") {
  const TemporaryFolder one;
  const TemporaryFolder two;
  CHECK(hash(make_sample(one)) == hash(make_sample(two)));
}
