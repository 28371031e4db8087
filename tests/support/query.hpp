// Asks a case file as an examiner would, with SQL.
#pragma once

#include <sqlite3.h>

#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

namespace evtxhound::test {

using Rows = std::vector<std::vector<std::string>>;

enum class Opened {
  kReadOnly,
  kReadWrite,  // so that SQLite can roll back what was cut off
};

// The rows of a query, every value as text, NULL as "NULL".
inline Rows query(const std::filesystem::path& database, const std::string& sql,
                  Opened opened = Opened::kReadOnly) {
  const int flags = opened == Opened::kReadOnly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
  sqlite3* connection = nullptr;
  sqlite3_stmt* statement = nullptr;
  const auto fail = [&] {
    const std::string why = sqlite3_errmsg(connection);
    sqlite3_finalize(statement);
    sqlite3_close(connection);
    throw std::runtime_error(sql + ": " + why);
  };
  if (sqlite3_open_v2(database.c_str(), &connection, flags, nullptr) != SQLITE_OK ||
      sqlite3_busy_timeout(connection, 5000) != SQLITE_OK ||  // while a scan opens or closes it
      sqlite3_prepare_v2(connection, sql.c_str(), -1, &statement, nullptr) != SQLITE_OK) {
    fail();
  }
  Rows rows;
  int step = 0;
  while ((step = sqlite3_step(statement)) == SQLITE_ROW) {
    std::vector<std::string> row;
    for (int i = 0; i < sqlite3_column_count(statement); ++i) {
      const unsigned char* text = sqlite3_column_text(statement, i);
      row.emplace_back(text == nullptr ? "NULL" : reinterpret_cast<const char*>(text));
    }
    rows.push_back(std::move(row));
  }
  if (step != SQLITE_DONE) fail();
  sqlite3_finalize(statement);
  sqlite3_close(connection);
  return rows;
}

// The one value that a query gives.
inline std::string value(const std::filesystem::path& database, const std::string& sql) {
  const Rows rows = query(database, sql);
  if (rows.size() != 1 || rows[0].size() != 1) throw std::runtime_error(sql + ": not one value");
  return rows[0][0];
}

// All that a case file says of the evidence, whatever the run that wrote it: every table but
// `run`, ordered by the tables' own columns.
inline Rows content(const std::filesystem::path& database) {
  Rows all;
  for (const char* table :
       {"evidence", "event", "also_at", "indicator", "hit", "problem", "census", "finding"}) {
    for (auto& row :
         query(database, std::string("select * from ") + table + " order by 1, 2, 3, 4")) {
      row.insert(row.begin(), table);
      all.push_back(std::move(row));
    }
  }
  return all;
}

}  // namespace evtxhound::test
