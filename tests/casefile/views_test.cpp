#include <catch2/catch.hpp>

#include "tests/casefile/sample_case.hpp"

using namespace evtxhound;
using namespace evtxhound::casefile;
using namespace evtxhound::casefile::testing;

namespace {

// Rules come with a later version; until then a test plays their writer.
void add_rule(const std::filesystem::path& path, const std::string& title, int detections) {
  Database database(path, Database::Mode::kReadWrite);
  Statement(database,
            "INSERT INTO rule (uuid, title, type, level, attack, status) "
            "VALUES (?, ?, 'TTP', 'high', 'T1195.002', 'stable')")
      .run(title, title);
  const RowId rule = database.last_insert_id();
  Statement(database,
            "INSERT INTO detection (event_id, rule_id) SELECT event_id, ? FROM event WHERE "
            "event_code = 22 LIMIT ?")
      .run(rule, detections);
}

std::string state(const std::filesystem::path& path, const std::string& detection) {
  return rows(path, "SELECT state, count, risk FROM v_story WHERE detection = '" + detection + "'");
}

constexpr const char* kNetwork = "3CX Supply Chain Attack Network Indicators";
constexpr const char* kHunting = "Hunting 3CXDesktopApp Software";
constexpr const char* kChrome = "Non Chrome Process Accessing Chrome Default Dir";

}  // namespace

TEST_CASE("v_hits names the place of each hit, in time order") {
  const TemporaryFolder folder;
  const auto path = make_sample(folder);
  CHECK(rows(path,
             "SELECT substr(time_created, 12, 5), severity, kind, value, field, byte_offset, "
             "event_offset, evidence FROM v_hits") ==
        "10:01|high|version|18.12.416|FileVersion|6000|5608|/evidence/Sysmon.evtx\n"
        "10:05|critical|domain|akamaicontainer.com|QueryName|9700|9608|/evidence/Sysmon.evtx\n"
        "10:07|critical|domain|akamaicontainer.com|QueryName|11700|11608|/evidence/Sysmon.evtx\n"
        "10:08|critical|domain|msstorageazure.com|QueryName||12608|/evidence/Sysmon.evtx\n");
}

TEST_CASE("v_process has Sysmon 1 and Security 4688 in one shape") {
  const TemporaryFolder folder;
  const auto path = make_sample(folder);
  CHECK(rows(path,
             "SELECT pid, parent_pid, user, image, command_line, file_version FROM v_process") ==
        "4321|1000|CORP\\alice|C:\\Users\\alice\\AppData\\Local\\Programs\\3CXDesktopApp\\app\\"
        "3CXDesktopApp.exe|3CXDesktopApp.exe|18.12.416.0\n"
        "500|43981|CORP\\bob|C:\\Windows\\notepad.exe|notepad.exe|\n"
        "5000|4321|CORP\\alice|C:\\Windows\\System32\\cmd.exe|cmd.exe /c whoami|\n");
}

TEST_CASE("v_process reads hexadecimal process ids of any length, and odd ones") {
  const TemporaryFolder folder;
  const auto path = folder / "case.db";
  CaseFile file = CaseFile::open_for_writing(path);
  const RowId evidence = file.add_evidence({"/e.evtx", "evtx", 1, "", {}, {}});
  unsigned minute = 0;
  for (const char* pid : {"0x4", "0xFFFFFFFF", "0x00000000000001f4", "77", "", "0x"}) {
    file.add_event(evidence,
                   row_of(other_event("Microsoft-Windows-Security-Auditing", 4688, minute++,
                                      {{"NewProcessId", pid},
                                       {"SubjectUserName", "SYSTEM"},
                                       {"TargetUserName", "carol"},
                                       {"TargetDomainName", "CORP"}})),
                   {});
  }
  REQUIRE(file.close());
  CHECK(rows(path, "SELECT pid FROM v_process") == "4\n4294967295\n500\n77\n0\n\n");
  CHECK(rows(path, "SELECT DISTINCT user FROM v_process") == "CORP\\carol\n");
}

TEST_CASE("v_process and v_dns have CrowdStrike's events in the same shape") {
  const TemporaryFolder folder;
  const auto path = folder / "case.db";
  CaseFile file = CaseFile::open_for_writing(path);
  const RowId evidence = file.add_evidence({"/e.json", "crowdstrike", 1, "", {}, {}});
  const auto add = [&](const char* name, std::uint64_t offset, std::vector<evtx::Field> data) {
    evtx::Event event;
    event.provider = name;
    event.byte_offset = offset;
    event.time_created = "2023-03-29T09:00:0" + std::to_string(offset) + ".0000000Z";
    event.user_sid = "S-1-5-18";
    event.data = std::move(data);
    file.add_event(evidence, row_of(event, SourceType::kCrowdstrike), {});
  };
  add("ProcessRollup2", 1,
      {{"ImageFileName", "\\Device\\3CXDesktopApp.exe"},
       {"CommandLine", "app"},
       {"RawProcessId", "412"},
       {"ParentBaseFileName", "explorer.exe"},
       {"SHA256HashData", "fad4"},
       {"SHA1HashData", "0000"},
       {"MD5HashData", "9833"},
       {"TargetProcessId", "62329101021"},
       {"ParentProcessId", "8535842645"},
       {"UserName", "r.silva"}});
  add("SyntheticProcessRollup2", 2, {{"ImageFileName", "x"}});
  add("DnsRequest", 3,
      {{"DomainName", "akamaicontainer.com"}, {"ContextProcessId", "62329101021"}});
  add("NetworkConnectIP4", 4, {{"RemoteAddressIP4", "203.0.113.7"}});
  REQUIRE(file.close());
  CHECK(rows(path,
             "SELECT image, command_line, pid, parent_image, user, hashes, process_guid, "
             "parent_process_guid FROM v_process") ==
        "\\Device\\3CXDesktopApp.exe|app|412|explorer.exe|r.silva|MD5=9833,SHA256=FAD4|62329101021|"
        "8535842645\n"
        "x||||S-1-5-18|||\n");
  CHECK(rows(path, "SELECT query, status, process_guid FROM v_dns") ==
        "akamaicontainer.com||62329101021\n");
}

TEST_CASE("v_dns has Sysmon 22 and DNS-Client 3008 in one shape") {
  const TemporaryFolder folder;
  const auto path = make_sample(folder);
  CHECK(rows(path, "SELECT query, status, answers, pid, image LIKE '%3CX%' FROM v_dns") ==
        "akamaicontainer.com|0|::ffff:203.0.113.7;|4321|1\n"
        "example.org|9003||2332|\n"
        "AKAMAIcontainer.com|0|::ffff:203.0.113.7;|4321|1\n"
        "msstorageazure.com|0|::ffff:203.0.113.7;|4321|1\n");
}

TEST_CASE("v_timeline has one line for an event, whatever it hits") {
  const TemporaryFolder folder;
  const auto path = make_sample(folder);
  add_rule(path, kNetwork, 1);
  CHECK(
      rows(path, "SELECT substr(time_created, 12, 5), hits, detections, detail FROM v_timeline") ==
      "10:01|version 18.12.416 in FileVersion||3CXDesktopApp.exe\n"
      "10:05|domain akamaicontainer.com in QueryName|" +
          std::string(kNetwork) +
          "|akamaicontainer.com\n"
          "10:07|domain akamaicontainer.com in QueryName||AKAMAIcontainer.com\n"
          "10:08|domain msstorageazure.com in QueryName||msstorageazure.com\n");
}

TEST_CASE("v_story has five rows in an empty case too") {
  const TemporaryFolder folder;
  REQUIRE(CaseFile::open_for_writing(folder / "case.db").close());
  CHECK(rows(folder / "case.db",
             "SELECT count(*), sum(count), sum(risk), group_concat(DISTINCT state) FROM v_story") ==
        "5|0|0|source absent\n");
}

TEST_CASE("v_story tells found, not found, not evaluated and source absent apart") {
  const TemporaryFolder folder;
  const auto path = make_sample(folder);
  CHECK(state(path, kNetwork) == "not evaluated|0|0\n");
  CHECK(state(path, kHunting) == "not evaluated|0|0\n");
  CHECK(state(path, kChrome) == "source absent|0|0\n");

  add_rule(path, kNetwork, 2);
  add_rule(path, kHunting, 0);
  add_rule(path, kChrome, 0);
  CHECK(state(path, kNetwork) == "found|2|100\n");
  CHECK(state(path, kHunting) == "not found|0|0\n");
  CHECK(state(path, kChrome) == "source absent|0|0\n");
  CHECK(
      rows(path, "SELECT first_seen, last_seen, hosts, users FROM v_story WHERE count > 0") ==
      "2023-03-29T10:05:00.0000000Z|2023-03-29T10:07:00.0000000Z|WS01.corp.example|CORP\\alice\n");
  CHECK(rows(path, "SELECT title, type FROM v_detections") ==
        std::string(kNetwork) + "|TTP\n" + kNetwork + "|TTP\n");
}

TEST_CASE("v_story rates each detection as the story does") {
  const TemporaryFolder folder;
  const auto path = make_sample(folder);
  for (const char* title : {kNetwork, "Windows Vulnerable 3CX Software", kHunting, kChrome,
                            "Non Firefox Process Access Firefox Profile Dir"}) {
    add_rule(path, title, 1);
  }
  CHECK(rows(path, "SELECT type, risk FROM v_story") ==
        "TTP|100\nTTP|90\nHunting|40\nAnomaly|35\nAnomaly|35\n");
}
