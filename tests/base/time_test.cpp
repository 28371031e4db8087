#include "evtxhound/base/time.hpp"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <ctime>
#include <limits>

using namespace evtxhound;

TEST_CASE("FILETIME counts from 1601 and keeps seven digits") {
  CHECK(to_iso8601(0) == "1601-01-01T00:00:00.0000000Z");
  CHECK(to_iso8601(1) == "1601-01-01T00:00:00.0000001Z");
  // The Unix epoch as MS-DTYP and every converter have it.
  CHECK(to_iso8601(116444736000000000ULL) == "1970-01-01T00:00:00.0000000Z");
}

TEST_CASE("now is the time that the system's clock has") {
  const auto unix_epoch = *parse_iso8601("1970-01-01T00:00:00Z");
  const auto seconds = static_cast<std::int64_t>((filetime_now() - unix_epoch) / 10'000'000);
  CHECK(std::abs(seconds - static_cast<std::int64_t>(std::time(nullptr))) <= 1);
}

TEST_CASE("every FILETIME renders, also past the year 9999") {
  CHECK(to_iso8601(std::numeric_limits<Filetime>::max()) == "60056-05-28T05:36:10.9551615Z");
}

TEST_CASE("ISO 8601 is read back to the same FILETIME") {
  for (const Filetime time :
       {Filetime{0}, Filetime{116444736000000000}, Filetime{133245678901234567}}) {
    CHECK(parse_iso8601(to_iso8601(time)) == time);
  }
}

TEST_CASE("ISO 8601 accepts fewer and more fractional digits") {
  const auto whole = parse_iso8601("2023-03-29T10:00:00Z");
  REQUIRE(whole);
  CHECK(parse_iso8601("2023-03-29 10:00:00") == whole);
  CHECK(parse_iso8601("2023-03-29T10:00:00.5Z") == *whole + 5'000'000);
  CHECK(parse_iso8601("2023-03-29T10:00:00.966627912Z") == *whole + 9'666'279);
}

TEST_CASE("what is no time is not read") {
  for (const char* text :
       {"", "2023", "2023-02-29T00:00:00Z", "2023-03-29T24:00:00Z", "2023-03-29T10:00:00.Z",
        "2023-03-29T10:00:00Zx", "1600-01-01T00:00:00Z", "2023-03-29T1a:00:00Z"}) {
    CHECK_FALSE(parse_iso8601(text));
  }
}
