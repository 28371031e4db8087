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

TEST_CASE("every FILETIME renders as Windows renders it, also past the year 9999") {
  constexpr Filetime kLargest = std::numeric_limits<std::int64_t>::max();
  CHECK(to_iso8601(2650467743999999999ULL) == "9999-12-31T23:59:59.9999999Z");
  CHECK(to_iso8601(2650467744000000000ULL) == "0000-01-01T00:00:00.0000000Z");
  CHECK(to_iso8601(kLargest) == "0828-09-14T02:48:05.4775807Z");
  CHECK(to_iso8601(kLargest + 1) == "0000-00-00T00:00:00.0000000Z");
  CHECK(to_iso8601(std::numeric_limits<Filetime>::max()) == "0000-00-00T00:00:00.0000000Z");
}

TEST_CASE("a writer of many times changes the day where it has to") {
  Iso8601Writer writer;
  for (const Filetime time : {Filetime{116444736000000000}, Filetime{116444735999999999},
                              Filetime{116444736000000001}, Filetime{0}}) {
    std::string text(kIso8601Size, '?');
    CHECK(writer.write(time, text.data()) == text.data() + kIso8601Size);
    CHECK(text == to_iso8601(time));
  }
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
