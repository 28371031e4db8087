// A scan that looks at raw bytes first finds what one that parses everything does: hit for hit,
// problem for problem, census row for census row. Over the logs of testdata/, with indicators made
// of what stands in them; equality_corpus_test.cpp has real logs.
#include "tests/scan/equality.hpp"
#include "tests/support/cost.hpp"
#include "tests/support/query.hpp"
#include "tests/support/run.hpp"

using namespace evtxhound;
using namespace evtxhound::test;
namespace fs = std::filesystem;

namespace {

std::vector<fs::path> testdata() { return logs_below(fs::path(EVTXHOUND_SOURCE_DIR) / "testdata"); }

}  // namespace

TEST_CASE("a look finds what parsing everything does: forged logs") {
  hold_equal(testdata(), 2000, 10 / kLess, 20'000 / kLess);
}

TEST_CASE("a look finds what parsing everything does: the 3CX pack") {
  const std::vector<indicators::Pack> packs = {indicators::builtin_3cx_pack()};
  CHECK(compare(indicators::IndicatorSet(packs), testdata()) > 30);
}

TEST_CASE("the program writes the same case file with and without --exhaustive") {
  Random random(3);
  const TemporaryFolder folder;
  const auto real = corpus();
  fs::path evidence = fs::path(EVTXHOUND_SOURCE_DIR) / "testdata";
  if (real) evidence = *real / "attack-samples";
  const auto lines =
      lines_of(sample_values(logs_below(evidence), 1000 / kLess, random), false, random);
  std::string pack = "kind,value,product\n";
  for (const indicators::Indicator& good : make_pack(lines).indicators) {
    pack += pack_line(to_string(good.kind), good.value) + "\n";
  }
  write_file(folder / "pack.csv", pack);
  const auto scan = [&](const std::string& name, const std::string& options) {
    const Ran ran = run_evtxhound("scan " + quoted(evidence) + " --store hits --iocs " +
                                  quoted(folder / "pack.csv") + " --case " + quoted(folder / name) +
                                  " " + options);
    INFO(ran.err);
    CHECK((ran.status == 0 || ran.status == 1));
    return content(folder / name);
  };
  const Rows looked = scan("looked.db", "--threads 1");
  const Rows everything = scan("everything.db", "--threads 1 --exhaustive");
  CHECK((looked == everything));
  if (!kSanitized) CHECK((looked == scan("looked4.db", "--threads 4")));
  CHECK((looked == scan("everything4.db", "--threads 4 --exhaustive")));
  const std::size_t hits = std::stoul(value(folder / "looked.db", "select count(*) from hit"));
  std::cout << "program: " << hits << " hits compared\n";
  CHECK(hits > 10'000 / kLess);
}
