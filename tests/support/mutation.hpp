// Logs, damaged at random but the same for each seed.
#pragma once

#include <cstdint>
#include <random>
#include <vector>

#include "evtxhound/base/bytes.hpp"
#include "evtxhound/evtx/chunk.hpp"

namespace evtxhound::test {

class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}
  // REQUIRES: end > 0
  std::size_t below(std::size_t end) { return static_cast<std::size_t>(engine_() % end); }
  std::uint8_t byte() { return static_cast<std::uint8_t>(engine_()); }

 private:
  std::mt19937_64 engine_;
};

// One of the logs with damage done to it: bit flips, runs of random bytes, zeros or 0xff, numbers
// such as sizes, counts and offsets set to extremes, blocks copied or swapped, and cuts. Of a large
// log, only the file header and one chunk.
Buffer mutate_log(const std::vector<Buffer>& logs, Random& random);

// Damages the values of one record that are not BinXML, or the sizes and types of its values:
// nothing that another record refers to. Returns false where the record has none.
bool mutate_record(MutableBytes chunk, const evtx::RecordFrame& frame, Random& random);

}  // namespace evtxhound::test
