#include "evtxhound/evtx/xml_event.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <random>

using namespace evtxhound;
using namespace evtxhound::evtx;

namespace {

std::string event(std::string_view body) {
  return std::string(R"(<Event xmlns="http://schemas.microsoft.com/win/2004/08/events/event">)")
      .append(body)
      .append("</Event>");
}

std::vector<Field> data_of(std::string_view body) {
  const auto parsed = event_from_xml(event(body));
  REQUIRE(parsed);
  return parsed->data;
}

using Fields = std::vector<Field>;

}  // namespace

TEST_CASE("System fields are read by name") {
  const auto parsed = event_from_xml(event(
      R"(<System><Provider Name="Microsoft-Windows-Sysmon" Guid="{5770385F-C22A-43E0-BF4C-06F5698FFBD9}"/>
      <EventID Qualifiers="16384">22</EventID><Version>5</Version><Level>4</Level><Task>22</Task>
      <Opcode>0</Opcode><Keywords>0x8000000000000000</Keywords>
      <TimeCreated SystemTime="2023-03-29T15:04:05.966627900Z"/><EventRecordID>7</EventRecordID>
      <Correlation ActivityID="{A}"/><Execution ProcessID="1432" ThreadID="4352"/>
      <Channel>Microsoft-Windows-Sysmon/Operational</Channel><Computer>WS-1.corp.example</Computer>
      <Security UserID="S-1-5-18"/></System><EventData/>)"));
  REQUIRE(parsed);
  CHECK(parsed->provider == "Microsoft-Windows-Sysmon");
  CHECK(parsed->event_code == 22);
  CHECK(parsed->version == 5);
  CHECK(parsed->level == 4);
  CHECK(parsed->task == 22);
  CHECK(parsed->opcode == 0);
  CHECK(parsed->keywords == "0x8000000000000000");
  CHECK(parsed->time_created == "2023-03-29T15:04:05.9666279Z");
  CHECK(parsed->activity_id == "{A}");
  CHECK(parsed->process_id == 1432);
  CHECK(parsed->thread_id == 4352);
  CHECK(parsed->channel == "Microsoft-Windows-Sysmon/Operational");
  CHECK(parsed->computer == "WS-1.corp.example");
  CHECK(parsed->user_sid == "S-1-5-18");
  CHECK(parsed->data.empty());
}

TEST_CASE("Data elements are fields by their Name, in their order, empty ones too") {
  CHECK(data_of(R"(<EventData><Data Name="B">2</Data><Data Name="A">1</Data><Data Name="C"/>
                   <Data Name="D">  </Data></EventData>)") ==
        Fields{{"B", "2"}, {"A", "1"}, {"C", ""}, {"D", "  "}});
}

TEST_CASE("unnamed Data and Binary keep their element's name") {
  CHECK(data_of("<EventData><Data>one</Data><Data>two</Data><Binary>0A0B</Binary></EventData>") ==
        Fields{{"Data", "one"}, {"Data", "two"}, {"Binary", "0A0B"}});
}

TEST_CASE("UserData is read to its leaves, attributes included") {
  CHECK(
      data_of(
          R"(<UserData><LogFileCleared xmlns="urn:x" xmlns:n="urn:y"><n:User Kind="sid">bob</n:User>
                   <Inner><Deep>1</Deep></Inner></LogFileCleared></UserData>)") ==
      Fields{{"User.Kind", "sid"}, {"User", "bob"}, {"Deep", "1"}});
}

TEST_CASE("an EventData's own attributes and text are kept") {
  CHECK(data_of(R"(<EventData Name="X">stray<Data Name="A">1</Data></EventData>)") ==
        Fields{{"EventData.Name", "X"}, {"EventData", "stray"}, {"A", "1"}});
}

TEST_CASE("the rendering of a forwarded event is told apart from its data") {
  CHECK(data_of(R"(<EventData><Data Name="Message">m</Data></EventData>
                   <RenderingInfo Culture="en-US"><Message>text</Message></RenderingInfo>)") ==
        Fields{{"Message", "m"},
               {"RenderingInfo.Culture", "en-US"},
               {"RenderingInfo.Message", "text"}});
}

TEST_CASE("values stay as they are: references, CDATA, line ends, white space") {
  CHECK(data_of("<EventData><Data Name=\"A\">a &amp; b&lt;c&gt; &#x41;</Data>"
                "<Data Name=\"B\"><![CDATA[<x>]]></Data>"
                "<Data Name=\"C\">%%4424\r\n\t\t\t\t</Data></EventData>") ==
        Fields{{"A", "a & b<c> A"}, {"B", "<x>"}, {"C", "%%4424\r\n\t\t\t\t"}});
}

TEST_CASE("what is no event is a problem, not a crash") {
  for (const char* xml : {"", "text", "<Event>", "<Other/>", "<Event><System></Event>"}) {
    CHECK_FALSE(event_from_xml(xml));
  }
  const auto bare = event_from_xml("<Event/>");
  REQUIRE(bare);
  CHECK_FALSE(bare->event_code);
  CHECK(bare->time_created.empty());
}

TEST_CASE("numbers that are none stay absent") {
  const auto parsed =
      event_from_xml(event("<System><EventID>abc</EventID><Level>99999999999</Level></System>"));
  REQUIRE(parsed);
  CHECK_FALSE(parsed->event_code);
  CHECK_FALSE(parsed->level);
}

TEST_CASE("data as JSON is what a JSON library reads as the fields, in their order") {
  std::mt19937 random(5);
  const auto below = [&](std::size_t limit) { return random() % limit; };
  const std::vector<std::string> pieces{"a",    "\"",   "\\", "/",          "\n",
                                        "\x01", "\x7f", "é",  "\U0001F40D", " "};
  const auto text = [&] {
    std::string made;
    for (std::size_t n = below(30); n > 0; --n) made += pieces[below(pieces.size())];
    return made;
  };
  for (int round = 0; round < 300; ++round) {
    Event e;
    const std::size_t names = 1 + below(80);
    for (std::size_t n = below(120); n > 0; --n) {
      e.data.push_back({text() + std::to_string(below(names)), text()});
    }
    nlohmann::ordered_json expected = nlohmann::ordered_json::object();
    for (const Field& field : e.data) {
      auto& member = expected[field.name];
      if (member.is_null()) {
        member = field.value;
      } else if (member.is_array()) {
        member.push_back(field.value);
      } else {
        member = {member, field.value};
      }
    }
    REQUIRE(nlohmann::ordered_json::parse(data_json(e)).dump() == expected.dump());
  }
}

TEST_CASE("data as JSON keeps every value of a name that repeats") {
  Event e;
  e.data = {{"A", "1"}, {"Data", "x"}, {"Data", "y"}, {"B", "\"\x01"}, {"Data", "z"}};
  CHECK(data_json(e) == R"({"A":"1","Data":["x","y","z"],"B":"\"\u0001"})");
  CHECK(data_json(Event{}) == "{}");
  const std::string* found = e.find("Data");
  REQUIRE(found != nullptr);
  CHECK(*found == "x");
  CHECK(e.find("absent") == nullptr);
}
