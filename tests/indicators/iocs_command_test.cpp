// `evtxhound iocs`, by running the program.
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "evtxhound/indicators/pack.hpp"

namespace {

struct Outcome {
  int status = -1;
  std::string out;  // of both streams where the command joins them
};

Outcome run(const std::string& arguments) {
  Outcome outcome;
  FILE* pipe = ::popen((std::string("\"") + EVTXHOUND_PROGRAM + "\" " + arguments).c_str(), "r");
  REQUIRE(pipe != nullptr);
  std::array<char, 4096> buffer{};
  for (std::size_t got = 0; (got = ::fread(buffer.data(), 1, buffer.size(), pipe)) > 0;) {
    outcome.out.append(buffer.data(), got);
  }
  outcome.status = WEXITSTATUS(::pclose(pipe));
  return outcome;
}

constexpr const char* kPack = EVTXHOUND_SOURCE_DIR "/indicators/3cx/3cx.csv";

// A pack file that is removed at the end; the process's number keeps parallel tests apart.
class PackFile {
 public:
  explicit PackFile(const std::string& content)
      : path_((std::filesystem::temp_directory_path() /
               ("evtxhound-iocs-" + std::to_string(::getpid()) + ".csv"))
                  .string()) {
    std::ofstream(path_) << content;
  }
  ~PackFile() { std::filesystem::remove(path_); }
  PackFile(const PackFile&) = delete;
  PackFile& operator=(const PackFile&) = delete;
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

std::string no_faults(const std::string& path) {
  const auto count = evtxhound::indicators::builtin_3cx_pack().indicators.size();
  return path + ": " + std::to_string(count) + " indicators, no faults\n";
}

}  // namespace

TEST_CASE("iocs check: a sound pack is one line and exit 0") {
  const auto outcome = run(std::string("iocs check ") + kPack);
  CHECK(outcome.status == 0);
  CHECK(outcome.out == no_faults(kPack));
}

TEST_CASE("iocs check: every fault with its place, exit 2 for warnings as well") {
  const PackFile pack("kind,value\ndomain,evil[.]com\nmd5,12\n");
  const auto outcome = run("iocs check " + pack.path());
  CHECK(outcome.status == 2);
  CHECK(outcome.out ==
        pack.path() + ":2:8: warning: defanged: \"evil[.]com\" is read as \"evil.com\"\n" +
            pack.path() + ":3:5: error: wrong hash length: MD5 has 32 digits, this has 2\n");
  std::ofstream(pack.path()) << "kind,value\ndomain,evil[.]com\n";
  CHECK(run("iocs check " + pack.path()).status == 2);
  CHECK(run("iocs check " + pack.path() + " " + kPack).status == 2);
  CHECK(run("iocs check /nowhere/x.csv 2>&1").status == 2);
  CHECK(run("iocs check 2>&1").status == 2);
}

TEST_CASE("iocs list: the 3CX pack by default, as table, CSV and JSON") {
  const auto table = run("iocs list");
  CHECK(table.status == 0);
  CHECK_THAT(table.out, Catch::StartsWith("KIND       VALUE"));
  CHECK_THAT(table.out, Catch::Contains("officeaddons.com"));
  CHECK_THAT(run("iocs list --format json").out, Catch::Contains("\"value\": \"sbmsa.wiki\""));
  const PackFile pack(run("iocs list --format csv").out);
  const auto again = run("iocs check " + pack.path());
  CHECK(again.out == no_faults(pack.path()));
}

TEST_CASE("iocs list: faults go to stderr, wrong lines to the exit status") {
  const PackFile pack("kind,value,description\ntext,abcd,\"a\nb\"\ntext,ab,c\n");
  const auto outcome = run("iocs list " + pack.path() + " 2>/dev/null");
  CHECK(outcome.status == 2);
  CHECK_THAT(outcome.out, Catch::EndsWith("a b\n"));
  CHECK(run("iocs list --format yaml 2>&1").status == 2);
}

TEST_CASE("iocs --help shows examples") {
  CHECK_THAT(run("iocs --help").out, Catch::Contains("Examples:"));
  CHECK_THAT(run("iocs check --help").out, Catch::Contains("Examples:"));
}
