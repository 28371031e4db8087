// The case file: a SQLite database that a scan writes and an examiner questions.
// docs/case-schema.md is its contract, schema.sql its text.
#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <string>

#include "evtxhound/casefile/rows.hpp"

namespace evtxhound::casefile {

// A case file open for writing. One writer at a time: a second one, in this process or another,
// fails with "locked". Not thread-safe.
//
// Every row is written once: what is in the case file already (the same evidence, event, hit …)
// is recognised by its natural key and left as it is, so scanning again adds nothing twice.
// Writes are gathered in transactions; `commit` makes them last. Every function throws Failure:
// kCannotGoOn where the disk is full or SQLite fails, with the file's name and SQLite's reason.
class CaseFile {
 public:
  // Opens a case file, or makes one where there is none (or an empty file). Throws Failure:
  // kUsage where the file is another SQLite database, no database at all, or of a newer schema;
  // kCannotGoOn where it is locked by another scan or cannot be written.
  static CaseFile open_for_writing(const std::filesystem::path& path);

  // Leaves what was committed; what was not is rolled back. Prefer close().
  ~CaseFile();
  CaseFile(CaseFile&&) noexcept;
  CaseFile& operator=(CaseFile&&) noexcept;

  RowId begin_run(const RunRow& run);
  void end_run(RowId run, const RunEnd& end);

  // Adds an evidence, or finds the one of the same path and content (SHA-256, or size where there
  // is no hash). REQUIRES: an evidence of another content under the same path gets a row of its
  // own.
  RowId add_evidence(const EvidenceRow& evidence);

  // The evidence with this content whose events are read, if there is one: sha256 and size are
  // the same and its same_as is empty.
  std::optional<RowId> find_same_content(const std::string& sha256, std::uint64_t size);

  RowId add_indicator(const indicators::Indicator& indicator);

  // Adds an event and its hits. Returns how many of the hits were new.
  std::size_t add_event(RowId evidence, const evtx::Event& event, SourceType source, State state,
                        std::span<const HitRow> hits);

  void add_problem(RowId evidence, const Problem& problem);

  // Replaces the census of an evidence.
  void set_census(RowId evidence, std::span<const CensusRow> rows);

  // Makes everything written so far last.
  void commit();

  // Commits, makes the case one plain file (no -wal, no -shm, rollback journal) and closes it.
  void close();

  // The version of the SQLite library that is in use.
  static std::string sqlite_version();

 private:
  struct Connection;
  explicit CaseFile(std::unique_ptr<Connection> connection);
  std::unique_ptr<Connection> connection_;
};

}  // namespace evtxhound::casefile
