#include "evtxhound/casefile/case_reader.hpp"

#include <algorithm>
#include <utility>

#include "evtxhound/casefile/open.hpp"
#include "evtxhound/casefile/sqlite.hpp"

namespace evtxhound::casefile {
namespace {

// The events to be read: `all` is a parameter.
constexpr std::string_view kWanted =
    "(?3 OR EXISTS (SELECT 1 FROM hit WHERE hit.event_id = event.event_id) OR EXISTS "
    "(SELECT 1 FROM detection WHERE detection.event_id = event.event_id))";

constexpr std::string_view kColumns =
    "event.event_id, record_id, time_written, time_created, provider, channel, computer, "
    "event_code, version, level, task, opcode, keywords, user_sid, process_id, thread_id, "
    "activity_id, source_type, data";

std::optional<std::uint32_t> number(const Statement& row, int column) {
  if (row.is_null(column)) return std::nullopt;
  return static_cast<std::uint32_t>(row.integer(column));
}

std::uint64_t offset_of(const StoredPlace& place) { return place.event.byte_offset; }

// A row of kColumns, and behind them offset, size and state of the place.
StoredPlace place_of(const Statement& row, bool is_copy) {
  StoredPlace place;
  place.is_copy = is_copy;
  place.event_id = row.integer(0);
  place.event.record_id = static_cast<std::uint64_t>(row.integer(1));
  place.time_written = row.text(2);
  place.event.time_created = row.text(3);
  place.event.provider = row.text(4);
  place.event.channel = row.text(5);
  place.event.computer = row.text(6);
  place.event.event_code = number(row, 7);
  place.event.version = number(row, 8);
  place.event.level = number(row, 9);
  place.event.task = number(row, 10);
  place.event.opcode = number(row, 11);
  place.event.keywords = row.text(12);
  place.event.user_sid = row.text(13);
  place.event.process_id = number(row, 14);
  place.event.thread_id = number(row, 15);
  place.event.activity_id = row.text(16);
  place.source_type = row.text(17);
  place.data = row.text(18);
  place.event.byte_offset = static_cast<std::uint64_t>(row.integer(19));
  place.event.byte_size = static_cast<std::uint32_t>(row.integer(20));
  place.state = row.text(21);
  return place;
}

}  // namespace

struct CaseReader::Connection {
  Connection(const std::filesystem::path& path, bool with_all)
      : database(open_case_to_read(path)), all(with_all) {
    database.execute("BEGIN; SELECT count(*) FROM meta");  // the first reading fixes the state
  }

  static std::string with_columns(std::string_view place, std::string_view from) {
    return std::string("SELECT ").append(kColumns).append(place).append(from);
  }

  Database database;
  bool all;
  Statement own{database,
                with_columns(", event.byte_offset, event.byte_size, event.state FROM event WHERE "
                             "evidence_id = ?1 AND byte_offset >= ?2 AND byte_offset < ?4 AND ",
                             kWanted)};
  Statement copies{
      database,
      with_columns(", also_at.byte_offset, also_at.byte_size, also_at.state",
                   " FROM also_at JOIN event USING (event_id) WHERE also_at.evidence_id = ? AND "
                   "also_at.byte_offset >= ? AND also_at.byte_offset < ?")};
  Statement next_own{database,
                     std::string("SELECT byte_offset FROM event WHERE evidence_id = ?1 AND "
                                 "byte_offset >= ?2 AND ")
                         .append(kWanted)
                         .append(" ORDER BY byte_offset LIMIT 1")};
  Statement next_copy{database,
                      "SELECT byte_offset FROM also_at WHERE evidence_id = ? AND byte_offset >= ? "
                      "ORDER BY byte_offset LIMIT 1"};
  Statement hits{database,
                 "SELECT hit_id, field, matched, byte_offset FROM hit WHERE event_id = ? ORDER BY "
                 "hit_id"};
};

CaseReader::CaseReader(const std::filesystem::path& path, bool all)
    : connection_(std::make_unique<Connection>(path, all)) {}
CaseReader::~CaseReader() = default;

std::vector<StoredEvidence> CaseReader::evidence() {
  std::vector<StoredEvidence> all;
  Statement row(connection_->database,
                "SELECT evidence_id, path, kind, size, sha256, parent_id FROM evidence ORDER BY "
                "evidence_id");
  while (row.step()) {
    StoredEvidence evidence{row.integer(0), row.text(1), row.text(2), {}, row.text(4), {}};
    if (!row.is_null(3)) evidence.size = static_cast<std::uint64_t>(row.integer(3));
    if (!row.is_null(5)) evidence.parent = row.integer(5);
    all.push_back(std::move(evidence));
  }
  return all;
}

bool CaseReader::has_rebuilt() {
  return connection_->database.integer(
             "SELECT EXISTS (SELECT 1 FROM problem WHERE kind = 'rebuilt')") != 0;
}

std::uint64_t CaseReader::place_count() {
  Statement own(connection_->database,
                std::string("SELECT count(*) FROM event WHERE ?1 IS ?2 AND ").append(kWanted));
  const int all = connection_->all ? 1 : 0;
  return static_cast<std::uint64_t>(own.first(0, 0, all).value() +
                                    connection_->database.integer("SELECT count(*) FROM also_at"));
}

std::uint64_t CaseReader::hit_count() {
  return static_cast<std::uint64_t>(connection_->database.integer("SELECT count(*) FROM hit"));
}

std::optional<std::uint64_t> CaseReader::next_place(RowId evidence, std::uint64_t from) {
  std::optional<std::uint64_t> next;
  const bool all = connection_->all;
  for (const auto found : {connection_->next_own.first(evidence, from, all ? 1 : 0),
                           connection_->next_copy.first(evidence, from)}) {
    if (!found) continue;
    next = std::min(next.value_or(~0ULL), static_cast<std::uint64_t>(*found));
  }
  return next;
}

std::vector<StoredPlace> CaseReader::places(RowId evidence, std::uint64_t begin,
                                            std::uint64_t end) {
  std::vector<StoredPlace> found;
  Statement& own = connection_->own;
  own.bind(evidence, begin, connection_->all ? 1 : 0, end);
  while (own.step()) found.push_back(place_of(own, false));
  own.reset();
  Statement& copies = connection_->copies;
  copies.bind(evidence, begin, end);
  while (copies.step()) found.push_back(place_of(copies, true));
  copies.reset();
  std::ranges::stable_sort(found, {}, offset_of);
  Statement& hits = connection_->hits;
  for (StoredPlace& place : found) {
    if (place.is_copy) continue;
    hits.bind(place.event_id);
    while (hits.step()) {
      PlacedHit hit{hits.integer(0), hits.text(1), hits.text(2), {}};
      if (!hits.is_null(3)) hit.byte_offset = static_cast<std::uint64_t>(hits.integer(3));
      place.hits.push_back(std::move(hit));
    }
    hits.reset();
  }
  return found;
}

}  // namespace evtxhound::casefile
