// `evtxhound forge`, by running the program.

#include <catch2/catch.hpp>
#include <filesystem>
#include <string>

#include "evtxhound/base/file.hpp"
#include "tests/support/run.hpp"

using namespace evtxhound;
using namespace evtxhound::test;

namespace {

const std::string kSpec = R"({"provider": "P", "channel": "C", "computer": "H", "event_id": 1, )"
                          R"("time": "2023-03-29T10:00:00Z"})";

Ran forge(const std::string& arguments) { return run_evtxhound("forge " + arguments); }

}  // namespace

TEST_CASE("forge writes a log and overwrites one only when told to") {
  const TemporaryFolder folder;
  const std::string spec = (folder / "a spec.jsonl").string();
  const std::string out = (folder / "out.evtx").string();
  write_file_atomically(spec, as_bytes(kSpec));
  const std::string arguments = quoted(spec) + " -o " + quoted(out);
  CHECK(forge(arguments).status == 0);
  CHECK(std::filesystem::file_size(out) == 4096 + 65536);

  write_file_atomically(out, as_bytes("precious"));
  const Ran refused = forge(arguments);
  CHECK(refused.status == 2);
  CHECK_THAT(refused.err, Catch::Contains("--force"));
  CHECK(read_text_file(out) == "precious");
  CHECK(forge(arguments + " --force").status == 0);
  CHECK(std::filesystem::file_size(out) == 4096 + 65536);
}

TEST_CASE("forge names file and line of a mistake and writes nothing") {
  const TemporaryFolder folder;
  const std::string spec = (folder / "bad.jsonl").string();
  const std::string out = (folder / "out.evtx").string();
  write_file_atomically(spec, as_bytes(kSpec + "\n{\"event_id\": 1}\n"));
  const Ran output = forge(quoted(spec) + " -o " + quoted(out));
  CHECK(output.status == 2);
  CHECK_THAT(output.err, Catch::Contains("bad.jsonl:2: \"time\" is missing"));
  CHECK_FALSE(std::filesystem::exists(out));
}

TEST_CASE("forge needs a spec that is there, and -o") {
  const TemporaryFolder folder;
  CHECK(forge(quoted((folder / "none.jsonl").string()) + " -o " + quoted((folder / "o").string()))
            .status == 2);
  CHECK(forge(quoted((folder / "none.jsonl").string())).status == 2);
  CHECK(forge("--help").status == 0);
}
