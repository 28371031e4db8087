#include <catch2/catch.hpp>

#include "tests/support/run.hpp"

using namespace evtxhound::test;
namespace fs = std::filesystem;

namespace {
const fs::path kTestdata = fs::path(EVTXHOUND_SOURCE_DIR) / "testdata";
}

TEST_CASE("info shows a sound log's headers, chunks and record ranges") {
  const Ran ran = run_evtxhound("info " + quoted(kTestdata / "clean/HQ-WS-021/Security.evtx"));
  CHECK(ran.status == 0);
  CHECK_THAT(ran.out, Catch::Contains("version 3.1, flags none, CRC32 fits"));
  CHECK_THAT(ran.out, Catch::Contains("records "));
  CHECK_THAT(ran.out, Catch::Contains("0x00001000"));
  CHECK_THAT(ran.out, !Catch::Contains("problem"));
}

TEST_CASE("info names what is wrong, with the place, and ends with 1") {
  const Ran ran = run_evtxhound("info " + quoted(kTestdata / "damaged"));
  CHECK(ran.status == 1);
  CHECK_THAT(ran.out, Catch::Contains("problem") && Catch::Contains("checksum:") &&
                          Catch::Contains("dirty") && Catch::Contains("no chunk header"));
}

TEST_CASE("info of what is no log") {
  const TemporaryFolder folder;
  write_file(folder / "x", "no log");
  const Ran ran = run_evtxhound("info " + quoted(folder / "x"));
  CHECK(ran.status == 1);
  CHECK_THAT(ran.err, Catch::Contains("x: not an EVTX log"));
  CHECK(run_evtxhound("info " + quoted(folder.path() / "absent")).status == 2);
}
