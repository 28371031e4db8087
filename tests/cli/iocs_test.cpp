// `evtxhound iocs`, by running the program.

#include <catch2/catch.hpp>
#include <string>

#include "evtxhound/indicators/pack.hpp"
#include "tests/support/run.hpp"

using namespace evtxhound::test;

namespace {

constexpr const char* kPack = EVTXHOUND_SOURCE_DIR "/indicators/3cx/3cx.csv";

// A pack file, gone at the end.
class PackFile {
 public:
  explicit PackFile(const std::string& content) : path_((folder_ / "pack.csv").string()) {
    write_file(path_, content);
  }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  TemporaryFolder folder_;
  std::string path_;
};

std::string no_faults(const std::string& path) {
  const auto count = evtxhound::indicators::builtin_3cx_pack().indicators.size();
  return path + ": " + std::to_string(count) + " indicators, no faults\n";
}

}  // namespace

TEST_CASE("iocs check: a sound pack is one line and exit 0") {
  const auto outcome = run_evtxhound(std::string("iocs check ") + kPack);
  CHECK(outcome.status == 0);
  CHECK(outcome.out == no_faults(kPack));
}

TEST_CASE("iocs check: every fault with its place, exit 2 for warnings as well") {
  const PackFile pack("kind,value\ndomain,evil[.]com\nmd5,12\n");
  const auto outcome = run_evtxhound("iocs check " + pack.path());
  CHECK(outcome.status == 2);
  CHECK(outcome.out ==
        pack.path() + ":2:8: warning: defanged: \"evil[.]com\" is read as \"evil.com\"\n" +
            pack.path() + ":3:5: error: wrong hash length: MD5 has 32 digits, this has 2\n");
  write_file(pack.path(), "kind,value\ndomain,evil[.]com\n");
  CHECK(run_evtxhound("iocs check " + pack.path()).status == 2);
  CHECK(run_evtxhound("iocs check " + pack.path() + " " + kPack).status == 2);
  CHECK(run_evtxhound("iocs check /nowhere/x.csv 2>&1").status == 2);
  CHECK(run_evtxhound("iocs check 2>&1").status == 2);
}

TEST_CASE("iocs list: the 3CX pack by default, as table, CSV and JSON") {
  const auto table = run_evtxhound("iocs list");
  CHECK(table.status == 0);
  CHECK_THAT(table.out, Catch::StartsWith("KIND       VALUE"));
  CHECK_THAT(table.out, Catch::Contains("officeaddons.com"));
  CHECK_THAT(run_evtxhound("iocs list --format json").out,
             Catch::Contains("\"value\": \"sbmsa.wiki\""));
  const PackFile pack(run_evtxhound("iocs list --format csv").out);
  const auto again = run_evtxhound("iocs check " + pack.path());
  CHECK(again.out == no_faults(pack.path()));
}

TEST_CASE("iocs list: what any format holds is a CSV pack again, whatever its kind") {
  const PackFile list(
      "evil.com/x\n10.0.16.0/20\n2001:db8::1\nS-1-5-21-1-2-3-500\nHKLM\\Software\\Evil\\x\n"
      "{0A1B2C3D-1111-2222-3333-ABCDEFABCDEF}\nC:\\Temp\\a*b, c\\evil.dll\n");
  const PackFile stix(
      R"({"objects":[{"type":"indicator","pattern":"[process:command_line MATCHES '^evil, \"x#+$' )"
      R"(OR file:hashes.IMPHASH = 'bb915073385dd16a846dfa318afa3c19']"}]})");
  const auto listed = run_evtxhound("iocs list --format csv " + list.path() + " " + stix.path());
  CHECK(listed.status == 0);
  const PackFile csv(listed.out);
  CHECK(run_evtxhound("iocs check " + csv.path()).out ==
        csv.path() + ": 9 indicators, no faults\n");
  CHECK(run_evtxhound("iocs list --format csv " + csv.path()).out == listed.out);
}

TEST_CASE("iocs check: what is not supported is a warning, the rest is used") {
  const PackFile pack("{\"Event\":{\"Attribute\":[\n{\"type\":\"mutex\",\"value\":\"m\"}]}}");
  const auto outcome = run_evtxhound("iocs check " + pack.path());
  CHECK(outcome.status == 2);
  CHECK(outcome.out ==
        pack.path() + ":2:26: warning: not supported: the MISP type \"mutex\": left out\n");
}

TEST_CASE("iocs list: faults go to stderr, wrong lines to the exit status") {
  const PackFile pack("kind,value,description\ntext,abcd,\"a\nb\"\ntext,ab,c\n");
  const auto outcome = run_evtxhound("iocs list " + pack.path() + " 2>/dev/null");
  CHECK(outcome.status == 2);
  CHECK_THAT(outcome.out, Catch::EndsWith("a b\n"));
  CHECK(run_evtxhound("iocs list --format yaml 2>&1").status == 2);
}

TEST_CASE("iocs --help shows examples") {
  CHECK_THAT(run_evtxhound("iocs --help").out, Catch::Contains("Examples:"));
  CHECK_THAT(run_evtxhound("iocs check --help").out, Catch::Contains("Examples:"));
}
