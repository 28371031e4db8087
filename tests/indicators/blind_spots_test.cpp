#include "evtxhound/indicators/blind_spots.hpp"

#include <catch2/catch.hpp>

#include "evtxhound/evtx/writer/value.hpp"
#include "finding.hpp"

using namespace evtxhound;
using namespace evtxhound::indicators;
using namespace evtxhound::indicators::testing;
using evtx::TypeSet;
using evtx::Value;
using evtx::ValueType;

namespace {

BlindSpots spots_of(Kind kind, const std::string& value, const std::string& product = "") {
  const Needle needle = make_needle(indicator(kind, value, product));
  BlindSpots spots;
  spots.add(needle, anchors(needle));
  spots.seal();
  return spots;
}

std::vector<ValueType> all_types() {
  std::vector<ValueType> types;
  for (unsigned type = 0; type < 0x40; ++type) types.push_back(static_cast<ValueType>(type));
  return types;
}

std::vector<ValueType> types_in(const TypeSet& set) {
  std::vector<ValueType> found;
  for (const ValueType type : all_types()) {
    if (set.contains(type)) found.push_back(type);
  }
  return found;
}

using Types = std::vector<ValueType>;

}  // namespace

TEST_CASE("text that no number, time or identifier can have is seen everywhere") {
  for (const auto& [kind, value] :
       {std::pair{Kind::kDomain, "officeaddons.com"}, std::pair{Kind::kFileName, "evil.exe"},
        std::pair{Kind::kPath, "\\System32\\wlbsctrl.dll"}, std::pair{Kind::kText, "mimikatz"},
        std::pair{Kind::kIp, "10.1.2.0/24"}, std::pair{Kind::kUrl, "https://evil.com/a/"}}) {
    CAPTURE(value);
    const BlindSpots spots = spots_of(kind, value);
    CHECK_FALSE(spots.everywhere());
    CHECK(types_in(spots.rendered()).empty());
    CHECK(types_in(spots.exact()).empty());
  }
  CHECK(types_in(spots_of(Kind::kVersion, "18.12.416", "App").rendered()).empty());
}

TEST_CASE("text that a value can render makes its records be read") {
  const auto rendered = [](const std::string& text) {
    return types_in(spots_of(Kind::kText, text).rendered());
  };
  CHECK(rendered("fals") == Types{ValueType::kBool});
  CHECK(rendered("s-1-5-21") == Types{ValueType::kBool, ValueType::kSid});
  CHECK(rendered("T08:15") == Types{ValueType::kFiletime, ValueType::kSystemtime});
  CHECK(rendered("1.#INF") == Types{ValueType::kFloat, ValueType::kDouble});
  const TypeSet digits = spots_of(Kind::kText, "4688").rendered();
  for (const ValueType type :
       {ValueType::kUint16, ValueType::kInt64, ValueType::kHexInt32, ValueType::kFiletime,
        ValueType::kGuid, ValueType::kBinary, ValueType::kSid, ValueType::kDouble}) {
    CHECK(digits.contains(type));
  }
  CHECK_FALSE(digits.contains(ValueType::kUint8));  // 255 at the most
  CHECK(spots_of(Kind::kText, "one,two").rendered().contains(array_of(ValueType::kString)));
}

TEST_CASE("hashes, GUIDs and SIDs are looked up by their bytes") {
  const std::string md5 = "0123456789abcdef0123456789abcdef";
  const BlindSpots hash = spots_of(Kind::kMd5, md5);
  CHECK(types_in(hash.rendered()).empty());
  CHECK(types_in(hash.exact()) == Types{ValueType::kBinary});
  Buffer bytes = *evtx::writer::parse_hex(md5);
  CHECK(hash.may_be({ValueType::kBinary, bytes}));
  bytes[3] ^= 1U;
  CHECK_FALSE(hash.may_be({ValueType::kBinary, bytes}));

  const std::string guid = "5770385f-c22a-43e0-bf4c-06f5698ffbd9";
  const BlindSpots by_guid = spots_of(Kind::kGuid, guid);
  CHECK(types_in(by_guid.exact()) == Types{ValueType::kGuid});
  CHECK(by_guid.may_be({ValueType::kGuid, Bytes(*evtx::writer::parse_guid(guid))}));

  const BlindSpots by_sid = spots_of(Kind::kSid, "S-1-5-21-1-2-3-500");
  CHECK(types_in(by_sid.exact()) == Types{ValueType::kSid});
  Buffer sid = *evtx::writer::parse_sid("S-1-5-21-1-2-3-500");
  CHECK(by_sid.may_be({ValueType::kSid, sid}));
  sid[1] = 12;  // it is cut short, and rendered as far as it goes
  CHECK(by_sid.may_be({ValueType::kSid, sid}));
  sid.push_back(0);
  CHECK(by_sid.may_be({ValueType::kSid, sid}));
  CHECK_FALSE(by_sid.may_be({ValueType::kSid, *evtx::writer::parse_sid("S-1-5-21-1-2-3-501")}));
}

TEST_CASE("a regular expression without a fixed text makes everything be read") {
  CHECK(spots_of(Kind::kRegex, "[a-z]{12}\\.(com|net)").everywhere());
  CHECK_FALSE(spots_of(Kind::kRegex, "evil-[0-9]+").everywhere());
}

TEST_CASE("what an indicator costs is noted with its pack") {
  const auto notes = [](Kind kind, const std::string& value) {
    const std::vector<Pack> packs = {pack_of({indicator(kind, value)})};
    return IndicatorSet(packs).packs().at(0).notes;
  };
  CHECK(notes(Kind::kDomain, "evil.com").empty());
  CHECK_THAT(notes(Kind::kText, "4688").at(0),
             Catch::Contains("\"4688\"") && Catch::Contains("part of a number"));
  CHECK_THAT(notes(Kind::kRegex, "[a-f]{9}").at(0), Catch::Contains("every record is read"));
  const std::vector<Pack> packs = {builtin_3cx_pack()};
  CHECK(IndicatorSet(packs).packs().at(0).notes.empty());
}
