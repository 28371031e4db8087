// Indicators in values that are no text on disk: numbers, times, GUIDs, SIDs, bytes. How they are
// rendered decides what stands in them.

#include <catch2/catch.hpp>

#include "tests/support/both_ways.hpp"
#include "tests/support/bytes.hpp"
#include "tests/support/forged_event.hpp"

using namespace evtxhound;
using namespace evtxhound::test;
using evtx::ValueType;

namespace {

struct Case {
  const char* kind;
  const char* value;
  writer::Value typed;
  std::size_t hits;
  const char* field = "F";
};

template <class T>
writer::Value number(ValueType type, T value) {
  return writer::number_value(type, value);
}

writer::Value bytes(ValueType type, std::string_view hex) {
  return {type, writer::parse_hex(hex).value(), nullptr};
}
writer::Value sid(std::string_view text) {
  return {ValueType::kSid, writer::parse_sid(text).value(), nullptr};
}
writer::Value guid(std::string_view text) {
  return writer::guid_value(writer::parse_guid(text).value());
}
writer::Value array(ValueType item, Buffer content) {
  return {evtx::array_of(item), std::move(content), nullptr};
}

constexpr Filetime kTime = 133'245'678'901'234'567;  // 2023-03-29T12:51:30.1234567Z

constexpr const char* kMd5 = "d41d8cd98f00b204e9800998ecf84271";
constexpr const char* kSha1 = "da39a3ee5e6b4b0d3255bfef95601890afd80711";
constexpr const char* kSha256 = "7986bbaee8940da11ce089383521ab420c443ab7b15ed42aed91fd31ce833896";
constexpr const char* kSid = "S-1-5-21-111111111-222222222-333333333-1001";
constexpr const char* kGuid = "01234567-89ab-cdef-0123-456789abcdef";

std::vector<Case> cases() {
  const auto words = ByteBuilder().put<std::uint16_t>(1234).put<std::uint16_t>(5678).get();
  const auto long_sid = std::string(kSid) + "-5";
  return {
      {"md5", kMd5, bytes(ValueType::kBinary, kMd5), 1},
      {"sha1", kSha1, bytes(ValueType::kBinary, kSha1), 1},
      {"sha256", kSha256, bytes(ValueType::kBinary, kSha256), 1},
      {"imphash", kMd5, bytes(ValueType::kBinary, kMd5), 1, "Imphash"},
      {"imphash", kMd5, bytes(ValueType::kBinary, kMd5), 0},
      {"md5", kMd5, bytes(ValueType::kBinary, "d41d8cd98f00b204e9800998ecf84272"), 0},
      {"md5", kMd5, bytes(ValueType::kBinary, std::string(kMd5) + "00"), 0},
      {"md5", kMd5, guid(kGuid), 0},
      {"guid", kGuid, guid(kGuid), 1},
      {"guid", kGuid, guid("01234567-89ab-cdef-0123-456789abcdee"), 0},
      {"guid", kGuid, bytes(ValueType::kBinary, "67452301ab89efcd0123456789abcdef"), 0},
      {"guid", kGuid, array(ValueType::kGuid, guid(kGuid).bytes), 1},
      {"text", "89AB-CDEF-01", guid(kGuid), 1},
      {"text", "{01234567", guid(kGuid), 1},
      {"regex", "(?i)cdef-0123-[0-9a-f]{12}", guid(kGuid), 1},
      {"sid", kSid, sid(kSid), 1},
      {"sid", kSid, sid(long_sid), 0},
      {"sid", kSid, sid("S-1-5-21-111111111-222222222-333333333-100"), 0},
      {"sid", kSid, array(ValueType::kSid, sid(kSid).bytes), 1},
      {"text", "111111-2222", sid(kSid), 1},
      {"text", "s-1-5-21", sid(kSid), 1},
      {"text", "1234", number(ValueType::kUint32, 5'123'456U), 1},
      {"text", "1234", number(ValueType::kUint16, std::uint16_t{1234}), 1},
      {"text", "1234", number(ValueType::kUint64, std::uint64_t{1'234'000'000}), 1},
      {"text", "-1234", number(ValueType::kInt16, std::int16_t{-1234}), 1},
      {"text", "-123", number(ValueType::kInt8, std::int8_t{-123}), 1},
      {"text", "-1234", number(ValueType::kInt32, std::int32_t{-12'345}), 1},
      {"text", "-9223372", number(ValueType::kInt64, std::int64_t{1} << 63U), 1},
      {"text", "1234", number(ValueType::kUint32, 123U), 0},
      {"text", "0xAbCd", number(ValueType::kHexInt32, 0xabcdef12U), 1},
      {"text", "cdef12345678", number(ValueType::kHexInt64, std::uint64_t{0xabcdef12345678}), 1},
      {"text", "0xffff", number(ValueType::kSizeT, std::uint64_t{0xffff'0000}), 1},
      {"text", "0xffff", number(ValueType::kSizeT, 0xffff'0000U), 1},
      {"text", "2023-03-29T12:51:30.1234567Z", number(ValueType::kFiletime, kTime), 1},
      {"text", "29t12:51", number(ValueType::kFiletime, kTime), 1},
      {"text", "30.1230000z", {ValueType::kSystemtime, writer::to_systemtime(kTime), nullptr}, 1},
      {"text", "0.3333", number(ValueType::kDouble, 1.0 / 3), 1},
      {"text", "0.3333", number(ValueType::kFloat, 1.0F / 3), 1},
      {"text", "1.#INF", number(ValueType::kDouble, std::numeric_limits<double>::infinity()), 1},
      {"text", "#qnan", number(ValueType::kFloat, std::numeric_limits<float>::quiet_NaN()), 1},
      {"text", "e+30", number(ValueType::kDouble, 1e300), 1},
      {"text", "true", number(ValueType::kBool, 1U), 1},
      {"text", "FALSE", number(ValueType::kBool, std::uint8_t{0}), 1},
      {"text", "1234", number(ValueType::kBool, 51'234U), 1},
      {"text", "DeadBeef", bytes(ValueType::kBinary, "00deadbeef00"), 1},
      {"text", "eadbee", bytes(ValueType::kBinary, "00deadbeef00"), 1},
      {"regex", "DEAD[BC]EEF", bytes(ValueType::kBinary, "00deadbeef00"), 1},
      // Sizes that a type does not have, types that nobody knows, arrays: the record is read.
      {"text", "ABCDEF", bytes(ValueType::kUint32, "abcdef"), 1},
      {"text", "ABCDEF", bytes(ValueType::kGuid, "00abcdef"), 1},
      {"text", "ABCDEF", bytes(ValueType::kSizeT, "abcdef"), 1},
      {"text", "ABCDEF", bytes(ValueType::kBool, "abcdef"), 1},
      {"text", "ABCDEF", bytes(static_cast<ValueType>(0x33), "abcdef"), 1},
      {"text", "ABCDEF", bytes(ValueType::kEvtHandle, "abcdef"), 1},
      {"text", "5678", array(ValueType::kUint16, words), 1},
      {"text", "12345678", array(ValueType::kUint16, words), 0},
  };
}

std::size_t hits_in(const Case& c, bool deep) {
  const TemporaryFolder folder;
  const std::vector<indicators::Pack> packs = {make_pack({pack_line(c.kind, c.value)})};
  REQUIRE(packs[0].indicators.size() == 1);
  const indicators::IndicatorSet set(packs);
  writer::Value typed = c.typed;
  writer::Element payload = element("EventData", {data(c.field, {hole(1)})});
  if (deep) {
    writer::Element inner = element("Payload", {data(c.field, {hole(0)})});
    typed =
        writer::binxml_value({std::make_shared<const writer::Template>(std::move(inner)), {typed}});
    payload = element("EventData", {hole(1)});
  }
  const auto definition = event_template(std::move(payload));
  // The second record has nothing, so that what is looked at is not all there is.
  const writer::Instance other =
      event_instance(event_template(element("EventData")), {writer::string_value("other")});
  const BothWays both =
      scan_both_ways(set, forge_log({event_instance(definition, {typed}), other}), folder);
  CHECK(difference(both.looked, both.exhaustive) == "");
  return both.looked.hits.size();
}

}  // namespace

TEST_CASE("what a value that is no text is rendered as holds its indicators") {
  for (const Case& c : cases()) {
    INFO(c.kind << " " << c.value << " in type " << static_cast<unsigned>(c.typed.type));
    CHECK(hits_in(c, false) == c.hits);
    CHECK(hits_in(c, true) == c.hits);
  }
}
