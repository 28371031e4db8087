#include "evtxhound/casefile/event_filter.hpp"

#include <catch2/catch.hpp>

#include "tests/casefile/found_case.hpp"

using namespace evtxhound;
using namespace evtxhound::casefile;
using namespace evtxhound::casefile::testing;
using indicators::Severity;

namespace {

// The ids of the events that fulfil a filter, as they come.
std::string ids(const std::filesystem::path& path, const EventFilter& filter) {
  Database database(path, Database::Mode::kReadOnly);
  EventStream stream(database, filter);
  StoredEvent event;
  std::string out;
  while (stream.next(event)) out += std::to_string(event.event_id) + '\n';
  return out;
}

// The same by SQL written here.
std::string expected(const std::filesystem::path& path, const std::string& where) {
  return rows(path,
              "SELECT event_id FROM event WHERE " + where + " ORDER BY time_created, event_id");
}

constexpr const char* kFound =
    "event_id IN (SELECT event_id FROM hit UNION SELECT event_id FROM detection)";

}  // namespace

TEST_CASE("lists of event ids") {
  using Ranges = std::vector<CodeRange>;
  CHECK(parse_code_ranges("4624,4688,4700-4800") ==
        Ranges{{4624, 4624}, {4688, 4688}, {4700, 4800}});
  CHECK(parse_code_ranges("0") == Ranges{{0, 0}});
  for (const char* text : {"", ",", "1,", "-1", "1-", "2-1", "a", "1 ,2", "4294967296", "1--2"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_code_ranges(text));
  }
}

TEST_CASE("a filter chooses the events that its SQL would") {
  const TemporaryFolder folder;
  const auto path = make_found(folder);
  const auto check = [&path](const EventFilter& filter, const std::string& where) {
    CAPTURE(where);
    const std::string want = expected(path, where);
    CHECK_FALSE(want.empty());
    CHECK(ids(path, filter) == want);
  };
  EventFilter none;
  check(none, kFound);
  EventFilter all;
  all.all = true;
  check(all, "1");
  EventFilter time = all;
  time.from = "2023-03-29T10:05:00.0000000Z";
  time.before = "2023-03-29T10:08:00.0000000Z";
  check(time,
        "time_created IN ('2023-03-29T10:05:00.0000000Z', '2023-03-29T10:06:00.0000000Z', "
        "'2023-03-29T10:07:00.0000000Z')");
  EventFilter before = all;
  before.before = "1990";
  check(before, "time_created LIKE '1969%'");
  EventFilter host = all;
  host.hosts = {"ws02"};
  check(host, "computer = 'WS02.corp.example'");
  host.hosts = {"=host,1", "*01.CORP.example"};
  check(host, "computer = 'WS01.corp.example' OR computer = '=HOST,1'");
  EventFilter channel = all;
  channel.channels = {"security"};
  check(channel, "channel = 'Security'");
  channel.channels = {"*Sysmon*"};
  check(channel, "channel LIKE '%Sysmon%'");
  EventFilter codes = all;
  codes.codes = {{1, 7}, {4688, 4688}};
  check(codes, "event_code IN (1, 7, 4688)");
  codes.codes = {{1, 1}};
  codes.hosts = {"WS01"};
  check(codes, "event_code = 1 AND computer LIKE 'WS01%'");
}

TEST_CASE("a filter chooses by what was found") {
  const TemporaryFolder folder;
  const auto path = make_found(folder);
  const std::string hits =
      "event_id IN (SELECT event_id FROM hit JOIN indicator USING (indicator_id) WHERE ";
  const std::string detections =
      "event_id IN (SELECT event_id FROM detection JOIN rule USING (rule_id) WHERE ";
  EventFilter severity;
  severity.severity = Severity::kHigh;
  CHECK(ids(path, severity) == expected(path, hits + "severity IN ('high', 'critical')) OR " +
                                                  detections + "level IN ('high', 'critical'))"));
  EventFilter indicator;
  indicator.indicators = {"AKAMAI*"};
  CHECK(ids(path, indicator) == expected(path, hits + "value = 'akamaicontainer.com')"));
  CHECK_FALSE(ids(path, indicator).empty());
  indicator.severity = Severity::kCritical;
  CHECK_FALSE(ids(path, indicator).empty());
  indicator.indicators = {"18.12.416"};  // which is only high
  CHECK(ids(path, indicator).empty());
  EventFilter rule;
  rule.rules = {"notepad starts", "11111111-AAAA-4bbb-8ccc-000000000001"};
  CHECK(ids(path, rule) == expected(path, detections + "1)"));
  rule.indicators = {"msstorageazure.com"};
  CHECK(ids(path, rule) ==
        expected(path, hits + "value = 'msstorageazure.com') OR " + detections + "1)"));
}

TEST_CASE("brackets in a pattern are brackets") {
  const TemporaryFolder folder;
  const auto path = make_found(folder);
  EventFilter filter;
  filter.all = true;
  filter.hosts = {"[=]HOST,1"};
  CHECK(ids(path, filter).empty());
  filter.hosts = {"?host,?"};
  CHECK_FALSE(ids(path, filter).empty());
}

TEST_CASE("an event comes with all its hits and detections") {
  const TemporaryFolder folder;
  const auto path = make_found(folder);
  Database database(path, Database::Mode::kReadOnly);
  EventFilter filter;
  filter.rules = {"Command, odd"};
  EventStream stream(database, filter);
  StoredEvent event;
  REQUIRE(stream.next(event));
  REQUIRE(event.hits.size() == 1);
  CHECK(event.hits[0].matched == kHostileRead);
  CHECK(event.hits[0].byte_offset == 90100);
  REQUIRE(event.detections.size() == 1);
  CHECK(event.detections[0].attack == "T1059");
  CHECK(severity_of(event) == "high");
  CHECK(event.evidence == "/evidence/odd, \"log\".evtx");
  CHECK_FALSE(stream.next(event));
}
