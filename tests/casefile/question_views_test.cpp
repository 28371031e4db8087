#include <catch2/catch.hpp>

#include "tests/casefile/sample_case.hpp"

using namespace evtxhound;
using namespace evtxhound::casefile;
using namespace evtxhound::casefile::testing;

namespace {

constexpr const char* kSecurity = "Microsoft-Windows-Security-Auditing";
constexpr const char* kSessions = "Microsoft-Windows-TerminalServices-LocalSessionManager";
constexpr const char* kConnections = "Microsoft-Windows-TerminalServices-RemoteConnectionManager";

// A case file of these events, a second record for each.
std::filesystem::path case_of(const TemporaryFolder& folder, std::vector<evtx::Event> events) {
  auto path = folder / "case.db";
  CaseFile file = CaseFile::open_for_writing(path);
  const RowId evidence = file.add_evidence({"/e.evtx", "evtx", 1, "", {}, {}});
  std::uint64_t offset = 4608;
  for (evtx::Event& event : events) {
    event.byte_offset = offset += 1000;
    file.add_event(evidence, row_of(event), {});
  }
  REQUIRE(file.close());
  return path;
}

evtx::Event started(unsigned minute, const char* pid, const char* parent, const char* image,
                    const char* parent_image, const char* guid = "", const char* by = "") {
  if (*guid != '\0') {
    return sysmon_event(1, minute,
                        {{"ProcessGuid", guid},
                         {"ProcessId", pid},
                         {"Image", image},
                         {"ParentProcessGuid", by},
                         {"ParentProcessId", parent},
                         {"ParentImage", parent_image}});
  }
  return other_event(kSecurity, 4688, minute,
                     {{"NewProcessId", pid},
                      {"NewProcessName", image},
                      {"ProcessId", parent},
                      {"ParentProcessName", parent_image}});
}

constexpr const char* kTree =
    "SELECT t.image, p.image, parent_by FROM v_process_tree AS t LEFT JOIN v_process AS p "
    "ON p.event_id = t.parent_event_id";

}  // namespace

TEST_CASE("v_logon has Security's logons in one shape") {
  const TemporaryFolder folder;
  const auto path = case_of(
      folder, {other_event(kSecurity, 4624, 1,
                           {{"SubjectUserName", "WS02$"},
                            {"TargetUserName", "alice"},
                            {"TargetDomainName", "CORP"},
                            {"TargetLogonId", "0x51"},
                            {"LogonType", "10"},
                            {"WorkstationName", "KALI"},
                            {"ProcessName", "-"},
                            {"IpAddress", "203.0.113.7"}}),
               other_event(kSecurity, 4625, 2,
                           {{"TargetUserName", "alice"},
                            {"TargetDomainName", "CORP"},
                            {"Status", "0xc000006d"},
                            {"SubStatus", "0xc000006a"},
                            {"LogonType", "3"},
                            {"WorkstationName", "-"},
                            {"IpAddress", "-"}}),
               other_event(kSecurity, 4634, 3, {{"TargetUserName", "alice"}, {"LogonType", "99"}}),
               other_event(kSecurity, 4647, 4, {{"TargetUserName", "alice"}}),
               other_event(kSecurity, 4648, 5,
                           {{"SubjectUserName", "alice"},
                            {"TargetUserName", "backup"},
                            {"TargetServerName", "SRV"}}),
               other_event(kSecurity, 4672, 6,
                           {{"SubjectUserName", "alice"}, {"SubjectDomainName", "CORP"}}),
               other_event("Somebody-Else", 4624, 7, {{"TargetUserName", "no"}}),
               other_event(kSecurity, 4720, 8, {{"TargetUserName", "no"}})});
  CHECK(rows(path,
             "SELECT user, domain, logon_type, logon_type_name, source_ip, workstation, result, "
             "status, event_code FROM v_logon") ==
        "alice|CORP|10|remote interactive|203.0.113.7|KALI|success||4624\n"
        "alice|CORP|3|network|||failure|0xc000006a|4625\n"
        "alice||99||||logoff||4634\n"
        "alice||||||logoff by the user||4647\n"
        "backup|||||SRV|explicit credentials||4648\n"
        "alice|CORP|||||special privileges||4672\n");
  CHECK(rows(path, "SELECT count(*) FROM v_logon WHERE process IS NULL") == "6\n");
}

TEST_CASE("v_logon has the sessions of Terminal Services, those at the console as such") {
  const TemporaryFolder folder;
  const auto path = case_of(
      folder,
      {other_event(kConnections, 1149, 1,
                   {{"Param1", "bob"}, {"Param2", "CORP"}, {"Param3", "203.0.113.7"}}),
       other_event(kSessions, 21, 2,
                   {{"User", "CORP\\bob"}, {"SessionID", "3"}, {"Address", "203.0.113.7"}}),
       other_event(kSessions, 21, 3, {{"User", "bob"}, {"SessionID", "1"}, {"Address", "LOCAL"}}),
       other_event(kSessions, 24, 4, {{"User", "CORP\\bob"}, {"Address", "203.0.113.7"}}),
       other_event(kSessions, 25, 5, {{"User", "CORP\\bob"}, {"Address", "203.0.113.7"}}),
       other_event(kSessions, 23, 6, {{"User", "CORP\\bob"}}),
       sysmon_event(22, 7, {{"User", "CORP\\bob"}}), sysmon_event(25, 8, {{"User", "CORP\\bob"}})});
  CHECK(rows(path, "SELECT user, domain, logon_type, source_ip, result, logon_id FROM v_logon") ==
        "bob|CORP|10|203.0.113.7|RDP authenticated|\n"
        "bob|CORP|10|203.0.113.7|session logon|3\n"
        "bob||2||session logon|1\n"
        "bob|CORP|10|203.0.113.7|session disconnected|\n"
        "bob|CORP|10|203.0.113.7|session reconnected|\n"
        "bob|CORP|||session logoff|\n");
}

TEST_CASE("v_process_tree finds a parent by its own id") {
  const TemporaryFolder folder;
  const auto path = case_of(folder, {started(1, "10", "4", "a.exe", "", "{a}", "{none}"),
                                     started(2, "20", "10", "b.exe", "a.exe", "{b}", "{a}"),
                                     started(3, "30", "20", "c.exe", "b.exe", "{c}", "{b}")});
  CHECK(rows(path, kTree) == "a.exe||\nb.exe|a.exe|guid\nc.exe|b.exe|guid\n");
}

TEST_CASE("v_process_tree finds a parent by number, host, image and time") {
  const TemporaryFolder folder;
  auto elsewhere = started(3, "0xa", "0x4", "a.exe", "");
  elsewhere.computer = "OTHER";
  auto letters = started(6, "0x20", "0xa", "child.exe", "A.EXE");
  letters.computer = "ws02.CORP.example";
  const auto path =
      case_of(folder, {started(0, "0x99", "0xa", "early.exe", "a.exe"),  // before any a.exe
                       started(1, "0xa", "0x4", "a.exe", ""),      // the number's first process
                       started(2, "0xa", "0x4", "other.exe", ""),  // given out again
                       elsewhere,                                  // on another host
                       started(4, "0x10", "0xa", "child.exe", "a.exe"),
                       started(5, "0x11", "0xa", "unsaid.exe", ""), letters,
                       started(7, "0x12", "0xa", "stranger.exe", "c.exe")});
  CHECK(rows(path, std::string(kTree) + " WHERE t.parent_pid = 10") ==
        "early.exe||\nchild.exe|a.exe|pid\nunsaid.exe|other.exe|pid\nchild.exe|a.exe|pid\n"
        "stranger.exe||\n");
}

TEST_CASE("v_findings weighs, and v_gaps counts what is missing") {
  const TemporaryFolder folder;
  const auto path = folder / "case.db";
  CaseFile file = CaseFile::open_for_writing(path);
  const RowId log = file.add_evidence({"/Security.evtx", "evtx", 1, "", {}, {}});
  file.set_census(log, std::vector<CensusRow>{{"odd", "p", 1, 1, "", ""},
                                              {"Security", "p", 1, 20, "", ""},
                                              {"Security", "p", 2, 30, "", ""}});
  file.add_finding(log, {"time-back", 5000, "back", 7, 8, {}, {}});
  file.add_finding(log, {"record-gap", 6000, "gap", 10, 19, "2023-03-29T10:00:00.0000000Z",
                         "2023-03-29T10:01:30.0000000Z"});
  file.add_finding(log, {"record-gap", 7000, "end", 40, 40, {}, {}});
  file.add_finding(log, {"record-gap", {}, "500 more of this log", {}, {}, {}, {}});
  file.add_finding(log, {"log-cleared", 7000, "cleared", 30, 30, {}, {}});
  file.add_finding(log, {"log-cleared", 7000, "cleared", 30, 30, {}, {}});  // again
  REQUIRE(file.close());
  CHECK(rows(path, "SELECT weight, kind, evidence, byte_offset, detail FROM v_findings") ==
        "high|log-cleared|/Security.evtx|7000|cleared\n"
        "medium|record-gap|/Security.evtx||500 more of this log\n"
        "medium|record-gap|/Security.evtx|6000|gap\n"
        "medium|record-gap|/Security.evtx|7000|end\n"
        "low|time-back|/Security.evtx|5000|back\n");
  CHECK(rows(path,
             "SELECT channel, first_record, last_record, missing, seconds, events FROM "
             "v_gaps") == "Security|10|19|10|90.0|51\nSecurity|40|40|1||51\n");
}
