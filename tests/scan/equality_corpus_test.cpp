// A scan that looks at raw bytes first finds in real logs what one that parses everything does.
#include "tests/scan/equality.hpp"
#include "tests/support/cost.hpp"

using namespace evtxhound;
using namespace evtxhound::test;

namespace {

// Sanitizers take ten times as long and find what they find in a few packs and logs.
constexpr std::size_t kPacks = kSanitized ? 2 : 20;
constexpr std::size_t kEvery = kSanitized ? 4 : 1;

std::vector<std::filesystem::path> logs_in(const std::filesystem::path& folder) {
  const auto all = logs_below(folder);
  std::vector<std::filesystem::path> taken;
  for (std::size_t i = 0; i < all.size(); i += kEvery) taken.push_back(all[i]);
  return taken;
}

}  // namespace

TEST_CASE("a look finds what parsing everything does: real logs") {
  const auto folder = corpus();
  EVTXHOUND_NEEDS(folder, "no corpus of real logs");
  hold_equal(logs_in(*folder), 4000 / kEvery, kPacks, 100'000 / kEvery);
}

TEST_CASE("a look finds what parsing everything does: a pack too large for Hyperscan") {
  const auto folder = corpus();
  EVTXHOUND_NEEDS(folder, "no corpus of real logs");
  Random random(7);
  const auto logs = logs_in(*folder);
  const auto lines = lines_of(sample_values(logs, 20'000 / kEvery, random), false, random);
  REQUIRE(lines.size() > 30'000 / kEvery);
  const std::size_t hits = compare(set_of(lines), logs);
  std::cout << lines.size() << " indicators, " << hits << " hits compared\n";
  CHECK(hits > 100'000 / kEvery);
}
