// One case file that goes into another, table by table. Internal to lib/casefile.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "evtxhound/casefile/merge_tables.hpp"
#include "evtxhound/casefile/sqlite.hpp"

namespace evtxhound::casefile {

// Copies the rows of the database attached as `incoming` into the main one, all of it by statements
// on whole tables. Ids are given anew: temp.map_TABLE holds, for each id of `incoming`, the id that
// the row has here, whether it was here before or comes now. New ids are in the order of the old
// ones. Not thread-safe. REQUIRES: a transaction is open, and is the only user of the temp tables;
// `incoming` has the main database's schema
class IncomingTables {
 public:
  explicit IncomingTables(Database& database) : db_(database) {}

  // Copies one table, those before it in kMergedTables having been copied. Returns how many rows
  // were added. Throws Failure (kCannotGoOn) where SQLite fails, also where a row of `incoming`
  // refers to one that is not there.
  std::uint64_t copy(const MergedTable& table);

  // Drops the temp tables.
  void forget();

 private:
  struct Column {
    std::string name;
    std::string refers_to;  // the table of its foreign key; empty where it has none
    bool nullable = false;
  };
  struct Layout {
    std::string id;               // the INTEGER PRIMARY KEY; empty where there is none
    std::vector<Column> columns;  // but the id
  };

  Layout layout_of(const std::string& table);
  static std::string same_row(const MergedTable& table, const Layout& layout);
  std::int64_t map_known(const MergedTable& table, const Layout& layout);
  std::uint64_t copy_mapped(const MergedTable& table, const Layout& layout);
  std::uint64_t copy_plain(const MergedTable& table, const Layout& layout);
  void refer_to_own(const std::string& table, const Layout& layout, std::int64_t last_known);
  void take_over_ends(const Layout& run);
  void mark_copies(std::int64_t last_known);
  void choose_censuses(std::int64_t last_known);

  Database& db_;
};

}  // namespace evtxhound::casefile
