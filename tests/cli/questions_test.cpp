// The twenty questions of docs/case-schema.md, asked of a case file that a scan made from
// testdata/. What the answers must be comes from the specs that the logs are forged from, and from
// the tables of what was planted: never from a query.
#include <catch2/catch.hpp>
#include <cstdlib>
#include <functional>
#include <set>
#include <string_view>

#include "evtxhound/base/text.hpp"
#include "tests/support/query.hpp"
#include "tests/support/run.hpp"
#include "tests/support/specs.hpp"
#include "tests/support/tsv.hpp"

using namespace evtxhound::test;
namespace fs = std::filesystem;

namespace {

const fs::path kTestdata = fs::path(EVTXHOUND_SOURCE_DIR) / "testdata";

const std::vector<SpecEvent>& specs() {
  static const std::vector<SpecEvent> all = all_spec_events(kTestdata);
  return all;
}

// A row of intrusion/planted.tsv with the event that it is planted in.
struct Planted {
  const SpecEvent* event;
  std::string kind, value, field;
};

std::vector<Planted> planted() {
  std::vector<Planted> all;
  for (const auto& row : tsv_rows(kTestdata / "intrusion/planted.tsv")) {
    const auto event = std::ranges::find_if(specs(), [&row](const SpecEvent& one) {
      return one.log == "intrusion/" + row[0] && one.record_id == row[1];
    });
    REQUIRE(event != specs().end());
    all.push_back({&*event, row[2], row[3], row[4]});
  }
  return all;
}

std::vector<Planted> planted(const std::string& kind) {
  auto all = planted();
  std::erase_if(all, [&kind](const Planted& one) { return one.kind != kind; });
  REQUIRE_FALSE(all.empty());
  return all;
}

// The first and the last planted event of a kind (of any, where it is empty) by host.
std::map<std::string, std::pair<const SpecEvent*, const SpecEvent*>> spans(
    const std::string& kind) {
  std::map<std::string, std::pair<const SpecEvent*, const SpecEvent*>> all;
  for (const Planted& one : kind.empty() ? planted() : planted(kind)) {
    auto& [first, last] = all[one.event->computer];
    if (first == nullptr || one.event->time < first->time) first = one.event;
    if (last == nullptr || one.event->time > last->time) last = one.event;
  }
  return all;
}

// Whether a row has all these cells, anywhere in it.
bool has(const std::vector<std::string>& row, const std::vector<std::string>& cells) {
  return std::ranges::all_of(
      cells, [&row](const std::string& cell) { return std::ranges::find(row, cell) != row.end(); });
}

std::size_t count(const Rows& rows, const std::vector<std::string>& cells) {
  return static_cast<std::size_t>(
      std::ranges::count_if(rows, [&cells](const auto& row) { return has(row, cells); }));
}

std::size_t count_specs(const std::function<bool(const SpecEvent&)>& is) {
  return static_cast<std::size_t>(std::ranges::count_if(specs(), is));
}

bool is_lower(const std::string& text, const std::string& part) {
  std::string lower = text;
  std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return std::tolower(c); });
  return lower.find(part) != std::string::npos;
}

bool any_field(const SpecEvent& event, const std::string& lower_part) {
  return std::ranges::any_of(event.data,
                             [&](const auto& field) { return is_lower(field.second, lower_part); });
}

void part_of_it(const Rows& rows) {
  for (const auto& [host, span] : spans("")) CHECK(count(rows, {host, "yes"}) == 1);
  CHECK(count(rows, {"HQ-WS-021.corp.example", "nothing found", "0"}) == 1);
  CHECK(count(rows, {"IT-WS-031.corp.example", "nothing found", "0"}) == 1);
}

void what_was_found(const Rows& rows) {
  for (const Planted& one : planted()) CHECK(count(rows, {one.kind, one.value}) == 1);
}

void beacons(const Rows& rows) {
  for (const auto& [host, span] : spans("domain")) {
    INFO(host);
    CHECK(count(rows, {host, span.first->time, span.second->time}) == 1);
  }
}

void who_looked_up(const Rows& rows) {
  for (const Planted& one : planted("domain")) {
    if (one.field != "QueryName") continue;
    std::string image = one.event->field("Image");
    if (image.empty()) image = "NULL";
    INFO(one.event->log << " " << one.event->record_id);
    CHECK(count(rows, {one.event->time, one.value, image, one.event->record_id,
                       (kTestdata / one.event->log).string()}) == 1);
  }
}

const SpecEvent* start_of(const std::string& guid) {
  if (guid.empty()) return nullptr;
  const auto found = std::ranges::find_if(specs(), [&guid](const SpecEvent& event) {
    return event.event_id == 1 && event.field("ProcessGuid") == guid;
  });
  return found == specs().end() ? nullptr : &*found;
}

void who_ran(const Rows& rows) {
  std::size_t checked = 0;
  for (const Planted& one : planted("domain")) {
    if (one.field != "QueryName") continue;
    const SpecEvent* start = start_of(one.event->field("ProcessGuid"));
    if (start == nullptr) continue;
    CHECK(count(rows, {start->computer, start->field("User"), start->time}) == 1);
    ++checked;
  }
  CHECK(checked > 10);
}

void ten_minutes(const Rows& rows) {
  constexpr evtxhound::Filetime kTenMinutes = 6'000'000'000;
  std::size_t all = 0;
  for (const auto& [host, span] : spans("domain")) {
    const auto expected = count_specs([&, host = host, first = span.first](const SpecEvent& event) {
      const auto apart =
          std::max(event.filetime, first->filetime) - std::min(event.filetime, first->filetime);
      return event.computer == host && (event.event_id == 1 || event.event_id == 4688) &&
             apart <= kTenMinutes;
    });
    INFO(host);
    CHECK(count(rows, {host}) == expected);
    all += expected;
  }
  CHECK(all > 5);
}

void chains(const Rows& rows) {
  std::size_t checked = 0;
  for (const SpecEvent& child : specs()) {
    if (child.log.find("intrusion/") != 0 || child.event_id != 1) continue;
    const SpecEvent* parent = start_of(child.field("ParentProcessGuid"));
    const SpecEvent* above =
        parent == nullptr ? nullptr : start_of(parent->field("ParentProcessGuid"));
    if (above == nullptr) continue;
    const auto first = std::ranges::find_if(rows, [&](const auto& row) {
      return has(row, {"0", child.time, child.field("Image")});
    });
    if (first == rows.end()) continue;  // one without a hit
    const std::string& found = (*first)[0];
    CHECK(count(rows, {found, "1", parent->time, parent->field("Image")}) == 1);
    CHECK(count(rows, {found, "2", above->time, above->field("Image")}) == 1);
    ++checked;
  }
  CHECK(checked > 0);
}

void versions(const Rows& rows) {
  for (const Planted& one : planted("version")) {
    CHECK(count(rows, {one.event->computer, one.value}) == 1);
  }
}

void profiles(const Rows& rows) {
  std::size_t expected = 0;
  for (const auto& row : tsv_rows(kTestdata / "intrusion/detections.tsv")) {
    if (row[2].find("Non ") != 0) continue;
    ++expected;
    CHECK(count(rows, {row[2], row[1], (kTestdata / "intrusion" / row[0]).string()}) == 1);
  }
  CHECK(expected > 0);
  const auto found = std::ranges::count_if(
      rows, [](const auto& row) { return row[6].find("/intrusion/") != std::string::npos; });
  CHECK(static_cast<std::size_t>(found) == expected);
}

void logons_before(const Rows& rows) {
  constexpr evtxhound::Filetime kDay = 864'000'000'000;
  std::size_t all = 0;
  for (const auto& [host, span] : spans("")) {
    for (const SpecEvent& event : specs()) {
      const bool before = event.event_id == 4624 && event.computer == host &&
                          event.time <= span.first->time &&
                          span.first->filetime - event.filetime <= kDay;
      if (!before) continue;
      ++all;
      CHECK(count(rows, {event.time, host, event.field("TargetUserName"), event.field("LogonType"),
                         "success"}) == 1);
    }
    CHECK(count(rows, {host}) == count_specs([&, host = host, first = span.first](const auto& e) {
            return e.event_id == 4624 && e.computer == host && e.time <= first->time &&
                   first->filetime - e.filetime <= kDay;
          }));
  }
  CHECK(all > 0);
}

void from_elsewhere(const Rows& rows) {
  const std::set<int> codes = {4624, 4625, 4634, 4647, 4648, 4672, 1149, 21, 23, 24, 25};
  std::size_t expected = 0;
  for (const SpecEvent& event : specs()) {
    if (codes.count(event.event_id) == 0) continue;
    for (const char* name : {"IpAddress", "Address", "Param3"}) {
      const std::string ip = event.field(name);
      if (ip.empty() || ip == "-" || ip == "127.0.0.1" || ip == "LOCAL") continue;
      ++expected;
      CHECK(count(rows, {event.time, event.computer, ip, std::to_string(event.event_id)}) == 1);
    }
  }
  CHECK(expected > 5);
  CHECK(rows.size() == expected);
}

// log, kind, first and last record
TsvRows tampering(const std::set<std::string>& kinds) {
  TsvRows all = tsv_rows(kTestdata / "tampering/findings.tsv");
  std::erase_if(all, [&kinds](const auto& row) { return kinds.count(row[1]) == 0; });
  REQUIRE_FALSE(all.empty());
  return all;
}

std::size_t rows_of_tampering(const Rows& rows) {
  return static_cast<std::size_t>(std::ranges::count_if(rows, [](const auto& row) {
    return std::ranges::any_of(row, [](const std::string& cell) {
      return cell.find((kTestdata / "tampering").string()) == 0;
    });
  }));
}

std::string log_of_tampering(const std::string& log) {
  return (kTestdata / "tampering" / log).string();
}

void cleared(const Rows& rows) {
  const TsvRows expected = tampering({"log-cleared", "audit-changed"});
  for (const auto& row : expected) {
    const auto event = std::ranges::find_if(specs(), [&row](const SpecEvent& one) {
      return one.log == "tampering/" + row[0] && one.record_id == row[2];
    });
    REQUIRE(event != specs().end());
    CHECK(count(rows, {row[1], log_of_tampering(row[0]), event->time}) == 1);
  }
  CHECK(rows.size() == expected.size());
}

void gaps(const Rows& rows) {
  const TsvRows expected = tampering({"record-gap"});
  for (const auto& row : expected) {
    CHECK(count(rows, {log_of_tampering(row[0]), "Security", row[2], row[3]}) == 1);
  }
  CHECK(rows_of_tampering(rows) == expected.size());
}

void other_signs(const Rows& rows) {
  const TsvRows expected = tampering({"time-back", "log-stopped"});
  for (const auto& row : expected) {
    CHECK(count(rows, {row[1], log_of_tampering(row[0]), "low"}) == 1);
  }
  CHECK(rows_of_tampering(rows) == expected.size());
  CHECK(count(rows, {"checksum", (kTestdata / "damaged/checksums.evtx").string()}) == 3);
  for (const auto& row : rows) {
    CHECK(row[2].find("/clean/") == std::string::npos);
    CHECK(row[2].find("/intrusion/") == std::string::npos);
  }
}

void unread(const Rows& rows) {
  for (const char* log : {"checksums", "cut", "records", "zeroed-chunk-header"}) {
    CHECK(count(rows, {(kTestdata / "damaged" / (std::string(log) + ".evtx")).string()}) > 0);
  }
  CHECK(count(rows, {(kTestdata / "damaged/dirty.evtx").string()}) == 0);
}

void sources(const Rows& rows) {
  std::map<std::vector<std::string>, std::set<int>> expected;
  for (const SpecEvent& event : specs()) {
    const std::string folder = event.log.substr(0, event.log.find('/'));
    if (folder == "damaged" || folder == "types") continue;
    expected[{(kTestdata / event.log).string(), event.channel, event.provider}].insert(
        event.event_id);
  }
  CHECK(expected.size() > 15);
  for (const auto& [key, codes] : expected) {
    std::vector<std::string> cells = key;
    std::string list;
    for (const int code : codes) list += (list.empty() ? "" : ",") + std::to_string(code);
    cells.push_back(list);
    INFO(cells[0] << " " << list);
    CHECK(count(rows, cells) == 1);
  }
}

void bytes(const Rows& rows) {
  CHECK(rows.size() > planted().size());
  std::map<std::string, std::string> logs;
  for (const auto& row : rows) {
    auto [log, is_new] = logs.try_emplace(row[3]);
    if (is_new) log->second = read_file(row[3]);
    const std::string found = log->second.substr(std::stoull(row[4]), std::stoull(row[5]));
    const auto wide = evtxhound::utf8_to_utf16le(row[2]);
    CHECK(found == std::string(wide.begin(), wide.end()));
  }
  if (!has_program("xxd")) return;
  const Ran ran = shell(rows[0][6]);
  CHECK(ran.status == 0);
  CHECK_FALSE(ran.out.empty());
}

void copies(const Rows& rows) {
  REQUIRE(rows.size() == 1);
  // Which of the two is the copy is a matter of their paths' order.
  std::set<std::string> names = {fs::path(rows[0][0]).filename(), fs::path(rows[0][1]).filename()};
  CHECK(names == std::set<std::string>{"Application.evtx", "copy.evtx"});
}

void techniques(const Rows& rows) {
  // title -> ATT&CK ids, from the rules' own text
  std::map<std::string, std::set<std::string>> of_title;
  for (const auto& entry :
       fs::directory_iterator(fs::path(EVTXHOUND_SOURCE_DIR) / "indicators/3cx/rules")) {
    std::ifstream in(entry.path());
    std::string title;
    for (std::string line; std::getline(in, line);) {
      if (line.find("title: ") == 0) title = line.substr(7);
      const std::string tag = "  - attack.t";
      if (line.find(tag) == 0) of_title[title].insert("T" + line.substr(tag.size()));
    }
  }
  REQUIRE(of_title.size() >= 5);
  std::map<std::string, int> fewest;
  for (const char* folder : {"intrusion", "detections"}) {
    for (const auto& row : tsv_rows(kTestdata / folder / "detections.tsv")) {
      for (const std::string& technique : of_title[row[2]]) ++fewest[technique];
    }
  }
  REQUIRE_FALSE(fewest.empty());
  for (const auto& [technique, detections] : fewest) {
    INFO(technique);
    const auto row =
        std::ranges::find_if(rows, [&, t = technique](const auto& r) { return r[0] == t; });
    REQUIRE(row != rows.end());
    CHECK(std::stoi((*row)[1]) >= detections);  // the exports have theirs
  }
}

void of_user(const Rows& rows) {
  const auto expected = count_specs([](const SpecEvent& event) {
    const std::set<std::string> names = {"User", "UserName", "SubjectUserName", "TargetUserName",
                                         "SourceUser"};
    return std::ranges::any_of(event.data, [&names](const auto& field) {
      return names.count(field.first) == 1 &&
             (field.second == "m.keller" || field.second == "CORP\\m.keller");
    });
  });
  CHECK(expected > 50);
  CHECK(rows.size() == expected);
}

void full_text(const Rows& rows) {
  const auto expected =
      count_specs([](const SpecEvent& event) { return any_field(event, "wlbsctrl"); });
  CHECK(expected > 0);
  CHECK(rows.size() == expected);
  for (const auto& row : rows) CHECK(row[4].find("»wlbsctrl«") != std::string::npos);
}

const std::map<std::string, std::function<void(const Rows&)>>& answers() {
  static const std::map<std::string, std::function<void(const Rows&)>> all = {
      {"Which machines were part of the attack?", part_of_it},
      {"What was found, and how bad is it?", what_was_found},
      {"When was the first beacon of each host, and when the last?", beacons},
      {"Which process looked the name up?", who_looked_up},
      {"Who ran it?", who_ran},
      {"What else ran in the ten minutes around the first beacon?", ten_minutes},
      {"From which process does it come, and from which that one?", chains},
      {"Which versions of the 3CX application were there?", versions},
      {"Did anything but a browser touch a browser's profile?", profiles},
      {"Who logged on before the first hit?", logons_before},
      {"Did anybody come in from another machine?", from_elsewhere},
      {"Were logs cleared, or audit policies changed?", cleared},
      {"Where are records missing?", gaps},
      {"What else speaks of tampering?", other_signs},
      {"What could not be read?", unread},
      {"Which evidence has which sources?", sources},
      {"Where are the bytes of a hit?", bytes},
      {"Which files are copies of others?", copies},
      {"Which techniques of ATT&CK were seen?", techniques},
      {"What did a user do?", of_user},
      {"Where does this text stand?", full_text},
  };
  return all;
}

struct Question {
  std::string title;
  std::vector<std::string> queries;
};

// The questions of the page, each a heading with its SQL blocks, between two headings.
std::vector<Question> questions(const std::string& from, const std::string& to) {
  const std::string page = read_file(fs::path(EVTXHOUND_SOURCE_DIR) / "docs/case-schema.md");
  const std::size_t begin = page.find(from);
  const std::size_t end = page.find(to);
  REQUIRE(begin < end);
  REQUIRE(end != std::string::npos);
  std::vector<Question> all = {{from, {}}};
  std::istringstream lines(page.substr(begin, end - begin));
  bool in_sql = false;
  for (std::string line; std::getline(lines, line);) {
    if (line.find("### ") == 0) all.push_back({line.substr(4), {}});
    if (line == "```") in_sql = false;
    if (in_sql) all.back().queries.back() += line + "\n";
    if (line != "```sql") continue;
    in_sql = true;
    all.back().queries.emplace_back();
  }
  return all;
}

// Scans testdata/ and a copy of one of its logs, every event stored, and indexes the text.
fs::path make_case(const TemporaryFolder& folder) {
  const fs::path path = folder / "case.db";
  fs::copy_file(kTestdata / "clean/HQ-WS-021/Application.evtx", folder / "copy.evtx");
  const Ran scanned =
      run_evtxhound("scan " + quoted(kTestdata) + " " + quoted(folder / "copy.evtx") +
                    " --store all --case " + quoted(path));
  INFO(scanned.err);
  REQUIRE(scanned.status == 1);  // some logs are damaged
  const Ran indexed = run_evtxhound("case index " + quoted(path));
  INFO(indexed.err);
  REQUIRE(indexed.status == 0);
  CHECK(indexed.out ==
        "event_text holds " + value(path, "select count(*) from event") + " events\n");
  return path;
}

}  // namespace

TEST_CASE("the twenty questions of docs/case-schema.md have the answers that were planted") {
  const TemporaryFolder folder;
  const fs::path path = make_case(folder);
  std::size_t asked = 0;
  for (const Question& question : questions("## Twenty questions", "## Full-text search")) {
    if (question.queries.empty()) continue;
    CAPTURE(question.title);
    const auto answer = answers().find(question.title);
    REQUIRE(answer != answers().end());
    REQUIRE(question.queries.size() == 1);
    answer->second(query(path, question.queries[0]));
    ++asked;
  }
  CHECK(asked == answers().size());
  CHECK(asked >= 20);

  const auto search = questions("## Full-text search", "## More queries");
  REQUIRE(search[0].queries.size() == 2);
  const std::string app = "\\3cxdesktopapp\\app";
  CHECK(query(path, search[0].queries[0]).size() == count_specs([&app](const SpecEvent& event) {
          return any_field(event, app) &&
                 (any_field(event, "d3dcompiler_47") || any_field(event, "ffmpeg"));
        }));
  CHECK(query(path, search[0].queries[1]).size() == count_specs([&app](const SpecEvent& event) {
          return event.event_id == 7 && is_lower(event.field("ImageLoaded"), app + "\\") &&
                 is_lower(event.field("ImageLoaded"), ".dll");
        }));
}

TEST_CASE("what a later scan adds is in the full-text index, and no row twice") {
  const TemporaryFolder folder;
  const fs::path path = folder / "case.db";
  const auto scan = [&](const char* log) {
    return run_evtxhound("scan " + quoted(kTestdata / log) + " --store all --case " + quoted(path))
        .status;
  };
  CHECK(run_evtxhound("case index " + quoted(path)).status == 2);  // there is none to index
  CHECK_FALSE(fs::exists(path));
  REQUIRE(scan("clean/HQ-WS-021/Security.evtx") == 0);
  REQUIRE(run_evtxhound("case index " + quoted(path)).status == 0);
  const std::string sql = "select count(*) from event_text where event_text match '\"m.keller\"'";
  CHECK(value(path, sql) == "0");
  REQUIRE(scan("intrusion/FIN-WS-014/Security.evtx") == 0);
  const std::string found = value(path, sql);
  CHECK(found == std::to_string(count_specs([](const SpecEvent& event) {
          return event.log == "intrusion/FIN-WS-014/Security.evtx" && any_field(event, "m.keller");
        })));
  REQUIRE(scan("intrusion/FIN-WS-014/Security.evtx") == 0);
  CHECK(value(path, sql) == found);
  REQUIRE(run_evtxhound("case index " + quoted(path)).status == 0);
  CHECK(value(path, sql) == found);
}

TEST_CASE("signs of tampering are found whatever is stored, by any number of threads, once") {
  const TemporaryFolder folder;
  const auto findings = [&](const char* name, const std::string& options) {
    run_evtxhound("scan " + quoted(kTestdata) + " --case " + quoted(folder / name) + " " + options);
    return query(folder / name, "select * from finding order by 1");
  };
  const Rows expected = findings("hits.db", "--threads 1");
  CHECK(expected.size() >= tsv_rows(kTestdata / "tampering/findings.tsv").size());
  CHECK((findings("hits.db", "--threads 1") == expected));
  CHECK((findings("all.db", "--store all --threads 4") == expected));
  CHECK((findings("exhaustive.db", "--exhaustive --no-census --threads 3") == expected));
}
