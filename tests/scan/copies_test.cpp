// Which records are held against which, and what bounds that.
#include "evtxhound/scan/copies.hpp"

#include <catch2/catch.hpp>

#include "tests/support/temporary_folder.hpp"

using namespace evtxhound;
using namespace evtxhound::scan;
using casefile::RowId;
using casefile::SourceType;
using casefile::State;
using evidence::Kind;

namespace {

evtx::Event event_at(std::uint64_t offset, std::uint64_t record_id = 1) {
  evtx::Event event;
  event.byte_offset = offset;
  event.byte_size = 100;
  event.record_id = record_id;
  event.time_created = "2023-03-29T10:00:00.0000000Z";
  event.provider = "P";
  event.data = {{"Name", "value"}};
  return event;
}

// A folder with a log, an export, an archive of two logs, and a raw file.
struct Sample {
  enum Piece : std::size_t { kFolder, kLog, kExport, kArchive, kInner, kFirst, kSecond, kRaw };

  Sample() {
    const auto add = [this](const char* path, Kind kind, std::optional<std::size_t> parent) {
      findings.pieces.push_back(evidence::file_piece(path, kind, parent));
      rows.push_back(file.add_evidence({path, std::string(to_string(kind)), 1, "", {}, {}}));
    };
    add("/e", Kind::kFolder, std::nullopt);
    add("/e/a.evtx", Kind::kEvtx, kFolder);
    add("/e/a.xml", Kind::kXml, kFolder);
    add("/e/a.zip", Kind::kArchive, kFolder);
    add("/e/a.zip / b.zip", Kind::kArchive, kArchive);
    add("/e/a.zip / b.zip / 1.evtx", Kind::kEvtx, kInner);
    add("/e/a.zip / 2.evtx", Kind::kEvtx, kArchive);
    add("/e/a.raw", Kind::kRaw, kFolder);
  }

  // Adds an event of a piece and makes it known.
  RowId store(Copies& copies, Piece piece, const evtx::Event& event, State state = State::kLive,
              SourceType source = SourceType::kEvtx) {
    copies.enter(piece);
    const auto row = casefile::EventRowMaker().make(event, source, state);
    const RowId id = file.add_event(rows[piece], row, {}).event;
    last_added = copies.add(id, row);
    return id;
  }

  std::optional<RowId> find(Copies& copies, Piece piece, const evtx::Event& event,
                            State state = State::kLive, SourceType source = SourceType::kEvtx) {
    copies.enter(piece);
    return copies.find(rows[piece], casefile::EventRowMaker().make(event, source, state));
  }

  test::TemporaryFolder folder;
  casefile::CaseFile file = casefile::CaseFile::open_for_writing(folder / "case.db");
  evidence::Findings findings;
  std::vector<RowId> rows;
  bool last_added = false;
};

}  // namespace

TEST_CASE("in an archive copies are found in any member, at any depth, and not beyond it") {
  Sample sample;
  Copies copies(sample.findings, sample.file);
  const RowId row = sample.store(copies, Sample::kFirst, event_at(512));
  CHECK(sample.find(copies, Sample::kSecond, event_at(512)) == row);
  CHECK(sample.find(copies, Sample::kSecond, event_at(900), State::kRecovered) == row);
  CHECK_FALSE(sample.find(copies, Sample::kSecond, event_at(512, 2)));
  CHECK_FALSE(sample.find(copies, Sample::kRaw, event_at(512), State::kCarved));
}

TEST_CASE("of a log that is a file of its own only recovered records are held against others") {
  Sample sample;
  Copies copies(sample.findings, sample.file);
  const RowId row = sample.store(copies, Sample::kLog, event_at(512));
  CHECK_FALSE(sample.find(copies, Sample::kLog, event_at(900), State::kLive));
  CHECK(sample.find(copies, Sample::kLog, event_at(900), State::kRecovered) == row);
}

TEST_CASE("an export that is a file of its own has no copies; one without ids never has") {
  Sample sample;
  Copies copies(sample.findings, sample.file);
  sample.store(copies, Sample::kExport, event_at(1), State::kLive, SourceType::kXml);
  CHECK_FALSE(sample.find(copies, Sample::kExport, event_at(200), State::kLive, SourceType::kXml));
  const evtx::Event nameless = event_at(1, 0);
  sample.store(copies, Sample::kFirst, nameless, State::kLive, SourceType::kXml);
  CHECK_FALSE(sample.find(copies, Sample::kSecond, nameless, State::kLive, SourceType::kXml));
  evtx::Event named = event_at(2, 0);
  named.data.push_back({"id", "4711"});
  const RowId row =
      sample.store(copies, Sample::kFirst, named, State::kLive, SourceType::kCrowdstrike);
  CHECK(sample.find(copies, Sample::kSecond, named, State::kLive, SourceType::kCrowdstrike) == row);
}

TEST_CASE("many events are told apart, and what is one too many is said once and is no copy") {
  constexpr std::uint64_t kMost = 5000;
  Sample sample;
  Copies copies(sample.findings, sample.file, kMost);
  std::vector<RowId> rows;
  for (std::uint64_t i = 0; i < kMost; ++i) {
    rows.push_back(sample.store(copies, Sample::kFirst, event_at(512 + i, i)));
    REQUIRE(sample.last_added);
  }
  sample.store(copies, Sample::kFirst, event_at(100'000, kMost));
  CHECK_FALSE(sample.last_added);
  CHECK(copies.scope() == Sample::kArchive);
  sample.store(copies, Sample::kFirst, event_at(200'000, kMost + 1));
  CHECK(sample.last_added);
  std::size_t found = 0;
  for (std::uint64_t i = 0; i < kMost; ++i) {
    found += sample.find(copies, Sample::kSecond, event_at(512, i)) == rows[i] ? 1 : 0;
  }
  CHECK(found == kMost);
  CHECK_FALSE(sample.find(copies, Sample::kSecond, event_at(512, kMost)));
}
