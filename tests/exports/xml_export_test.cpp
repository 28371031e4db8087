#include <catch2/catch.hpp>

#include "evtxhound/exports/event_reader.hpp"

using namespace evtxhound;
using namespace evtxhound::exports;

namespace {

constexpr std::string_view kSysmon1 =
    "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider "
    "Name='Microsoft-Windows-Sysmon' Guid='{5770385F-C22A-43E0-BF4C-06F5698FFBD9}'/>"
    "<EventID>1</EventID><Version>5</Version><Level>4</Level><Task>1</Task><Opcode>0</Opcode>"
    "<Keywords>0x8000000000000000</Keywords><TimeCreated "
    "SystemTime='2023-03-29T11:03:46.617920300Z'"
    "/><EventRecordID>4522</EventRecordID><Correlation/><Execution ProcessID='2912' "
    "ThreadID='3424'/>"
    "<Channel>Microsoft-Windows-Sysmon/Operational</Channel><Computer>ws-7.corp.example</Computer>"
    "<Security UserID='S-1-5-18'/></System><EventData><Data Name='RuleName'>-</Data>"
    "<Data Name='CommandLine'>\"C:\\Windows\\system32\\cmd.exe\" /c \"a &amp; b\" </Data>"
    "<Data Name='Product'>Microsoft\xC2\xAE Windows\xC2\xAE</Data></EventData>"
    "<RenderingInfo Culture='en-US'><Message>Process Create:\r\n "
    "x</Message></RenderingInfo></Event>";

Result<ReadEvent> read(std::string_view xml, Extent extent = Extent::kAll) {
  return make_xml_reader()->read(as_bytes(xml), TextEncoding::kUtf8, extent);
}

std::string value_of(const std::string& inner, bool replaced) {
  const auto event =
      read("<Event><EventData><Data Name='A'>" + inner + "</Data></EventData></Event>");
  REQUIRE(event);
  CHECK(event->replaced == replaced);
  REQUIRE(event->event.data.size() == 1);
  return event->event.data[0].value;
}

}  // namespace

TEST_CASE("an event as Splunk has it, with attributes in single quotes") {
  const auto result = read(kSysmon1);
  REQUIRE(result);
  const evtx::Event& event = result->event;
  CHECK_FALSE(result->replaced);
  CHECK(event.record_id == 4522);
  CHECK(event.provider == "Microsoft-Windows-Sysmon");
  CHECK(event.event_code == 1);
  CHECK(event.time_created == "2023-03-29T11:03:46.6179203Z");
  CHECK(event.computer == "ws-7.corp.example");
  CHECK(event.user_sid == "S-1-5-18");
  CHECK(event.process_id == 2912);
  CHECK(event.data == std::vector<evtx::Field>{
                          {"RuleName", "-"},
                          {"CommandLine", "\"C:\\Windows\\system32\\cmd.exe\" /c \"a & b\" "},
                          {"Product", "Microsoft\xC2\xAE Windows\xC2\xAE"},
                          {"RenderingInfo.Culture", "en-US"},
                          {"RenderingInfo.Message", "Process Create:\r\n x"}});
}

TEST_CASE("the head of an event is what its census needs") {
  const auto all = read(kSysmon1);
  const auto head = read(kSysmon1, Extent::kHead);
  REQUIRE(all);
  REQUIRE(head);
  CHECK(head->event.data.empty());
  CHECK(head->event.provider == all->event.provider);
  CHECK(head->event.channel == all->event.channel);
  CHECK(head->event.event_code == all->event.event_code);
  CHECK(head->event.time_created == all->event.time_created);
}

TEST_CASE("references are the five of XML and numbers, and there are no entities") {
  CHECK(value_of("&lt;&gt;&amp;&quot;&apos;&#65;&#x42;", false) == "<>&\"'AB");
  CHECK(value_of("&evil;", false) == "&evil;");
  CHECK(value_of("&#x1F600;", false) == "\xF0\x9F\x98\x80");
}

TEST_CASE("references to what is no character are replaced, and what follows is not lost") {
  CHECK(value_of("a&#0;b", true) ==
        "a\xEF\xBF\xBD"
        "b");
  CHECK(value_of("a&#xD800;b", true) ==
        "a\xEF\xBF\xBD"
        "b");
  CHECK(value_of("a&#x110000;b&#99999999999;c", true) ==
        "a\xEF\xBF\xBD"
        "b\xEF\xBF\xBD"
        "c");
  CHECK(value_of("&#55357;&#56832;", false) == "\xF0\x9F\x98\x80");
  CHECK(value_of("&#;&#x;&#12", false) == "&#;&#x;&#12");
}

TEST_CASE("what is no XML is a problem") {
  for (const Extent extent : {Extent::kAll, Extent::kHead}) {
    const auto event = read(std::string_view("<Event><a b=c></a></Event>"), extent);
    REQUIRE_FALSE(event);
    CHECK(event.problem().kind == ProblemKind::kRecordUnread);
  }
}
