// Exports scanned by the real program: XML of the forged logs, and CrowdStrike's JSON.

#include <catch2/catch.hpp>

#include "tests/support/cost.hpp"
#include "tests/support/exports.hpp"
#include "tests/support/query.hpp"
#include "tests/support/run.hpp"

using namespace evtxhound::test;
using evtxhound::encode;
using evtxhound::TextEncoding;
namespace fs = std::filesystem;

namespace {

const fs::path kTestdata = fs::path(EVTXHOUND_SOURCE_DIR) / "testdata";
const fs::path kHost = kTestdata / "intrusion/FIN-WS-014";

Ran scan(const fs::path& evidence, const fs::path& case_file, const std::string& more = "") {
  return run_evtxhound("scan " + quoted(evidence) + " --case " + quoted(case_file) + " " + more);
}

// All events of a host as XML, one a line.
std::string lines_of(const fs::path& logs) { return run_evtxhound("dump " + quoted(logs)).out; }

std::string in_root(std::string lines) {
  std::erase(lines, '\n');
  return "<?xml version=\"1.0\" encoding=\"utf-8\" standalone=\"yes\"?>\n<Events>" + lines +
         "</Events>";
}

constexpr std::string_view kHits =
    "select h.field, h.matched, i.kind, i.value, e.record_id, e.time_created, e.computer, "
    "e.provider, e.channel, e.event_code, e.user_sid, e.data from hit h join event e using "
    "(event_id) join indicator i using (indicator_id) order by 1, 2, 3, 4, 5, 6, 7";

Rows hits(const fs::path& case_file) { return query(case_file, std::string(kHits)); }

// Checks that the bytes of each event and each hit stand where the case file says.
void check_places(const fs::path& case_file, const std::string& bytes, TextEncoding encoding) {
  std::size_t checked = 0;
  for (const auto& row : query(case_file,
                               "select e.byte_offset, e.byte_size, h.byte_offset, h.matched, "
                               "e.data from hit h join event e using (event_id)")) {
    const std::string event = bytes.substr(std::stoull(row[0]), std::stoull(row[1]));
    CHECK((event.starts_with(encode("<Event", encoding)) || event.starts_with("{")));
    CHECK((event.ends_with(encode("</Event>", encoding)) || event.ends_with("}")));
    REQUIRE(row[2] != "NULL");
    const std::size_t at = std::stoull(row[2]);
    // Up to the first character that is escaped.
    const std::string matched = row[3].substr(0, row[3].find_first_of("\\&\"'<>"));
    const std::string expected = encode(matched, encoding);
    CHECK(bytes.compare(at, expected.size(), expected) == 0);
    CHECK(at >= std::stoull(row[0]));
    CHECK(at < std::stoull(row[0]) + std::stoull(row[1]));
    ++checked;
  }
  CHECK(checked > 3);
}

std::string crowdstrike_lines() {
  return R"({"event_simpleName":"DnsRequest","ContextTimeStamp":"1680102245.123","timestamp":"1680102246000","aid":"168a90e125d443beb2a4e2914985084d","ComputerName":"FIN-WS-014","DomainName":"www.officeaddons.com","RequestType":"1","event_platform":"Win"}
{"event_simpleName":"ProcessRollup2","timestamp":"1680102247000","aid":"168a90e125d443beb2a4e2914985084d","ImageFileName":"\\Device\\HarddiskVolume1\\Users\\a\\AppData\\Local\\Programs\\3CXDesktopApp\\app\\3CXDesktopApp.exe","CommandLine":"\"C:\\Users\\a\\3CXDesktopApp.exe\" --autoLaunch","SHA256HashData":"fad482ded2e25ce9e1dd3d3ecc3227af714bdfbbde04347dbc1b21d6a3670405","UserSid":"S-1-5-21-1-2-3-1001"}
{"event_simpleName":"SyntheticProcessRollup2","timestamp":"1680102248000","aid":"168a90e125d443beb2a4e2914985084d","ImageFileName":"\\Device\\HarddiskVolume1\\Windows\\explorer.exe"}
{"event_simpleName":"NetworkConnectIP4","timestamp":"1680102249000","aid":"168a90e125d443beb2a4e2914985084d","RemoteAddressIP4":"203.0.113.9","RemotePort":"443"}
{"event_simpleName":"DnsRequest","timestamp":"1680102250000","aid":"168a90e125d443beb2a4e2914985084d","DomainName":"notofficeaddons.com"}
)";
}

}  // namespace

TEST_CASE("exports in each layout and encoding give the hits of their logs, at the right bytes") {
  const TemporaryFolder folder;
  scan(kHost, folder / "logs.db");
  const Rows expected = hits(folder / "logs.db");
  REQUIRE(expected.size() > 50);
  const std::string lines = lines_of(kHost);
  std::string joined = lines;
  std::erase(joined, '\n');
  for (const std::string& text : {lines, joined, in_root(lines)}) {
    for (const TextEncoding encoding : kEncodings) {
      const TemporaryFolder one;
      const std::string bytes = byte_order_mark(encoding) + encode(text, encoding);
      write_file(one / "evidence/notes.txt", bytes);
      const Ran ran = scan(one / "evidence", one / "case.db");
      CHECK(ran.status == 0);
      CHECK(ran.err.empty());
      CHECK(hits(one / "case.db") == expected);
      check_places(one / "case.db", bytes, encoding);
      CHECK(query(one / "case.db", "select distinct kind from evidence where kind <> 'folder'") ==
            Rows{{"xml"}});
      CHECK(query(one / "case.db", "select distinct source_type, time_written, state from event") ==
            Rows{{"xml", "", "live"}});
      CHECK(query(one / "case.db",
                  "select channel, provider, event_code, count, first_seen, last_seen from census "
                  "order by 1, 2, 3") ==
            query(folder / "logs.db",
                  "select channel, provider, event_code, sum(count), min(first_seen), "
                  "max(last_seen) from census group by 1, 2, 3 order by 1, 2, 3"));
    }
  }
}

TEST_CASE("near misses in exports are no hits") {
  const TemporaryFolder folder;
  write_file(folder / "clean.xml", lines_of(kTestdata / "clean"));
  CHECK(scan(folder / "clean.xml", folder / "case.db", "--store all").status == 0);
  CHECK(value(folder / "case.db", "select count(*) from hit") == "0");
  CHECK(std::stoi(value(folder / "case.db", "select count(*) from event")) > 20);
}

TEST_CASE("CrowdStrike's events are found by content, matched and counted") {
  const TemporaryFolder folder;
  const std::string text = crowdstrike_lines();
  write_file(folder / "evidence/part-0000", text);
  const Ran ran = scan(folder / "evidence", folder / "case.db");
  CHECK(ran.status == 0);
  CHECK(ran.err.empty());
  CHECK(
      query(folder / "case.db",
            "select h.field, i.kind, i.value, e.computer, e.provider, e.user_sid, e.time_created, "
            "e.source_type, e.event_code from hit h join event e using (event_id) join indicator i "
            "using (indicator_id) where i.severity <> 'low' order by e.event_id") ==
      Rows{{"DomainName", "domain", "officeaddons.com", "FIN-WS-014", "DnsRequest", "",
            "2023-03-29T15:04:05.1230000Z", "crowdstrike", "NULL"},
           {"SHA256HashData", "sha256",
            "fad482ded2e25ce9e1dd3d3ecc3227af714bdfbbde04347dbc1b21d6a3670405",
            "168a90e125d443beb2a4e2914985084d", "ProcessRollup2", "S-1-5-21-1-2-3-1001",
            "2023-03-29T15:04:07.0000000Z", "crowdstrike", "NULL"}});
  CHECK(query(folder / "case.db",
              "select provider, channel, event_code, count from census order by 1") ==
        Rows{{"DnsRequest", "", "NULL", "2"},
             {"NetworkConnectIP4", "", "NULL", "1"},
             {"ProcessRollup2", "", "NULL", "1"},
             {"SyntheticProcessRollup2", "", "NULL", "1"}});
  check_places(folder / "case.db", text, TextEncoding::kUtf8);
  scan(folder / "evidence", folder / "all.db", "--store all");
  CHECK(value(folder / "all.db", "select count(*) from event") == "5");
  CHECK(value(folder / "all.db",
              "select json_extract(data, '$.RemoteAddressIP4') from event where provider = "
              "'NetworkConnectIP4'") == "203.0.113.9");
}

TEST_CASE("gzip is evidence of its own kind, its offsets those of what it decompresses to") {
  const TemporaryFolder folder;
  const std::string json = crowdstrike_lines();
  const std::string xml = lines_of(kHost);
  write_file(folder / "fdr/a.gz", gzip(json));
  write_file(folder / "xml/b.gz", gzip(xml));
  CHECK(scan(folder / "fdr", folder / "fdr.db").status == 0);
  CHECK(scan(folder / "xml", folder / "xml.db").status == 0);
  check_places(folder / "fdr.db", json, TextEncoding::kUtf8);
  check_places(folder / "xml.db", xml, TextEncoding::kUtf8);
  CHECK(value(folder / "fdr.db", "select kind from evidence where parent_id is not null") ==
        "crowdstrike-gzip");
  CHECK(value(folder / "xml.db", "select kind from evidence where parent_id is not null") ==
        "xml-gzip");
  CHECK(value(folder / "fdr.db", "select size from evidence where kind = 'crowdstrike-gzip'") ==
        std::to_string(gzip(json).size()));
  write_file(folder / "cut/a.gz", gzip(json + json).substr(0, gzip(json).size() - 10));
  CHECK(scan(folder / "cut", folder / "cut.db").status == 1);
  CHECK(value(folder / "cut.db", "select count(*) > 0 from hit") == "1");
  CHECK(value(folder / "cut.db", "select count(*) from problem where message like 'gzip:%'") ==
        "1");
}

TEST_CASE("looking first, reading everything, and any number of threads give the same rows") {
  const TemporaryFolder folder;
  std::string xml;
  std::string json;
  const std::string events = lines_of(kTestdata / "intrusion") + lines_of(kTestdata / "clean");
  // Several blocks, with damage between them.
  while (xml.size() < 10'000'000 / (kSanitized ? 2 : 1)) xml += events + "<Event><torn>\n";
  while (json.size() < 9'000'000 / kLess / kLess) json += crowdstrike_lines() + "{\"torn\":\"\n";
  write_file(folder / "evidence/a.xml", xml);
  write_file(folder / "evidence/b.json", json);
  write_file(folder / "evidence/c.xml.gz", gzip(xml));
  // Expands to far more than gzip usually does.
  std::string same;
  while (same.size() < 20'000'000 / kLess / kLess) same += crowdstrike_lines();
  write_file(folder / "evidence/d.json.gz", gzip(same));
  for (const char* store : {"hits", "all"}) {
    if (kSanitized && store != std::string("hits")) continue;
    const std::string options = std::string("--no-hash --store ") + store;
    scan(folder / "evidence", folder / (std::string(store) + "1.db"), options + " --threads 1");
    const Rows one = content(folder / (std::string(store) + "1.db"));
    CHECK(one.size() > 10'000 / kLess / kLess / 2);
    scan(folder / "evidence", folder / (std::string(store) + "3.db"), options + " --threads 3");
    CHECK(content(folder / (std::string(store) + "3.db")) == one);
    scan(folder / "evidence", folder / (std::string(store) + "x.db"), options + " --exhaustive");
    CHECK(content(folder / (std::string(store) + "x.db")) == one);
    // Again: nothing is added.
    scan(folder / "evidence", folder / (std::string(store) + "1.db"), options);
    CHECK(content(folder / (std::string(store) + "1.db")) == one);
  }
}

TEST_CASE("damage in an export is a problem with its place, and costs nothing else") {
  const TemporaryFolder folder;
  const std::string lines = lines_of(kHost);
  const std::size_t second = lines.find('\n') + 1;
  const std::string torn =
      lines.substr(0, second) + lines.substr(second, 200) + "\n" + lines.substr(second);
  write_file(folder / "torn.xml", torn);
  const Ran ran = scan(folder / "torn.xml", folder / "case.db", "--store all");
  CHECK(ran.status == 1);
  CHECK_THAT(ran.err, Catch::Contains("torn.xml @ "));
  CHECK(value(folder / "case.db", "select count(*) from event") ==
        std::to_string(std::count(lines.begin(), lines.end(), '\n')));
  CHECK(query(folder / "case.db", "select byte_offset, kind from problem") ==
        Rows{{std::to_string(second), "record-damaged"}});
}

TEST_CASE("invalid text in an export is replaced, and said") {
  const TemporaryFolder folder;
  std::string text = crowdstrike_lines();
  text.insert(text.find("RequestType"), "\xFF");
  write_file(folder / "a", text);
  CHECK(scan(folder / "a", folder / "case.db").status == 1);
  CHECK(query(folder / "case.db", "select byte_offset, kind from problem") ==
        Rows{{"0", "encoding"}});
}

TEST_CASE("other JSON and XML is no evidence") {
  const TemporaryFolder folder;
  write_file(folder / "x/a.json", R"({"name":"event_simpleName"})");
  write_file(folder / "x/b.xml", "<Events><Event name='party'/></Events>");
  write_file(folder / "x/c.json",
             R"({"_raw":"<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'>"})");
  write_file(folder / "x/d.gz", gzip("nothing"));
  const Ran ran = scan(folder / "x", folder / "case.db");
  CHECK_THAT(ran.err, Catch::Contains("no EVTX log in this folder, and no export of events"));
  CHECK_THAT(ran.out, Catch::Contains("4 files of other kinds"));
}

TEST_CASE("info shows an export's kind, encoding, events and time range") {
  const TemporaryFolder folder;
  const std::string text = encode(lines_of(kHost), TextEncoding::kUtf16Le);
  write_file(folder / "a.xml", text);
  const Ran ran = run_evtxhound("info " + quoted(folder / "a.xml"));
  CHECK(ran.status == 0);
  CHECK_THAT(ran.out, Catch::Contains("xml, UTF-16LE") && Catch::Contains("events          101") &&
                          Catch::Contains("2023-03-22T"));
  write_file(folder / "b.gz", gzip(crowdstrike_lines() + "x"));
  const Ran other = run_evtxhound("info " + quoted(folder / "b.gz"));
  CHECK(other.status == 1);
  CHECK_THAT(other.out, Catch::Contains("crowdstrike-gzip, UTF-8") &&
                            Catch::Contains("events          5") &&
                            Catch::Contains("record-damaged"));
}
