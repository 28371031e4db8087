// What a carver shows of the bytes that it carves, records or none.
#include <algorithm>
#include <catch2/catch.hpp>

#include "evtxhound/evtx/carve/carver.hpp"
#include "evtxhound/evtx/format.hpp"
#include "tests/support/carving.hpp"

using namespace evtxhound;
using namespace evtxhound::evtx;
using namespace evtxhound::test;

namespace {

// Keeps the bytes that are shown, and how many stand behind each stretch.
class Shown : public CarveSink {
 public:
  void on_chunk(const CarvedChunk& /*chunk*/) override {}
  void on_record(const CarvedRecord& /*record*/) override {}
  void on_problem(Problem /*problem*/) override {}
  void on_bytes(std::uint64_t offset, std::size_t size, Bytes bytes) override {
    CHECK(offset == begin + all.size());
    REQUIRE(size <= bytes.size());
    all.insert(all.end(), bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size));
    least_behind = std::min(least_behind, std::min<std::uint64_t>(bytes.size() - size, kChunkSize));
    if (offset + bytes.size() == end_of_run) least_behind = kChunkSize;
  }

  std::uint64_t begin = 0;
  std::uint64_t end_of_run = 0;
  Buffer all;
  std::uint64_t least_behind = kChunkSize;
};

}  // namespace

TEST_CASE("carving: the sink sees all bytes of a part, once, with 64 KiB behind them") {
  Buffer bytes(700'000);
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>(i * 7 / 5);
  const MemorySource source(bytes);
  for (const std::size_t window : {std::size_t{1000}, std::size_t{65'536}, std::size_t{1} << 20U}) {
    Carver carver(source, {100, 650'000}, window);
    for (const auto& [begin, end] : {std::pair{100U, 300'001U}, {300'001U, 650'000U}}) {
      Shown shown;
      shown.begin = begin;
      shown.end_of_run = 650'000;
      carver.carve(begin, end, shown);
      CHECK((shown.all == Buffer(bytes.begin() + begin, bytes.begin() + end)));
      CHECK(shown.least_behind == kChunkSize);
    }
  }
}
