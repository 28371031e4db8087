// A scan that looks at raw bytes first finds in real logs what one that parses everything does.
#include "tests/scan/equality.hpp"

using namespace evtxhound;
using namespace evtxhound::test;

namespace {

// Sanitizers take ten times as long and find what they find in a few packs.
#ifdef __SANITIZE_ADDRESS__
constexpr std::size_t kPacks = 2;
#else
constexpr std::size_t kPacks = 20;
#endif

}  // namespace

TEST_CASE("a look finds what parsing everything does: real logs") {
  const auto folder = corpus();
  EVTXHOUND_NEEDS(folder, "no corpus of real logs");
  hold_equal(logs_below(*folder), 4000, kPacks, 100'000);
}

TEST_CASE("a look finds what parsing everything does: a pack too large for Hyperscan") {
  const auto folder = corpus();
  EVTXHOUND_NEEDS(folder, "no corpus of real logs");
  Random random(7);
  const auto logs = logs_below(*folder);
  const auto lines = lines_of(sample_values(logs, 20'000, random), false, random);
  REQUIRE(lines.size() > 30'000);
  const std::size_t hits = compare(set_of(lines), logs);
  std::cout << lines.size() << " indicators, " << hits << " hits compared\n";
  CHECK(hits > 100'000);
}
