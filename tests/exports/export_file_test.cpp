#include "evtxhound/exports/export_file.hpp"

#include <catch2/catch.hpp>

#include "tests/support/exports.hpp"

using namespace evtxhound;
using namespace evtxhound::test;
using evidence::Kind;

namespace {

std::string xml_event(int number) {
  return "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider "
         "Name='P'/><EventID>" +
         std::to_string(number) + "</EventID></System><EventData><Data Name='A'>caf\xC3\xA9 " +
         std::string(static_cast<std::size_t>(number % 50), 'x') + "</Data></EventData></Event>";
}

std::string json_event(int number) {
  return R"({"event_simpleName":"DnsRequest","N":")" + std::to_string(number) + R"("})";
}

constexpr int kEvents = 300;

template <class Make>
std::string join(Make make, std::string_view between) {
  std::string text;
  for (int i = 0; i < kEvents; ++i) text += (i > 0 ? std::string(between) : "") + make(i);
  return text;
}

}  // namespace

TEST_CASE("exports are read alike in each layout and encoding, with any size of blocks") {
  const std::string declared = "<?xml version=\"1.0\" encoding=\"utf-16\"?>\r\n<Events>";
  for (const std::string& text : {join(xml_event, "\n"), join(xml_event, ""),
                                  declared + join(xml_event, "") + "</Events>\n"}) {
    for (const TextEncoding encoding : kEncodings) {
      for (const bool marked : {false, true}) {
        const std::string bytes =
            (marked ? byte_order_mark(encoding) : "") + encode(text, encoding);
        for (const std::size_t block : {std::size_t{64}, std::size_t{4096}, bytes.size() * 2}) {
          CAPTURE(text.substr(0, 20), to_string(encoding), marked, block);
          const ReadExport all = read_export_text(bytes, Kind::kXml, block);
          CHECK(all.problems.empty());
          REQUIRE(all.events.size() == kEvents);
          for (int i = 0; i < kEvents; ++i) {
            const evtx::Event& event = all.events[static_cast<std::size_t>(i)];
            REQUIRE(event.event_code == i);
            REQUIRE(bytes.substr(event.byte_offset, event.byte_size) ==
                    encode(xml_event(i), encoding));
          }
          std::uint64_t taken = 0;
          for (const exports::Block& one : all.blocks) taken += one.bytes_taken;
          CHECK(taken == bytes.size());
          CHECK(all.blocks.size() <=
                exports::ExportFile::expected_blocks(bytes.size(), Kind::kXml, block));
        }
      }
    }
  }
}

TEST_CASE("JSON lines, an array, objects one behind the other, and gzip give the same events") {
  for (const std::string& text :
       {join(json_event, "\n"), "[" + join(json_event, ",\n") + "]", join(json_event, "")}) {
    for (const bool packed : {false, true}) {
      const Kind kind = packed ? Kind::kCrowdstrikeGzip : Kind::kCrowdstrike;
      const std::string bytes = packed ? gzip(text) : text;
      const ReadExport all = read_export_text(bytes, kind, 256);
      CHECK(all.problems.empty());
      REQUIRE(all.events.size() == kEvents);
      for (int i = 0; i < kEvents; ++i) {
        const evtx::Event& event = all.events[static_cast<std::size_t>(i)];
        CHECK(*event.find("N") == std::to_string(i));
        CHECK(text.substr(event.byte_offset, event.byte_size) == json_event(i));
      }
    }
  }
}

TEST_CASE("damage is one problem for each run of it, with its place and size") {
  const std::string good = json_event(1);
  const std::string text = good + "\nrubbish\n \nmore of it\n" + good + "\n{\"torn\n" + good +
                           "\n{\"event_simpleName\":tru}\n{\"a\":1}\n" + good + "\n{\"cut\":";
  for (const std::size_t block : {std::size_t{8}, std::size_t{4096}}) {
    const ReadExport all = read_export_text(text, Kind::kCrowdstrike, block);
    CHECK(all.events.size() == 4);
    REQUIRE(all.problems.size() == 5);
    std::vector<std::string> places;
    for (const Problem& problem : all.problems) {
      places.push_back(text.substr(problem.offset.value(), 7) + " " +
                       std::string(to_string(problem.kind)));
    }
    std::ranges::sort(places);
    CHECK(places == std::vector<std::string>{"rubbish record-damaged", "{\"a\":1} record-unread",
                                             "{\"cut\": truncated", "{\"event record-unread",
                                             "{\"torn\n record-damaged"});
  }
}

TEST_CASE("very many damaged places are summed up") {
  std::string text;
  for (int i = 0; i < 1000; ++i) text += "x\n" + json_event(i) + "\n";
  const ReadExport all = read_export_text(text, Kind::kCrowdstrike);
  CHECK(all.events.size() == 1000);
  REQUIRE(all.problems.size() == 200);
  CHECK_THAT(all.problems.back().message, Catch::Contains("801 places"));
}

TEST_CASE("half a character at the end of UTF-16 is told") {
  const std::string bytes = encode(xml_event(1), TextEncoding::kUtf16Le) + "x";
  const ReadExport all = read_export_text(bytes, Kind::kXml);
  CHECK(all.events.size() == 1);
  REQUIRE(all.problems.size() == 1);
  CHECK(all.problems[0].offset == bytes.size() - 1);
}

TEST_CASE("a cut gzip gives what can be read, and a problem") {
  const std::string text = join(json_event, "\n");
  const std::string bytes = gzip(text);
  const ReadExport all =
      read_export_text(std::string_view(bytes).substr(0, bytes.size() / 2), Kind::kCrowdstrikeGzip);
  CHECK(all.events.size() > 10);
  REQUIRE_FALSE(all.problems.empty());
  CHECK(all.problems.back().kind == ProblemKind::kTruncated);
  CHECK_THAT(all.problems.back().message, Catch::Contains("gzip"));
}

TEST_CASE("a bomb of gzip is read in pieces") {
  const std::string bytes = gzip(json_event(1) + std::string(200'000'000, ' ') + json_event(2));
  CHECK(bytes.size() < 1'000'000);
  const ReadExport all = read_export_text(bytes, Kind::kCrowdstrikeGzip);
  CHECK(all.events.size() == 2);
  for (const exports::Block& block : all.blocks) {
    CHECK(block.bytes.size() <= 2 * exports::ExportFile::kBlockSize);
  }
}
