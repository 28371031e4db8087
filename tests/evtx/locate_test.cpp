#include "evtxhound/evtx/locate.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <iostream>

#include "evtxhound/base/file.hpp"
#include "evtxhound/evtx/log_file.hpp"
#include "evtxhound/evtx/record_reader.hpp"
#include "tests/support/bytes.hpp"
#include "tests/support/corpus.hpp"

using namespace evtxhound;
using namespace evtxhound::evtx;
using test::ByteBuilder;

namespace {

// A record of one template instance with these values, in a chunk with a text before and in it.
struct Fixture {
  Buffer chunk;
  std::size_t begin = 512;
  std::size_t end = 0;
  std::size_t first_value = 0;

  explicit Fixture(const std::vector<std::pair<std::uint8_t, Buffer>>& values) {
    ByteBuilder content;
    content.put<std::uint32_t>(0x0001010F).put<std::uint8_t>(0x0C).put<std::uint8_t>(1);
    content.put<std::uint32_t>(1).put<std::uint32_t>(9999);
    content.put(static_cast<std::uint32_t>(values.size()));
    for (const auto& [type, bytes] : values) {
      content.put(static_cast<std::uint16_t>(bytes.size())).put(type).put<std::uint8_t>(0);
    }
    first_value = begin + 24 + content.size();
    for (const auto& [type, bytes] : values) content.bytes(bytes);
    const Buffer record = test::make_record(1, content.get());
    end = begin + record.size();
    chunk = test::make_chunk({record});
  }
};

Buffer ansi(std::string_view text) { return {text.begin(), text.end()}; }

}  // namespace

TEST_CASE("a text is located within the value of its field") {
  const Fixture fixture({{0x01, utf8_to_utf16le("Grüße von evil.example")}, {0x08, Buffer(4)}});
  Event event;
  event.data = {{"A", "Grüße von evil.example"}, {"B", "0"}};
  const Locator locator(fixture.chunk, fixture.begin, fixture.end, event);
  const std::size_t from = event.data[0].value.find("evil");
  CHECK(locator.locate(0, from, from + 12) == fixture.first_value + 2 * 10);
}

TEST_CASE("fields of the same text are told apart by their order") {
  const Buffer value = utf8_to_utf16le("same");
  const Fixture fixture({{0x01, value}, {0x06, Buffer(2)}, {0x01, value}});
  Event event;
  event.data = {{"A", "same"}, {"N", "0"}, {"B", "same"}};
  const Locator locator(fixture.chunk, fixture.begin, fixture.end, event);
  CHECK(locator.locate(0, 0, 4) == fixture.first_value);
  CHECK(locator.locate(2, 0, 4) == fixture.first_value + value.size() + 2);
}

TEST_CASE("a whole value is preferred to the same text inside an earlier one") {
  const Buffer longer = utf8_to_utf16le("C:\\evil.exe -x");
  const Fixture fixture({{0x01, longer}, {0x01, utf8_to_utf16le("evil.exe")}});
  Event event;
  event.data = {{"CommandLine", "C:\\evil.exe -x"}, {"Image", "evil.exe"}};
  const Locator locator(fixture.chunk, fixture.begin, fixture.end, event);
  CHECK(locator.locate(1, 0, 8) == fixture.first_value + longer.size());
}

TEST_CASE("ANSI texts, terminated texts and items of arrays are located") {
  const Buffer terminated = utf8_to_utf16le(std::string_view("end\0", 4));
  const Buffer array = utf8_to_utf16le(std::string_view("one\0two\0", 8));
  const Fixture fixture({{0x02, ansi("ansi text")}, {0x01, terminated}, {0x81, array}});
  Event event;
  event.data = {{"A", "ansi text"}, {"B", "end"}, {"Data", "one"}, {"Data", "two"}};
  const Locator locator(fixture.chunk, fixture.begin, fixture.end, event);
  CHECK(locator.locate(0, 5, 9) == fixture.first_value + 5);
  CHECK(locator.locate(1, 0, 3) == fixture.first_value + 9);
  CHECK(locator.locate(3, 0, 3) == fixture.first_value + 9 + 8 + 8);
}

TEST_CASE("items of an array are told apart, also where one holds the text of another") {
  const Buffer array =
      utf8_to_utf16le(std::string_view("evil.exe\0C:\\evil.exe\0\0evil.exe\0", 31));
  const Fixture fixture({{0x81, array}});
  Event event;
  event.data = {{"Data", "evil.exe"}, {"Data", "C:\\evil.exe"}, {"Data", ""}, {"Data", "evil.exe"}};
  const Locator locator(fixture.chunk, fixture.begin, fixture.end, event);
  CHECK(locator.locate(0, 0, 8) == fixture.first_value);
  CHECK(locator.locate(1, 3, 11) == fixture.first_value + 2 * 12);
  CHECK(locator.locate(3, 0, 8) == fixture.first_value + 2 * 22);
}

TEST_CASE("text of a template definition is located in the chunk") {
  Fixture fixture({{0x08, Buffer(4)}});
  const Buffer text = utf8_to_utf16le("template text");
  std::copy(text.begin(), text.end(), fixture.chunk.begin() + 9001);
  Event event;
  event.data = {{"A", "template text"}};
  const Locator locator(fixture.chunk, fixture.begin, fixture.end, event);
  CHECK(locator.locate(0, 9, 13) == 9001 + 2 * 9);
}

TEST_CASE("a value that is not text on disk has no place") {
  const Fixture fixture({{0x0E, Buffer{0xAB, 0xCD}}});
  Event event;
  event.data = {{"Hash", "ABCD"}};
  CHECK_FALSE(Locator(fixture.chunk, fixture.begin, fixture.end, event).locate(0, 0, 4));
}

TEST_CASE("in real logs every place that is given holds the text it is given for") {
  const auto corpus = test::corpus();
  EVTXHOUND_NEEDS(corpus, "no corpus of real logs");
  std::size_t texts = 0;
  std::size_t located = 0;
  std::size_t wrong = 0;
  Buffer buffer;
  TemplateCache templates;
  ChunkReader reader(templates);
  for (const auto& path : test::logs_below(*corpus)) {
    const auto file = ReadOnlyFile::open(path);
    REQUIRE(file);
    for (std::uint64_t i = 0; i < chunk_count(file->size()); ++i) {
      const auto chunk = read_chunk_bytes(*file, i, buffer);
      REQUIRE(chunk);
      for (const Event& event : read_chunk(reader, *chunk, 0).events) {
        const Locator locator(*chunk, event.byte_offset, event.byte_offset + event.byte_size,
                              event);
        for (std::size_t f = 0; f < event.data.size(); ++f) {
          const std::string& value = event.data[f].value;
          // The tail of the value from its third character on, so that offsets within count too.
          const bool is_path = value.size() > 6 && value[1] == ':' && value[2] == '\\';
          if (!is_path) continue;
          ++texts;
          const auto place = locator.locate(f, 3, value.size());
          if (!place) continue;
          ++located;
          const Buffer wide = utf8_to_utf16le(std::string_view(value).substr(3));
          const bool stands = holds(*chunk, *place, wide.size()) &&
                              std::ranges::equal(chunk->subspan(*place, wide.size()), wide);
          const bool narrow = std::ranges::equal(
              chunk->subspan(*place, std::min(value.size() - 3, chunk->size() - *place)),
              as_bytes(std::string_view(value).substr(3)));
          if (!stands && !narrow) ++wrong;
        }
      }
    }
  }
  CHECK(wrong == 0);
  CHECK(located == texts);
  CHECK(texts > 10'000);
}
