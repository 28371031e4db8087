#include <catch2/catch.hpp>
#include <string>

#include "evtxhound/evtx/writer/value.hpp"

using namespace evtxhound;
using namespace evtxhound::evtx;
using namespace evtxhound::evtx::writer;

TEST_CASE("strings are UTF-16LE without a terminator") {
  const Value value = string_value("aé😀");
  CHECK(value.type == ValueType::kString);
  CHECK(value.bytes == Buffer{0x61, 0, 0xe9, 0, 0x3d, 0xd8, 0x00, 0xde});
  CHECK(string_value("").bytes.empty());
}

TEST_CASE("an array of strings ends each of them with a NUL") {
  const Value value = string_array_value({"a", "", "b"});
  CHECK(static_cast<int>(value.type) == 0x81);
  CHECK(value.bytes == Buffer{0x61, 0, 0, 0, 0, 0, 0x62, 0, 0, 0});
}

TEST_CASE("numbers are little-endian and as wide as their type") {
  CHECK(number_value(ValueType::kUint16, std::uint16_t{0x1234}).bytes == Buffer{0x34, 0x12});
  CHECK(number_value(ValueType::kInt8, std::int8_t{-1}).bytes == Buffer{0xff});
  CHECK(number_value(ValueType::kDouble, -2.25).bytes == Buffer{0, 0, 0, 0, 0, 0, 0x02, 0xc0});
}

TEST_CASE("a GUID's first three numbers are little-endian") {
  const auto guid = parse_guid("{00112233-4455-6677-8899-aabbccddeeff}");
  REQUIRE(guid);
  CHECK(*guid == Guid{0x33, 0x22, 0x11, 0x00, 0x55, 0x44, 0x77, 0x66, 0x88, 0x99, 0xaa, 0xbb, 0xcc,
                      0xdd, 0xee, 0xff});
  CHECK(parse_guid("00112233-4455-6677-8899-AABBCCDDEEFF") == guid);
  for (const char* text :
       {"", "{}", "00112233445566778899aabbccddeeff", "{00112233-4455-6677-8899-aabbccddeefg}",
        "{00112233-4455-6677-88990-aabbccddeef}"}) {
    CHECK_FALSE(parse_guid(text));
  }
}

TEST_CASE("a SID has a big-endian authority and little-endian sub-authorities") {
  // BUILTIN\Administrators, the example of MS-DTYP 2.4.2.4.
  CHECK(parse_sid("S-1-5-32-544") == Buffer{1, 2, 0, 0, 0, 0, 0, 5, 0x20, 0, 0, 0, 0x20, 2, 0, 0});
  CHECK(parse_sid("S-1-5-18") == Buffer{1, 1, 0, 0, 0, 0, 0, 5, 0x12, 0, 0, 0});
  CHECK(parse_sid("S-1-0-1-2-3-4-5-6-7-8-9-10-11-12-13-14-15")->size() == 8 + 15 * 4);
  for (const char* text : {"", "S-", "S-1", "S-1-5-", "S-1-5-x", "S-1-5--1", "S-1-5-4294967296",
                           "S-1-0-1-2-3-4-5-6-7-8-9-10-11-12-13-14-15-16"}) {
    CHECK_FALSE(parse_sid(text));
  }
}

TEST_CASE("SYSTEMTIME holds year, month, weekday, day, hour, minute, second and milliseconds") {
  const Buffer bytes = to_systemtime(parse_iso8601("2023-03-29T10:20:30.4567Z").value());
  REQUIRE(bytes.size() == 16);
  const std::uint16_t wanted[] = {2023, 3, 3 /* a Wednesday */, 29, 10, 20, 30, 456};
  for (std::size_t i = 0; i < 8; ++i) CHECK(load<std::uint16_t>(bytes, 2 * i) == wanted[i]);
}

TEST_CASE("ANSI strings are Windows-1252") {
  CHECK(to_windows_1252("é€—") == Buffer{0xe9, 0x80, 0x97});
  CHECK_FALSE(to_windows_1252("Ω"));
}

TEST_CASE("bytes are read from pairs of hexadecimal digits") {
  CHECK(parse_hex("00fFa1") == Buffer{0x00, 0xff, 0xa1});
  CHECK(parse_hex("") == Buffer{});
  CHECK_FALSE(parse_hex("0"));
  CHECK_FALSE(parse_hex("0x"));
  CHECK_FALSE(parse_hex("-1"));
}
