// Scans a log by both ways there are, with a look before parsing and by parsing everything, and
// tells where what comes out differs.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "evtxhound/base/bytes.hpp"
#include "evtxhound/indicators/indicator_set.hpp"
#include "evtxhound/scan/chunk_scanner.hpp"
#include "tests/support/temporary_folder.hpp"

namespace evtxhound::test {

// One hit, with all that the case file says of it.
struct FoundHit {
  std::uint64_t event_offset = 0;
  std::uint64_t record_id = 0;
  casefile::State state = casefile::State::kLive;
  std::int64_t indicator = 0;
  std::string field;
  std::string matched;
  std::optional<std::uint64_t> offset;
  friend bool operator==(const FoundHit&, const FoundHit&) = default;
};

// What one way gave of a log, in its order; problems, findings and census rows as text.
struct Found {
  std::vector<FoundHit> hits;
  std::vector<std::string> problems;
  std::vector<std::string> findings;
  std::vector<std::string> census;
  std::uint64_t events_read = 0;
};

Found scan_log(const indicators::IndicatorSet& set, evtx::TemplateCache& templates,
               const std::filesystem::path& log, bool exhaustive);

// The first difference, for whoever reads the test's output; empty where there is none.
std::string difference(const Found& looked, const Found& exhaustive);

// Only of the hits.
std::string difference_of_hits(const Found& looked, const Found& exhaustive);

// Both ways. The templates are shared, as they are within a scan.
struct BothWays {
  Found looked;
  Found exhaustive;
};
BothWays scan_both_ways(const indicators::IndicatorSet& set, const std::filesystem::path& log);
BothWays scan_both_ways(const indicators::IndicatorSet& set, Bytes log,
                        const TemporaryFolder& folder);

// A line of a pack, without any column but these.
std::string pack_line(std::string_view kind, std::string_view value, std::string_view product = {});

// A pack of these lines, as it is read from a file. What is refused is left out.
indicators::Pack make_pack(const std::vector<std::string>& lines);

}  // namespace evtxhound::test
