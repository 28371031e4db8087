// SQLite as the case file's code uses it: owners for its handles, and its errors as Failure.
// Internal to lib/casefile and its tests.
#pragma once

#include <concepts>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace evtxhound::casefile {

// A connection to a database file. Not thread-safe.
class Database {
 public:
  enum class Mode { kReadOnly, kReadWrite };

  // The version of the SQLite library that is in use.
  static std::string library_version();

  // Opens an existing file (an empty one is an empty database). Throws Failure where SQLite
  // cannot; note that SQLite looks into the file only with the first statement.
  Database(const std::filesystem::path& path, Mode mode);

  // Runs statements that give no rows, or whose rows do not matter.
  void execute(const std::string& sql);

  // As execute; false where another program's lock is in the way.
  bool try_execute(const std::string& sql);

  // The first column of the first row.
  std::int64_t integer(std::string_view sql);
  std::string text(std::string_view sql);

  [[nodiscard]] std::int64_t last_insert_id() const;

  // Makes another database's tables known as `name`.table, for reading only: nothing is written to
  // it or beside it. REQUIRES: no transaction is open, `name` is a plain word
  void attach_read_only(const std::filesystem::path& path, const std::string& name);

  // Whether a transaction is open.
  [[nodiscard]] bool in_transaction() const;

  // Leaves moving pages from the write-ahead log to checkpoint(), which SQLite would else do with
  // some commits. From then on log_pages() says how many pages the log had after the last commit.
  void watch_log();
  [[nodiscard]] std::uint64_t log_pages() const { return *log_pages_; }

  // Moves the pages of the write-ahead log to their places, as far as no reader needs what is
  // there. Returns how many of the log's pages, from its first, are in place; nothing where another
  // connection is moving them.
  std::optional<std::uint64_t> checkpoint();

  // Throws what the last call's result code means, with the file's name and SQLite's message:
  // always Failure(kCannotGoOn).
  [[noreturn]] void fail(int code) const;

 private:
  friend class Statement;
  struct Closer {
    void operator()(sqlite3* connection) const;
  };
  std::string path_;
  std::unique_ptr<sqlite3, Closer> connection_;
  std::unique_ptr<std::uint64_t> log_pages_;  // SQLite knows its place
};

// A prepared statement. Must not outlive its database. Not thread-safe.
class Statement {
 public:
  Statement(Database& database, std::string_view sql);

  // Sets the parameters, from the first. Texts are not copied: they must live until reset().
  template <class... Values>
  Statement& bind(const Values&... values) {
    int index = 0;
    (bind_value(++index, values), ...);
    return *this;
  }

  // Sets one parameter, from 1, as bind() does.
  template <class Value>
  void bind_at(int index, const Value& value) {
    bind_value(index, value);
  }

  // Goes to the next row; false past the last.
  bool step();

  // Makes the statement ready to be bound, every parameter anew, and stepped again.
  void reset();

  // bind, step to the end, reset. Returns how many rows were written.
  template <class... Values>
  int run(const Values&... values) {
    const ResetAtEnd guard{*this};
    bind(values...);
    while (step()) {
    }
    return changes();
  }

  // bind, and the first row's first column; empty where there is no row. Resets.
  template <class... Values>
  std::optional<std::int64_t> first(const Values&... values) {
    const ResetAtEnd guard{*this};
    bind(values...);
    if (!step()) return std::nullopt;
    return integer(0);
  }

  // Columns of the current row, from 0. NULL is 0 or "".
  [[nodiscard]] std::int64_t integer(int column) const;
  [[nodiscard]] std::string text(int column) const;
  [[nodiscard]] bool is_null(int column) const;
  [[nodiscard]] int columns() const;

  // How the value of a column of the current row is stored, and what it is: a text or blob lives
  // until the next step() or reset().
  enum class Type { kNull, kInteger, kReal, kText, kBlob };
  [[nodiscard]] Type type(int column) const;
  [[nodiscard]] double real(int column) const;
  [[nodiscard]] std::string_view view(int column) const;
  [[nodiscard]] std::string column_name(int column) const;

 private:
  struct Finalizer {
    void operator()(sqlite3_stmt* statement) const;
  };
  struct ResetAtEnd {
    Statement& statement;
    explicit ResetAtEnd(Statement& s) : statement(s) {}
    ~ResetAtEnd() { statement.reset(); }
    ResetAtEnd(const ResetAtEnd&) = delete;
    ResetAtEnd& operator=(const ResetAtEnd&) = delete;
  };

  void bind_null(int index);
  void bind_integer(int index, std::int64_t value);
  void bind_text(int index, std::string_view value);
  [[nodiscard]] int changes() const;

  // Above 2^63 an unsigned value is stored as the negative one of the same bits.
  template <std::integral Integer>
  void bind_value(int index, Integer value) {
    bind_integer(index, static_cast<std::int64_t>(value));
  }
  void bind_value(int index, std::string_view value) { bind_text(index, value); }
  template <class Value>
  void bind_value(int index, const std::optional<Value>& value) {
    if (value) {
      bind_value(index, *value);
    } else {
      bind_null(index);
    }
  }

  Database* database_;
  std::unique_ptr<sqlite3_stmt, Finalizer> statement_;
};

}  // namespace evtxhound::casefile
