#include "evtxhound/base/text.hpp"

#include <catch2/catch.hpp>

using namespace evtxhound;

TEST_CASE("UTF-16LE and UTF-8 are turned into one another") {
  const std::string text = "Grüße, 世界 \xF0\x9F\x90\x95";
  const Buffer wide = utf8_to_utf16le(text);
  CHECK(wide.size() == 24);  // two bytes each, four for the last one
  CHECK(utf16le_to_utf8(wide) == text);
}

TEST_CASE("lone surrogates and odd bytes do no harm") {
  const Buffer lead = {0x3D, 0xD8, 'a', 0};
  const Buffer trail = {0x15, 0xDC, 'a', 0};
  const Buffer odd = {'a', 0, 'b'};
  CHECK(utf16le_to_utf8(lead) ==
        "\xEF\xBF\xBD"
        "a");
  CHECK(utf16le_to_utf8(trail) ==
        "\xEF\xBF\xBD"
        "a");
  CHECK(utf16le_to_utf8(odd) == "a");
  CHECK(utf16le_to_utf8({}).empty());
}

TEST_CASE("invalid UTF-8 is made valid") {
  CHECK(valid_utf8("a\xFFz") == "a\xEF\xBF\xBDz");
  CHECK(valid_utf8("a\xC3") == "a\xEF\xBF\xBD");
  CHECK(valid_utf8(std::string_view("a\0b", 3)) == std::string_view("a\0b", 3));
}

TEST_CASE("code points are read forwards and backwards") {
  const std::string text = "aß世\xF0\x9F\x90\x95";
  std::size_t at = 0;
  for (const char32_t expected : {U'a', U'ß', U'世', U'\U0001F415'}) {
    const CodePoint c = code_point_at(text, at);
    CHECK(c.value == expected);
    at += c.size;
    CHECK(code_point_before(text, at).value == expected);
    CHECK(code_point_before(text, at).size == c.size);
  }
  CHECK(at == text.size());
}

TEST_CASE("letters and digits of any script are alphanumeric") {
  for (const char32_t c : {U'a', U'Z', U'7', U'é', U'ж', U'世', U'٣'}) CHECK(is_alphanumeric(c));
  for (const char32_t c : {U'-', U'.', U' ', U'“', U'\u00A0', U'_'})
    CHECK_FALSE(is_alphanumeric(c));
}

TEST_CASE("ASCII case and white space") {
  CHECK(ascii_lower("ABC-Ü-z") == "abc-Ü-z");
  CHECK(ascii_iequals("Sysmon", "sYSMON"));
  CHECK_FALSE(ascii_iequals("Sysmon", "Sysmo"));
  CHECK(trim(" \t a b\r\n") == "a b");
  CHECK(trim(" \n").empty());
}
