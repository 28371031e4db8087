#include <catch2/catch.hpp>

#include "evtxhound/exports/event_reader.hpp"

using namespace evtxhound;
using namespace evtxhound::exports;

namespace {

Result<ReadEvent> read(std::string_view json, Extent extent = Extent::kAll) {
  return make_crowdstrike_reader()->read(as_bytes(json), TextEncoding::kUtf8, extent);
}

evtx::Event event_of(std::string_view json) {
  const auto result = read(json);
  REQUIRE(result);
  return result->event;
}

std::string time_of(const std::string& members) {
  return event_of(R"({"event_simpleName":"X",)" + members + "}").time_created;
}

}  // namespace

TEST_CASE("a process start of CrowdStrike becomes an event") {
  constexpr std::string_view kJson =
      R"({"ParentProcessId":"5459598860","aip":"203.0.113.9","UserSid":"S-1-5-21-1-2-3-500",)"
      R"("event_platform":"Win","ParentBaseFileName":"explorer.exe","timestamp":"1680102246418",)"
      R"("event_simpleName":"ProcessRollup2","RawProcessId":"5012","ImageFileName":)"
      R"("\\Device\\HarddiskVolume1\\Program Files\\3CXDesktopApp.exe","CommandLine":"\"a\" ",)"
      R"("ProcessStartTime":"1680102246.321","aid":"168a90e125d443beb2a4e2914985084d"})";
  const evtx::Event event = event_of(kJson);
  CHECK(event.provider == "ProcessRollup2");
  CHECK(event.channel.empty());
  CHECK_FALSE(event.event_code);
  CHECK(event.computer == "168a90e125d443beb2a4e2914985084d");
  CHECK(event.user_sid == "S-1-5-21-1-2-3-500");
  CHECK(event.time_created == "2023-03-29T15:04:06.4180000Z");
  CHECK(event.record_id == 0);
  CHECK(event.data.size() == 12);
  CHECK(event.data[0] == evtx::Field{"ParentProcessId", "5459598860"});
  CHECK(*event.find("ImageFileName") ==
        "\\Device\\HarddiskVolume1\\Program Files\\3CXDesktopApp.exe");
  CHECK(*event.find("CommandLine") == "\"a\" ");

  const auto head = read(kJson, Extent::kHead);
  REQUIRE(head);
  CHECK(head->event.data.empty());
  CHECK(head->event.provider == event.provider);
  CHECK(head->event.time_created == event.time_created);
}

TEST_CASE("a host is named by its name where there is one, else by its agent") {
  CHECK(event_of(R"({"event_simpleName":"X","aid":"a","ComputerName":"WS-1"})").computer == "WS-1");
  CHECK(event_of(R"({"event_simpleName":"X","aid":"a","ComputerName":""})").computer == "a");
}

TEST_CASE("an event's time is the sensor's, else the cloud's") {
  const std::string cloud = R"("timestamp":"1680102246418")";
  CHECK(time_of(R"("ContextTimeStamp":"1680102245.1234567",)" + cloud) ==
        "2023-03-29T15:04:05.1234567Z");
  CHECK(time_of(R"("ContextTimeStamp":1680102245.5)") == "2023-03-29T15:04:05.5000000Z");
  CHECK(time_of(R"("ContextTimeStamp":"1680102245")") == "2023-03-29T15:04:05.0000000Z");
  CHECK(time_of(R"("timestamp":1680102246418)") == "2023-03-29T15:04:06.4180000Z");
  for (const char* none :
       {"", "x", "-1", "1e9", "1.x", ".5", "99999999999999", "999999999999999"}) {
    CAPTURE(none);
    CHECK(time_of(R"("ContextTimeStamp":")" + std::string(none) + R"(",)" + cloud) ==
          "2023-03-29T15:04:06.4180000Z");
  }
  CHECK(time_of(R"("timestamp":"never")").empty());
}

TEST_CASE("values are texts: numbers as they are written, nested ones as JSON") {
  const evtx::Event event = event_of(
      R"({"event_simpleName":"X","i":12,"f":1.50,"b":123456789012345678901234567890,"t":true,)"
      R"("n":null,"o":{"a": [1, "\u0041\\"]},"a":[ ],"s":"\u00e9\ud83d\ude00","s":"again"})");
  const std::vector<evtx::Field> expected = {{"event_simpleName", "X"},
                                             {"i", "12"},
                                             {"f", "1.50"},
                                             {"b", "123456789012345678901234567890"},
                                             {"t", "true"},
                                             {"n", ""},
                                             {"o", R"({"a":[1,"A\\"]})"},
                                             {"a", "[]"},
                                             {"s", "\xC3\xA9\xF0\x9F\x98\x80"},
                                             {"s", "again"}};
  CHECK(event.data == expected);
}

TEST_CASE("half a pair of surrogates is replaced, and said") {
  const auto result =
      read(R"({"event_simpleName":"X","a":"b\ud83d","c":"\\ud83d\ude00\ud83d\ude00"})");
  REQUIRE(result);
  CHECK(result->replaced);
  CHECK(*result->event.find("a") == "b\xEF\xBF\xBD");
  CHECK(*result->event.find("c") == "\\ud83d\xEF\xBF\xBD\xF0\x9F\x98\x80");
}

TEST_CASE("an event of the streaming API is named by its type") {
  CHECK(event_of(R"({"ExternalApiType":"Event_ExternalApiEvent"})").provider ==
        "Event_ExternalApiEvent");
}

TEST_CASE("what is no event of CrowdStrike is a problem, whatever is wanted of it") {
  for (const char* json :
       {R"({})", R"({"a":"b"})", R"({"event_simpleName":""})",
        R"({"event_simpleName":"X","a":tru})", R"({"event_simpleName":"X","a":01})",
        R"({"event_simpleName":"X" "a":1})", R"({"event_simpleName":"X","a":[1,]})",
        R"({"event_simpleName":"X","a":"\q"})", R"({"event_simpleName":"X",})"}) {
    CAPTURE(json);
    for (const Extent extent : {Extent::kAll, Extent::kHead}) {
      const auto result = read(json, extent);
      REQUIRE_FALSE(result);
      CHECK(result.problem().kind == ProblemKind::kRecordUnread);
    }
  }
}
