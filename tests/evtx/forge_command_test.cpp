#include <catch2/catch.hpp>
#include <filesystem>
#include <string>

#include "evtxhound/base/file.hpp"
#include "log_oracle.hpp"

using namespace evtxhound;
using namespace evtxhound::test;

namespace {

// A folder of its own, gone at the end.
class Folder {
 public:
  Folder() : path_(std::filesystem::temp_directory_path() / "evtxhound_forge_command_test") {
    std::filesystem::remove_all(path_);
    std::filesystem::create_directories(path_);
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  [[nodiscard]] std::string file(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

const std::string kSpec = R"({"provider": "P", "channel": "C", "computer": "H", "event_id": 1, )"
                          R"("time": "2023-03-29T10:00:00Z"})";

Output forge(const std::string& arguments) {
  return run(quoted(EVTXHOUND_PROGRAM) + " forge " + arguments);
}

}  // namespace

TEST_CASE("forge writes a log and overwrites one only when told to") {
  const Folder folder;
  const std::string spec = folder.file("a spec.jsonl");
  const std::string out = folder.file("out.evtx");
  write_file_atomically(spec, as_bytes(kSpec));
  const std::string arguments = quoted(spec) + " -o " + quoted(out);
  CHECK(forge(arguments).status == 0);
  CHECK(std::filesystem::file_size(out) == 4096 + 65536);

  write_file_atomically(out, as_bytes("precious"));
  const Output refused = forge(arguments);
  CHECK(refused.status == 2);
  CHECK_THAT(refused.text, Catch::Contains("--force"));
  CHECK(read_text_file(out) == "precious");
  CHECK(forge(arguments + " --force").status == 0);
  CHECK(std::filesystem::file_size(out) == 4096 + 65536);
}

TEST_CASE("forge names file and line of a mistake and writes nothing") {
  const Folder folder;
  const std::string spec = folder.file("bad.jsonl");
  const std::string out = folder.file("out.evtx");
  write_file_atomically(spec, as_bytes(kSpec + "\n{\"event_id\": 1}\n"));
  const Output output = forge(quoted(spec) + " -o " + quoted(out));
  CHECK(output.status == 2);
  CHECK_THAT(output.text, Catch::Contains("bad.jsonl:2: \"time\" is missing"));
  CHECK_FALSE(std::filesystem::exists(out));
}

TEST_CASE("forge needs a spec that is there, and -o") {
  const Folder folder;
  CHECK(forge(quoted(folder.file("none.jsonl")) + " -o " + quoted(folder.file("o"))).status == 2);
  CHECK(forge(quoted(folder.file("none.jsonl"))).status == 2);
  CHECK(forge("--help").status == 0);
}
