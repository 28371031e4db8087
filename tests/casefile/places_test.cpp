// Events that stand in several places.
#include <catch2/catch.hpp>

#include "tests/casefile/sample_case.hpp"

using namespace evtxhound;
using namespace evtxhound::casefile;
using namespace evtxhound::casefile::testing;

namespace {

struct Stored {
  TemporaryFolder folder;
  CaseFile file = CaseFile::open_for_writing(folder / "case.db");
  RowId log = file.add_evidence({"/e/a.evtx", "evtx", 1, "", {}, {}});
  RowId other = file.add_evidence({"/e/b.evtx", "evtx", 1, "", {}, {}});
  evtx::Event event = sysmon_event(22, 3, {{"QueryName", "a.example"}, {"Image", "b.exe"}});
  RowId row = file.add_event(log, row_of(event), {}).event;

  bool is_copy(const evtx::Event& candidate, State state = State::kRecovered) {
    return file.is_copy(row, other, row_of(candidate, SourceType::kEvtx, state));
  }
};

}  // namespace

TEST_CASE("a copy says the same in all but its place, its size and its state") {
  Stored stored;
  evtx::Event same = stored.event;
  same.byte_offset += 512;
  same.byte_size += 8;
  CHECK(stored.is_copy(same));
  CHECK(stored.is_copy(same, State::kLive));
  CHECK(stored.is_copy(same, State::kCarved));
  CHECK_FALSE(
      stored.file.is_copy(stored.row, stored.other, row_of(same, SourceType::kXml, State::kLive)));
}

TEST_CASE("an event that differs in any column, or in its data, is no copy") {
  Stored stored;
  const auto differs = [&stored](auto change) {
    evtx::Event event = stored.event;
    change(event);
    return !stored.is_copy(event);
  };
  CHECK(differs([](evtx::Event& e) { ++e.record_id; }));
  CHECK(differs([](evtx::Event& e) { ++e.time_written; }));
  CHECK(differs([](evtx::Event& e) { e.time_created += " "; }));
  CHECK(differs([](evtx::Event& e) { e.provider += " "; }));
  CHECK(differs([](evtx::Event& e) { e.channel += " "; }));
  CHECK(differs([](evtx::Event& e) { e.computer += " "; }));
  CHECK(differs([](evtx::Event& e) { e.event_code = 23; }));
  CHECK(differs([](evtx::Event& e) { e.event_code.reset(); }));
  CHECK(differs([](evtx::Event& e) { e.version = 9; }));
  CHECK(differs([](evtx::Event& e) { e.level.reset(); }));
  CHECK(differs([](evtx::Event& e) { e.task = 1; }));
  CHECK(differs([](evtx::Event& e) { e.opcode = 1; }));
  CHECK(differs([](evtx::Event& e) { e.keywords = "0x0"; }));
  CHECK(differs([](evtx::Event& e) { e.user_sid = "S-1-5-19"; }));
  CHECK(differs([](evtx::Event& e) { e.process_id = 1; }));
  CHECK(differs([](evtx::Event& e) { e.thread_id = 1; }));
  CHECK(differs([](evtx::Event& e) { e.activity_id = "{}"; }));
  CHECK(differs([](evtx::Event& e) { e.data[0].value += " "; }));
  CHECK(differs([](evtx::Event& e) { e.data[0].name += " "; }));
  CHECK(differs([](evtx::Event& e) { e.data.pop_back(); }));
  CHECK(differs([](evtx::Event& e) { std::swap(e.data[0], e.data[1]); }));
}

TEST_CASE("a record is no copy of itself, nor a live one of a live one of the same evidence") {
  Stored stored;
  CaseFile& file = stored.file;
  evtx::Event event = stored.event;
  CHECK_FALSE(
      file.is_copy(stored.row, stored.log, row_of(event, SourceType::kEvtx, State::kRecovered)));
  event.byte_offset += 512;
  CHECK_FALSE(file.is_copy(stored.row, stored.log, row_of(event, SourceType::kEvtx, State::kLive)));
  CHECK(file.is_copy(stored.row, stored.log, row_of(event, SourceType::kEvtx, State::kRecovered)));
}

TEST_CASE("a place is kept once, and v_places shows the event's own place first") {
  Stored stored;
  for (int i = 0; i < 2; ++i) {
    stored.file.add_place(stored.row, {stored.other, 512, 808, State::kCarved});
    stored.file.add_place(stored.row, {stored.log, 512, 808, State::kRecovered});
  }
  REQUIRE(stored.file.close());
  CHECK(rows(stored.folder / "case.db",
             "SELECT is_copy, evidence, byte_offset, byte_size, state, record_id FROM v_places") ==
        "0|/e/a.evtx|7608|800|live|4\n"
        "1|/e/a.evtx|512|808|recovered|4\n"
        "1|/e/b.evtx|512|808|carved|4\n");
}
