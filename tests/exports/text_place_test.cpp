#include "evtxhound/exports/text_place.hpp"

#include <catch2/catch.hpp>

#include "evtxhound/exports/event_reader.hpp"
#include "tests/support/exports.hpp"

using namespace evtxhound;
using namespace evtxhound::test;
using evidence::Kind;

namespace {

// What stands where `part` of the field's value is said to be.
std::string bytes_at(const std::string& text, Kind kind, std::size_t field, std::string_view part,
                     std::size_t size, TextEncoding encoding = TextEncoding::kUtf8) {
  const std::string bytes = encode(text, encoding);
  const auto read =
      exports::make_reader(kind)->read(as_bytes(bytes), encoding, exports::Extent::kAll);
  REQUIRE(read);
  const evtx::Event& event = read->event;
  const exports::TextPlaces places(as_bytes(bytes), encoding, kind, event);
  const std::size_t from = event.data.at(field).value.find(part);
  REQUIRE(from != std::string::npos);
  const auto place = places.find(field, from, from + part.size());
  if (!place) return "nowhere";
  const std::size_t unit = unit_size(encoding);
  return decode(as_bytes(bytes).subspan(*place, size * unit), encoding).text;
}

std::string xml(const std::string& data) {
  return "<Event><EventData>" + data + "</EventData></Event>";
}

}  // namespace

TEST_CASE("a value's text is found in XML, behind escapes and in each encoding") {
  const std::string text =
      xml("<Data Name='evil.com'>x</Data><Data Name='B'>caf\xC3\xA9 &amp; "
          "evil.com</Data>");
  for (const TextEncoding encoding : kEncodings) {
    CHECK(bytes_at(text, Kind::kXml, 1, "evil.com", 15, encoding) == "evil.com</Data>");
    CHECK(bytes_at(text, Kind::kXml, 1, "& evil", 10, encoding) == "&amp; evil");
  }
}

TEST_CASE("of two fields with the same value each has its own place") {
  const std::string text =
      xml("<Data Name='A'>evil.com</Data><Data Name='C'>evil.com!</Data>"
          "<Data Name='B'>evil.com</Data>x");
  CHECK(bytes_at(text, Kind::kXml, 0, "evil.com", 31) == "evil.com</Data><Data Name='C'>e");
  CHECK(bytes_at(text, Kind::kXml, 2, "com", 23) == "com</Data>x</EventData>");
}

TEST_CASE("a value that is put together has the place of its piece, or none") {
  CHECK(bytes_at(xml("<Data>a<!-- -->evil.com</Data>"), Kind::kXml, 0, "evil", 4) == "evil");
  CHECK(bytes_at(xml("<Data>ev<!-- -->il.com</Data>"), Kind::kXml, 0, "evil", 4) == "nowhere");
}

TEST_CASE("a value's text is found in JSON") {
  const std::string text =
      R"({"event_simpleName":"X","a":"C:\\x\\evil.exe","b":17,"c":"\u0065vil.com","d":"evil.com"})";
  CHECK(bytes_at(text, Kind::kCrowdstrike, 1, "\\evil", 6) == R"(\\evil)");
  CHECK(bytes_at(text, Kind::kCrowdstrike, 2, "17", 3) == "17,");
  CHECK(bytes_at(text, Kind::kCrowdstrike, 3, "evil", 9) == R"(\u0065vil)");
  CHECK(bytes_at(text, Kind::kCrowdstrike, 4, "evil.com", 10) == R"(evil.com"})");
}
