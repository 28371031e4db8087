// Each kind of indicator in each place of a record where it can stand. The table says how many hits
// there must be, so that both ways being wrong alike is noticed too.

#include <catch2/catch.hpp>
#include <functional>

#include "evtxhound/base/text.hpp"
#include "evtxhound/evtx/writer/damage.hpp"
#include "tests/support/both_ways.hpp"
#include "tests/support/forged_event.hpp"
#include "tests/support/raw_event.hpp"

using namespace evtxhound;
using namespace evtxhound::test;
using evtx::ValueType;

namespace {

// An indicator and the text that has it once. The text is cut in its middle where a place needs two
// parts, of which neither has it.
struct Case {
  std::string kind;
  std::string value;
  std::string text;
  std::string product = {};
};

const std::vector<Case>& cases() {
  static const std::vector<Case> all = {
      {"domain", "evil-domain.com", "www.Evil-Domain.com"},
      {"ip", "203.0.113.77", "203.0.113.77:443"},
      {"ip", "198.51.100.0/24", "[198.51.100.200]"},
      {"ip", "2001:db8::77", "2001:0DB8:0:0::77"},
      {"url", "https://raw.example.com/main/icon1.ico", "http://RAW.example.com/main/icon1.ico?x"},
      {"md5", "d41d8cd98f00b204e9800998ecf84271", "MD5=D41D8CD98F00B204E9800998ECF84271,"},
      {"sha1", "da39a3ee5e6b4b0d3255bfef95601890afd80711",
       "SHA1=DA39A3EE5E6B4B0D3255BFEF95601890AFD80711;"},
      {"sha256", "7986bbaee8940da11ce089383521ab420c443ab7b15ed42aed91fd31ce833896",
       "0x7986BBAEE8940DA11CE089383521AB420C443AB7B15ED42AED91FD31CE833896"},
      {"imphash", "c41d8cd98f00b204e9800998ecf84271", "IMPHASH=C41D8CD98F00B204E9800998ECF84271"},
      {"version", "18.12.416", "3CXDesktopApp version 18.12.416.0", "3CXDesktopApp"},
      {"file_name", "trojan3cx.exe", "C:\\Temp\\TROJAN3cx.exe"},
      {"file_name", "tro*3cx.exe", "C:\\Temp\\TROJAN3cx.exe"},
      {"path", "\\System32\\wlbsctrl.dll", "C:\\Windows\\\\System32\\WLBSCTRL.dll"},
      {"path", "\\ab\\cd", "C:\\AB\\cd\\x"},
      {"registry_key", "HKLM\\Software\\Evil\\Implant",
       "\\REGISTRY\\MACHINE\\SOFTWARE\\evil\\IMPLANT\\Value"},
      {"email", "someone@evil-domain.com", "<Someone@Evil-Domain.com>"},
      {"sid", "S-1-5-21-111111111-222222222-333333333-1001",
       "S-1-5-21-111111111-222222222-333333333-1001"},
      {"guid", "01234567-89ab-cdef-0123-456789abcdef", "{01234567-89AB-CDEF-0123-456789ABCDEF}"},
      {"text", "needle \"in\" <hay> & 'straw'", "a NEEDLE \"in\" <HAY> & 'straw' b"},
      {"text", "12345678", "no. 12345678"},
      {"regex", "evil[0-9]{2,4}x", "-evil1234x-"},
      {"regex", "(?i)[ac]vil[0-9]{2,4}x", "-Avil1234X-"},
  };
  return all;
}

const std::vector<Case>& unicode_cases() {
  static const std::vector<Case> all = {
      {"text", "Größe der Übermacht", "grÖßE DER üBERMACHT!"},
      {"text", "тайный документ", "ТАЙНЫЙ ДОКУМЕНТ"},
      {"text", "秘密の文書", "=秘密の文書="},
      {"text", "a😀b😀", "A😀B😀"},
      {"text", "naĀ一āxx", "NAā一ĀXX"},
      {"file_name", "größe.exe", "C:\\GRÖßE.EXE"},
      {"path", "\\straße\\übel", "c:\\STRAßE\\ÜBEL\\x"},
      {"domain", "bücher-übel.com", "http://BÜCHER-ÜBEL.com/"},
  };
  return all;
}

Buffer ansi(const std::string& text) { return writer::to_windows_1252(text).value(); }

std::size_t middle_of(const std::string& text) {
  std::size_t at = text.size() / 2;
  while ((static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80) ++at;
  return at;
}
std::string first_half(const Case& c) { return c.text.substr(0, middle_of(c.text)); }
std::string second_half(const Case& c) { return c.text.substr(middle_of(c.text)); }

writer::Value array_of(const std::vector<std::string_view>& items) {
  return writer::string_array_value(items);
}
writer::Value ansi_value(const std::string& text) {
  return {ValueType::kAnsiString, ansi(text), nullptr};
}

// A payload of one field with some values, and an event of it.
using Values = std::vector<writer::Value>;
writer::Instance event_of(const Values& values) {
  std::vector<writer::Node> fields;
  for (std::uint16_t i = 1; i <= values.size(); ++i) fields.push_back(data("", {hole(i)}));
  return event_instance(event_template(element("EventData", std::move(fields))), values);
}

// A value of BinXML that holds an element of this content.
writer::Value embedded(std::vector<writer::Node> content, Values values = {}) {
  writer::Element root = element("Payload", {{element("X", std::move(content))}});
  return writer::binxml_value(
      {std::make_shared<const writer::Template>(std::move(root)), std::move(values)});
}
writer::Instance event_with(const writer::Value& payload) {
  return event_instance(event_template(element("EventData", {hole(1)})), {payload});
}

writer::Node text_node(const std::string& text) { return {text}; }

using Forge = std::function<Buffer(const Case&)>;

struct Place {
  const char* name;
  std::size_t hits;
  Forge forge;
};

// ---- What is done to a log of one chunk whose records have been written.

Buffer damaged(Buffer log, const writer::Damage& damage) {
  REQUIRE(apply_damage(log, damage).empty());
  return log;
}

Buffer three_records(const Case& c) {
  const auto field = [](const std::string& text) { return event_of({writer::string_value(text)}); };
  return forge_log({field("first"), field(c.text), field(c.text)});
}

// ---- By raw tokens: what a writer of logs has no need for.

Buffer raw_event_log(const std::function<void(RawChunk&, RawBinXml&)>& content) {
  RawChunk chunk;
  RawBinXml xml(chunk);
  xml.open("D").close_start();
  content(chunk, xml);
  RawEvent(chunk, xml.end().get()).add();
  return raw_log(chunk);
}

// The text with references for the signs that XML has names for.
Buffer with_references(const Case& c, bool by_number) {
  return raw_event_log([&](RawChunk& chunk, RawBinXml& xml) {
    for (std::size_t at = 0; at < c.text.size();) {
      constexpr std::string_view kSigns = "\"&<>'";
      constexpr std::array<const char*, 5> kNames = {"quot", "amp", "lt", "gt", "apos"};
      const CodePoint sign = code_point_at(c.text, at);
      const auto known = kSigns.find(c.text[at]);
      if (by_number && sign.value < 0x10000) {
        xml.token(0x08).bytes(ByteBuilder().put(static_cast<std::uint16_t>(sign.value)).get());
      } else if (known != std::string_view::npos) {
        xml.token(0x09).bytes(ByteBuilder().put(chunk.name(kNames[known])).get());
      } else {
        xml.text(c.text.substr(at, sign.size));
      }
      at += sign.size;
    }
  });
}

Buffer with_cdata(const Case& c) {
  return raw_event_log([&](RawChunk&, RawBinXml& xml) {
    const Buffer text = utf8_to_utf16le(c.text);
    xml.token(0x07).bytes(
        ByteBuilder().put(static_cast<std::uint16_t>(text.size() / 2)).bytes(text).get());
  });
}

const std::vector<Place>& places() {
  static const std::vector<Place> all = {
      {"UTF-16 at an even offset", 1,
       [](const Case& c) { return forge_log({event_of({writer::string_value(c.text)})}); }},
      {"UTF-16 behind an odd number of bytes", 1,
       [](const Case& c) {
         return forge_log({event_of({ansi_value("x"), writer::string_value(c.text)})});
       }},
      {"UTF-16 within more text", 1,
       [](const Case& c) {
         return forge_log({event_of({writer::string_value("a b\n " + c.text + " \t c")})});
       }},
      {"UTF-16 with NULs behind it", 1,
       [](const Case& c) {
         return forge_log({event_of({writer::string_value(c.text + std::string(3, '\0'))})});
       }},
      {"the computer's name", 1,
       [](const Case& c) {
         return forge_log({event_instance(event_template(element("EventData"), c.text))});
       }},
      {"text of a template, shared by three records", 3,
       [](const Case& c) {
         const auto shared = event_template(element("EventData", {data("", {text_node(c.text)})}));
         return forge_log({event_instance(shared), event_instance(shared), event_instance(shared)});
       }},
      {"an attribute of a template, shared by two records", 2,
       [](const Case& c) {
         writer::Element with = element("Data");
         with.attributes = {{"Other", c.text}};
         const auto shared = event_template(element("EventData", {{with}}));
         return forge_log({event_instance(shared), event_instance(shared)});
       }},
      {"a value in an attribute", 1,
       [](const Case& c) {
         writer::Element with = element("Data");
         with.attributes = {{"Other", writer::Substitution{1, ValueType::kString, true}}};
         return forge_log({event_instance(event_template(element("EventData", {{with}})),
                                          {writer::string_value(c.text)})});
       }},
      {"text of an embedded template, shared by two records", 2,
       [](const Case& c) {
         return forge_log({event_with(embedded({text_node(c.text)})),
                           event_with(embedded({text_node(c.text)}))});
       }},
      {"a value of an embedded template", 1,
       [](const Case& c) {
         return forge_log({event_with(embedded({hole(0)}, {writer::string_value(c.text)}))});
       }},
      {"a value two templates deep", 1,
       [](const Case& c) {
         return forge_log({event_with(
             embedded({hole(0)}, {embedded({hole(0)}, {writer::string_value(c.text)})}))});
       }},
      {"text two templates deep, shared by two records", 2,
       [](const Case& c) {
         const auto deep = [&] { return embedded({hole(0)}, {embedded({text_node(c.text)})}); };
         return forge_log({event_with(deep()), event_with(deep())});
       }},
      {"the first item of an array", 1,
       [](const Case& c) {
         return forge_log({event_of({array_of({c.text, "b", "c"})})});
       }},
      {"an item in the middle of an array", 1,
       [](const Case& c) {
         return forge_log({event_of({array_of({"a", c.text, "c"})})});
       }},
      {"the last item of an array", 1,
       [](const Case& c) {
         return forge_log({event_of({array_of({"a", "b", c.text})})});
       }},
      {"an array's only item", 1,
       [](const Case& c) { return forge_log({event_of({array_of({c.text})})}); }},
      {"put together of two values", 1,
       [](const Case& c) {
         return forge_log({event_instance(
             event_template(element("EventData", {data("", {hole(1), hole(2)})})),
             {writer::string_value(first_half(c)), writer::string_value(second_half(c))})});
       }},
      {"put together of text and a value", 1,
       [](const Case& c) {
         return forge_log({event_instance(
             event_template(element("EventData", {data("", {text_node(first_half(c)), hole(1)})})),
             {writer::string_value(second_half(c))})});
       }},
      {"put together of a value and text, in an attribute of one", 1,
       [](const Case& c) {
         return forge_log({event_with(embedded({hole(0), text_node(second_half(c))},
                                               {writer::string_value(first_half(c))}))});
       }},
      {"with entity references", 1, [](const Case& c) { return with_references(c, false); }},
      {"with character references", 1, [](const Case& c) { return with_references(c, true); }},
      {"CDATA", 1, with_cdata},
      {"BinXML without a template, in a value", 1,
       [](const Case& c) {
         RawChunk chunk;
         const RawEvent event(chunk, RawBinXml(chunk).value(1, ValueType::kBinXml).get());
         RawBinXml xml(chunk, false);
         xml.open("X").close_start().text(c.text).end();
         event.add({binxml_value(raw_fragment(xml.get()))});
         return raw_log(chunk);
       }},
      {"an event without a template", 1,
       [](const Case& c) {
         RawChunk chunk;
         RawBinXml xml(chunk, false);
         xml.open("Event").close_start().open("EventData").close_start();
         xml.open("X").close_start().text(c.text).end().end().end();
         chunk.record(xml.get());
         return raw_log(chunk);
       }},
      {"names of elements", 0,
       [](const Case& c) {
         return forge_log({event_instance(
             event_template(element("EventData", {{element(c.text, {text_node("x")})}})))});
       }},
      {"a name of Data", 0,
       [](const Case& c) {
         return forge_log({event_instance(
             event_template(element("EventData", {data(c.text, {text_node("x")})})))});
       }},
      {"two values that abut", 0,
       [](const Case& c) {
         return forge_log({event_of(
             {writer::string_value(first_half(c)), writer::string_value(second_half(c))})});
       }},
      {"two items of an array that abut", 0,
       [](const Case& c) {
         return forge_log({event_of({array_of({first_half(c), second_half(c)})})});
       }},
      {"half in a record, half in the next", 0,
       [](const Case& c) {
         return forge_log({event_of({writer::string_value(first_half(c))}),
                           event_of({writer::string_value(second_half(c))})});
       }},
      {"slack space", 2, [](const Case& c) { return retire_records(three_records(c), 1); }},
      {"a chunk without a header", 2,
       [](const Case& c) {
         writer::Damage damage;
         damage.zero_chunk_header = {0};
         return damaged(three_records(c), damage);
       }},
      {"a chunk with wrong checksums", 2,
       [](const Case& c) {
         writer::Damage damage;
         damage.chunk_data_checksum = {0};
         damage.chunk_header_checksum = {0};
         return damaged(three_records(c), damage);
       }},
      {"a record whose size copy is wrong", 2,
       [](const Case& c) {
         writer::Damage damage;
         damage.records = {{2, writer::RecordPart::kSizeCopy}};
         return damaged(three_records(c), damage);
       }},
  };
  return all;
}

void check(const Case& c, const Place& place) {
  const TemporaryFolder folder;
  const std::vector<indicators::Pack> packs = {make_pack({pack_line(c.kind, c.value, c.product)})};
  INFO(c.kind << " " << c.value << " as " << place.name);
  REQUIRE(packs[0].indicators.size() == 1);
  const indicators::IndicatorSet set(packs);
  const BothWays both = scan_both_ways(set, place.forge(c), folder);
  CHECK(difference(both.looked, both.exhaustive) == "");
  CHECK(both.looked.hits.size() == place.hits);
}

}  // namespace

TEST_CASE("each kind of indicator is found in each place, as often as it stands there") {
  for (const Case& c : cases()) {
    for (const Place& place : places()) check(c, place);
  }
}

TEST_CASE("indicators beyond ASCII are found in each place, in either case") {
  for (const Case& c : unicode_cases()) {
    for (const Place& place : places()) check(c, place);
  }
}

TEST_CASE("ANSI strings: at any offset, as items, and beyond ASCII in Windows-1252") {
  const std::vector<Place> ansi_places = {
      {"ANSI", 1, [](const Case& c) { return forge_log({event_of({ansi_value(c.text)})}); }},
      {"ANSI at an odd offset", 1,
       [](const Case& c) {
         return forge_log({event_of({ansi_value("x"), ansi_value(c.text)})});
       }},
      {"an item of an ANSI array", 1,
       [](const Case& c) {
         Buffer items = ansi("a");
         items.push_back(0);
         const Buffer text = ansi(c.text);
         items.insert(items.end(), text.begin(), text.end());
         items.push_back(0);
         return forge_log({event_of({{evtx::array_of(ValueType::kAnsiString), items, nullptr}})});
       }},
      {"two ANSI values that abut", 0,
       [](const Case& c) {
         return forge_log({event_of({ansi_value(first_half(c)), ansi_value(second_half(c))})});
       }},
      {"ANSI that goes on in UTF-16", 0,
       [](const Case& c) {
         return forge_log(
             {event_of({ansi_value(first_half(c)), writer::string_value(second_half(c))})});
       }},
  };
  for (const auto* list : {&cases(), &unicode_cases()}) {
    for (const Case& c : *list) {
      if (!writer::to_windows_1252(c.text)) continue;
      for (const Place& place : ansi_places) check(c, place);
    }
  }
}

TEST_CASE("what is left in slack space, or without a chunk header, is recovered") {
  const std::vector<indicators::Pack> packs = {make_pack({pack_line("text", "needle-in-hay")})};
  const indicators::IndicatorSet set(packs);
  const TemporaryFolder folder;
  const Case c{"text", "needle-in-hay", "needle-in-hay"};
  const BothWays slack = scan_both_ways(set, retire_records(three_records(c), 1), folder);
  REQUIRE(slack.looked.hits.size() == 2);
  CHECK(slack.looked.hits[0].state == casefile::State::kLive);
  CHECK(slack.looked.hits[1].state == casefile::State::kRecovered);
  writer::Damage damage;
  damage.zero_chunk_header = {0};
  const BothWays gone = scan_both_ways(set, damaged(three_records(c), damage), folder);
  REQUIRE(gone.looked.hits.size() == 2);
  for (const FoundHit& hit : gone.looked.hits) {
    CHECK(hit.state == casefile::State::kRecovered);
  }
}
