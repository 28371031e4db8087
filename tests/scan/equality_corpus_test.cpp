// A scan that looks at raw bytes first finds in real logs what one that parses everything does.
#include "tests/scan/equality.hpp"
#include "tests/support/cost.hpp"

using namespace evtxhound;
using namespace evtxhound::test;

namespace {

constexpr std::size_t kPacks = kSanitized ? 1 : 20;

// Each is scanned by many packs and in two ways; under sanitizers half of the few will do.
std::vector<std::filesystem::path> logs_in(const std::filesystem::path& folder) {
  auto logs = some_logs_below(folder);
  std::size_t at = 0;
  if (kSanitized) std::erase_if(logs, [&](const auto& /*log*/) { return at++ % 2 != 0; });
  return logs;
}

}  // namespace

TEST_CASE("a look finds what parsing everything does: real logs") {
  const auto folder = corpus();
  EVTXHOUND_NEEDS(folder, "no corpus of real logs");
  hold_equal(logs_in(*folder), 4000 / kLess, kPacks, 100'000 / kLess / 5);
}

TEST_CASE("a look finds what parsing everything does: a pack too large for Hyperscan") {
  const auto folder = corpus();
  EVTXHOUND_NEEDS(folder, "no corpus of real logs");
  Random random(7);
  const auto logs = logs_in(*folder);
  const auto lines = lines_of(sample_values(logs, 20'000 / kLess, random), false, random);
  REQUIRE(lines.size() > 30'000 / kLess / 2);
  const std::size_t hits = compare(set_of(lines), logs);
  std::cout << lines.size() << " indicators, " << hits << " hits compared\n";
  CHECK(hits > 100'000 / kLess / 5);
}
