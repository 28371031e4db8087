// Damage of every kind, done to forged logs at random but the same each time. Reading must come to
// an end without touching memory that is not its own (the sanitizer build sees to that), and what
// is whole must come out.

#include <algorithm>
#include <catch2/catch.hpp>
#include <random>
#include <set>

#include "evtxhound/evtx/chunk.hpp"
#include "evtxhound/evtx/log_file.hpp"
#include "evtxhound/evtx/record_reader.hpp"
#include "evtxhound/evtx/template_instance.hpp"
#include "tests/support/corpus.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace evtxhound;
using namespace evtxhound::evtx;

namespace {

std::vector<Buffer> forged_chunks() {
  std::vector<Buffer> chunks;
  for (const auto& path : test::logs_below(std::string(EVTXHOUND_SOURCE_DIR) + "/testdata")) {
    const std::string log = test::read_file(path);
    for (std::size_t at = kFileHeaderSize; at + kChunkSize <= log.size(); at += kChunkSize) {
      chunks.emplace_back(log.begin() + static_cast<std::ptrdiff_t>(at),
                          log.begin() + static_cast<std::ptrdiff_t>(at + kChunkSize));
    }
  }
  return chunks;
}

class Random {
 public:
  std::size_t below(std::size_t end) { return static_cast<std::size_t>(engine_() % end); }
  std::uint8_t byte() { return static_cast<std::uint8_t>(engine_()); }

 private:
  std::mt19937_64 engine_{3};
};

// Bits, bytes, numbers and blocks, a few or many.
void damage(Buffer& chunk, Random& random) {
  const std::size_t used = 20'000;  // most of what a forged chunk holds
  const std::size_t times = std::size_t{1} << random.below(8);
  for (std::size_t i = 0; i < times; ++i) {
    const std::size_t at = random.below(used);
    switch (random.below(4)) {
      case 0:
        chunk[at] ^= static_cast<std::uint8_t>(1U << random.below(8));
        break;
      case 1:
        chunk[at] = random.byte();
        break;
      case 2:
        store<std::uint32_t>(MutableBytes(chunk), at,
                             random.below(2) == 0 ? 0xFFFFFFFF : 0x7FFFFFF0);
        break;
      default:
        std::copy_n(chunk.begin() + static_cast<std::ptrdiff_t>(random.below(used)), 64,
                    chunk.begin() + static_cast<std::ptrdiff_t>(at));
    }
  }
}

std::set<std::uint64_t> ids(const ChunkContent& content) {
  std::set<std::uint64_t> ids;
  for (const Event& event : content.events) ids.insert(event.record_id);
  return ids;
}

// The libevtx engine; the native one has tests of its own, bomb_test.cpp and mutation_test.cpp.
ChunkContent read(Bytes chunk) { return read_chunk_by_libevtx(chunk, 0); }

}  // namespace

TEST_CASE("damaged chunks are read to their end, every record an event or a problem") {
  const std::vector<Buffer> chunks = forged_chunks();
  REQUIRE(chunks.size() > 10);
  Random random;
  for (int i = 0; i < 400; ++i) {
    Buffer chunk = chunks[random.below(chunks.size())];
    damage(chunk, random);
    const std::size_t size = random.below(4) == 0 ? random.below(chunk.size()) : chunk.size();
    const Bytes bytes = Bytes(chunk).first(size);
    const ChunkFrames frames = find_records(bytes);
    const ChunkContent content = read(bytes);
    const auto unread = std::count_if(
        content.problems.begin(), content.problems.end(), [&](const Problem& problem) {
          return std::any_of(frames.records.begin(), frames.records.end(), [&](const auto& record) {
            return problem.offset >= record.offset && *problem.offset < record.offset + record.size;
          });
        });
    REQUIRE(content.events.size() + static_cast<std::size_t>(unread) >= frames.records.size());
  }
}

TEST_CASE("whatever the values of one record hold, all other records come out") {
  Random random;
  for (const Buffer& whole : forged_chunks()) {
    const ChunkFrames frames = find_records(whole);
    if (frames.records.size() < 3 || !frames.problems.empty()) continue;
    const std::set<std::uint64_t> expected = ids(read(whole));
    for (int i = 0; i < 10; ++i) {
      Buffer chunk = whole;
      const RecordFrame& victim = frames.records[random.below(frames.records.size())];
      const auto values = find_substitutions(whole, victim.offset, victim.offset + victim.size);
      if (!values) continue;
      for (const Substitution& value : *values) {
        // The bytes of embedded BinXML are structure, and can define templates of other records.
        if (value.type == ValueType::kBinXml) continue;
        for (std::size_t at = 0; at < value.size; ++at) chunk[value.offset + at] = random.byte();
      }
      std::set<std::uint64_t> others = expected;
      others.erase(victim.record_id);
      std::set<std::uint64_t> came_out = ids(read(chunk));
      came_out.erase(victim.record_id);
      REQUIRE(came_out == others);
    }
  }
}
