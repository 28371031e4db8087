#include "evtxhound/casefile/case_file.hpp"

#include <utility>

#include "evtxhound/base/failure.hpp"
#include "evtxhound/base/time.hpp"
#include "evtxhound/casefile/checkpointer.hpp"
#include "evtxhound/casefile/open.hpp"
#include "evtxhound/casefile/read_indexes.hpp"
#include "evtxhound/casefile/sqlite.hpp"
#include "evtxhound/casefile/text_index.hpp"
#include "evtxhound/casefile/writer_lock.hpp"

namespace evtxhound::casefile {
namespace {

// Some megabytes: large enough that what each writes besides costs little, small enough that its
// pages can be moved while the next is written (checkpointer.hpp).
constexpr int kRowsPerTransaction = 5'000;

std::string_view to_string(State state) {
  switch (state) {
    case State::kLive:
      return "live";
    case State::kRecovered:
      return "recovered";
    case State::kCarved:
      return "carved";
  }
  return "unknown";
}

std::optional<std::string_view> null_if_empty(const std::string& text) {
  if (text.empty()) return std::nullopt;
  return text;
}

// The statements that write. ON CONFLICT DO NOTHING passes over rows that are there already and
// nothing else: unlike INSERT OR IGNORE it lets no other fault pass.
struct Statements {
  explicit Statements(Database& db) : database(db) {}

  Database& database;
  Statement begin_run{database,
                      "INSERT INTO run (command_line, tool_version, library_versions, packs, "
                      "rules, host, user, started, options) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"};
  Statement end_run{database,
                    "UPDATE run SET ended = ?, exit_status = ?, files_seen = ?, files_read = ?, "
                    "files_skipped = ?, bytes_read = ?, events_read = ?, hits = ?, detections = ?, "
                    "problems = ?, files_known = ? WHERE run_id = ?"};
  Statement find_evidence{
      database,
      "SELECT evidence_id FROM evidence WHERE path = ? AND coalesce(sha256, '') "
      "= ? AND coalesce(size, -1) = coalesce(?, -1)"};
  Statement add_evidence{database,
                         "INSERT INTO evidence (path, kind, size, sha256, parent_id, same_as, "
                         "modified, md5, sha1, host, host_from, created) VALUES (?, ?, ?, ?, ?, "
                         "?, ?, ?, ?, ?, ?, ?)"};
  Statement complete_evidence{database,
                              "UPDATE evidence SET modified = coalesce(?1, modified), md5 = "
                              "coalesce(md5, ?2), sha1 = coalesce(sha1, ?3), host = "
                              "coalesce(host, ?4), host_from = iif(host IS NULL, ?5, host_from), "
                              "created = coalesce(created, ?6) WHERE evidence_id = ?7"};
  Statement mark_read{database,
                      "INSERT INTO read_to_end (evidence_id, settings) VALUES (?, ?) ON CONFLICT "
                      "DO NOTHING"};
  Statement find_read{database,
                      "SELECT min(evidence_id) FROM evidence JOIN read_to_end USING (evidence_id) "
                      "WHERE path = ?1 AND kind = ?2 AND size IS ?3 AND modified = ?4 AND "
                      "coalesce(?5, parent_id) IS parent_id AND settings = ?6 HAVING count(*) = 1"};
  Statement count_problems{database, "SELECT count(*) FROM problem WHERE evidence_id = ?"};
  Statement find_content{database,
                         "SELECT min(evidence_id) FROM evidence WHERE sha256 = ? AND size = ? AND "
                         "same_as IS NULL HAVING count(*) > 0"};
  Statement find_indicator{database,
                           "SELECT indicator_id FROM indicator WHERE kind = ? AND value = ? AND "
                           "product = ? AND pack = ?"};
  Statement add_indicator{database,
                          "INSERT INTO indicator (kind, value, product, pack, description, "
                          "severity, source) VALUES (?, ?, ?, ?, ?, ?, ?)"};
  Statement find_event{database,
                       "SELECT event_id FROM event WHERE evidence_id = ? AND byte_offset = ? AND "
                       "record_id = ? AND time_written = ?"};
  Statement add_event{database,
                      "INSERT INTO event (evidence_id, byte_offset, byte_size, record_id, "
                      "time_written, time_created, provider, channel, computer, event_code, "
                      "version, level, task, opcode, keywords, user_sid, process_id, thread_id, "
                      "activity_id, source_type, state, data) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, "
                      "?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"};
  Statement is_copy{
      database,
      "SELECT 1 FROM event WHERE event_id = ? AND record_id = ? AND time_written = ? AND "
      "time_created = ? AND provider = ? AND channel = ? AND computer = ? AND event_code IS ? AND "
      "version IS ? AND level IS ? AND task IS ? AND opcode IS ? AND keywords = ? AND user_sid = ? "
      "AND process_id IS ? AND thread_id IS ? AND activity_id = ? AND source_type = ? AND data = ? "
      "AND NOT (evidence_id = ? AND (byte_offset = ? OR (state = 'live' AND ? = 'live')))"};
  Statement add_place{database,
                      "INSERT INTO also_at (event_id, evidence_id, byte_offset, byte_size, state) "
                      "VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"};
  Statement add_hit{database,
                    "INSERT INTO hit (event_id, indicator_id, field, matched, byte_offset) "
                    "VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"};
  Statement add_rule{database,
                     "INSERT INTO rule (uuid, title, type, level, attack, status) "
                     "VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (uuid) DO UPDATE SET "
                     "title = excluded.title, type = excluded.type, level = excluded.level, "
                     "attack = excluded.attack, status = excluded.status RETURNING rule_id"};
  Statement add_detection{database,
                          "INSERT INTO detection (event_id, rule_id) VALUES (?, ?) "
                          "ON CONFLICT DO NOTHING"};
  Statement add_problem{database,
                        "INSERT INTO problem (evidence_id, byte_offset, kind, message) "
                        "VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING"};
  Statement add_finding{database,
                        "INSERT INTO finding (evidence_id, kind, byte_offset, detail, "
                        "first_record, last_record, time_before, time_after) "
                        "VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"};
  Statement add_difference{database,
                           "INSERT INTO difference (evidence_id, byte_offset, record_id, class, "
                           "field, native, libevtx) VALUES (?, ?, ?, ?, ?, ?, ?) "
                           "ON CONFLICT DO NOTHING"};
  // Known rows stay the rows that they are; those that were not counted again are removed.
  Statement zero_census{database, "UPDATE census SET count = 0 WHERE evidence_id = ?"};
  Statement add_census{database,
                       "INSERT INTO census (evidence_id, channel, provider, event_code, count, "
                       "first_seen, last_seen) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT "
                       "(evidence_id, channel, provider, coalesce(event_code, -1)) DO UPDATE SET "
                       "count = excluded.count, first_seen = excluded.first_seen, last_seen = "
                       "excluded.last_seen"};
  Statement trim_census{database, "DELETE FROM census WHERE evidence_id = ? AND count = 0"};
  Statement mark_census{database, "UPDATE evidence SET census_taken = 1 WHERE evidence_id = ?"};
};

}  // namespace

std::string_view to_string(SourceType type) {
  switch (type) {
    case SourceType::kEvtx:
      return "evtx";
    case SourceType::kXml:
      return "xml";
    case SourceType::kCrowdstrike:
      return "crowdstrike";
    case SourceType::kRaw:
      return "raw";
  }
  return "unknown";
}

// In the order of construction: the lock is taken before SQLite opens the file, and let go after
// SQLite has closed it.
struct CaseFile::Connection {
  explicit Connection(const std::filesystem::path& file)
      : path(file.string()),
        lock(file),
        database(open_case_to_write(file, lock)),
        checkpointer(database, file),
        write(database) {}

  // Begins a transaction where none is open, and ends one that has grown large. Called before
  // each row that stands for itself, so that an event and its hits are never torn apart.
  void before_row() {
    if (transaction_open && !database.in_transaction()) {
      // SQLite has rolled back after a failure. The caller still holds ids of rows that are gone.
      throw Failure(ExitStatus::kCannotGoOn, path + ": an earlier write failed");
    }
    if (rows >= kRowsPerTransaction) commit();
    if (!transaction_open) {
      database.execute("BEGIN IMMEDIATE");
      transaction_open = true;
    }
    ++rows;
  }

  void commit() {
    if (!transaction_open) return;
    database.execute("COMMIT");
    transaction_open = false;
    rows = 0;
    checkpointer.after_commit();
  }

  std::string path;
  WriterLock lock;
  Database database;
  Checkpointer checkpointer;
  Statements write;
  bool transaction_open = false;
  int rows = 0;  // in the open transaction
};

CaseFile::CaseFile(std::unique_ptr<Connection> connection) : connection_(std::move(connection)) {}
CaseFile::~CaseFile() = default;
CaseFile::CaseFile(CaseFile&&) noexcept = default;
CaseFile& CaseFile::operator=(CaseFile&&) noexcept = default;

CaseFile CaseFile::open_for_writing(const std::filesystem::path& path) {
  return CaseFile(std::make_unique<Connection>(path));
}

void CaseFile::expect_events(std::uint64_t count) {
  connection_->commit();
  drop_read_indexes(connection_->database, count);
}

RowId CaseFile::begin_run(const RunRow& run) {
  connection_->before_row();
  connection_->write.begin_run.run(run.command_line, run.tool_version, run.library_versions,
                                   run.packs, run.rules, run.host, run.user, run.started,
                                   run.options);
  return connection_->database.last_insert_id();
}

void CaseFile::end_run(RowId run, const RunEnd& end) {
  connection_->before_row();
  connection_->write.end_run.run(end.ended, end.exit_status, end.files_seen, end.files_read,
                                 end.files_skipped, end.bytes_read, end.events_read, end.hits,
                                 end.detections, end.problems, end.files_known, run);
}

RowId CaseFile::add_evidence(const EvidenceRow& evidence) {
  connection_->before_row();
  Statements& write = connection_->write;
  if (const auto known = write.find_evidence.first(evidence.path, evidence.sha256, evidence.size)) {
    write.complete_evidence.run(null_if_empty(evidence.modified), null_if_empty(evidence.md5),
                                null_if_empty(evidence.sha1), null_if_empty(evidence.host),
                                null_if_empty(evidence.host_from), null_if_empty(evidence.created),
                                *known);
    return *known;
  }
  write.add_evidence.run(evidence.path, evidence.kind, evidence.size,
                         null_if_empty(evidence.sha256), evidence.parent, evidence.same_as,
                         null_if_empty(evidence.modified), null_if_empty(evidence.md5),
                         null_if_empty(evidence.sha1), null_if_empty(evidence.host),
                         null_if_empty(evidence.host_from), null_if_empty(evidence.created));
  return connection_->database.last_insert_id();
}

void CaseFile::mark_read(RowId evidence, const std::string& settings) {
  connection_->before_row();
  connection_->write.mark_read.run(evidence, settings);
}

std::optional<RowId> CaseFile::find_read(const EvidenceRow& evidence, const std::string& settings) {
  return connection_->write.find_read.first(evidence.path, evidence.kind, evidence.size,
                                            null_if_empty(evidence.modified), evidence.parent,
                                            settings);
}

std::uint64_t CaseFile::count_problems(RowId evidence) {
  return static_cast<std::uint64_t>(connection_->write.count_problems.first(evidence).value_or(0));
}

std::optional<RowId> CaseFile::find_same_content(const std::string& sha256, std::uint64_t size) {
  return connection_->write.find_content.first(sha256, size);
}

RowId CaseFile::add_indicator(const indicators::Indicator& indicator) {
  connection_->before_row();
  Statements& write = connection_->write;
  const std::string_view kind = indicators::to_string(indicator.kind);
  if (const auto known =
          write.find_indicator.first(kind, indicator.value, indicator.product, indicator.pack)) {
    return *known;
  }
  write.add_indicator.run(kind, indicator.value, indicator.product, indicator.pack,
                          indicator.description, indicators::to_string(indicator.severity),
                          indicator.source);
  return connection_->database.last_insert_id();
}

CaseFile::AddedEvent CaseFile::add_event(RowId evidence, const EventRow& row,
                                         std::span<const HitRow> hits,
                                         std::span<const RowId> rules) {
  connection_->before_row();
  Statements& write = connection_->write;
  const std::string_view time_written = row.text(EventRow::kTimeWritten);
  const int added = write.add_event.run(
      evidence, row.byte_offset, row.byte_size, row.record_id, time_written,
      row.text(EventRow::kTimeCreated), row.text(EventRow::kProvider), row.text(EventRow::kChannel),
      row.text(EventRow::kComputer), row.event_code, row.version, row.level, row.task, row.opcode,
      row.text(EventRow::kKeywords), row.text(EventRow::kUserSid), row.process_id, row.thread_id,
      row.text(EventRow::kActivityId), to_string(row.source), to_string(row.state),
      row.text(EventRow::kData));
  const RowId id =
      added == 1
          ? connection_->database.last_insert_id()
          : write.find_event.first(evidence, row.byte_offset, row.record_id, time_written).value();
  std::size_t new_hits = 0;
  for (const HitRow& hit : hits) {
    new_hits += static_cast<std::size_t>(
        write.add_hit.run(id, hit.indicator, hit.field, hit.matched, hit.byte_offset));
  }
  for (const RowId rule : rules) write.add_detection.run(id, rule);
  return {id, new_hits};
}

bool CaseFile::is_copy(RowId known, RowId evidence, const EventRow& row) {
  const std::string_view state = to_string(row.state);
  return connection_->write.is_copy
      .first(known, row.record_id, row.text(EventRow::kTimeWritten),
             row.text(EventRow::kTimeCreated), row.text(EventRow::kProvider),
             row.text(EventRow::kChannel), row.text(EventRow::kComputer), row.event_code,
             row.version, row.level, row.task, row.opcode, row.text(EventRow::kKeywords),
             row.text(EventRow::kUserSid), row.process_id, row.thread_id,
             row.text(EventRow::kActivityId), to_string(row.source), row.text(EventRow::kData),
             evidence, row.byte_offset, state)
      .has_value();
}

void CaseFile::add_place(RowId event, const PlaceRow& place) {
  connection_->before_row();
  connection_->write.add_place.run(event, place.evidence, place.byte_offset, place.byte_size,
                                   to_string(place.state));
}

void CaseFile::add_detection(RowId event, RowId rule) {
  connection_->before_row();
  connection_->write.add_detection.run(event, rule);
}

RowId CaseFile::add_rule(const RuleRow& rule) {
  connection_->before_row();
  return connection_->write.add_rule
      .first(rule.uuid, rule.title, rule.type, rule.level, rule.attack, rule.status)
      .value();
}

void CaseFile::add_problem(RowId evidence, const Problem& problem) {
  connection_->before_row();
  connection_->write.add_problem.run(evidence, problem.offset, evtxhound::to_string(problem.kind),
                                     problem.message);
}

void CaseFile::add_finding(RowId evidence, const FindingRow& finding) {
  connection_->before_row();
  connection_->write.add_finding.run(evidence, finding.kind, finding.byte_offset, finding.detail,
                                     finding.first_record, finding.last_record, finding.time_before,
                                     finding.time_after);
}

void CaseFile::add_difference(RowId evidence, std::uint64_t byte_offset, std::uint64_t record_id,
                              const evtx::Difference& difference) {
  connection_->before_row();
  connection_->write.add_difference.run(evidence, byte_offset, record_id,
                                        evtx::to_string(difference.why), difference.field,
                                        difference.native, difference.libevtx);
}

void CaseFile::set_census(RowId evidence, std::span<const CensusRow> rows) {
  connection_->before_row();
  connection_->write.zero_census.run(evidence);
  for (const CensusRow& row : rows) {
    connection_->write.add_census.run(evidence, row.channel, row.provider, row.event_code,
                                      row.count, row.first_seen, row.last_seen);
  }
  connection_->write.trim_census.run(evidence);
  connection_->write.mark_census.run(evidence);
}

std::string CaseFile::sqlite_version() { return Database::library_version(); }

std::uint64_t CaseFile::index_text() {
  connection_->commit();
  return build_text_index(connection_->database);
}

void CaseFile::commit() { connection_->commit(); }

bool CaseFile::close() {
  connection_->commit();
  connection_->checkpointer.pause();
  const bool alone = fold_in_log(connection_->database);
  connection_.reset();
  return alone;
}

}  // namespace evtxhound::casefile
