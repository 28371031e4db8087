#include "evtxhound/casefile/merge.hpp"

#include <fmt/format.h>
#include <signal.h>
#include <sys/wait.h>

#include <algorithm>
#include <catch2/catch.hpp>

#include "evtxhound/base/failure.hpp"
#include "evtxhound/casefile/content_digest.hpp"
#include "tests/casefile/sample_case.hpp"

using namespace evtxhound;
using namespace evtxhound::casefile;
using namespace evtxhound::casefile::testing;

namespace {

namespace fs = std::filesystem;
using Paths = std::vector<fs::path>;

const MergeOptions kOptions{"0.1.0"};

// What a scan of one host writes, in a run of its own; `hash` is that of its log's content.
void write_host(CaseFile& file, const std::string& host, const std::string& started,
                const std::string& hash) {
  const RowId run =
      file.begin_run({"evtxhound scan /" + host, "0.1.0", "{}", "[]", "lab", "examiner", started});
  const RowId folder = file.add_evidence({"/" + host, "folder", {}, "", {}, {}});
  const RowId log = file.add_evidence({"/" + host + "/Sysmon.evtx", "evtx", 69632, hash, folder,
                                       file.find_same_content(hash, 69632)});
  const RowId rule = file.add_rule(
      {"11111111-2222-3333-4444-555555555555", "Shared rule", "TTP", "high", "T1195", "stable"});
  const RowId shared = file.add_indicator(domain("shared.example"));
  const RowId own = file.add_indicator(domain(host + ".example"));
  for (unsigned minute = 0; minute < 5; ++minute) {
    const std::vector<HitRow> hits = {{shared, "QueryName", "shared.example", 10 + minute},
                                      {own, "QueryName", host + ".example", {}}};
    const std::vector<RowId> rules = {rule};
    file.add_event(log, row_of(sysmon_event(22, minute, {{"QueryName", "x." + host + ".example"}})),
                   hits, rules);
  }
  file.add_problem(log, {ProblemKind::kChecksum, 4096, "chunk 0: records' CRC32"});
  file.add_problem(folder, {ProblemKind::kEmpty, {}, "nothing else"});
  file.add_difference(log, 4096, 1, {evtx::DifferenceClass{}, "Field", "a", "b"});
  file.set_census(log,
                  std::vector<CensusRow>{{"Sysmon", "Microsoft-Windows-Sysmon", 22, 5, "a", "b"},
                                         {"Sysmon", "odd", {}, 1, "a", "b"}});
  file.end_run(run, {"2023-04-02T00:00:00.0000000Z", 1, 2, 1, 0, 69632, 6, 10, 5, 2});
}

fs::path make_host(const fs::path& path, const std::string& host, int day,
                   const std::string& hash) {
  CaseFile file = CaseFile::open_for_writing(path);
  write_host(file, host, fmt::format("2023-04-{:02}T08:00:00.0000000Z", day), hash);
  REQUIRE(file.close());
  return path;
}

// A row of `finding`, which no scan writes yet.
void add_finding(const fs::path& path) {
  Database database(path, Database::Mode::kReadWrite);
  database.execute(
      "INSERT INTO finding (evidence_id, kind, detail) SELECT evidence_id, 'gap', "
      "'test' FROM evidence WHERE kind = 'evtx'");
}

// Everything but what is of this merge alone: the notes in `meta`.
std::string all_rows(const fs::path& path) {
  Database database(path, Database::Mode::kReadOnly);
  std::string out;
  for (const std::string& table : table_names(database)) {
    if (table == "meta") continue;
    const std::string order = table == "census" ? "1, 2, 3, 4" : "1";
    out += table + ":\n" + rows(path, "SELECT * FROM " + table + " ORDER BY " + order);
  }
  return out;
}

std::uint64_t added(const std::vector<Merged>& all) {
  std::uint64_t sum = 0;
  for (const Merged& merged : all) {
    for (const auto& table : merged.tables) sum += table.added;
  }
  return sum;
}

const std::string kHashA(64, 'a');
const std::string kHashB(64, 'b');

}  // namespace

TEST_CASE("two case files merged are what scanning both into one would be") {
  const TemporaryFolder folder;
  const auto a = make_host(folder / "a.db", "alpha", 1, kHashA);
  const auto b = make_host(folder / "b.db", "beta", 2, kHashB);
  CaseFile both = CaseFile::open_for_writing(folder / "both.db");
  write_host(both, "alpha", "2023-04-01T08:00:00.0000000Z", kHashA);
  write_host(both, "beta", "2023-04-02T08:00:00.0000000Z", kHashB);
  REQUIRE(both.close());
  for (const auto& path : {a, b, folder / "both.db"}) add_finding(path);

  const auto all = merge(Paths{a, b}, folder / "all.db", kOptions);
  CHECK(added(all) > 60);
  CHECK(all_rows(folder / "all.db") == all_rows(folder / "both.db"));
  CHECK(rows(folder / "all.db", "PRAGMA foreign_key_check").empty());
  CHECK(rows(folder / "all.db", "PRAGMA integrity_check") == "ok\n");
  CHECK(rows(folder / "all.db", "SELECT count(*) FROM meta WHERE key LIKE 'merged %'") == "2\n");
  CHECK(rows(folder / "all.db", "PRAGMA journal_mode") == "delete\n");

  SECTION("the order of the arguments does not matter") {
    merge(Paths{b, a}, folder / "swapped.db", kOptions);
    CHECK(all_rows(folder / "swapped.db") == all_rows(folder / "all.db"));
  }
  SECTION("merging again adds nothing") {
    const std::string before =
        rows(folder / "all.db", "SELECT * FROM meta") + all_rows(folder / "all.db");
    CHECK(added(merge(Paths{b, a, b}, folder / "all.db", kOptions)) == 0);
    CHECK(rows(folder / "all.db", "SELECT * FROM meta") + all_rows(folder / "all.db") == before);
  }
  SECTION("one after the other is both at once") {
    merge(Paths{a}, folder / "later.db", kOptions);
    merge(Paths{b}, folder / "later.db", kOptions);
    CHECK(all_rows(folder / "later.db") == all_rows(folder / "all.db"));
  }
  SECTION("what is in the output already keeps its ids") {
    merge(Paths{b}, folder / "later.db", kOptions);
    const std::string before = rows(folder / "later.db", "SELECT event_id, record_id FROM event");
    merge(Paths{a, b}, folder / "later.db", kOptions);
    const std::string after = rows(folder / "later.db", "SELECT event_id, record_id FROM event");
    CHECK(after.substr(0, before.size()) == before);
    CHECK(after.size() > before.size());
  }
  SECTION("a merged case merged is as its parts merged") {
    const auto c = make_host(folder / "c.db", "gamma", 3, std::string(64, 'c'));
    merge(Paths{folder / "all.db", c}, folder / "nested.db", kOptions);
    merge(Paths{a, b, c}, folder / "flat.db", kOptions);
    CHECK(all_rows(folder / "nested.db") == all_rows(folder / "flat.db"));
  }
}

TEST_CASE("overlapping case files share what is the same") {
  const TemporaryFolder folder;
  const auto a = make_sample(folder);
  CaseFile more = CaseFile::open_for_writing(folder / "more.db");
  write_many(more, 10, 100);  // other rows come first, so no id is the same
  write_sample(more);
  REQUIRE(more.close());
  merge(Paths{a, folder / "more.db"}, folder / "all.db", kOptions);
  const auto count = [](const fs::path& path, const std::string& table) {
    return rows(path, "SELECT count(*) FROM " + table);
  };
  for (const std::string_view table : merged_tables()) {
    if (table == "meta") continue;
    CAPTURE(table);
    CHECK(count(folder / "all.db", std::string(table)) ==
          count(folder / "more.db", std::string(table)));
  }
  const char* hits =
      "SELECT time_created, computer, kind, value, field, matched, evidence, byte_offset, "
      "event_offset FROM v_hits ORDER BY 1, 2, 3, 4, 5, 6, 7, 8, 9";
  CHECK(rows(folder / "all.db", hits) == rows(folder / "more.db", hits));
  const char* copies =
      "SELECT e.path, o.path, p.path FROM evidence AS e LEFT JOIN evidence AS o ON o.evidence_id = "
      "e.same_as LEFT JOIN evidence AS p ON p.evidence_id = e.parent_id ORDER BY 1";
  CHECK(rows(folder / "all.db", copies) == rows(folder / "more.db", copies));
}

TEST_CASE("of the same content on two hosts the later is marked as a copy") {
  const TemporaryFolder folder;
  const auto a = make_host(folder / "a.db", "alpha", 1, kHashA);
  const auto b = make_host(folder / "b.db", "beta", 2, kHashA);
  merge(Paths{b, a}, folder / "all.db", kOptions);
  CHECK(rows(folder / "all.db",
             "SELECT e.path, o.path FROM evidence AS e JOIN evidence AS o ON o.evidence_id = "
             "e.same_as") == "/beta/Sysmon.evtx|/alpha/Sysmon.evtx\n");
}

TEST_CASE("of a run that was cut off in one case file and ended in another, the end counts") {
  const TemporaryFolder folder;
  const auto whole = make_host(folder / "whole.db", "alpha", 1, kHashA);
  fs::copy_file(whole, folder / "early.db");
  {
    Database database(folder / "early.db", Database::Mode::kReadWrite);
    database.execute("UPDATE run SET ended = NULL, exit_status = NULL, hits = NULL");
    database.execute("UPDATE evidence SET census_taken = 0; DELETE FROM census");
  }
  for (const auto& order : {Paths{folder / "early.db"}, Paths{whole, folder / "early.db"}}) {
    merge(order, folder / "all.db", kOptions);
  }
  CHECK(rows(folder / "all.db", "SELECT ended, exit_status, hits FROM run") ==
        "2023-04-02T00:00:00.0000000Z|1|10\n");
  CHECK(all_rows(folder / "all.db") == all_rows(whole));
}

TEST_CASE("a case file is not merged into itself, nor what is none") {
  const TemporaryFolder folder;
  const auto a = make_host(folder / "a.db", "alpha", 1, kHashA);
  const std::string before = test::read_file(a);
  const auto refused = [&](const Paths& inputs, const fs::path& output) -> std::string {
    try {
      merge(inputs, output, kOptions);
    } catch (const Failure& failure) {
      CHECK(failure.status() == ExitStatus::kUsage);
      return failure.what();
    }
    return "not refused";
  };
  CHECK_THAT(refused({a}, a), Catch::Contains("not merged into itself"));
  fs::create_symlink(a, folder / "link.db");
  CHECK_THAT(refused({folder / "link.db"}, a), Catch::Contains("not merged into itself"));
  test::write_file(folder / "notes.txt",
                   "these are notes, and long enough to have a header's size; "
                   "these are notes, and long enough to have a header's size");
  CHECK_THAT(refused({a, folder / "notes.txt"}, folder / "all.db"),
             Catch::Contains("no case file"));
  CHECK_THAT(refused({a, folder / "missing.db"}, folder / "all.db"),
             Catch::Contains("no case file"));
  fs::copy_file(a, folder / "old.db");
  Database(folder / "old.db", Database::Mode::kReadWrite).execute("PRAGMA user_version = 1");
  CHECK_THAT(refused({a, folder / "old.db"}, folder / "all.db"), Catch::Contains("schema 1"));
  CHECK_FALSE(fs::exists(folder / "all.db"));
  {
    CaseFile open = CaseFile::open_for_writing(folder / "open.db");
    write_host(open, "beta", "2023-04-02T08:00:00.0000000Z", kHashB);
    open.commit();
    CHECK_THAT(refused({a, folder / "open.db"}, folder / "all.db"),
               Catch::Contains("not one plain file"));
  }
  CHECK(test::read_file(a) == before);
}

TEST_CASE("a merge that is killed leaves whole case files, and merging again completes it") {
  const TemporaryFolder folder;
  const auto a = make_host(folder / "a.db", "alpha", 1, kHashA);
  CaseFile file = CaseFile::open_for_writing(folder / "b.db");
  file.begin_run({"scan", "1", "{}", "[]", "h", "u", "2023-05-01T00:00:00.0000000Z"});
  write_many(file, 3000, 5000);
  REQUIRE(file.close());
  const Paths inputs = {a, folder / "b.db"};
  merge(inputs, folder / "whole.db", kOptions);
  for (int round = 0; round < 6; ++round) {
    const auto output = folder / fmt::format("killed{}.db", round);
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      merge(inputs, output, kOptions);
      ::_exit(0);
    }
    ::usleep(static_cast<useconds_t>(round) * 4000);
    ::kill(child, SIGKILL);
    REQUIRE(::waitpid(child, nullptr, 0) == child);
    merge(Paths{}, output, kOptions);  // only recovers what there is
    const std::string hosts = rows(output, "SELECT count(*) FROM event");
    CAPTURE(hosts);
    CHECK((hosts == "0\n" || hosts == "5\n" || hosts == "3005\n"));
    merge(inputs, output, kOptions);
    CHECK(all_rows(output) == all_rows(folder / "whole.db"));
  }
}

TEST_CASE("a merge knows every table of the schema") {
  const TemporaryFolder folder;
  const auto path = make_sample(folder);
  Database database(path, Database::Mode::kReadOnly);
  std::vector<std::string> known;
  for (const std::string_view table : merged_tables()) known.emplace_back(table);
  for (const std::string_view table : fixed_tables()) known.emplace_back(table);
  std::ranges::sort(known);
  CHECK(table_names(database) == known);
}
