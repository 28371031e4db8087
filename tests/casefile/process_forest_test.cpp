#include "evtxhound/casefile/report/process_forest.hpp"

#include <catch2/catch.hpp>

#include "evtxhound/casefile/report/html.hpp"
#include "tests/casefile/sample_case.hpp"

using namespace evtxhound;
using namespace evtxhound::casefile;
using namespace evtxhound::casefile::testing;
using report::Process;
using report::ProcessForest;

namespace {

// The trees of what is concerned, "parent > child" with what was found, a line for each process.
std::string outline(const std::filesystem::path& path) {
  Database database(path, Database::Mode::kReadOnly);
  const ProcessForest forest(database, 1000);
  const std::vector<bool> concerned = forest.concerned();
  std::string out;
  for (std::size_t i = 0; i < forest.processes().size(); ++i) {
    if (!concerned[i]) continue;
    const Process& process = forest.processes()[i];
    if (process.parent) out += forest.processes()[*process.parent].image + " > ";
    out += process.image;
    for (const auto& [what, count] : process.found) {
      out += " [" + what + " x" + std::to_string(count) + "]";
    }
    out += '\n';
  }
  return out;
}

}  // namespace

TEST_CASE("a process tree shows parents, children and what was found on each") {
  const TemporaryFolder folder;
  const auto path = make_sample(folder);
  CHECK(outline(path) ==
        R"(C:\Windows\explorer.exe
C:\Windows\explorer.exe > C:\Users\alice\AppData\Local\Programs\3CXDesktopApp\app\3CXDesktopApp.exe)"
        " [domain akamaicontainer.com in QueryName x2] [domain msstorageazure.com in QueryName x1]"
        " [version 18.12.416 in FileVersion x1]\n"
        R"(C:\Users\alice\AppData\Local\Programs\3CXDesktopApp\app\3CXDesktopApp.exe > )"
        R"(C:\Windows\System32\cmd.exe)"
        "\n");
}

TEST_CASE("processes that claim to be each other's parents are trees all the same") {
  const TemporaryFolder folder;
  const auto path = folder / "case.db";
  CaseFile file = CaseFile::open_for_writing(path);
  const RowId evidence = file.add_evidence({"/e.evtx", "evtx", 1, "", {}, {}});
  const std::vector<HitRow> hits = {{file.add_indicator(domain("x.example")), "Image", "x", {}}};
  const auto start = [&](unsigned minute, const char* guid, const char* parent) {
    file.add_event(evidence,
                   row_of(sysmon_event(1, minute,
                                       {{"ProcessGuid", guid},
                                        {"ProcessId", "7"},
                                        {"Image", guid},
                                        {"ParentProcessGuid", parent},
                                        {"ParentProcessId", "7"},
                                        {"ParentImage", parent}})),
                   hits);
  };
  start(1, "{a}", "{b}");
  start(2, "{b}", "{a}");
  start(3, "{c}", "{c}");
  REQUIRE(file.close());
  const std::string found = " [domain x.example in Image x1]\n";
  CHECK(outline(path) == "{b}\n{b} > {a}" + found + "{a} > {b}" + found + "{c}\n{c} > {c}" + found);
}

TEST_CASE("a start that two logs tell of is one process, a later one of its id is another") {
  const TemporaryFolder folder;
  const auto path = folder / "case.db";
  CaseFile file = CaseFile::open_for_writing(path);
  const RowId evidence = file.add_evidence({"/e.evtx", "evtx", 1, "", {}, {}});
  const std::vector<HitRow> hits = {{file.add_indicator(domain("x.example")), "Image", "x", {}}};
  const auto add = [&](evtx::Event event, const std::string& time) {
    event.computer = "WS01.corp.example";
    event.time_created = time;
    event.byte_offset = std::hash<std::string>{}(time) % 100'000;
    file.add_event(evidence, row_of(event), hits);
  };
  const auto security = [&](const std::string& time) {
    add(other_event("Microsoft-Windows-Security-Auditing", 4688, 1,
                    {{"NewProcessId", "0x1f4"},
                     {"NewProcessName", "C:\\Tool.exe"},
                     {"ProcessId", "0x10"},
                     {"ParentProcessName", "C:\\shell.exe"}}),
        time);
  };
  security("2023-03-29T10:00:00.0000000Z");
  add(sysmon_event(1, 1,
                   {{"ProcessGuid", "{a}"},
                    {"ProcessId", "500"},
                    {"Image", "C:\\tool.exe"},
                    {"ParentProcessGuid", "{p}"},
                    {"ParentProcessId", "16"},
                    {"ParentImage", "C:\\shell.exe"}}),
      "2023-03-29T10:00:01.5000000Z");
  security("2023-03-29T10:00:09.0000000Z");
  REQUIRE(file.close());
  CHECK(outline(path) ==
        "C:\\shell.exe\n"
        "C:\\shell.exe > C:\\Tool.exe [domain x.example in Image x2]\n"
        "C:\\shell.exe > C:\\Tool.exe [domain x.example in Image x1]\n");
}

TEST_CASE("text of a report cannot end where it stands") {
  CHECK(report::text("<a href='x' title=\"y\">&amp;") ==
        "&lt;a href=&#39;x&#39; title=&quot;y&quot;&gt;&amp;amp;");
  CHECK(report::text("a\nb\x1B\xFF") == "a\\x0Ab\\x1B\xEF\xBF\xBD");
  CHECK(report::fill("{{A}} {{B}}", {{"A", "{{B}}"}, {"B", "b"}}) == "{{B}} b");
  CHECK(report::severity("<b>") == "<span class=\"sev none\">&lt;b&gt;</span>");
}
