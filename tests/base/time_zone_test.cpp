#include "evtxhound/base/time_zone.hpp"

#include <catch2/catch.hpp>

using namespace evtxhound;

namespace {

Filetime at(const char* iso) { return parse_iso8601(iso).value(); }

// A span as two texts in UTC.
std::string utc_span(const TimeZone& zone, std::string_view text) {
  const auto span = zone.span(text);
  if (!span) return "none";
  return to_iso8601(span->begin).substr(0, 23) + " " +
         (span->end == kNoEnd ? "no end" : to_iso8601(span->end).substr(0, 23));
}

}  // namespace

TEST_CASE("a time is shown as the zone's clocks showed it") {
  const Filetime spring = at("2023-03-26T00:59:59.1234567Z");
  const auto berlin = TimeZone::named("Europe/Berlin").value();
  CHECK(TimeZone::utc().iso8601(spring) == "2023-03-26T00:59:59.1234567Z");
  CHECK(berlin.iso8601(spring) == "2023-03-26T01:59:59.1234567+01:00");
  CHECK(berlin.iso8601(spring + 10'000'000) == "2023-03-26T03:00:00.1234567+02:00");
  CHECK(TimeZone::named("America/St_Johns")->iso8601(spring) ==
        "2023-03-25T22:29:59.1234567-02:30");
  CHECK(TimeZone::named("+05:45")->iso8601(spring) == "2023-03-26T06:44:59.1234567+05:45");
  CHECK(TimeZone::named("-0330")->iso8601(spring) == "2023-03-25T21:29:59.1234567-03:30");
  CHECK(TimeZone::utc().iso8601(0) == "1601-01-01T00:00:00.0000000Z");
}

TEST_CASE("what is no zone is none, and no path is read as one") {
  for (const char* name : {"", "Europe/Nowhere", "/etc/passwd", "../etc/passwd", "+24:00", "+1:5",
                           "+", "libc:localtime", "2023", "Europe/"}) {
    CAPTURE(name);
    CHECK_FALSE(TimeZone::named(name));
  }
  CHECK(TimeZone::named("UTC")->name() == "UTC");
  CHECK(TimeZone::named("+2")->name() == "+2");
}

TEST_CASE("a time stands for all of its last unit") {
  const auto utc = TimeZone::utc();
  CHECK(utc_span(utc, "2023-03-29") == "2023-03-29T00:00:00.000 2023-03-30T00:00:00.000");
  CHECK(utc_span(utc, "2023-03-29T10:05") == "2023-03-29T10:05:00.000 2023-03-29T10:06:00.000");
  CHECK(utc_span(utc, "2023-03-29 10:05:07") == "2023-03-29T10:05:07.000 2023-03-29T10:05:08.000");
  CHECK(utc_span(utc, "2023-03-29T10:05:07.25") ==
        "2023-03-29T10:05:07.250 2023-03-29T10:05:07.260");
  CHECK(utc_span(utc, "2023-12-31T23:59:59.9Z") ==
        "2023-12-31T23:59:59.900 2024-01-01T00:00:00.000");
  CHECK(utc_span(utc, "9999-12-31") == "9999-12-31T00:00:00.000 no end");
  CHECK(utc_span(utc, "1500-01-01") == "1601-01-01T00:00:00.000 1601-01-01T00:00:00.000");
  const auto step = utc.span("2023-03-29T10:05:07.12345678");
  REQUIRE(step);
  CHECK(step->end - step->begin == 1);
}

TEST_CASE("a zone in the text takes the place of the one around it") {
  const auto berlin = TimeZone::named("Europe/Berlin").value();
  CHECK(utc_span(berlin, "2023-03-29T10:05") == "2023-03-29T08:05:00.000 2023-03-29T08:06:00.000");
  CHECK(utc_span(berlin, "2023-03-29T10:05Z") == "2023-03-29T10:05:00.000 2023-03-29T10:06:00.000");
  CHECK(utc_span(berlin, "2023-03-29T10:05-04:00") ==
        "2023-03-29T14:05:00.000 2023-03-29T14:06:00.000");
  CHECK(utc_span(berlin, "2023-03-29") == "2023-03-28T22:00:00.000 2023-03-29T22:00:00.000");
}

TEST_CASE("where clocks change nothing of the time meant is left out") {
  const auto berlin = TimeZone::named("Europe/Berlin").value();
  // 02:30 came twice, at 00:30 and 01:30 UTC.
  CHECK(utc_span(berlin, "2023-10-29T02:30") == "2023-10-29T00:30:00.000 2023-10-29T01:31:00.000");
  CHECK(utc_span(berlin, "2023-10-29T02:30:00.5") ==
        "2023-10-29T00:30:00.500 2023-10-29T01:30:00.600");
  // 02:30 never was.
  CHECK(utc_span(berlin, "2023-03-26T02:30") == "2023-03-26T01:00:00.000 2023-03-26T01:00:00.000");
  // A day of 23 hours, and one of 25.
  CHECK(utc_span(berlin, "2023-03-26") == "2023-03-25T23:00:00.000 2023-03-26T22:00:00.000");
  CHECK(utc_span(berlin, "2023-10-29") == "2023-10-28T22:00:00.000 2023-10-29T23:00:00.000");
}

TEST_CASE("what is no time is none") {
  for (const char* text :
       {"", "2023", "2023-03", "2023-3-29", "2023-02-29", "2023-13-01", "2023-00-10", "2023-03-29T",
        "2023-03-29T10", "2023-03-29T24:00", "2023-03-29T10:60", "2023-03-29T10:05:60",
        "2023-03-29T10:05:07.", "2023-03-29T10:05:07x", "2023-03-29 ", "2023-03-29T10:05+",
        "2023-03-29T10:05+25:00", "yesterday", "2023-03-29T10:05:"}) {
    CAPTURE(text);
    CHECK_FALSE(TimeZone::utc().span(text));
  }
}
