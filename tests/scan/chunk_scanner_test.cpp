#include "evtxhound/scan/chunk_scanner.hpp"

#include <catch2/catch.hpp>

#include "evtxhound/evtx/log_file.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace evtxhound;
using namespace evtxhound::scan;

namespace {

const std::filesystem::path kIntrusion =
    std::filesystem::path(EVTXHOUND_SOURCE_DIR) / "testdata/intrusion/FIN-WS-014";

evidence::Piece sysmon() {
  return evidence::file_piece(kIntrusion / "Microsoft-Windows-Sysmon%4Operational.evtx",
                              evidence::Kind::kEvtx);
}

const indicators::IndicatorSet& set_3cx() {
  static const std::vector<indicators::Pack> packs = {indicators::builtin_3cx_pack()};
  static const indicators::IndicatorSet set(packs);
  return set;
}

evtx::TemplateCache& templates() {
  static evtx::TemplateCache cache;
  return cache;
}

evtx::Event event_at(const std::string& time, std::uint32_t code) {
  evtx::Event event;
  event.channel = "C";
  event.provider = "P";
  event.event_code = code;
  event.time_created = time;
  return event;
}

}  // namespace

TEST_CASE("a census counts kinds of events and keeps their first and last time") {
  Census census;
  census.count(event_at("2023-03-29T10:00:00.0000000Z", 22));
  census.count(event_at("2023-03-28T10:00:00.0000000Z", 22));
  Census other;
  other.count(event_at("2023-03-30T10:00:00.0000000Z", 22));
  other.count(event_at("2023-03-30T10:00:00.0000000Z", 1));
  for (const casefile::CensusRow& row : other.rows()) census.add(row);
  const auto rows = census.rows();
  REQUIRE(rows.size() == 2);
  CHECK(rows[0].event_code == 1);
  CHECK(rows[1].event_code == 22);
  CHECK(rows[1].count == 3);
  CHECK(rows[1].first_seen == "2023-03-28T10:00:00.0000000Z");
  CHECK(rows[1].last_seen == "2023-03-30T10:00:00.0000000Z");
}

TEST_CASE("a chunk gives its events with a hit, or all of them") {
  ChunkScanner hits(set_3cx(), templates(), {Store::kHits, true});
  ChunkScanner all(set_3cx(), templates(), {Store::kAll, false});
  const ChunkRows with_hits = hits.scan(sysmon(), 0, 1);
  const ChunkRows every = all.scan(sysmon(), 0, 1);
  CHECK(with_hits.events_read == every.events_read);
  CHECK(every.events.size() == every.events_read);
  CHECK(with_hits.events.size() < every.events.size());
  for (const StoredEvent& stored : with_hits.events) CHECK_FALSE(stored.hits.empty());
  CHECK_FALSE(with_hits.census.empty());
  CHECK(every.census.empty());
}

TEST_CASE("a hit's offset lies within its record") {
  ChunkScanner scanner(set_3cx(), templates(), {Store::kHits, false});
  for (const StoredEvent& stored : scanner.scan(sysmon(), 0, 1).events) {
    for (const casefile::HitRow& hit : stored.hits) {
      REQUIRE(hit.byte_offset);
      CHECK(*hit.byte_offset >= stored.row.byte_offset);
      CHECK(*hit.byte_offset + 2 * hit.matched.size() <=
            stored.row.byte_offset + stored.row.byte_size);
    }
  }
}

TEST_CASE("a log that has become shorter is a problem, not an unused chunk") {
  ChunkScanner scanner(set_3cx(), templates(), {Store::kAll, true});
  const ChunkRows rows = scanner.scan(sysmon(), 99, 1);
  REQUIRE(rows.problems.size() == 1);
  CHECK(rows.problems[0].kind == ProblemKind::kTruncated);
  CHECK(rows.problems[0].offset == evtx::chunk_offset(99));
}

TEST_CASE("a log that is gone since it was found is one problem, not one for each chunk") {
  const test::TemporaryFolder folder;
  const auto gone = evidence::file_piece(folder.path() / "gone.evtx", evidence::Kind::kEvtx);
  ChunkScanner scanner(set_3cx(), templates(), {Store::kAll, true});
  CHECK(scanner.scan(gone, 0, 1).problems.size() == 1);
  CHECK(scanner.scan(gone, 1, 1).problems.empty());
  CHECK(scanner.scan(sysmon(), 0, 1).problems.empty());
}

TEST_CASE("a log that is no file is read through what opens it") {
  evidence::Piece nested = sysmon();
  const std::filesystem::path path = nested.path;
  nested.opener = [path] { return evidence::file_piece(path, evidence::Kind::kEvtx).open(); };
  nested.path = evidence::nested_path("/evidence/disk.E01", "partition 2");
  CHECK(nested.path == "/evidence/disk.E01 / partition 2");
  ChunkScanner scanner(set_3cx(), templates(), {Store::kAll, true});
  const ChunkRows plain = scanner.scan(sysmon(), 0, 1);
  const ChunkRows through = scanner.scan(nested, 0, 1);
  CHECK(through.problems.empty());
  CHECK(through.events.size() == plain.events.size());
  nested.path = "/evidence/other";
  nested.opener = []() -> Result<std::shared_ptr<const ByteSource>> {
    return Problem{ProblemKind::kUnreadable, std::nullopt, "gone"};
  };
  CHECK(scanner.scan(nested, 0, 1).problems.size() == 1);
}
