#include "evtxhound/casefile/sqlite.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <cstring>

#include "evtxhound/base/failure.hpp"

namespace evtxhound::casefile {
namespace {

// What a result code means to the person who runs the command.
std::string_view meaning(int code) {
  switch (code & 0xFF) {  // the primary code
    case SQLITE_FULL:
      return "disk full";
    case SQLITE_IOERR:
      return "cannot be read or written, disk full or failing";
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return "locked by another program";
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return "the case file is damaged";
    case SQLITE_READONLY:
    case SQLITE_PERM:
      return "cannot be written";
    case SQLITE_CANTOPEN:
      return "cannot be opened";
    default:
      return "SQLite failed";
  }
}

// How long to wait for another program's short lock (an examiner's query, a checkpoint).
constexpr int kBusyMilliseconds = 2000;

}  // namespace

std::string Database::library_version() { return sqlite3_libversion(); }

Database::Database(const std::filesystem::path& path, Mode mode) : path_(path.string()) {
  const int flags = mode == Mode::kReadOnly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
  sqlite3* connection = nullptr;
  // Addresses are for attach_read_only(); a file whose name looks like one is still a file.
  const std::string name = path_.starts_with("file:") ? "./" + path_ : path_;
  const int code = sqlite3_open_v2(name.c_str(), &connection,
                                   flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_URI, nullptr);
  connection_.reset(connection);
  if (code != SQLITE_OK) fail(code);
  sqlite3_extended_result_codes(connection, 1);
  sqlite3_busy_timeout(connection, kBusyMilliseconds);
  // A damaged page is to be recognised before it is followed. The schema of a case file that came
  // from elsewhere needs no distrust: this connection offers it no function that has effects.
  execute("PRAGMA cell_size_check = ON; PRAGMA foreign_keys = ON");
}

void Database::Closer::operator()(sqlite3* connection) const { sqlite3_close(connection); }

void Database::fail(int code) const {
  std::string reason = connection_ ? sqlite3_errmsg(connection_.get()) : sqlite3_errstr(code);
  const int system = connection_ ? sqlite3_system_errno(connection_.get()) : 0;
  const int primary = code & 0xFF;
  if (system != 0 && (primary == SQLITE_IOERR || primary == SQLITE_CANTOPEN)) {
    reason += fmt::format(", {}", std::strerror(system));
  }
  throw Failure(ExitStatus::kCannotGoOn, fmt::format("{}: {} ({})", path_, meaning(code), reason));
}

void Database::execute(const std::string& sql) {
  const int code = sqlite3_exec(connection_.get(), sql.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) fail(code);
}

bool Database::try_execute(const std::string& sql) {
  const int code = sqlite3_exec(connection_.get(), sql.c_str(), nullptr, nullptr, nullptr);
  const int primary = code & 0xFF;
  if (primary == SQLITE_BUSY || primary == SQLITE_LOCKED) return false;
  if (code != SQLITE_OK) fail(code);
  return true;
}

std::int64_t Database::integer(std::string_view sql) {
  Statement statement(*this, sql);
  return statement.step() ? statement.integer(0) : 0;
}

std::string Database::text(std::string_view sql) {
  Statement statement(*this, sql);
  return statement.step() ? statement.text(0) : std::string();
}

std::int64_t Database::last_insert_id() const {
  return sqlite3_last_insert_rowid(connection_.get());
}

void Database::attach_read_only(const std::filesystem::path& path, const std::string& name) {
  std::string address = "file:";
  for (const char c : std::filesystem::absolute(path).string()) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '/' || c == '.' || c == '-' || c == '_';
    address += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  address += "?mode=ro";
  Statement(*this, "ATTACH ? AS " + name).run(address);
}

bool Database::in_transaction() const { return sqlite3_get_autocommit(connection_.get()) == 0; }

void Database::watch_log() {
  log_pages_ = std::make_unique<std::uint64_t>(0);
  const auto note = [](void* pages, sqlite3* /*connection*/, const char* /*schema*/, int count) {
    *static_cast<std::uint64_t*>(pages) = static_cast<std::uint64_t>(count);
    return SQLITE_OK;
  };
  sqlite3_wal_hook(connection_.get(), note, log_pages_.get());
}

std::optional<std::uint64_t> Database::checkpoint() {
  int moved = 0;
  const int code = sqlite3_wal_checkpoint_v2(connection_.get(), nullptr, SQLITE_CHECKPOINT_PASSIVE,
                                             nullptr, &moved);
  if ((code & 0xFF) == SQLITE_BUSY) return std::nullopt;
  if (code != SQLITE_OK) fail(code);
  return moved < 0 ? 0 : static_cast<std::uint64_t>(moved);
}

Statement::Statement(Database& database, std::string_view sql) : database_(&database) {
  sqlite3_stmt* statement = nullptr;
  const int code =
      sqlite3_prepare_v3(database.connection_.get(), sql.data(), static_cast<int>(sql.size()),
                         SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  statement_.reset(statement);
  if (code != SQLITE_OK) database.fail(code);
}

void Statement::Finalizer::operator()(sqlite3_stmt* statement) const {
  sqlite3_finalize(statement);
}

bool Statement::step() {
  const int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  if (code != SQLITE_DONE) database_->fail(code);
  return false;
}

void Statement::reset() {
  // A failure of the last step comes again from here; step() has thrown it.
  // The parameters stay bound, to texts that may be gone, until they are bound anew.
  sqlite3_reset(statement_.get());
}

std::int64_t Statement::integer(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}

std::string Statement::text(int column) const {
  const unsigned char* text = sqlite3_column_text(statement_.get(), column);
  if (text == nullptr) return {};
  return {reinterpret_cast<const char*>(text),
          static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column))};
}

bool Statement::is_null(int column) const {
  return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
}

int Statement::columns() const { return sqlite3_column_count(statement_.get()); }

Statement::Type Statement::type(int column) const {
  switch (sqlite3_column_type(statement_.get(), column)) {
    case SQLITE_INTEGER:
      return Type::kInteger;
    case SQLITE_FLOAT:
      return Type::kReal;
    case SQLITE_TEXT:
      return Type::kText;
    case SQLITE_BLOB:
      return Type::kBlob;
    default:
      return Type::kNull;
  }
}

double Statement::real(int column) const { return sqlite3_column_double(statement_.get(), column); }

std::string_view Statement::view(int column) const {
  const void* data = type(column) == Type::kBlob ? sqlite3_column_blob(statement_.get(), column)
                                                 : sqlite3_column_text(statement_.get(), column);
  if (data == nullptr) return {};
  return {static_cast<const char*>(data),
          static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column))};
}

std::string Statement::column_name(int column) const {
  const char* name = sqlite3_column_name(statement_.get(), column);
  return name == nullptr ? std::string() : name;
}

void Statement::bind_null(int index) {
  const int code = sqlite3_bind_null(statement_.get(), index);
  if (code != SQLITE_OK) database_->fail(code);
}

void Statement::bind_integer(int index, std::int64_t value) {
  const int code = sqlite3_bind_int64(statement_.get(), index, value);
  if (code != SQLITE_OK) database_->fail(code);
}

void Statement::bind_text(int index, std::string_view value) {
  // A null pointer would bind NULL. SQLITE_STATIC is a null destructor: SQLite copies nothing.
  const char* data = value.data() == nullptr ? "" : value.data();
  const int code =
      sqlite3_bind_text64(statement_.get(), index, data, value.size(), nullptr, SQLITE_UTF8);
  if (code != SQLITE_OK) database_->fail(code);
}

int Statement::changes() const { return sqlite3_changes(sqlite3_db_handle(statement_.get())); }

}  // namespace evtxhound::casefile
