#include "tests/casefile/sample_case.hpp"

#include <fmt/format.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include "evtxhound/base/failure.hpp"

namespace evtxhound::casefile::testing {
namespace {

constexpr const char* kGuid = "{11111111-0000-0000-0000-000000000001}";
constexpr const char* kApp =
    R"(C:\Users\alice\AppData\Local\Programs\3CXDesktopApp\app\3CXDesktopApp.exe)";

evtx::Event base_event(std::uint32_t code, unsigned minute, std::vector<evtx::Field> data) {
  evtx::Event event;
  event.byte_offset = 0x1200 + minute * 1000;
  event.byte_size = 800;
  event.record_id = minute + 1;
  event.time_created = fmt::format("2023-03-29T10:{:02}:00.0000000Z", minute);
  event.time_written = parse_iso8601(event.time_created).value();
  event.user_sid = "S-1-5-18";
  event.keywords = "0x8000000000000000";
  event.event_code = code;
  event.level = 4;
  event.process_id = 2332;
  event.data = std::move(data);
  return event;
}

evtx::Event query(unsigned minute, const char* name) {
  return sysmon_event(22, minute,
                      {{"ProcessGuid", kGuid},
                       {"ProcessId", "4321"},
                       {"QueryName", name},
                       {"QueryStatus", "0"},
                       {"QueryResults", "::ffff:203.0.113.7;"},
                       {"Image", kApp},
                       {"User", "CORP\\alice"}});
}

evtx::Event app_start() {
  return sysmon_event(1, 1,
                      {{"ProcessGuid", kGuid},
                       {"ProcessId", "4321"},
                       {"Image", kApp},
                       {"FileVersion", "18.12.416.0"},
                       {"CommandLine", "3CXDesktopApp.exe"},
                       {"User", "CORP\\alice"},
                       {"Hashes", "SHA256=54004dfaa48ca5fa91e3304fb99559a2395301c57002645023"},
                       {"ParentProcessGuid", "{11111111-0000-0000-0000-000000000000}"},
                       {"ParentProcessId", "1000"},
                       {"ParentImage", R"(C:\Windows\explorer.exe)"},
                       {"ParentCommandLine", "explorer.exe"}});
}

evtx::Event child_start() {
  return sysmon_event(1, 9,
                      {{"ProcessGuid", "{11111111-0000-0000-0000-000000000002}"},
                       {"ProcessId", "5000"},
                       {"Image", R"(C:\Windows\System32\cmd.exe)"},
                       {"CommandLine", "cmd.exe /c whoami"},
                       {"User", "CORP\\alice"},
                       {"ParentProcessGuid", kGuid},
                       {"ParentProcessId", "4321"},
                       {"ParentImage", kApp},
                       {"ParentCommandLine", "3CXDesktopApp.exe"}});
}

evtx::Event security_start() {
  return other_event("Microsoft-Windows-Security-Auditing", 4688, 4,
                     {{"SubjectUserName", "bob"},
                      {"SubjectDomainName", "CORP"},
                      {"NewProcessId", "0x1f4"},
                      {"NewProcessName", R"(C:\Windows\notepad.exe)"},
                      {"ProcessId", "0xABCD"},
                      {"CommandLine", "notepad.exe"},
                      {"TargetUserName", "-"},
                      {"ParentProcessName", R"(C:\Windows\explorer.exe)"}});
}

struct Evidence {
  RowId folder, sysmon, security, copy;
};

Evidence write_evidence(CaseFile& file) {
  const std::string hash(64, 'a');
  const RowId folder = file.add_evidence({"/evidence", "folder", {}, "", {}, {}});
  const RowId sysmon =
      file.add_evidence({"/evidence/Sysmon.evtx", "evtx", 69632, hash, folder, {}});
  const RowId security =
      file.add_evidence({"/evidence/Security.evtx", "evtx", 1118208, "", folder, {}});
  const RowId copy =
      file.add_evidence({"/evidence/copy of Sysmon.evtx", "evtx", 69632, hash, folder, sysmon});
  const RowId notes = file.add_evidence({"/evidence/notes.txt", "file", 12, "", folder, {}});
  file.add_problem(notes, {ProblemKind::kNotEvidence, {}, "no EVTX signature"});
  file.add_problem(security, {ProblemKind::kChecksum, 4096, "chunk 0: records' CRC32"});
  file.add_problem(security, {ProblemKind::kTruncated, 1118208, "ends within chunk 16"});
  return {folder, sysmon, security, copy};
}

void write_census(CaseFile& file, const Evidence& evidence) {
  const std::string channel = "Microsoft-Windows-Sysmon/Operational";
  const std::string from = "2023-03-29T10:01:00.0000000Z";
  const std::string to = "2023-03-29T10:09:00.0000000Z";
  file.set_census(evidence.sysmon, std::vector<CensusRow>{
                                       {channel, "Microsoft-Windows-Sysmon", 1, 200, from, to},
                                       {channel, "Microsoft-Windows-Sysmon", 22, 1000, from, to}});
  file.set_census(evidence.security,
                  std::vector<CensusRow>{
                      {"Security", "Microsoft-Windows-Security-Auditing", 4688, 34, from, to},
                      {"Security", "odd", {}, 1, from, to}});
  file.set_census(evidence.copy, {});
}

}  // namespace

evtx::Event sysmon_event(std::uint32_t code, unsigned minute, std::vector<evtx::Field> data) {
  evtx::Event event = base_event(code, minute, std::move(data));
  event.provider = "Microsoft-Windows-Sysmon";
  event.channel = "Microsoft-Windows-Sysmon/Operational";
  event.computer = "WS01.corp.example";
  return event;
}

evtx::Event other_event(const std::string& provider, std::uint32_t code, unsigned minute,
                        std::vector<evtx::Field> data) {
  evtx::Event event = base_event(code, minute, std::move(data));
  event.provider = provider;
  event.channel = "Security";
  event.computer = "WS02.corp.example";
  return event;
}

EventRow row_of(const evtx::Event& event, SourceType source, State state) {
  return EventRowMaker().make(event, source, state);
}

indicators::Indicator domain(const std::string& value) {
  return {indicators::Kind::kDomain,
          value,
          "",
          "3CX campaign C2 domain",
          indicators::Severity::kCritical,
          "published list",
          "3cx"};
}

void write_sample(CaseFile& file) {
  RunRow run{"evtxhound scan /evidence --case case.db",
             "0.1.0",
             R"({"sqlite":"3.40.1"})",
             R"([{"name":"3cx","path":"","sha256":"00","indicators":4}])",
             "lab",
             "examiner",
             "2023-04-01T08:00:00.0000000Z"};
  const RowId run_id = file.begin_run(run);
  const RowId beacon = file.add_indicator(domain("akamaicontainer.com"));
  const RowId second = file.add_indicator(domain("msstorageazure.com"));
  file.add_indicator(domain("sbmsa.wiki"));
  const RowId version =
      file.add_indicator({indicators::Kind::kVersion, "18.12.416", "3CX Desktop App",
                          "Trojanised release", indicators::Severity::kHigh, "vendor", "3cx"});
  const Evidence evidence = write_evidence(file);
  const auto add = [&file](RowId id, const evtx::Event& event, const std::vector<HitRow>& hits) {
    return file.add_event(id, row_of(event), hits).event;
  };
  const RowId start =
      add(evidence.sysmon, app_start(), {{version, "FileVersion", "18.12.416.0", 6000}});
  file.add_place(start, {evidence.sysmon, 0xf000, 800, State::kRecovered});
  add(evidence.sysmon, query(5, "akamaicontainer.com"),
      {{beacon, "QueryName", "akamaicontainer.com", 9700}});
  add(evidence.sysmon, query(7, "AKAMAIcontainer.com"),
      {{beacon, "QueryName", "AKAMAIcontainer.com", 11700}});
  add(evidence.sysmon, query(8, "msstorageazure.com"),
      {{second, "QueryName", "msstorageazure.com", {}}});
  add(evidence.sysmon, child_start(), {});
  add(evidence.security, security_start(), {});
  add(evidence.security,
      other_event("Microsoft-Windows-DNS-Client", 3008, 6,
                  {{"QueryName", "example.org"}, {"QueryStatus", "9003"}, {"QueryResults", ""}}),
      {});
  write_census(file, evidence);
  file.end_run(run_id, {"2023-04-01T08:00:02.0000000Z", 1, 4, 3, 1, 1187840, 1235, 4, 3});
}

std::filesystem::path make_sample(const TemporaryFolder& folder) {
  auto path = folder / "case.db";
  CaseFile file = CaseFile::open_for_writing(path);
  write_sample(file);
  REQUIRE(file.close());
  return path;
}

void write_many(CaseFile& file, int count, int step) {
  const RowId evidence = file.add_evidence({"/evidence/many.evtx", "evtx", 1, "", {}, {}});
  const RowId indicator = file.add_indicator(domain("many.example"));
  for (int i = 0; i < count; ++i) {
    evtx::Event event = sysmon_event(22, static_cast<unsigned>(i) % 60,
                                     {{"QueryName", fmt::format("host{}.many.example", i)},
                                      {"Image", R"(C:\Windows\System32\svchost.exe)"}});
    event.byte_offset = static_cast<std::uint64_t>(i) * 800;
    const std::vector<HitRow> hits = {{indicator, "QueryName", "many.example", event.byte_offset}};
    file.add_event(evidence, row_of(event), hits);
    if (i % step == step - 1) file.commit();
  }
  file.commit();
}

std::string rows(const std::filesystem::path& path, const std::string& sql) {
  Database database(path, Database::Mode::kReadOnly);
  Statement statement(database, sql);
  std::string out;
  while (statement.step()) {
    for (int i = 0; i < statement.columns(); ++i) {
      out += (i == 0 ? "" : "|") + statement.text(i);
    }
    out += '\n';
  }
  return out;
}

std::string dump(const std::filesystem::path& path) {
  std::string out;
  for (const char* table : {"evidence", "event", "indicator", "hit", "problem", "finding", "census",
                            "rule", "detection"}) {
    out += fmt::format("{}:\n{}", table,
                       rows(path, fmt::format("SELECT rowid, * FROM {} ORDER BY 1", table)));
  }
  return out + "also_at:\n" + rows(path, "SELECT * FROM also_at ORDER BY 1, 2, 3");
}

int in_child(const std::function<void()>& work) {
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    int status = 0;
    try {
      work();
    } catch (const Failure& failure) {
      status = static_cast<int>(failure.status());
    } catch (...) {
      status = 99;
    }
    ::_exit(status);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  return status;
}

}  // namespace evtxhound::casefile::testing
