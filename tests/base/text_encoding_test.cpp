#include "evtxhound/base/text_encoding.hpp"

#include <catch2/catch.hpp>

#include "tests/support/exports.hpp"

using namespace evtxhound;
using namespace evtxhound::test;

TEST_CASE("an encoding is told by its mark, and without one by its zeros") {
  for (const TextEncoding encoding : kEncodings) {
    CAPTURE(to_string(encoding));
    const std::string text = encode("<Event xmlns='\xC3\xA9'>", encoding);
    CHECK(detect_encoding(as_bytes(text)) == encoding);
    CHECK(detect_encoding(as_bytes(byte_order_mark(encoding) + text)) == encoding);
  }
  CHECK(detect_encoding({}) == TextEncoding::kUtf8);
}

TEST_CASE("texts are the same in each encoding") {
  const std::string text = "a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80z";
  for (const TextEncoding encoding : kEncodings) {
    const DecodedText decoded = decode(as_bytes(encode(text, encoding)), encoding);
    CHECK(decoded.text == text);
    CHECK_FALSE(decoded.replaced);
  }
}

TEST_CASE("what is no character is replaced, and said") {
  using namespace std::string_view_literals;
  const std::string replaced = "a\xEF\xBF\xBDz";
  const auto check = [&](std::string_view bytes, TextEncoding encoding) {
    const DecodedText decoded = decode(as_bytes(bytes), encoding);
    CHECK(decoded.text == replaced);
    CHECK(decoded.replaced);
  };
  check("a\xFFz", TextEncoding::kUtf8);
  check("a\0\x00\xD8z\0"sv, TextEncoding::kUtf16Le);
  check("\0a\xDC\x00\0z"sv, TextEncoding::kUtf16Be);
  CHECK(decode(as_bytes("a\0z"sv), TextEncoding::kUtf16Le).replaced);
}

TEST_CASE("units of UTF-16 as ASCII") {
  using namespace std::string_view_literals;
  std::string units;
  ascii_of_utf16(as_bytes("\xFF\xFE<\0\xE9\0\x0A\x0D!"sv), TextEncoding::kUtf16Le, units);
  CHECK(units == " <\xFF\xFF");
}
