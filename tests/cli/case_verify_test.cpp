// `case verify` by the real program: what stands in the evidence, and what was changed.
#include <catch2/catch.hpp>
#include <cstring>
#include <iostream>
#include <set>

#include "tests/evidence/disk/made_disk.hpp"
#include "tests/support/archives.hpp"
#include "tests/support/query.hpp"

using namespace evtxhound::test;
namespace fs = std::filesystem;

namespace {

const fs::path kHost = kTestdata / "intrusion/FIN-WS-014";
constexpr std::size_t kFirstChunk = 4096;
constexpr std::size_t kChunk = 65'536;

void scan(const fs::path& evidence, const fs::path& case_file, const std::string& more = "") {
  const Ran ran =
      run_evtxhound("scan " + quoted(evidence) + " --case " + quoted(case_file) + " " + more);
  INFO(ran.err);
  REQUIRE((ran.status == 0 || ran.status == 1));
}

Ran verify(const fs::path& case_file, const std::string& more = "") {
  return run_evtxhound("case verify " + quoted(case_file) + " " + more);
}

std::string summary(const char* name, std::size_t verified, std::size_t differ = 0,
                    std::size_t missing = 0, std::size_t unread = 0) {
  return std::string(name) + std::to_string(verified) + " verified, " + std::to_string(differ) +
         " differ, " + std::to_string(missing) + " missing, " + std::to_string(unread) +
         " could not be read";
}

std::size_t number(const fs::path& case_file, const std::string& sql) {
  return std::stoul(value(case_file, sql));
}

// Scans, and has all of it verified, copies and hits included.
void check_verified(const fs::path& evidence, const std::string& more = "") {
  const TemporaryFolder folder;
  const fs::path case_file = folder / "case.db";
  scan(evidence, case_file, "--store all " + more);
  const std::size_t records = number(case_file, "select count(*) from v_places");
  const std::size_t hits = number(case_file, "select count(*) from hit");
  REQUIRE(records > 0);
  std::string with_commas = verify(case_file, "--all").out;
  const Ran ran = verify(case_file, "--all");
  INFO(ran.out + ran.err);
  CHECK(ran.status == 0);
  CHECK(ran.err.empty());
  std::erase(with_commas, ',');
  std::string expected = summary("records:  ", records) + summary("\nhits:     ", hits);
  std::erase(expected, ',');
  CHECK_THAT(with_commas, Catch::Contains(expected.substr(0, expected.find('\n'))));
  CHECK_THAT(with_commas, Catch::Contains(expected.substr(expected.find('\n'))));
}

// The lines of differences, without the three of the summary.
std::vector<std::string> differences(const Ran& ran) {
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < ran.out.size();) {
    const std::size_t end = ran.out.find('\n', at);
    lines.push_back(ran.out.substr(at, end - at));
    at = end + 1;
  }
  REQUIRE(lines.size() >= 3);
  lines.resize(lines.size() - 3);
  return lines;
}

// The numbers behind `word` in lines that have it: "event 12" -> 12.
std::set<std::string> named(const std::vector<std::string>& lines, const std::string& word) {
  std::set<std::string> found;
  for (const std::string& line : lines) {
    const std::size_t at = line.find(": " + word + " ");
    if (at == std::string::npos) continue;
    const std::size_t begin = at + word.size() + 3;
    found.insert(line.substr(begin, line.find(',', begin) - begin));
  }
  return found;
}

std::set<std::string> ids(const fs::path& case_file, const std::string& sql) {
  std::set<std::string> found;
  for (const auto& row : query(case_file, sql)) found.insert(row[0]);
  return found;
}

void flip(const fs::path& path, std::size_t at, char bits = 1) {
  std::string bytes = read_file(path);
  bytes.at(at) = static_cast<char>(bytes.at(at) ^ bits);
  write_file(path, bytes);
}

void change_case(const fs::path& case_file, const std::string& sql) {
  sqlite3* connection = nullptr;
  const bool done = sqlite3_open(case_file.c_str(), &connection) == SQLITE_OK &&
                    sqlite3_exec(connection, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK;
  sqlite3_close(connection);
  REQUIRE(done);
}

// A host's logs in a folder of their own, scanned.
struct Scanned {
  explicit Scanned(const std::string& more = "") {
    fs::create_directory(folder / "logs");
    for (const auto& entry : fs::directory_iterator(kHost)) {
      if (entry.path().extension() == ".evtx") {
        fs::copy(entry.path(), folder / "logs" / entry.path().filename());
      }
    }
    scan(folder / "logs", case_file, more);
  }

  // The first hit whose text stands in UTF-16 in the log: its place, evidence and id.
  [[nodiscard]] std::vector<std::string> first_hit() const {
    const Rows rows = query(case_file,
                            "select hit.byte_offset, path, hit_id, evidence_id from hit join event "
                            "using (event_id) join evidence using (evidence_id) where "
                            "hit.byte_offset between event.byte_offset and event.byte_offset + "
                            "byte_size order by hit_id limit 1");
    REQUIRE(rows.size() == 1);
    return rows[0];
  }

  TemporaryFolder folder;
  fs::path case_file = folder / "case.db";
};

}  // namespace

TEST_CASE("case verify finds every record, hit and copy where the case says") {
  SECTION("logs of a host") { check_verified(kHost); }
  SECTION("damaged logs") { check_verified(kTestdata / "damaged"); }
  SECTION("values of every type") { check_verified(kTestdata / "types"); }
  SECTION("exports") { check_verified(kTestdata / "exports"); }
  SECTION("a scan by libevtx") { check_verified(kTestdata / "types", "--engine libevtx"); }
  SECTION("an archive with copies") {
    const TemporaryFolder folder;
    auto files = files_in(kHost);
    for (ArchivedFile& file : files_in(kHost)) {
      files.push_back({"again/" + file.name, std::move(file.content)});
    }
    for (ArchivedFile& file : files_in(kTestdata / "exports")) files.push_back(std::move(file));
    write_file(folder / "x.zip", zip(files));
    check_verified(folder / "x.zip");
  }
}

TEST_CASE("case verify finds records that are hidden in others") {
  const TemporaryFolder folder;
  std::string log = read_file(kTestdata / "tampering/IT-WS-031/Security.evtx");
  const auto number_at = [&log](std::size_t at) {
    std::uint32_t number = 0;
    std::memcpy(&number, log.data() + at, sizeof number);
    return number;
  };
  // The third record reaches over the fourth; both are of templates that stand before them.
  std::size_t outer = kFirstChunk + 512;
  for (int i = 0; i < 2; ++i) outer += number_at(outer + 4);
  const std::size_t hidden = outer + number_at(outer + 4);
  const std::uint32_t size = number_at(outer + 4) + number_at(hidden + 4);
  std::memcpy(log.data() + outer + 4, &size, sizeof size);
  std::memcpy(log.data() + outer + size - 4, &size, sizeof size);
  write_file(folder / "hidden.evtx", log);
  const fs::path case_file = folder / "hidden.db";
  scan(folder / "hidden.evtx", case_file, "--store all");
  REQUIRE(value(case_file, "select byte_offset from event where state = 'recovered'") ==
          std::to_string(hidden));
  check_verified(folder / "hidden.evtx");
}

TEST_CASE("case verify carves again what was carved, templates from elsewhere included") {
  const TemporaryFolder folder;
  const std::string log = log_text();
  const std::string chunk = log.substr(kFirstChunk, kChunk);
  const std::size_t second = chunk.find(std::string("**\0\0", 4), 512 + 4);
  REQUIRE(second != std::string::npos);
  const std::string between(12'345, 'x');
  SECTION("chunks, twice") {
    write_file(folder / "a.raw", between + chunk + between + chunk);
    check_verified(folder / "a.raw", "--carve");
  }
  SECTION("records without their chunk's header, and those of another log") {
    write_file(folder / "a.raw",
               between + chunk.substr(second) + between + chunk + between + chunk.substr(9000));
    check_verified(folder / "a.raw", "--carve");
  }
  SECTION("records without any template") {
    write_file(folder / "a.raw", between + chunk.substr(second));
    check_verified(folder / "a.raw", "--carve");
  }
  SECTION("records whose templates are those of a log beside them") {
    write_file(folder / "e/a.raw", between + chunk.substr(second));
    write_file(folder / "e/b.evtx", log);
    check_verified(folder / "e", "--carve");
  }
}

TEST_CASE("case verify looks into disk images") {
  EVTXHOUND_NEEDS_TOOLS("mkntfs", "ntfscp");
  const TemporaryFolder folder;
  const std::string log = log_text();
  make_ntfs(folder / "disk.dd",
            {{"a.evtx", log}, {"b.evtx", log}, {"c.evtx", log_text("damaged/dirty.evtx")}});
  delete_in_ntfs(folder / "disk.dd", "a.evtx");
  std::string disk = read_file(folder / "disk.dd");
  const std::string chunk = log.substr(kFirstChunk, kChunk);
  const std::size_t free = disk.find(std::string(kChunk, '\0'), std::size_t{5} << 20U);
  REQUIRE(free != std::string::npos);
  disk.replace(free, kChunk, chunk);
  write_file(folder / "disk.dd", disk);
  check_verified(folder / "disk.dd", "--carve");

  // A byte of the remains in free clusters.
  scan(folder / "disk.dd", folder / "case.db", "--store all --carve");
  const std::string carved =
      "from also_at join evidence using (evidence_id) where kind = 'unallocated'";
  const std::size_t at = number(folder / "case.db", "select min(byte_offset) " + carved);
  flip(folder / "disk.dd", at + 8);  // its record id
  const Ran ran = verify(folder / "case.db");
  CHECK(ran.status == 1);
  const auto lines = differences(ran);
  REQUIRE(lines.size() == 1);
  CHECK_THAT(lines[0], Catch::Contains("disk.dd / unallocated @ ") &&
                           Catch::Contains(": copy of event ") &&
                           Catch::Contains(": record_id: was '"));
}

TEST_CASE("case verify: a flipped byte of a hit's text is told, with what it was and what it is") {
  const Scanned scanned;
  const auto hit = scanned.first_hit();
  const std::size_t at = std::stoul(hit[0]);
  const std::string here = " where evidence_id = " + hit[3];
  flip(hit[1], at);
  const Ran ran = verify(scanned.case_file);
  CHECK(ran.status == 1);
  const auto lines = differences(ran);
  CHECK_THAT(lines.at(0), Catch::StartsWith(hit[1] + ": hash differs: SHA-256 was "));
  CHECK(named(lines, "event") ==
        ids(scanned.case_file, "select event_id from event" + here + " and " + hit[0] +
                                   " between byte_offset and byte_offset + byte_size - 1"));
  const auto hits =
      ids(scanned.case_file, "select hit_id from hit join event using (event_id)" + here +
                                 " and hit.byte_offset <= " + hit[0] + " and " + hit[0] +
                                 " < hit.byte_offset + 2 * length(matched)");
  CHECK(hits.contains(hit[2]));
  CHECK(named(lines, "hit") == hits);
  const std::string matched =
      value(scanned.case_file, "select matched from hit where hit_id = " + hit[2]);
  std::string changed = matched;
  changed[0] = static_cast<char>(changed[0] ^ 1);
  CHECK_THAT(ran.out, Catch::Contains("was '" + matched + "', is '" + changed + "'\n"));
}

TEST_CASE("case verify: a flipped byte of a record's header is told of that record") {
  const Scanned scanned;
  const Rows event = query(scanned.case_file,
                           "select byte_offset, path, event_id, record_id from event join evidence "
                           "using (evidence_id) order by event_id limit 1");
  const std::size_t at = std::stoul(event.at(0)[0]);
  SECTION("its signature") {
    flip(event[0][1], at);
    const Ran ran = verify(scanned.case_file);
    CHECK(ran.status == 1);
    const auto lines = differences(ran);
    REQUIRE(lines.size() == 2);
    CHECK_THAT(lines[1], Catch::EndsWith(": event " + event[0][2] + ", record " + event[0][3] +
                                         ": no record stands here any more"));
    // The texts are still there.
    CHECK_THAT(ran.out, Catch::Contains(summary(
                            "hits:     ", number(scanned.case_file, "select count(*) from hit"))));
  }
  SECTION("its time") {
    flip(event[0][1], at + 16);
    const auto lines = differences(verify(scanned.case_file));
    REQUIRE(lines.size() == 2);
    CHECK_THAT(lines[1], Catch::Contains(": event " + event[0][2] + ", record " + event[0][3] +
                                         ": time_written: was '"));
  }
}

TEST_CASE("case verify: a flipped byte elsewhere is told by the hash, if there is one") {
  const bool hashed = GENERATE(true, false);
  const Scanned scanned(hashed ? "" : "--no-hash");
  const auto hit = scanned.first_hit();
  flip(hit[1], 100);  // in the file header, where nothing is read
  const Ran ran = verify(scanned.case_file);
  CHECK(ran.status == (hashed ? 1 : 0));
  const auto lines = differences(ran);
  CHECK(lines.size() == (hashed ? 1 : 0));
  if (!hashed) CHECK_THAT(ran.out, Catch::Contains("3 by size alone"));
  // With or without a hash, a changed hit is found.
  flip(hit[1], std::stoul(hit[0]));
  CHECK_FALSE(named(differences(verify(scanned.case_file)), "hit").empty());
}

TEST_CASE("case verify: evidence that is gone, replaced, or was moved") {
  const Scanned scanned;
  const auto hit = scanned.first_hit();
  const std::size_t records =
      number(scanned.case_file, "select count(*) from event where evidence_id = " + hit[3]);
  const std::size_t others = number(scanned.case_file, "select count(*) from event") - records;
  SECTION("gone") {
    fs::remove(hit[1]);
    const Ran ran = verify(scanned.case_file);
    CHECK(ran.status == 1);
    CHECK(differences(ran) == std::vector<std::string>{hit[1] + ": missing: is not there"});
    CHECK_THAT(ran.out, Catch::Contains(summary("evidence: ", 2, 0, 1)));
    CHECK_THAT(ran.out, Catch::Contains(summary("records:  ", others, 0, records)));
  }
  SECTION("replaced by another log") {
    const std::string other = log_text("damaged/dirty.evtx");
    REQUIRE(other.size() != fs::file_size(hit[1]));
    write_file(hit[1], other);
    const Ran ran = verify(scanned.case_file);
    CHECK(ran.status == 1);
    CHECK_THAT(differences(ran).at(0), Catch::Contains(": changed: its size was "));
    CHECK_THAT(ran.out, Catch::Contains(summary("records:  ", others, records)));
  }
  SECTION("moved") {
    fs::rename(scanned.folder / "logs", scanned.folder / "moved");
    CHECK(verify(scanned.case_file).status == 1);
    const std::string from = (scanned.folder / "logs").string();
    const std::string to = (scanned.folder / "moved").string();
    CHECK(verify(scanned.case_file, "--relocate " + quoted(from + "=" + to)).status == 0);
    CHECK(verify(scanned.case_file, "--relocate " + quoted(from + "/=" + to + "/")).status == 0);
    // A folder whose name only begins like it is another one.
    CHECK(verify(scanned.case_file,
                 "--relocate " + quoted(from.substr(0, from.size() - 1) + "=" + to))
              .status == 1);
  }
}

TEST_CASE("case verify: a member that an archive no longer has is missing, the others verified") {
  const TemporaryFolder folder;
  const std::string log = log_text();
  const std::string other =
      log_text("intrusion/FIN-WS-014/Microsoft-Windows-Sysmon%4Operational.evtx");
  write_file(folder / "x.zip", zip({{"a.evtx", log}, {"b.evtx", other}}));
  scan(folder / "x.zip", folder / "case.db");
  write_file(folder / "x.zip", zip({{"a.evtx", log}}));
  const Ran ran = verify(folder / "case.db");
  CHECK(ran.status == 1);
  const std::string path = (folder / "x.zip").string();
  const auto lines = differences(ran);
  REQUIRE(lines.size() == 2);
  CHECK_THAT(lines[0], Catch::StartsWith(path + ": changed: its size was "));
  CHECK(lines[1] == path + " / b.evtx: missing: is not found in its container any more");
  CHECK_THAT(ran.out, Catch::Contains(summary("evidence: ", 1, 1, 1)));
}

TEST_CASE("case verify: a changed export is told at the event's place") {
  const TemporaryFolder folder;
  std::string text = read_file(kTestdata / "exports/crowdstrike-windows.json");
  write_file(folder / "e.json", text);
  scan(folder / "e.json", folder / "case.db");
  const Rows hit = query(folder / "case.db",
                         "select hit.byte_offset, hit_id, event_id from hit where hit.byte_offset "
                         "is not null and matched not like '%\\%' order by hit_id limit 1");
  REQUIRE(hit.size() == 1);
  flip(folder / "e.json", std::stoul(hit[0][0]));
  const Ran ran = verify(folder / "case.db");
  CHECK(ran.status == 1);
  const auto lines = differences(ran);
  CHECK(named(lines, "event") == std::set<std::string>{hit[0][2]});
  CHECK(named(lines, "hit").contains(hit[0][1]));
}

TEST_CASE("case verify tells a case file that somebody has changed, and leaves it as it was") {
  const Scanned scanned;
  const std::string before = read_file(scanned.case_file);
  CHECK(verify(scanned.case_file).status == 0);
  CHECK((read_file(scanned.case_file) == before));
  const std::string hit = scanned.first_hit()[2];
  SECTION("a hit") {
    change_case(scanned.case_file, "update hit set matched = 'other' where hit_id = " + hit);
    CHECK(named(differences(verify(scanned.case_file)), "hit") == std::set<std::string>{hit});
  }
  SECTION("an event's data") {
    change_case(scanned.case_file,
                "update event set data = json_set(data, '$.Planted', 'x') where event_id = 1");
    const auto lines = differences(verify(scanned.case_file));
    REQUIRE(lines.size() == 1);
    CHECK_THAT(lines[0],
               Catch::Contains("event 1,") && Catch::EndsWith(": Planted: was 'x', is '(none)'"));
  }
  SECTION("events that stand nowhere") {
    change_case(scanned.case_file,
                "update event set byte_offset = -8 where event_id = 1;"
                "update event set byte_offset = 9223372036854775807 where event_id = 2;"
                "update event set evidence_id = 1 where event_id = 3;");  // the folder
    const Ran ran = verify(scanned.case_file);
    CHECK(ran.status == 1);
    const auto lines = differences(ran);
    REQUIRE_FALSE(lines.empty());
    const std::size_t events = number(scanned.case_file, "select count(*) from event");
    CHECK_THAT(ran.out, Catch::Contains(summary("records:  ", events - 3, 3)));
    CHECK_THAT(lines.back(), Catch::EndsWith(" hits stand on no place of any evidence"));
  }
  SECTION("an event's place") {
    change_case(scanned.case_file,
                "update event set byte_offset = byte_offset + 8 where event_id = 1");
    const auto lines = differences(verify(scanned.case_file));
    REQUIRE(lines.size() == 1);
    CHECK_THAT(lines[0], Catch::EndsWith("no record stands here any more"));
  }
}

TEST_CASE("case verify refuses what is no case file, and a relocation that is none") {
  const TemporaryFolder folder;
  CHECK(verify(folder / "none.db").status == 2);
  const Scanned scanned;
  CHECK(verify(scanned.case_file, "--relocate nonsense").status == 2);
}
