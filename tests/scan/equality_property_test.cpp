// Random logs and random indicators: a look finds what parsing everything does. On failure the seed
// is printed, which alone makes the round again.

#include <catch2/catch.hpp>
#include <iostream>

#include "evtxhound/base/hash.hpp"
#include "evtxhound/base/text.hpp"
#include "evtxhound/evtx/chunk.hpp"
#include "evtxhound/evtx/value.hpp"
#include "tests/support/both_ways.hpp"
#include "tests/support/corpus.hpp"
#include "tests/support/cost.hpp"
#include "tests/support/forged_event.hpp"
#include "tests/support/sampled_pack.hpp"

using namespace evtxhound;
using namespace evtxhound::test;
using evtx::ValueType;

namespace {

// Logs of events with a few templates, with values of all types, and the texts of all of them.
class LogMaker {
 public:
  explicit LogMaker(Random& random) : random_(&random) {}

  Buffer make() {
    std::vector<std::shared_ptr<const writer::Template>> templates;
    for (std::size_t i = 0; i < 1 + random_->below(3); ++i) {
      templates.push_back(event_template(payload(1), word()));
    }
    for (std::size_t i = 0; i < 2; ++i) {
      inner_.push_back(std::make_shared<const writer::Template>(payload(0)));
    }
    std::vector<writer::Instance> records;
    for (std::size_t i = 0; i < 1 + random_->below(12); ++i) {
      writer::Instance record =
          event_instance(templates[random_->below(templates.size())], values(0));
      // A time that is none, as some events have, or one of a type that a survey does not take.
      if (random_->below(16) == 0) record.values[0] = value(9);
      records.push_back(std::move(record));
    }
    Buffer log = forge_log(records);
    if (random_->below(3) != 0) return log;
    return retire_records(std::move(log), random_->below(records.size() + 1));
  }

  [[nodiscard]] const std::vector<std::string>& texts() const { return texts_; }

 private:
  static constexpr std::uint16_t kValues = 4;

  std::string word() {
    static const std::vector<std::string> words = {
        "evil-domain.com",
        "https://raw.example.com/main/a.ico",
        "C:\\Windows\\System32\\evil.dll",
        "HKLM\\Software\\Evil\\Implant",
        "203.0.113.77",
        "2001:db8::77",
        "x@evil-domain.com",
        "MD5=D41D8CD98F00B204E9800998ECF84271,IMPHASH=C41D8CD98F00B204E9800998ECF84271",
        "S-1-5-21-111111111-222222222-333333333-1001",
        "{01234567-89ab-cdef-0123-456789abcdef}",
        "Größe der Übermacht",
        "тайный документ",
        "naĀ一āxx",
        "a😀b",
        "say \"hi\" & <go>",
        "1234",
        "0xabcdef",
        "true",
        "2023-03-29",
        "one,two",
        "3CXDesktopApp 18.12.416",
        "e+30",
        "abcdef12"};
    std::string text = words[random_->below(words.size())];
    if (random_->below(4) == 0) text += words[random_->below(words.size())];
    if (random_->below(8) == 0) text.insert(0, 1, 'x');
    texts_.push_back(text);
    return text;
  }

  // An element whose text is made in one of many ways.
  writer::Element payload(std::uint16_t first) {
    writer::Element made = element(first == 0 ? "Payload" : "EventData");
    for (std::uint16_t i = 0; i < kValues; ++i) {
      const auto number = static_cast<std::uint16_t>(first + i);
      switch (random_->below(8)) {
        case 0:
          made.content.push_back(data(word(), {{word()}, hole(number)}));
          break;
        case 1:
          made.content.push_back(data("", {hole(number), hole(first)}));
          break;
        case 2: {
          writer::Element with = element("Data", {{word()}});
          with.attributes = {{"A", writer::Substitution{number, ValueType::kString, true}}};
          with.dependency = number;
          made.content.push_back({with});
          break;
        }
        case 3:
          made.content.push_back(hole(number));
          break;
        case 4:
          made.content.push_back({element("Deeper", {data("D", {hole(number)}), data("E", {})})});
          break;
        default:
          made.content.push_back(data("Field", {hole(number)}));
      }
    }
    // Most templates put nothing together, else all records would be read.
    if (random_->below(3) != 0) {
      std::erase_if(made.content, [](const writer::Node& node) {
        const auto* const child = std::get_if<writer::Element>(&node.item);
        return child == nullptr || child->content.size() > 1;
      });
      for (std::uint16_t i = 0; i < kValues; ++i) {
        made.content.push_back(data("F", {hole(static_cast<std::uint16_t>(first + i))}));
      }
    }
    return made;
  }

  std::vector<writer::Value> values(std::size_t depth) {
    std::vector<writer::Value> made;
    for (std::uint16_t i = 0; i < kValues; ++i) made.push_back(value(depth));
    return made;
  }

  writer::Value value(std::size_t depth) {
    writer::Value made = any_value(depth);
    if (!made.instance) texts_.push_back(evtx::Value{made.type, made.bytes}.text());
    return made;
  }

  writer::Value any_value(std::size_t depth) {
    switch (random_->below(14)) {
      case 0:
        return {};
      case 1: {
        const auto ansi = writer::to_windows_1252(word());
        return {ValueType::kAnsiString, ansi.value_or(Buffer{'x'}), nullptr};
      }
      case 2: {
        const std::string a = word();
        const std::string b = word();
        return writer::string_array_value({a, b, "c"});
      }
      case 3:
        if (depth < 3) return writer::binxml_value({inner_[random_->below(2)], values(depth + 1)});
        return {};
      case 4:
      case 5: {
        // Any type at all, mostly of a size that it has.
        const auto type = static_cast<ValueType>(3 + random_->below(19));
        std::size_t size = evtx::fixed_size(type);
        if (size == 0 || random_->below(8) == 0) size = random_->below(20);
        Buffer bytes;
        while (bytes.size() < size) bytes.push_back(random_->byte());
        return {type, bytes, nullptr};
      }
      case 6:
        return writer::number_value(ValueType::kUint32, std::uint32_t{1234});
      case 7:
        return {ValueType::kSid, *writer::parse_sid("S-1-5-21-111111111-222222222-333333333-1001"),
                nullptr};
      case 8:
        return writer::guid_value(*writer::parse_guid("01234567-89ab-cdef-0123-456789abcdef"));
      case 9:
        return {ValueType::kBinary, *writer::parse_hex("d41d8cd98f00b204e9800998ecf84271"),
                nullptr};
      case 10: {
        // Half a pair of surrogates, and a NUL within.
        Buffer bytes = writer::string_value(word() + std::string(1, '\0') + word()).bytes;
        if (random_->below(2) == 0) store<std::uint16_t>(MutableBytes(bytes), 0, 0xD800);
        return {ValueType::kString, bytes, nullptr};
      }
      default:
        return writer::string_value(word());
    }
  }

  Random* random_;
  std::vector<std::string> texts_;
  std::vector<std::shared_ptr<const writer::Template>> inner_;
};

// A few indicators of these texts. Some are near misses: a character of them is another one.
std::vector<std::string> some_lines(const std::vector<std::string>& texts, Random& random) {
  std::vector<std::string> chosen;
  for (std::size_t i = 0; i < 3; ++i) chosen.push_back(texts[random.below(texts.size())]);
  std::vector<std::string> lines = lines_of(chosen, random.below(2) == 0, random);
  for (std::size_t i = 0; i < 3; ++i) {
    const std::string& text = chosen[i];
    if (text.size() < 4) continue;
    // Short pieces, and all of a value.
    lines.push_back(pack_line("text", text));
    const std::size_t at = random.below(text.size() - 3);
    lines.push_back(pack_line("text", text.substr(at, 4 + random.below(4))));
  }
  if (!lines.empty() && random.below(4) == 0) {
    std::string& line = lines[random.below(lines.size())];
    line[line.size() - 1 - random.below(line.size())] = 'q';
  }
  std::erase_if(lines, [](const std::string& line) {
    return line.find('\0') != std::string::npos || valid_utf8(line) != line;
  });
  while (lines.size() > 4)
    lines.erase(lines.begin() + static_cast<std::ptrdiff_t>(random.below(lines.size())));
  return lines;
}

std::vector<Buffer> logs_to_mutate() {
  std::vector<Buffer> logs;
  for (const auto& path : logs_below(std::filesystem::path(EVTXHOUND_SOURCE_DIR) / "testdata")) {
    const std::string log = read_file(path);
    if (log.size() > evtx::kFileHeaderSize) logs.emplace_back(log.begin(), log.end());
  }
  return logs;
}

// One of the logs with values, sizes and types of some records changed, and all frames whole.
Buffer mutate_records(const std::vector<Buffer>& logs, Random& random) {
  const Buffer& original = logs[random.below(logs.size())];
  const std::size_t chunks = (original.size() - evtx::kFileHeaderSize) / evtx::kChunkSize;
  if (chunks == 0) return original;
  Buffer log(evtx::kFileHeaderSize);
  const Bytes from = Bytes(original).subspan(
      evtx::kFileHeaderSize + evtx::kChunkSize * random.below(chunks), evtx::kChunkSize);
  log.insert(log.end(), from.begin(), from.end());
  const MutableBytes chunk = MutableBytes(log).subspan(evtx::kFileHeaderSize);
  const evtx::ChunkFrames frames = evtx::find_records(chunk);
  for (std::size_t i = 0; !frames.records.empty() && i < 1 + random.below(20); ++i) {
    mutate_record(chunk, frames.records[random.below(frames.records.size())], random);
  }
  return log;
}

// Makes the checksums fit, as who damages a log on purpose would: a chunk whose checksum is wrong
// is read whole, and nothing would be compared.
void seal(Buffer& log) {
  if (log.size() < evtx::kFileHeaderSize + evtx::kChunkSize) return;
  const MutableBytes chunk = MutableBytes(log).subspan(evtx::kFileHeaderSize, evtx::kChunkSize);
  const std::uint32_t free = load<std::uint32_t>(chunk, evtx::kChunkFreeSpaceOffset);
  if (free < evtx::kChunkHeaderSize || free > chunk.size()) return;
  store(chunk, evtx::kChunkDataChecksumOffset,
        crc32(Bytes(chunk).subspan(evtx::kChunkHeaderSize, free - evtx::kChunkHeaderSize)));
  evtx::seal_chunk_header(chunk);
}

}  // namespace

TEST_CASE("random logs and indicators: a look finds what parsing everything does") {
  const TemporaryFolder folder;
  std::size_t hits = 0;
  constexpr std::uint64_t kRounds = 3000 / kLess;
  for (std::uint64_t seed = 1; seed <= kRounds; ++seed) {
    Random random(seed);
    LogMaker maker(random);
    const Buffer log = maker.make();
    const auto lines = some_lines(maker.texts(), random);
    const std::vector<indicators::Pack> packs = {make_pack(lines)};
    const BothWays both = scan_both_ways(indicators::IndicatorSet(packs), log, folder);
    const std::string found = difference(both.looked, both.exhaustive);
    std::string shown;
    for (const std::string& line : lines) shown += line + "\n";
    INFO("seed " << seed << "\n" << shown);
    REQUIRE(found == "");
    hits += both.looked.hits.size();
  }
  std::cout << kRounds << " random logs, " << hits << " hits compared\n";
  CHECK(hits > kRounds);
}

TEST_CASE("damaged logs: a look finds what parsing everything does") {
  const TemporaryFolder folder;
  const std::vector<Buffer> logs = logs_to_mutate();
  Random of_values(1);
  const auto sample = sample_values(
      logs_below(std::filesystem::path(EVTXHOUND_SOURCE_DIR) / "testdata"), 300, of_values);
  const auto lines = lines_of(sample, false, of_values);
  std::vector<indicators::IndicatorSet> sets;
  for (std::size_t i = 0; i < 40; ++i) {
    std::vector<std::string> few;
    while (few.size() < 4) few.push_back(lines[of_values.below(lines.size())]);
    const std::vector<indicators::Pack> packs = {make_pack(few)};
    sets.emplace_back(packs);
  }
  std::size_t hits = 0;
  constexpr std::uint64_t kRounds = 3000;
  for (std::uint64_t seed = 1; seed <= kRounds; ++seed) {
    Random random(seed);
    Buffer log = seed % 2 == 0 ? mutate_log(logs, random) : mutate_records(logs, random);
    seal(log);
    const BothWays both = scan_both_ways(sets[random.below(sets.size())], log, folder);
    INFO("seed " << seed);
    REQUIRE(difference(both.looked, both.exhaustive) == "");
    hits += both.looked.hits.size();
  }
  std::cout << kRounds << " damaged logs, " << hits << " hits compared\n";
  CHECK(hits > kRounds);
}
