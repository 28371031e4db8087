#include "evtxhound/base/human.hpp"

#include <catch2/catch.hpp>

using namespace evtxhound;

TEST_CASE("numbers are written as a person reads them") {
  CHECK(grouped(0) == "0");
  CHECK(grouped(999) == "999");
  CHECK(grouped(1000) == "1,000");
  CHECK(grouped(12345678) == "12,345,678");
  CHECK(grouped(-999) == "-999");
  CHECK(grouped(-1000) == "-1,000");
  CHECK(counted(1, "hit", "hits") == "1 hit");
  CHECK(counted(2000, "hit", "hits") == "2,000 hits");
  CHECK(human_size(1023) == "1023 B");
  CHECK(human_size(1024) == "1.0 KiB");
  CHECK(human_size(3'221'225'472) == "3.0 GiB");
  CHECK(human_duration(7.9) == "0:07");
  CHECK(human_duration(3723) == "1:02:03");
}
