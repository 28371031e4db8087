// What the tests of equality on whole logs have in common.
#pragma once

#include <catch2/catch.hpp>
#include <iostream>
#include <string>
#include <vector>

#include "tests/support/both_ways.hpp"
#include "tests/support/corpus.hpp"
#include "tests/support/sampled_pack.hpp"

namespace evtxhound::test {

inline indicators::IndicatorSet set_of(const std::vector<std::string>& lines) {
  const std::vector<indicators::Pack> packs = {make_pack(lines)};
  return indicators::IndicatorSet(packs);
}

// Scans all of them both ways; returns the number of hits.
inline std::size_t compare(const indicators::IndicatorSet& set,
                           const std::vector<std::filesystem::path>& logs) {
  std::size_t hits = 0;
  for (const std::filesystem::path& log : logs) {
    const BothWays both = scan_both_ways(set, log);
    INFO(log);
    REQUIRE(difference(both.looked, both.exhaustive) == "");
    hits += both.looked.hits.size();
  }
  return hits;
}

// One pack of all these lines, and many small ones: the fewer indicators, the fewer records are
// read for another one's sake.
inline std::size_t compare_packs(const std::vector<std::string>& lines, std::size_t in_pack,
                                 std::size_t packs, const std::vector<std::filesystem::path>& logs,
                                 Random& random) {
  std::size_t hits = compare(set_of(lines), logs);
  for (std::size_t i = 0; i < packs; ++i) {
    std::vector<std::string> few;
    while (few.size() < in_pack) few.push_back(lines[random.below(lines.size())]);
    hits += compare(set_of(few), logs);
  }
  return hits;
}

inline void hold_equal(const std::vector<std::filesystem::path>& logs, std::size_t values,
                       std::size_t packs, std::size_t fewest_hits) {
  Random random(20230329);
  const auto sample = sample_values(logs, values, random);
  const auto all = lines_of(sample, true, random);
  auto texts = lines_of(sample, false, random);
  // What stands for a character that is none makes every record be read.
  std::erase_if(texts, [](const std::string& line) { return line.find("\uFFFD") != line.npos; });
  // Else every record would be read, and nothing compared.
  REQUIRE_FALSE(set_of(texts).blind_spots().everywhere());
  const std::size_t hits =
      compare_packs(all, 8, packs, logs, random) + compare_packs(texts, 8, packs, logs, random);
  std::cout << logs.size() << " logs, " << all.size() + texts.size() << " indicators, " << hits
            << " hits compared\n";
  CHECK(hits >= fewest_hits);
}

}  // namespace evtxhound::test
