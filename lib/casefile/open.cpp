#include "evtxhound/casefile/open.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>

#include "evtxhound/base/bytes.hpp"
#include "evtxhound/base/failure.hpp"
#include "evtxhound/base/file.hpp"
#include "evtxhound/casefile/read_indexes.hpp"

namespace evtxhound::embedded {
extern const std::string_view kCaseSchema;
extern const std::string_view kCaseViews;
extern const std::string_view kCaseQuestionViews;
}  // namespace evtxhound::embedded

namespace evtxhound::casefile {
namespace {

// The first bytes of a database file (the "SQLite database file format" page, section 1.3).
constexpr std::size_t kHeaderSize = 100;
constexpr std::size_t kUserVersionOffset = 60;
constexpr std::size_t kApplicationIdOffset = 68;
constexpr std::string_view kMagic("SQLite format 3\0", 16);

[[noreturn]] void refuse(const std::filesystem::path& path, const std::string& why) {
  throw Failure(ExitStatus::kUsage, fmt::format("{}: {}", path.string(), why));
}

void check_identity(const std::filesystem::path& path, std::int64_t application_id,
                    std::int64_t schema_version) {
  if (application_id != kApplicationId) {
    refuse(path, "is another program's SQLite database, not a case file");
  }
  if (schema_version > kSchemaVersion) {
    refuse(path, fmt::format("is a case file of schema {}, written by a newer evtxhound; this one "
                             "knows schema {}",
                             schema_version, kSchemaVersion));
  }
  if (schema_version != kSchemaVersion) {
    refuse(path, fmt::format("is a case file of schema {}, written by an older evtxhound; this one "
                             "knows schema {}: scan into a new case file",
                             schema_version, kSchemaVersion));
  }
}

std::int64_t big_endian(Bytes header, std::size_t offset) {
  return static_cast<std::int32_t>(__builtin_bswap32(load<std::uint32_t>(header, offset)));
}

// Looks at the file's own bytes: SQLite may recover a journal or write beside the file as soon as
// it looks at a database, and a file that is no case is none of our business.
void check_header(const std::filesystem::path& path, Bytes header) {
  if (header.size() < kHeaderSize ||
      std::memcmp(header.data(), kMagic.data(), kMagic.size()) != 0) {
    refuse(path, "is no SQLite database, so no case file");
  }
  check_identity(path, big_endian(header, kApplicationIdOffset),
                 big_endian(header, kUserVersionOffset));
}

void make_schema(Database& database) {
  // One transaction: a case file has its whole schema or is an empty file.
  database.execute("BEGIN IMMEDIATE");
  database.execute(std::string(embedded::kCaseSchema));
  database.execute(std::string(embedded::kCaseViews));
  database.execute(std::string(embedded::kCaseQuestionViews));
  database.execute("COMMIT");
}

}  // namespace

Database open_case_to_write(const std::filesystem::path& path, const WriterLock& lock) {
  std::array<std::uint8_t, kHeaderSize> header{};
  const ssize_t got = ::pread(lock.descriptor(), header.data(), header.size(), 0);
  if (got < 0) {
    throw Failure(ExitStatus::kCannotGoOn,
                  fmt::format("{}: cannot be read: {}", path.string(), std::strerror(errno)));
  }
  if (got > 0) check_header(path, Bytes(header).first(static_cast<std::size_t>(got)));

  Database database(path, Database::Mode::kReadWrite);
  // Empty is also the file whose making was cut off: SQLite has rolled it back just now. Pages of
  // eight times the usual size hold some two dozen events each: a load has that much fewer of them
  // to look after.
  database.execute("PRAGMA page_size = 32768");
  if (database.integer("SELECT count(*) FROM sqlite_schema") == 0) {
    make_schema(database);
  }
  check_identity(path, database.integer("PRAGMA application_id"),
                 database.integer("PRAGMA user_version"));

  // With a write-ahead log an examiner can read while the scan writes, and a scan that is killed
  // at any point leaves the last commit. NORMAL syncs at checkpoints, not at every commit: losing
  // power can take the last commits back, in their order, but cannot damage the file; scanning
  // again writes them again. Where the file system has no shared memory for such a log, SQLite
  // stays with a rollback journal, which needs FULL to be as safe.
  const bool wal = database.text("PRAGMA journal_mode = WAL") == "wal";
  database.execute(wal ? "PRAGMA synchronous = NORMAL" : "PRAGMA synchronous = FULL");
  // Folding the log in waits for the disk twice, so not with every commit: at 16 MiB of log.
  database.execute("PRAGMA wal_autocheckpoint = 512");
  // Sorting for an index may take a second thread and room beyond the cache, so on disk. Zeroing
  // what is freed (Debian's default) protects nothing here: all of a case is meant to be read.
  database.execute(
      "PRAGMA cache_size = -65536; PRAGMA temp_store = FILE; PRAGMA threads = 2;"
      "PRAGMA secure_delete = OFF");
  return database;
}

Database open_case_to_read(const std::filesystem::path& path) {
  // Where this process is writing the case its header is known to be good, and opening the file
  // beside SQLite would drop SQLite's locks (writer_lock.hpp).
  if (!is_locked_here(path)) {
    const auto file = ReadOnlyFile::open(path);
    if (!file) refuse(path, "no case file: " + file.problem().message);
    if (file->size() == 0) refuse(path, "is empty: no scan has written this case file");
    std::array<std::uint8_t, kHeaderSize> header{};
    const auto got = file->read_at(0, header);
    if (!got) refuse(path, got.problem().message);
    check_header(path, Bytes(header).first(*got));
  }
  Database database(path, Database::Mode::kReadOnly);
  database.execute("PRAGMA temp_store = MEMORY");
  return database;
}

bool fold_in_log(Database& database) {
  make_read_indexes(database);
  database.execute("PRAGMA analysis_limit = 400; ANALYZE");
  // Another program's open query keeps the log in use. Nothing is lost then: everything is
  // committed, and whoever closes the case file last, or the next scan, folds the log in.
  return database.try_execute("PRAGMA wal_checkpoint(TRUNCATE)") &&
         database.try_execute("PRAGMA journal_mode = DELETE") &&
         database.text("PRAGMA journal_mode") == "delete";
}

}  // namespace evtxhound::casefile
