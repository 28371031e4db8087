// A log that was exported as XML gives the events that the log itself gives.

#include <catch2/catch.hpp>
#include <iostream>

#include "evtxhound/evtx/record_reader.hpp"
#include "tests/evtx/log_chunks.hpp"
#include "tests/support/exports.hpp"
#include "tests/support/same_event.hpp"

using namespace evtxhound;
using namespace evtxhound::test;
namespace fs = std::filesystem;

namespace {

struct Exported {
  std::vector<evtx::Event> events;
  std::vector<std::string> xml;  // one for each event
};

Exported export_log(const fs::path& log) {
  evtx::TemplateCache templates;
  evtx::ChunkReader reader(templates);
  Exported all;
  for (const Buffer& chunk : chunks_of(log)) {
    reader.open(chunk);
    for (const evtx::RecordFrame& frame : reader.frames().records) {
      auto event = reader.event(frame);
      TextBuffer xml;
      if (!event || reader.append(frame, evtx::Format::kXml, xml)) continue;
      all.events.push_back(std::move(*event));
      all.xml.emplace_back(xml.view());
    }
  }
  return all;
}

// The three layouts of an export.
std::vector<std::string> layouts(const std::vector<std::string>& xml) {
  std::string lines;
  std::string all;
  for (const std::string& event : xml) {
    lines += event + "\r\n";
    all += event;
  }
  return {lines, all, "<?xml version=\"1.0\" standalone=\"yes\"?>\n<Events>" + all + "</Events>"};
}

// The first difference; empty where there is none.
std::string difference(const Exported& exported, const std::string& text, TextEncoding encoding,
                       std::size_t block_size) {
  const std::string bytes = byte_order_mark(encoding) + encode(text, encoding);
  const ReadExport all = read_export_text(bytes, evidence::Kind::kXml, block_size);
  for (const Problem& problem : all.problems) return problem.message;
  if (all.events.size() != exported.events.size()) return "another number of events";
  for (std::size_t i = 0; i < all.events.size(); ++i) {
    evtx::Event read = as_xml_holds(all.events[i]);
    const evtx::Event expected = as_xml_holds(exported.events[i]);
    // A log's record has a time of its own where its event has none.
    if (read.time_created.empty()) read.time_created = expected.time_created;
    if (!same_event(read, expected)) {
      return "event " + std::to_string(i) + " is\n" + describe(read) + "\nand was\n" +
             describe(expected);
    }
  }
  return {};
}

}  // namespace

TEST_CASE("forged logs give the same events as exports in each layout and encoding") {
  std::size_t events = 0;
  for (const fs::path& log : forged_logs()) {
    CAPTURE(log);
    const Exported exported = export_log(log);
    events += exported.events.size();
    for (const std::string& text : layouts(exported.xml)) {
      for (const TextEncoding encoding : kEncodings) {
        CHECK(difference(exported, text, encoding, 1000).empty());
        CHECK(difference(exported, text, encoding, 1 << 20).empty());
      }
    }
  }
  CHECK(events > 200);
}

TEST_CASE("real logs give the same events as exports") {
  const auto folder = corpus();
  EVTXHOUND_NEEDS(folder, "no corpus of real logs");
  std::size_t events = 0;
  std::size_t layout = 0;
  for (const fs::path& log : logs_below(*folder)) {
    CAPTURE(log);
    const Exported exported = export_log(log);
    events += exported.events.size();
    // Each layout and encoding with a part of the logs.
    const std::vector<std::string> texts = layouts(exported.xml);
    const std::string differs =
        difference(exported, texts[layout % 3], kEncodings[layout / 3 % 3], std::size_t{1} << 20U);
    CHECK(differs.empty());
    if (!differs.empty()) std::cout << log << ": " << differs.substr(0, 4000) << '\n';
    ++layout;
  }
  std::cout << events << " events\n";
  CHECK(events > 10'000);
}
