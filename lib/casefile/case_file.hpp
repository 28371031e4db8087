// The case file: a SQLite database that a scan writes and an examiner questions.
// docs/case-schema.md is its contract, schema.sql its text.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "evtxhound/casefile/event_row.hpp"
#include "evtxhound/casefile/rows.hpp"
#include "evtxhound/evtx/verify.hpp"

namespace evtxhound::casefile {

// A case file open for writing. One writer at a time: a second one, in this process or another,
// fails with "locked" when it opens. Others can read meanwhile (`sqlite3 -readonly`, summarize());
// they see what was committed. Not thread-safe.
//
// While a case file is open here, nobody else in this process may open it and close it again but
// through SQLite: on POSIX systems that drops SQLite's locks. So a scan leaves its own case file
// out of the evidence that it walks.
//
// Every row is written once: what is in the case file already (the same evidence, event, hit …)
// is recognised by its natural key and left as it is, so scanning again adds nothing twice.
// Writes are gathered in transactions; `commit` makes them last: then they outlive this process,
// however it ends. Should the machine lose power, the last commits can be taken back, in their
// order; what close() has finished cannot. Every function throws Failure: kCannotGoOn where the
// disk is full or SQLite fails, with the file's name and SQLite's reason. After that, drop the
// object: the case file keeps what was committed.
class CaseFile {
 public:
  struct AddedEvent {
    RowId event = 0;
    std::size_t new_hits = 0;  // of its hits, those that the case file did not have
  };

  // Opens a case file, or makes one where there is none (or an empty file); one whose last scan
  // was killed goes on from its last commit. Throws Failure: kUsage where the file is another
  // SQLite database, no database at all, or of a newer schema (it is left untouched then), or its
  // folder does not exist; kCannotGoOn where it is locked by another scan or cannot be written.
  static CaseFile open_for_writing(const std::filesystem::path& path);

  // Leaves what was committed; what was not is rolled back. Prefer close().
  ~CaseFile();
  CaseFile(CaseFile&& other) noexcept;
  CaseFile& operator=(CaseFile&& other) noexcept;

  // Says about how many events are going to be added: of many, indexes are made by close() only,
  // which is a third of the time. Queries that want them are slow until then.
  void expect_events(std::uint64_t count);

  // Every run gets a row of its own; end_run fills in its rest.
  RowId begin_run(const RunRow& run);
  void end_run(RowId run, const RunEnd& end);

  // Adds an evidence, or finds the one of the same path and content: the same SHA-256 and size, or
  // the same size where both have no hash. Any other content under the path gets a row of its own;
  // so does one whose hash is known here and not there, as nothing shows that they are the same.
  // What is known of it here and was not there is filled in; the time of its file is the last one.
  RowId add_evidence(const EvidenceRow& evidence);

  // Says that the evidence was read to its end by these settings; what it held must have been
  // written before.
  void mark_read(RowId evidence, const std::string& settings);

  // The evidence of this path, kind, size, modification time and (where it is given) parent that
  // was read to its end by these settings. Absent where there is none, where several could be
  // meant, or where the time is not known.
  std::optional<RowId> find_read(const EvidenceRow& evidence, const std::string& settings);

  // How many problems the case file has of an evidence.
  std::uint64_t count_problems(RowId evidence);

  // The first evidence with this content, if there is one: sha256 and size are the same and its
  // same_as is empty. It can be the very file at hand, from an earlier scan.
  std::optional<RowId> find_same_content(const std::string& sha256, std::uint64_t size);

  // Adds an indicator, or finds the one of the same kind, value, product and pack.
  RowId add_indicator(const indicators::Indicator& indicator);

  // Adds a rule, or finds the one of the same uuid, whose other columns become these.
  RowId add_rule(const RuleRow& rule);

  // Adds an event with its hits and the rules that it fulfils, in one transaction. An event is the
  // same where it stands at the same offset of the same evidence with the same record id and time
  // written; a hit, where indicator, field, place and matched text are the same.
  AddedEvent add_event(RowId evidence, const EventRow& event, std::span<const HitRow> hits,
                       std::span<const RowId> rules = {});

  // Whether a record is a copy of the stored event `known`: it says the same in every column but
  // its place and its state, and stands elsewhere. Two live records of one evidence are no copies
  // of each other: a log that holds one twice holds two.
  bool is_copy(RowId known, RowId evidence, const EventRow& event);

  // Adds a place where a copy of an event stands.
  void add_place(RowId event, const PlaceRow& place);

  // Adds to an event that it fulfils a rule.
  void add_detection(RowId event, RowId rule);

  void add_problem(RowId evidence, const Problem& problem);

  // `byte_offset` is the record's, from the start of the evidence.
  void add_difference(RowId evidence, std::uint64_t byte_offset, std::uint64_t record_id,
                      const evtx::Difference& difference);

  // Adds a sign of tampering, or finds the one of the same kind, offset and detail.
  void add_finding(RowId evidence, const FindingRow& finding);

  // Replaces the census of an evidence.
  void set_census(RowId evidence, std::span<const CensusRow> rows);

  // Builds the full-text index `event_text` over all events, anew where there is one; returns how
  // many these are. Events that are added later come into it by themselves. Commits.
  std::uint64_t index_text();

  // Makes everything written so far last.
  void commit();

  // Commits, makes the indexes that are missing, makes the case one plain file (no -wal, no -shm,
  // rollback journal) and closes it. The last call on this object. Returns false where another
  // program has the case file open: then it stays in two files until that program closes it or the
  // next scan, complete all the same.
  bool close();

  // The version of the SQLite library that is in use.
  static std::string sqlite_version();

 private:
  struct Connection;
  explicit CaseFile(std::unique_ptr<Connection> connection);
  std::unique_ptr<Connection> connection_;
};

}  // namespace evtxhound::casefile
