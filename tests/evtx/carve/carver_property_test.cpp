// Chunks and records planted in noise: each is found once, and nothing else, whatever the windows
// and the parts are.
#include <catch2/catch.hpp>

#include <algorithm>
#include <iterator>

#include "evtxhound/evtx/format.hpp"
#include "tests/support/carving.hpp"
#include "tests/support/corpus.hpp"
#include "tests/support/forged_chunk.hpp"
#include "tests/support/hostile_reader.hpp"
#include "tests/support/mutation.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace evtxhound;
using namespace evtxhound::evtx;
using namespace evtxhound::test;

namespace {

constexpr std::size_t kMebi = std::size_t{1} << 20U;

enum class Noise { kZeros, kRandom, kText };

void add_noise(Buffer& bytes, Noise noise, std::size_t count, Random& random) {
  constexpr std::string_view kText =
      "/** Returns **nothing** of note, ** see ElfChnk ** and ElfFile. **\n * 2 ** 3 ***/ ";
  const std::size_t start = bytes.size();
  bytes.resize(start + count);
  for (std::size_t i = 0; i < count; ++i) {
    if (noise == Noise::kRandom) bytes[start + i] = random.byte();
    if (noise == Noise::kText)
      bytes[start + i] = static_cast<std::uint8_t>(kText[i % kText.size()]);
  }
}

struct Planted {
  Buffer bytes;
  std::vector<std::uint64_t> chunks;
  std::vector<std::uint64_t> records;
  std::vector<std::uint64_t> torn;  // cut: may be found
};

// Appends one thing that can be found: a chunk, whole or cut, or what is left of one.
void plant(Planted& planted, Random& random) {
  const unsigned kind = static_cast<unsigned>(random.below(3));
  const Buffer chunk = forged_chunk(1 + random.below(100'000), 1 + random.below(120), kind);
  const ChunkFrames frames = find_records(chunk);
  std::size_t begin = 0;
  std::size_t end = kChunkSize;
  const std::size_t shape = random.below(4);
  if (shape == 1) end = kChunkHeaderSize + random.below(kChunkSize - kChunkHeaderSize);
  if (shape == 2) begin = kChunkHeaderSize;
  if (shape == 3) begin = frames.records[random.below(frames.records.size())].offset;
  const std::uint64_t at = planted.bytes.size();
  if (begin == 0) planted.chunks.push_back(at);
  for (const RecordFrame& frame : frames.records) {
    if (frame.offset >= begin && frame.offset + frame.size <= end) {
      planted.records.push_back(at + frame.offset - begin);
    } else if (frame.offset >= begin && frame.offset < end) {
      planted.torn.push_back(at + frame.offset - begin);
    }
  }
  planted.bytes.insert(planted.bytes.end(), chunk.begin() + static_cast<std::ptrdiff_t>(begin),
                       chunk.begin() + static_cast<std::ptrdiff_t>(end));
}

Planted plant_all(Random& random) {
  Planted planted;
  const Noise noise = static_cast<Noise>(random.below(3));
  for (int i = 0; i < 6; ++i) {
    add_noise(planted.bytes, noise, random.below(150'000), random);
    plant(planted, random);
  }
  add_noise(planted.bytes, noise, random.below(5000), random);
  return planted;
}

}  // namespace

TEST_CASE("carving: what is planted in noise is found once, whatever the windows and parts") {
  Random random(20230329);
  for (int round = 0; round < 12; ++round) {
    INFO("round " << round);
    const Planted planted = plant_all(random);
    const MemorySource source(planted.bytes);
    Finds whole;
    carve(source, whole);
    CHECK(whole.chunks == planted.chunks);
    std::vector<std::uint64_t> records = whole.records;
    std::ranges::sort(records);
    std::erase_if(records, [&](std::uint64_t offset) {
      return std::ranges::binary_search(planted.torn, offset);
    });
    std::vector<std::uint64_t> unlike;
    std::ranges::set_symmetric_difference(records, planted.records, std::back_inserter(unlike));
    CHECK(unlike.empty());
    CHECK(std::ranges::adjacent_find(records) == records.end());
    for (const std::size_t window :
         {std::size_t{997}, std::size_t{4096}, 65'536 + random.below(9)}) {
      for (const std::uint64_t part :
           {~std::uint64_t{0}, 4096 + std::uint64_t{random.below(99'999)}}) {
        INFO("window " << window << ", part " << part);
        Finds again;
        carve(source, again, window, part);
        CHECK(again.lines == whole.lines);
      }
    }
  }
}

TEST_CASE("carving: nothing is found in 64 MiB of random bytes and of text full of stars") {
  Random random(7);
  Buffer bytes;
  add_noise(bytes, Noise::kRandom, 32 * kMebi, random);
  add_noise(bytes, Noise::kText, 16 * kMebi, random);
  // Signatures of records with whatever behind them.
  for (std::size_t i = 0; i < 16 * kMebi / 16; ++i) {
    constexpr std::string_view kSignature("**\0\0", 4);
    bytes.insert(bytes.end(), kSignature.begin(), kSignature.end());
    for (int k = 0; k < 12; ++k) bytes.push_back(random.byte());
  }
  const MemorySource source(bytes);
  Finds finds;
  carve(source, finds);
  CHECK(finds.lines.empty());
}

TEST_CASE("carving: damaged logs are read without harm, the same for every window") {
  std::vector<Buffer> logs;
  for (const auto& path : logs_below(std::filesystem::path(EVTXHOUND_SOURCE_DIR) / "testdata")) {
    const std::string log = read_file(path);
    logs.emplace_back(log.begin(), log.end());
  }
  REQUIRE_FALSE(logs.empty());
  Random random(3);
  for (int round = 0; round < 150; ++round) {
    const Buffer log = mutate_log(logs, random);
    const MemorySource source(log);
    TemplateCache templates(true);
    CarvedReader reader(templates);
    Finds whole(&reader);
    carve(source, whole);
    Finds again;
    carve(source, again, 5000, 40'000);
    CHECK(again.lines == whole.lines);
    std::vector<std::uint64_t> records = whole.records;
    std::ranges::sort(records);
    CHECK(std::ranges::adjacent_find(records) == records.end());
  }
}

TEST_CASE("carving: real logs with junk between them give at least what reading them gives") {
  const auto corpus = test::corpus();
  EVTXHOUND_NEEDS(corpus, "the corpus of real logs");
  Random random(11);
  std::size_t logs = 0;
  for (const auto& path : logs_below(*corpus)) {
    const std::string log = read_file(path);
    if (log.size() > 8 * kMebi) continue;
    ++logs;
    Buffer bytes;
    add_noise(bytes, static_cast<Noise>(random.below(3)), random.below(10'000), random);
    const std::size_t start = bytes.size();
    bytes.insert(bytes.end(), log.begin(), log.end());
    add_noise(bytes, static_cast<Noise>(random.below(3)), random.below(10'000), random);
    const MemorySource source(bytes);
    Finds finds;
    carve(source, finds);
    std::ranges::sort(finds.records);
    CHECK(std::ranges::adjacent_find(finds.records) == finds.records.end());
    for (std::size_t at = kFileHeaderSize; at < log.size(); at += kChunkSize) {
      const Bytes chunk = as_bytes(log).subspan(at, std::min(kChunkSize, log.size() - at));
      if (is_unused(chunk)) continue;
      for (const RecordFrame& frame : find_records(chunk).records) {
        // A size that nothing confirms, of a record that was torn or half overwritten, is believed
        // of a log and not of what is carved.
        if (!lone_record(chunk, frame.offset)) continue;
        INFO(path << " at " << at + frame.offset);
        REQUIRE(std::ranges::binary_search(finds.records, start + at + frame.offset));
      }
    }
  }
  CHECK(logs > 0);
}

// Each by itself, as if its chunk were gone: by a like template it is what it was by its own, or
// has no names. The latter are few.
TEST_CASE("carving: real records alone are read by like templates as by their own") {
  const auto corpus = test::corpus();
  EVTXHOUND_NEEDS(corpus, "the corpus of real logs");
  std::size_t like = 0;
  std::size_t all = 0;
  for (const auto& path : logs_below(*corpus)) {
    const std::string log = read_file(path);
    if (log.size() > 2 * kMebi) continue;
    TemplateCache templates(true);
    ChunkReader chunks(templates);
    CarvedReader alone(templates);
    std::vector<Problem> problems;
    for (std::size_t at = kFileHeaderSize; at < log.size(); at += kChunkSize) {
      chunks.open(as_bytes(log).subspan(at, std::min(kChunkSize, log.size() - at)));
      chunks.load_templates();
    }
    for (std::size_t at = kFileHeaderSize; at < log.size(); at += kChunkSize) {
      const Bytes chunk = as_bytes(log).subspan(at, std::min(kChunkSize, log.size() - at));
      chunks.open(chunk);
      for (const RecordFrame& frame : chunks.frames().records) {
        const auto own = chunks.event(frame);
        if (!own || !lone_record(chunk, frame.offset)) continue;
        const auto definitions = named_definitions(chunk, frame);
        // Where a definition stands in the record, the carver knows where its chunk began.
        if (std::ranges::any_of(definitions,
                                [](const auto& d) { return d.resident_at.has_value(); }))
          continue;
        CarvedRecord record;
        record.offset = at + frame.offset;
        record.bytes = chunk.subspan(frame.offset, frame.size);
        record.frame = frame;
        record.frame.offset = 0;
        alone.read(
            record,
            [&](CarvedEvent&& found) {
              ++all;
              if (found.naming == Naming::kNone) return;
              ++like;
              INFO(path << ", record " << frame.record_id);
              REQUIRE(found.event.data == own->data);
              REQUIRE(found.event.provider == own->provider);
              REQUIRE(found.event.event_code == own->event_code);
              REQUIRE(found.event.computer == own->computer);
              REQUIRE(found.event.time_created == own->time_created);
            },
            problems);
      }
    }
  }
  INFO(like << " of " << all);
  CHECK(100 * like >= 97 * all);
  CHECK(all > 0);
}
