// What a look at raw bytes once did not see, or could miss: each a place where an indicator stands
// in an event and not, or not in one piece, in the record's own bytes.

#include <catch2/catch.hpp>

#include "evtxhound/evtx/format.hpp"
#include "tests/support/both_ways.hpp"
#include "tests/support/forged_event.hpp"
#include "tests/support/raw_event.hpp"

using namespace evtxhound;
using namespace evtxhound::test;
using evtx::ValueType;

namespace {

// The hits of a log, which both ways must find.
std::size_t hits_in(Bytes log, const std::vector<std::string>& lines) {
  const TemporaryFolder folder;
  const std::vector<indicators::Pack> packs = {make_pack(lines)};
  REQUIRE(packs[0].indicators.size() == lines.size());
  const indicators::IndicatorSet set(packs);
  REQUIRE_FALSE(set.blind_spots().everywhere());
  const BothWays both = scan_both_ways(set, log, folder);
  CHECK(difference(both.looked, both.exhaustive) == "");
  return both.looked.hits.size();
}

const std::string kText = "needle-in-hay";
const std::vector<std::string> kPack = {pack_line("text", kText)};

writer::Instance payload_with_text(const std::string& text) {
  return {std::make_shared<const writer::Template>(element("Payload", {{element("X", {{text}})}})),
          {}};
}

}  // namespace

TEST_CASE("a definition within a value is known by each record that uses it") {
  // The first record has a value that no survey takes (an array of numbers), before the one that
  // the definition stands in.
  const auto outer = event_template(element("EventData", {hole(1), hole(2)}));
  const writer::Value odd{evtx::array_of(ValueType::kUint16), Buffer{1, 0, 2, 0}, nullptr};
  const writer::Value plain = writer::number_value(ValueType::kUint16, std::uint16_t{1});
  const auto inner = [] { return writer::binxml_value(payload_with_text("a " + kText)); };
  const auto named =
      event_template(element("EventData", {data("N", {hole(1)}), {element("P", {hole(2)})}}));
  CHECK(hits_in(forge_log({event_instance(named, {odd, inner()}),
                           event_instance(named, {plain, inner()}),
                           event_instance(named, {plain, inner()})}),
                kPack) == 3);
}

TEST_CASE("a definition is known wherever it stands") {
  RawChunk chunk;
  const RawEvent event(chunk, RawBinXml(chunk).open("D").close_start().text(kText).end().get());
  for (int i = 0; i < 3; ++i) event.add();
  CHECK(hits_in(raw_log(chunk), kPack) == 3);
}

TEST_CASE("definitions that overlap hide nothing of each other") {
  RawChunk chunk;
  // Within the text of the outer one stands a whole definition, with a text before and behind it.
  const std::uint32_t inner_id = 77;
  const Buffer inner_body = RawBinXml(chunk).open("Y").close_start().text("y").end().get();
  ByteBuilder inner;
  inner.zeros(4).put(inner_id).zeros(12).put(static_cast<std::uint32_t>(inner_body.size()));
  inner.bytes(inner_body);
  if (inner.size() % 2 != 0) inner.zeros(1);
  ByteBuilder text;
  text.utf16("before").bytes(inner.get()).utf16(kText);
  ByteBuilder literal;
  literal.put<std::uint8_t>(0x05).put<std::uint8_t>(0x01);
  literal.put(static_cast<std::uint16_t>(text.size() / 2)).bytes(text.get());
  const RawEvent event(chunk, RawBinXml(chunk)
                                  .open("D")
                                  .close_start()
                                  .bytes(literal.get())
                                  .end()
                                  .open("P")
                                  .close_start()
                                  .value(1, ValueType::kBinXml)
                                  .end()
                                  .get());
  const std::uint32_t at = event.place().offset;
  const Buffer whole = chunk.finish();
  const auto found =
      std::search(whole.begin() + at, whole.end(), inner.get().begin(), inner.get().end());
  REQUIRE(found != whole.end());
  const DefinitionPlace hidden{static_cast<std::uint32_t>(found - whole.begin()), inner_id};
  event.add({binxml_value(raw_fragment(raw_instance(hidden)))});
  event.add({{}});
  CHECK(hits_in(raw_log(chunk), kPack) == 2);
}

TEST_CASE("what surveys cost takes nothing from what is read") {
  // The first record has a definition that takes all that a chunk's may; it is not asked for where
  // the record is read, since there is no BinXML behind its instance.
  RawChunk chunk(1024);
  const std::string name(15'000, 'n');
  RawBinXml dear(chunk);
  for (int i = 0; i < 139; ++i) dear.open(name);
  // Names are counted by their length: these take what is left, but for a few.
  for (int i = 0; i < 200; ++i) dear.open(std::string(150, 'm'));
  const DefinitionPlace place = chunk.definition(dear.get());
  chunk.record(ByteBuilder().bytes(raw_instance(place)).put<std::uint8_t>(0x77).get());
  RawEvent(chunk, RawBinXml(chunk).open("D").close_start().text(kText).end().get()).add();
  CHECK(hits_in(raw_log(chunk), kPack) == 1);
}

TEST_CASE("a literal of a template that is no string is rendered, too") {
  RawChunk chunk;
  ByteBuilder guid;
  guid.put<std::uint8_t>(0x05).put(static_cast<std::uint8_t>(ValueType::kGuid));
  guid.bytes(*writer::parse_guid("01234567-89ab-cdef-0123-456789abcdef"));
  const RawEvent event(chunk,
                       RawBinXml(chunk).open("G").close_start().bytes(guid.get()).end().get());
  event.add();
  CHECK(hits_in(raw_log(chunk), {pack_line("guid", "01234567-89ab-cdef-0123-456789abcdef")}) == 1);
  CHECK(hits_in(raw_log(chunk), {pack_line("text", "{01234567-89ab")}) == 1);
}

TEST_CASE("a reference to an entity that nobody knows is rendered by its name") {
  RawChunk chunk;
  RawBinXml content(chunk);
  content.open("D").close_start().token(0x09);
  content.bytes(ByteBuilder().put(chunk.name(kText)).get()).end();
  const RawEvent event(chunk, content.get());
  event.add();
  CHECK(hits_in(raw_log(chunk), kPack) == 1);
}

TEST_CASE("values of a template without an element make one text with what holds them") {
  RawChunk chunk;
  const RawEvent event(
      chunk, RawBinXml(chunk).open("D").close_start().value(1, ValueType::kBinXml).end().get());
  const DefinitionPlace loose = chunk.definition(RawBinXml(chunk).value(0).value(1).get());
  const DefinitionPlace lone = chunk.definition(RawBinXml(chunk).value(0).get());
  const auto inner = [](DefinitionPlace place, const std::vector<RawValue>& values) {
    return binxml_value(raw_fragment(raw_instance(place, values)));
  };
  event.add({inner(loose, {text_value("needle-"), text_value("in-hay")})});
  // An array becomes one text, with commas between its items.
  event.add({inner(lone, {{evtx::array_of(ValueType::kString),
                           ByteBuilder().utf16("needle").zeros(2).utf16("in").zeros(2).get()}})});
  CHECK(hits_in(raw_log(chunk), kPack) == 1);
  CHECK(hits_in(raw_log(chunk), {pack_line("text", "needle,in")}) == 1);
}

TEST_CASE("an array's items that make one text with their comma are a registry key") {
  RawChunk chunk;
  const RawEvent event(
      chunk, RawBinXml(chunk).open("D").close_start().value(1, ValueType::kBinXml).end().get());
  const DefinitionPlace lone = chunk.definition(RawBinXml(chunk).value(0).get());
  const RawValue items{
      evtx::array_of(ValueType::kString),
      ByteBuilder().utf16("HKLM\\Software\\one").zeros(2).utf16("other\\x").zeros(2).get()};
  event.add({binxml_value(raw_fragment(raw_instance(lone, {items})))});
  CHECK(hits_in(raw_log(chunk), {pack_line("registry_key", "HKLM\\Software\\one,other")}) == 1);
}

TEST_CASE("a template within a template that has no element") {
  RawChunk chunk;
  const RawEvent event(
      chunk, RawBinXml(chunk).open("D").close_start().value(1, ValueType::kBinXml).end().get());
  const DefinitionPlace inner =
      chunk.definition(RawBinXml(chunk).open("X").close_start().text(kText).end().get());
  const DefinitionPlace outer = chunk.definition(raw_instance(inner));
  event.add({binxml_value(raw_fragment(raw_instance(outer)))});
  CHECK(hits_in(raw_log(chunk), kPack) == 1);
}

TEST_CASE("BinXML as a literal of a template is read") {
  RawChunk chunk;
  const DefinitionPlace inner =
      chunk.definition(RawBinXml(chunk).open("X").close_start().value(0).end().get());
  const Buffer fragment = raw_fragment(
      raw_instance(inner, {{ValueType::kHexInt32, ByteBuilder().put(0xabcdef12U).get()}}));
  ByteBuilder literal;
  literal.put<std::uint8_t>(0x05).put(static_cast<std::uint8_t>(ValueType::kBinXml));
  literal.put(static_cast<std::uint16_t>(fragment.size())).bytes(fragment);
  const RawEvent event(chunk,
                       RawBinXml(chunk).open("D").close_start().bytes(literal.get()).end().get());
  event.add();
  CHECK(hits_in(raw_log(chunk), {pack_line("text", "0xabcdef")}) == 1);
}

TEST_CASE("a SID's authority has 15 digits") {
  const auto named = event_template(element("EventData", {data("N", {hole(1)})}));
  const writer::Value sid{ValueType::kSid,
                          Buffer{1, 1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 5, 0, 0, 0}, nullptr};
  CHECK(hits_in(forge_log({event_instance(named, {sid})}),
                {pack_line("text", "S-1-281474976710655")}) == 1);
}

TEST_CASE("what stands for characters that are none is found") {
  const auto named = event_template(element("EventData", {data("N", {hole(1)})}));
  const writer::Value broken{
      ValueType::kString, ByteBuilder().utf16("abc").put<std::uint16_t>(0xD800).utf16("def").get(),
      nullptr};
  const TemporaryFolder folder;
  const std::vector<indicators::Pack> packs = {make_pack({pack_line("text", "abc\uFFFDdef")})};
  const BothWays both = scan_both_ways(indicators::IndicatorSet(packs),
                                       forge_log({event_instance(named, {broken})}), folder);
  CHECK(difference(both.looked, both.exhaustive) == "");
  CHECK(both.looked.hits.size() == 1);
}

TEST_CASE("the census takes System fields from where the event has them") {
  const auto census = [](const RawChunk& chunk) {
    const std::vector<indicators::Pack> packs = {make_pack(kPack)};
    const TemporaryFolder folder;
    const BothWays both = scan_both_ways(indicators::IndicatorSet(packs), raw_log(chunk), folder);
    CHECK(difference(both.looked, both.exhaustive) == "");
    return both.exhaustive.census.at(0);
  };
  SECTION("the last one of several") {
    RawChunk chunk;
    const Buffer more = RawBinXml(chunk).open("EventID").close_start().text("8").end().get();
    RawEvent(chunk, {}, more).add();
    CHECK_THAT(census(chunk), Catch::Contains("/ 8:"));
  }
  SECTION("not one in another element") {
    RawChunk chunk;
    const Buffer more = RawBinXml(chunk)
                            .open("X")
                            .close_start()
                            .open("Channel")
                            .close_start()
                            .text("Inner")
                            .end()
                            .end()
                            .get();
    RawEvent(chunk, {}, more, true).add();
    CHECK_THAT(census(chunk), Catch::StartsWith("C /"));
  }
  SECTION("not a Data of that name") {
    RawChunk chunk;
    RawBinXml more(chunk);
    more.open_with_attributes("Data").attribute("Name").text("Channel").close_start();
    RawEvent(chunk, {}, more.text("Other").end().get(), true).add();
    CHECK_THAT(census(chunk), Catch::StartsWith("C /"));
  }
  SECTION("not one that depends on a value that is null") {
    RawChunk chunk;
    const Buffer more = RawBinXml(chunk).open("Channel", 1).close_start().text("Other").end().get();
    RawEvent(chunk, {}, more, true).add({{}});
    CHECK_THAT(census(chunk), Catch::StartsWith("C /"));
  }
  SECTION("of the second System, too") {
    RawChunk chunk;
    const Buffer second = RawBinXml(chunk)
                              .open("System")
                              .close_start()
                              .open("Channel")
                              .close_start()
                              .text("Second")
                              .end()
                              .end()
                              .get();
    RawEvent(chunk, {}, {}, false, second).add();
    CHECK_THAT(census(chunk), Catch::StartsWith("Second /"));
  }
}
