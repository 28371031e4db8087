// `scan --raw` by the real program: indicators in bytes that belong to no record.

#include <fmt/format.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <iostream>

#include "evtxhound/base/text.hpp"
#include "evtxhound/evtx/chunk.hpp"
#include "evtxhound/evtx/format.hpp"
#include "tests/evidence/disk/made_disk.hpp"
#include "tests/support/mutation.hpp"
#include "tests/support/query.hpp"

using namespace evtxhound::test;
using evtxhound::as_bytes;
using evtxhound::Buffer;
using evtxhound::evtx::kChunkSize;
using evtxhound::evtx::kFileHeaderSize;
namespace fs = std::filesystem;

namespace {

constexpr std::size_t kPart = std::size_t{16} << 20U;
const std::string kSysmon = "intrusion/FIN-WS-014/Microsoft-Windows-Sysmon%4Operational.evtx";

std::string wide(std::string_view text) {
  const Buffer bytes = evtxhound::utf8_to_utf16le(text);
  return {bytes.begin(), bytes.end()};
}

Ran scan(const fs::path& evidence, const fs::path& case_file, const std::string& more = "--raw") {
  return run_evtxhound("scan " + quoted(evidence) + " --case " + quoted(case_file) + " " + more);
}

// Raw bytes with what is planted in them.
class Image {
 public:
  explicit Image(std::size_t size) : bytes_(size, '\0') {
    Random random(3);
    for (char& byte : bytes_) byte = static_cast<char>(random.byte());
  }

  void put(std::size_t at, const std::string& what) { bytes_.replace(at, what.size(), what); }

  // Plants a text that has to be a hit from its character `skipped` on.
  void plant(std::size_t at, const std::string& text, bool in_utf16, std::size_t skipped = 0) {
    put(at - 1, std::string(1, '\0'));  // noise can be a letter
    put(at, in_utf16 ? wide(text) : text);
    expected_.push_back({std::to_string(at + skipped * (in_utf16 ? 2 : 1)), text.substr(skipped)});
  }

  [[nodiscard]] const std::string& bytes() const { return bytes_; }
  [[nodiscard]] Rows expected() const {
    Rows sorted = expected_;
    std::ranges::sort(sorted, {}, [](const auto& row) { return std::stoul(row[0]); });
    return sorted;
  }

 private:
  std::string bytes_;
  Rows expected_;
};

const std::string kPlaces = "select byte_offset, matched from v_raw_hits order by byte_offset";

// A log's chunks at an odd place, texts around them and in a chunk's free space, and over the
// border of a part.
Image image_with_chunks() {
  Image image(kPart + 500'000);
  const std::string chunks = log_text(kSysmon).substr(kFileHeaderSize);
  constexpr std::size_t kAt = 100'001;
  image.put(kAt, chunks);
  const std::string last = chunks.substr(chunks.size() - kChunkSize);
  const auto frames = evtxhound::evtx::find_records(as_bytes(last));
  const std::size_t end = frames.records.back().offset + frames.records.back().size;
  REQUIRE(end + 200 < kChunkSize);
  image.plant(50, "officeaddons.com", false);
  image.plant(300, "officeaddons.com", true);
  image.plant(501, "x http://www.officeaddons.com", true, 9);
  image.plant(kAt - 16, "officeaddons.com", false);
  image.plant(kAt + chunks.size() - kChunkSize + end, "officeaddons.com", true);
  image.plant(kAt + chunks.size() - kChunkSize + end + 100, "akamaicontainer.com", false);
  image.plant(kAt + chunks.size(), "officeaddons.com", true);
  image.plant(kPart - 7, "officeaddons.com", true);
  image.put(900, "notofficeaddons.com");
  return image;
}

}  // namespace

TEST_CASE("scan --raw finds each text outside of records, once, and records as --carve does") {
  const TemporaryFolder folder;
  const Image image = image_with_chunks();
  write_file(folder / "page.raw", image.bytes());
  CHECK(scan(folder / "page.raw", folder / "carve.db", "--carve").status == 0);
  const Ran ran = scan(folder / "page.raw", folder / "raw.db");
  INFO(ran.err);
  CHECK(ran.status == 0);
  CHECK(query(folder / "raw.db", kPlaces) == image.expected());
  CHECK(query(folder / "carve.db", kPlaces).empty());
  const std::string records =
      "select byte_offset, record_id, state, data, (select group_concat(matched || byte_offset) "
      "from hit where hit.event_id = event.event_id) from event where source_type <> 'raw'";
  CHECK_FALSE(query(folder / "raw.db", records).empty());
  CHECK(query(folder / "raw.db", records) == query(folder / "carve.db", records));
  CHECK(query(folder / "raw.db",
              "select distinct state, record_id, time_created, event_code from "
              "event where source_type = 'raw'") == Rows{{"carved", "0", "", "NULL"}});
  CHECK(
      query(folder / "raw.db",
            "select encoding from v_raw_hits where context like '%http://www.officeaddons.com%'") ==
      Rows{{"utf-16le"}});
  CHECK(value(folder / "raw.db", "select json_extract(options, '$.raw') from run") == "1");
}

TEST_CASE("scan --raw gives the same for any number of threads, and adds nothing twice") {
  const TemporaryFolder folder;
  write_file(folder / "page.raw", image_with_chunks().bytes());
  const auto hash = [&](const char* name) {
    const Ran ran = run_evtxhound("case hash " + quoted(folder / name));
    REQUIRE(ran.status == 0);
    return ran.out;
  };
  scan(folder / "page.raw", folder / "one.db", "--raw --threads 1 --store all");
  scan(folder / "page.raw", folder / "two.db", "--raw --threads 2 --store all --exhaustive");
  const Rows hits = query(folder / "one.db", "select * from v_hits");
  CHECK(hits.size() > 8);
  CHECK(query(folder / "two.db", "select * from v_hits") == hits);
  scan(folder / "page.raw", folder / "three.db", "--raw --threads 3 --store all");
  CHECK(hash("three.db") == hash("one.db"));
  scan(folder / "page.raw", folder / "one.db", "--raw --threads 3 --store all");
  CHECK(query(folder / "one.db", "select * from v_hits") == hits);
  // Another pack later adds hits to the places that are known, and no place twice.
  write_file(folder / "more.csv",
             "kind,value,description,severity,source\ntext,officeaddons,x,low,test\n");
  scan(folder / "page.raw", folder / "one.db", "--raw --iocs " + quoted(folder / "more.csv"));
  CHECK(
      query(folder / "one.db",
            "select byte_offset, count(*) from v_raw_hits where matched = 'officeaddons.com' group "
            "by 1 having count(*) > 1")
          .empty());
  CHECK(value(folder / "one.db",
              "select count(*) from (select event_id from v_raw_hits where byte_offset = 50 "
              "group by event_id having count(*) = 2)") == "1");
}

TEST_CASE("scan --raw: records over the border of a part are told as records only") {
  const TemporaryFolder folder;
  const std::string chunk = log_text(kSysmon).substr(kFileHeaderSize, kChunkSize);
  for (const std::size_t before : {std::size_t{30'001}, kChunkSize - 1, std::size_t{1}}) {
    INFO(before);
    std::string bytes(kPart - before, '\0');
    bytes += chunk;
    write_file(folder / "page.raw", bytes);
    fs::remove(folder / "case.db");
    scan(folder / "page.raw", folder / "case.db");
    CHECK(value(folder / "case.db", "select count(*) > 3 from hit") == "1");
    CHECK(query(folder / "case.db", kPlaces).empty());
  }
}

// What is left of a record whose signature was overwritten is no record. Its values stand there
// without anything between them: a path that is a part of one is found.
TEST_CASE("scan --raw finds what a record said that cannot be carved any more") {
  const TemporaryFolder folder;
  std::string chunk = log_text(kSysmon).substr(kFileHeaderSize, kChunkSize);
  write_file(folder / "whole.raw", chunk);
  scan(folder / "whole.raw", folder / "whole.db");
  CHECK(query(folder / "whole.db", kPlaces).empty());
  const Rows hits = query(
      folder / "whole.db",
      "select event.byte_offset, hit.byte_offset, matched, byte_size from hit join event using "
      "(event_id) where hit.byte_offset between event.byte_offset and event.byte_offset + "
      "byte_size "
      "and matched like '\\AppData%' order by 1 desc limit 1");
  REQUIRE(hits.size() == 1);
  const std::size_t begin = std::stoul(hits[0][0]);
  chunk.replace(begin, 24, 24, '\0');
  // Nor is it one by the copy of its size.
  chunk.replace(begin + std::stoul(hits[0][3]) - 4, 4, 4, '\0');
  write_file(folder / "torn.raw", chunk);
  scan(folder / "torn.raw", folder / "torn.db");
  const Rows raw = query(folder / "torn.db", kPlaces);
  CHECK(std::ranges::find(raw, std::vector<std::string>{hits[0][1], hits[0][2]}) != raw.end());
  for (const auto& row : raw) {
    CHECK(std::stoul(row[0]) >= begin);
    CHECK(std::stoul(row[0]) < begin + std::stoul(hits[0][3]));
  }
}

TEST_CASE("scan --raw: case verify finds texts again, and says what was changed") {
  const TemporaryFolder folder;
  const Image image = image_with_chunks();
  write_file(folder / "page.raw", image.bytes());
  scan(folder / "page.raw", folder / "case.db");
  const Ran sound = run_evtxhound("case verify --all " + quoted(folder / "case.db"));
  INFO(sound.out);
  CHECK(sound.status == 0);
  const auto number = [&](const char* sql) { return value(folder / "case.db", sql); };
  CHECK_THAT(sound.out, Catch::Contains("records:  " + number("select count(*) from event") +
                                        " verified, 0 differ"));
  CHECK_THAT(sound.out, Catch::Contains("hits:     " + number("select count(*) from hit") +
                                        " verified, 0 differ"));

  std::string changed = image.bytes();
  changed[302] = 'g';  // the second letter of the text in UTF-16
  write_file(folder / "page.raw", changed);
  const Ran ran = run_evtxhound("case verify " + quoted(folder / "case.db"));
  CHECK(ran.status == 1);
  CHECK_THAT(ran.out, Catch::Contains("@ 0x12c: event ") &&
                          Catch::Contains(", text outside of records: Context: was '") &&
                          Catch::Contains(": was 'officeaddons.com', is 'ogficeaddons.com'"));
  CHECK_THAT(ran.out, Catch::Contains("records:  ") && Catch::Contains(" 1 differ, 0 missing"));
}

TEST_CASE("scan --raw: case verify tells rows that somebody has changed") {
  const TemporaryFolder folder;
  write_file(folder / "page.raw",
             std::string(50, '\0') + "see officeaddons.com, now" + std::string(50, '\0'));
  scan(folder / "page.raw", folder / "case.db");
  const std::string file = quoted(folder / "case.db");
  CHECK(run_evtxhound("case verify " + file).status == 0);
  struct Row {
    std::string change;
    std::string message;
  };
  for (const Row& row :
       {Row{"byte_size = 4000000000", "byte_size: was '4000000000', is '"},
        Row{"byte_size = byte_size - 1", "byte_size: was '"},
        Row{"byte_offset = byte_offset + 1", "no record stands here any more"},
        Row{"data = json_set(data, '$.Context', 'x')", "Context: was 'x', is '"},
        Row{"byte_offset = 4000", "no record stands here any more"},
        Row{"state = 'live'", "state: was 'live', is 'carved'"},
        Row{"computer = 'PC'", "computer: was 'PC', is ''"},
        Row{"data = json_set(data, '$.Encoding', 'utf-7')", "no record stands here any more"},
        Row{"data = 'none'", "no record stands here any more"}}) {
    INFO(row.change);
    fs::copy_file(folder / "case.db", folder / "changed.db", fs::copy_options::overwrite_existing);
    query(folder / "changed.db", "update event set " + row.change, Opened::kReadWrite);
    const Ran ran = run_evtxhound("case verify " + quoted(folder / "changed.db"));
    CHECK(ran.status == 1);
    CHECK_THAT(ran.out,
               Catch::Contains(", text outside of records") && Catch::Contains(row.message));
  }
}

TEST_CASE("scan --raw: a name on every page is listed so often, and counted") {
  const TemporaryFolder folder;
  std::string bytes;
  for (int i = 0; i < 10'500; ++i) bytes += "officeaddons.com ";
  bytes += "akamaicontainer.com";
  write_file(folder / "page.raw", bytes);
  const Ran ran = scan(folder / "page.raw", folder / "case.db");
  CHECK(ran.status == 1);
  CHECK(query(folder / "case.db", "select value, count(*) from v_raw_hits group by 1") ==
        Rows{{"akamaicontainer.com", "1"}, {"officeaddons.com", "10000"}});
  CHECK(query(folder / "case.db", "select kind, byte_offset, message from problem") ==
        Rows{{"limit", "NULL",
              "domain \"officeaddons.com\" stands outside of records 10,500 times: the first "
              "10,000 are hits, the other 500 are only counted"}});
}

TEST_CASE("scan --raw of a disk image: free clusters and slack, not the files in use") {
  EVTXHOUND_NEEDS_TOOLS("mkfs.vfat", "mcopy");
  const TemporaryFolder folder;
  const fs::path disk = folder / "disk.dd";
  make_fat(disk);
  put_in_fat(disk, "Sysmon.evtx", log_text(kSysmon));
  put_in_fat(disk, "notes.txt", "see officeaddons.com for more <end>");
  std::string bytes = read_file(disk);
  const std::size_t slack = bytes.find("<end>") + 5;
  bytes.replace(slack + 20, 16, "officeaddons.com");
  const std::size_t free = std::size_t{6} << 20U;
  REQUIRE(bytes.substr(free, 100) == std::string(100, '\0'));
  bytes.replace(free + 33, 32, wide("officeaddons.com"));
  write_file(disk, bytes);
  CHECK(scan(disk, folder / "case.db").status == 0);
  const std::string place = disk.string() + " / unallocated";
  CHECK(query(folder / "case.db",
              "select evidence, byte_offset, matched from v_raw_hits order by byte_offset") ==
        Rows{{place, std::to_string(slack + 20), "officeaddons.com"},
             {place, std::to_string(free + 33), "officeaddons.com"}});
  CHECK(value(folder / "case.db",
              "select count(*) > 0 from hit join event using (event_id) where "
              "state = 'live'") == "1");
  CHECK(run_evtxhound("case verify --all " + quoted(folder / "case.db")).status == 0);
}

TEST_CASE("scan --raw: a case of texts alone has neither times nor hosts, and says so") {
  const TemporaryFolder folder;
  write_file(folder / "page.raw",
             std::string(50, '\0') + "GET http://officeaddons.com/x\r\n" + std::string(50, '\0'));
  scan(folder / "page.raw", folder / "case.db");
  const std::string file = quoted(folder / "case.db");
  const Ran summary = run_evtxhound("case summary " + file);
  CHECK(summary.status == 0);
  CHECK_THAT(summary.out, Catch::Contains("1 hit of 1 indicator on 0 hosts, first -, last -"));
  const Ran timeline = run_evtxhound("case timeline " + file);
  CHECK_THAT(timeline.out, Catch::Contains("GET http://officeaddons.com/x"));
  CHECK(run_evtxhound("case timeline --from 2000-01-01 " + file).out.find("officeaddons") ==
        std::string::npos);
  for (const char* format : {"csv", "jsonl", "l2tcsv", "timesketch", "bodyfile", "stix"}) {
    INFO(format);
    const Ran exported = run_evtxhound(fmt::format("case export {} --format {}", file, format));
    CHECK((exported.status == 0 || exported.status == 1));
    CHECK_THAT(exported.out, Catch::Contains("officeaddons.com"));
  }
  const Ran report = run_evtxhound("case report " + file + " -o " + quoted(folder / "r.html"));
  CHECK(report.status == 0);
  CHECK_THAT(read_file(folder / "r.html"), Catch::Contains("officeaddons.com"));
  const Ran merged = run_evtxhound("case merge -o " + quoted(folder / "m.db") + " " + file);
  INFO(merged.err);
  CHECK(merged.status == 0);
  CHECK(query(folder / "m.db", "select context from v_raw_hits") ==
        query(folder / "case.db", "select context from v_raw_hits"));
}
