// `evtxhound case report` by the real program: what it says, and that nothing of a hostile log
// becomes markup or script in it.
#include <catch2/catch.hpp>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "tests/support/query.hpp"
#include "tests/support/run.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace evtxhound::test;
namespace fs = std::filesystem;

namespace {

// What would show, were it taken for more than text.
const std::string kScript = "<script>document.title='planted'</script>";
const std::string kImage = R"(<img id="planted" src=x onerror="document.title='planted'">)";
const std::string kBreakout = R"(</script><b id='planted'>"'`&lt;{{DATA}}-->)";

nlohmann::json sysmon(int id, const std::string& time, const nlohmann::json& data) {
  return {{"provider", "Microsoft-Windows-Sysmon"},
          {"channel", "Microsoft-Windows-Sysmon/Operational"},
          {"computer", "WS" + kImage},
          {"event_id", id},
          {"time", time},
          {"data", data}};
}

// A case of one log that an attacker wrote.
fs::path hostile_case(const TemporaryFolder& folder) {
  const std::string guid = "{11111111-0000-0000-0000-000000000001}";
  const std::string spec =
      sysmon(1, "2023-03-29T10:00:00Z",
             {{"ProcessGuid", guid},
              {"ProcessId", "4321"},
              {"Image", "C:\\" + kScript + ".exe"},
              {"CommandLine", "planted.example " + kBreakout + "\x1B[2J\x01 \u202E\u2028\u2029"},
              {"User", kImage},
              {"ParentProcessId", "1"},
              {"ParentImage", kBreakout},
              {"ParentCommandLine", kScript}})
          .dump() +
      "\n" +
      sysmon(22, "2023-03-29T10:00:01Z",
             {{"ProcessGuid", guid},
              {"QueryName", "planted.example" + kScript},
              {"QueryResults", kBreakout},
              {"Image", kImage}})
          .dump() +
      "\n";
  write_file(folder / "spec.jsonl", spec);
  const fs::path log = folder / R"(logs/<img id='planted' src=x onerror="document.title=1">.evtx)";
  write_file(folder / "pack.csv",
             "kind,value,description,severity\n"
             "text,planted.example,\"<script>document.title='planted'</script>\",critical\n");
  REQUIRE(run_evtxhound("forge " + quoted(folder / "spec.jsonl") + " -o " + quoted(log)).status ==
          0);
  const Ran scan =
      run_evtxhound("scan " + quoted(folder / "logs") + " --case " + quoted(folder / "case.db") +
                    " --iocs " + quoted(folder / "pack.csv"));
  INFO(scan.err);
  REQUIRE(scan.status == 0);
  REQUIRE(value(folder / "case.db", "select count(*) > 1 from hit") == "1");
  return folder / "case.db";
}

std::string report_of(const fs::path& case_file, const fs::path& output,
                      const std::string& options = {}) {
  const Ran ran = run_evtxhound("case report " + quoted(case_file) + " -o " + quoted(output) +
                                " --title " + quoted("Title " + kBreakout) + " " + options);
  INFO(ran.err);
  REQUIRE(ran.status == 0);
  return read_file(output);
}

// A page taken apart as a browser takes it: its tags with their attributes' names, what stands in
// script and style, and its text with the character references that the report uses replaced.
struct Page {
  std::map<std::string, int> tags;
  std::set<std::string> attributes;
  std::vector<std::string> scripts;
  std::vector<std::string> styles;
  std::string policy;
  std::string text;
};

std::string unescaped(std::string text) {
  const std::pair<const char*, const char*> all[] = {
      {"&lt;", "<"}, {"&gt;", ">"}, {"&quot;", "\""}, {"&#39;", "'"}, {"&amp;", "&"}};
  for (const auto& [reference, character] : all) {
    for (auto at = text.find(reference); at != std::string::npos;
         at = text.find(reference, at + 1)) {
      text.replace(at, std::string(reference).size(), character);
    }
  }
  return text;
}

Page take_apart(const std::string& html) {
  Page page;
  std::size_t at = 0;
  const auto blank = [](char c) { return c == ' ' || c == '\n'; };
  while (at < html.size()) {
    if (html[at] != '<') {
      const std::size_t end = std::min(html.find('<', at), html.size());
      page.text += unescaped(html.substr(at, end - at));
      at = end;
      continue;
    }
    const bool closing = html[at + 1] == '/';
    const std::size_t name_at = at + (closing ? 2 : 1);
    at = html.find_first_of(" \n>", name_at);
    const std::string name = html.substr(name_at, at - name_at);
    if (!closing) ++page.tags[name];
    while (html.at(at) != '>') {
      if (blank(html[at])) {
        ++at;
        continue;
      }
      const std::size_t end = html.find_first_of("= \n>", at);
      const std::string attribute = html.substr(at, end - at);
      page.attributes.insert(attribute);
      at = end;
      if (html[at] != '=') continue;
      REQUIRE(html.at(at + 1) == '"');
      const std::size_t close = html.find('"', at + 2);
      if (attribute == "content" && page.policy.empty()) {
        page.policy = html.substr(at + 2, close - at - 2);
      }
      at = close + 1;
    }
    ++at;
    if (!closing && (name == "script" || name == "style")) {
      const std::size_t end = html.find("</" + name, at);
      (name == "script" ? page.scripts : page.styles).push_back(html.substr(at, end - at));
      at = end;
    }
    page.text += ' ';
  }
  return page;
}

std::string base64_sha256(const TemporaryFolder& folder, const std::string& content) {
  write_file(folder / "content", content);
  std::string out =
      shell("openssl dgst -sha256 -binary " + quoted(folder / "content") + " | openssl base64").out;
  out.pop_back();
  return out;
}

}  // namespace

TEST_CASE("nothing of a hostile log is markup or script in the report") {
  const TemporaryFolder folder;
  const std::string html = report_of(hostile_case(folder), folder / "report.html");
  const Page page = take_apart(html);

  const std::set<std::string> known = {
      "!DOCTYPE", "html",    "head",    "meta",    "title", "style", "body", "a",  "header",
      "nav",      "main",    "footer",  "section", "h1",    "h2",    "h3",   "h4", "p",
      "b",        "strong",  "small",   "code",    "span",  "div",   "dl",   "dt", "dd",
      "ul",       "li",      "table",   "caption", "thead", "tbody", "tr",   "th", "td",
      "time",     "details", "summary", "br",      "script"};
  for (const auto& [tag, count] : page.tags) {
    CAPTURE(tag);
    CHECK(known.contains(tag));
  }
  const std::set<std::string> harmless = {
      "html",     "lang", "charset",    "http-equiv",      "content", "name",
      "class",    "href", "aria-label", "aria-labelledby", "id",      "scope",
      "datetime", "role", "hidden",     "tabindex",        "type"};
  for (const std::string& attribute : page.attributes) {
    CAPTURE(attribute);
    CHECK(harmless.contains(attribute));
  }
  CHECK(html.find("id=\"planted\"") == std::string::npos);
  REQUIRE(page.scripts.size() == 2);
  REQUIRE(page.styles.size() == 1);

  // The text is there, word for word; what cannot be seen is made visible.
  for (const std::string& planted :
       {"WS" + kImage, "planted.example" + kScript, "planted.example " + kBreakout,
        "Title " + kBreakout, std::string("logs/<img id='planted' src=x onerror="),
        std::string(R"(\x1B[2J\x01 \u202E\u2028\u2029)")}) {
    CAPTURE(planted);
    CHECK(page.text.find(planted) != std::string::npos);
  }
  for (const char* hidden : {"\x1B", "\x01", "\u202E", "\u2028", "\u2029"}) {
    CHECK(html.find(hidden) == std::string::npos);
  }

  // The data is JSON, cannot end its element, and has the same text.
  CHECK(page.scripts[0].find_first_of("<>&") == std::string::npos);
  const auto data = nlohmann::json::parse(page.scripts[0]);
  CHECK(data["events"].size() == 2);
  std::set<std::string> texts;
  for (const auto& text : data["texts"]) texts.insert(text.get<std::string>());
  CHECK(texts.contains("WS" + kImage));
  CHECK(texts.contains("planted.example" + kScript));
}

TEST_CASE("the report's policy lets its own script and style run and nothing else") {
  if (!has_program("openssl")) {
    std::cout << "SKIPPED: openssl is not installed\n";
    return;
  }
  const TemporaryFolder folder;
  const std::string html = report_of(hostile_case(folder), folder / "report.html");
  const Page page = take_apart(html);
  CHECK(page.policy == "default-src 'none'; script-src 'sha256-" +
                           base64_sha256(folder, page.scripts.at(1)) + "'; style-src 'sha256-" +
                           base64_sha256(folder, page.styles.at(0)) +
                           "'; base-uri 'none'; form-action 'none'");
  // Nothing is fetched: there is no address in it but SVG's name.
  for (const char* address : {"src=\"", "url(", "@import", "fetch(", "XMLHttp", "https:"}) {
    CAPTURE(address);
    CHECK(page.scripts[1].find(address) == std::string::npos);
    CHECK(page.styles[0].find(address) == std::string::npos);
  }
}

TEST_CASE("a browser runs the report's script and nothing of a hostile log") {
  if (!has_program("chromium")) {
    std::cout << "SKIPPED: chromium is not installed\n";
    return;
  }
  const TemporaryFolder folder;
  report_of(hostile_case(folder), folder / "report.html");
  const std::string chromium = "HOME=" + quoted(folder.path()) +
                               " timeout 60 chromium --headless --no-sandbox --disable-gpu ";
  const std::string address = quoted("file://" + (folder / "report.html").string());
  const std::string dom = shell(chromium + "--dump-dom " + address).out;
  if (dom.empty()) {
    std::cout << "SKIPPED: chromium does not run here\n";
    return;
  }
  CHECK(dom.find("Lines 1 to 2 of 2") != std::string::npos);  // the report's own script has run
  CHECK(dom.find("<title>Title &lt;/script&gt;") != std::string::npos);
  CHECK(dom.find("<title>planted") == std::string::npos);
  CHECK(dom.find("<img") == std::string::npos);
  CHECK(dom.find("<b id") == std::string::npos);
  CHECK(dom.find("WS&lt;img id=\"planted\" src=x onerror=") != std::string::npos);
  CHECK(dom.find("planted.example&lt;script&gt;document.title='planted'&lt;/script&gt;") !=
        std::string::npos);
  shell(chromium + "--screenshot=" + quoted(folder / "page.png") + " " + address);
  REQUIRE(fs::exists(folder / "page.png"));
  CHECK(fs::file_size(folder / "page.png") > 10'000);
}

TEST_CASE("the report says what the case file says") {
  const TemporaryFolder folder;
  const fs::path case_file = folder / "case.db";
  run_evtxhound("scan " + quoted(fs::path(EVTXHOUND_SOURCE_DIR) / "testdata") + " --case " +
                quoted(case_file));
  const Page page = take_apart(report_of(case_file, folder / "report.html", "--events 50"));
  const auto every = [&](const std::string& sql) {
    int count = 0;
    for (const auto& row : query(case_file, sql)) {
      CAPTURE(sql, row[0]);
      CHECK(page.text.find(row[0]) != std::string::npos);
      ++count;
    }
    CHECK(count > 0);
  };
  every("select detection from v_story");
  every("select distinct value from v_hits");
  every("select distinct computer from v_hits where computer <> ''");
  every("select distinct title from v_detections");
  every("select sha256 from evidence where sha256 is not null");
  every("select path from evidence");
  every("select distinct kind from problem");
  every("select json_extract(value, '$.sha256') from run, json_each(run.packs)");
  every("select command_line from run");
  every("select distinct source from story_source");
  every("select image from v_process where event_id in (select event_id from hit)");

  // Of the timeline, fifty events, the most severe, and how many are left out.
  const auto data = nlohmann::json::parse(page.scripts.at(0));
  CHECK(data["events"].size() == 50);
  for (const auto& event : data["events"]) CHECK(event[1] == 0);
  const std::string all = value(case_file, "select count(*) from v_timeline");
  CHECK(page.text.find(all + " events have a hit or a detection; 50 of them are in this report, " +
                       std::to_string(std::stoi(all) - 50) + " are left out.") !=
        std::string::npos);
}

TEST_CASE("case report overwrites nothing unless told to") {
  const TemporaryFolder folder;
  const fs::path case_file = hostile_case(folder);
  write_file(folder / "report.html", "mine");
  const std::string command =
      "case report " + quoted(case_file) + " -o " + quoted(folder / "report.html");
  CHECK(run_evtxhound(command).status == 2);
  CHECK(read_file(folder / "report.html") == "mine");
  CHECK(run_evtxhound(command + " --force").status == 0);
  CHECK(read_file(folder / "report.html") != "mine");
  CHECK(run_evtxhound("case report " + quoted(folder / "none.db") + " -o " +
                      quoted(folder / "other.html"))
            .status == 2);
  CHECK_FALSE(fs::exists(folder / "other.html"));
}

TEST_CASE("case merge and case seal, by the real program") {
  const TemporaryFolder folder;
  const fs::path testdata = fs::path(EVTXHOUND_SOURCE_DIR) / "testdata";
  const auto scan = [&](const std::string& evidence, const fs::path& case_file) {
    run_evtxhound("scan " + evidence + " --case " + quoted(case_file));
  };
  const std::string first = quoted(testdata / "intrusion");
  const std::string second = quoted(testdata / "detections") + " " + quoted(testdata / "damaged");
  scan(first, folder / "a.db");
  scan(second, folder / "b.db");
  scan(first, folder / "both.db");
  scan(second, folder / "both.db");
  const std::string merge = "case merge " + quoted(folder / "b.db") + " " +
                            quoted(folder / "a.db") + " -o " + quoted(folder / "all.db");
  CHECK(run_evtxhound(merge).status == 0);
  CHECK(content(folder / "all.db") == content(folder / "both.db"));
  const Ran again = run_evtxhound(merge);
  CHECK(again.status == 0);
  CHECK_THAT(again.out, Catch::Contains("b.db: nothing new"));
  CHECK(run_evtxhound("case merge " + quoted(folder / "a.db") + " -o " + quoted(folder / "a.db"))
            .status == 2);

  CHECK(run_evtxhound("case seal " + quoted(folder / "all.db")).status == 0);
  CHECK(run_evtxhound("case seal --check " + quoted(folder / "all.db")).status == 0);
  CHECK(run_evtxhound("case seal " + quoted(folder / "all.db")).status == 2);
  scan(first, folder / "all.db");  // adds a run
  const Ran check = run_evtxhound("case seal --check " + quoted(folder / "all.db"));
  CHECK(check.status == 1);
  CHECK_THAT(check.out, Catch::Contains("table run: had 2 rows, has 3"));
  CHECK_THAT(check.out, !Catch::Contains("table hit"));
}
