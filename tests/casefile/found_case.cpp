#include "tests/casefile/found_case.hpp"

#include <catch2/catch.hpp>

namespace evtxhound::casefile::testing {

using namespace std::string_literals;

const std::string kHostile = "=cmd()|'/C calc'!A1,\"q\";\t\r\n\0\x1B[2J%7C|\u202E\xED\xA0\x80 z"s;
const std::string kHostileRead =
    "=cmd()|'/C calc'!A1,\"q\";\t\r\n\0\x1B[2J%7C|\u202E\uFFFD\uFFFD\uFFFD z"s;

namespace {

void write_found(CaseFile& file) {
  write_sample(file);
  const RowId evidence =
      file.add_evidence({"/evidence/odd, \"log\".evtx", "evtx", 69632, "", {}, {}});
  const RowId text = file.add_indicator(
      {indicators::Kind::kText, "=cmd()", "", "a formula", indicators::Severity::kLow, "", "own"});
  const RowId high = file.add_rule(
      {"11111111-aaaa-4bbb-8ccc-000000000001", "Command, odd", "TTP", "high", "T1059", "test"});
  const RowId low = file.add_rule(
      {"11111111-aaaa-4bbb-8ccc-000000000002", "Notepad starts", "", "low", "", "test"});

  evtx::Event hostile = sysmon_event(
      1, 20, {{"CommandLine", kHostileRead}, {"Image", "x"}, {"a.b", "1"}, {"a_b", "2"}});
  hostile.computer = "=HOST,1";
  hostile.byte_offset = 90000;
  const std::vector<HitRow> hits = {{text, "CommandLine", kHostileRead, 90100}};
  file.add_event(evidence, row_of(hostile, SourceType::kEvtx, State::kRecovered), hits,
                 std::vector<RowId>{high});
  // The start of notepad that the sample has, again: it is a detection now.
  const RowId security =
      file.add_evidence({"/evidence/Security.evtx", "evtx", 1118208, "", {}, {}});
  file.add_event(security,
                 row_of(other_event("Microsoft-Windows-Security-Auditing", 4688, 30,
                                    {{"NewProcessName", R"(C:\Windows\notepad.exe)"}})),
                 {}, std::vector<RowId>{low});

  int minute = 40;
  for (const char* time : {"", "1969-12-31T23:59:59.0000000Z", "2023-03-29T10:41:00.0000000Z"}) {
    evtx::Event odd = other_event("Odd", 7, static_cast<unsigned>(minute++), {{"Text", "=cmd()"}});
    odd.time_created = time;
    const std::vector<HitRow> found = {{text, "Text", "=cmd()", {}}};
    file.add_event(evidence, row_of(odd), found);
  }
  file.commit();
}

}  // namespace

std::filesystem::path make_found(const TemporaryFolder& folder) {
  auto path = folder / "case.db";
  CaseFile file = CaseFile::open_for_writing(path);
  write_found(file);
  REQUIRE(file.close());
  // What no scan writes: text that is no UTF-8, and data that is no JSON.
  Database database(path, Database::Mode::kReadWrite);
  Statement(database, "UPDATE hit SET matched = ? WHERE field = 'CommandLine'").run(kHostile);
  Statement(database, "UPDATE event SET data = ? WHERE time_created LIKE '2023-03-29T10:41%'")
      .run(std::string(100000, '[') + "\n");
  return path;
}

std::string exported(const std::filesystem::path& path, EventWriter& writer,
                     const EventFilter& filter) {
  Database database(path, Database::Mode::kReadOnly);
  EventStream stream(database, filter);
  std::string out;
  writer.begin(out);
  StoredEvent event;
  while (stream.next(event)) writer.write(event, out);
  writer.end(out);
  return out;
}

}  // namespace evtxhound::casefile::testing
