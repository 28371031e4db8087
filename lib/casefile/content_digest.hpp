// Digests of what tables hold, whatever the file around it looks like: two databases with the same
// rows have the same digests, though their pages may differ. Internal to lib/casefile and its
// tests.
//
// What is hashed, by SHA-256, is a text of bytes without ambiguity:
//
//   the value "evtxhound rows 1", the number of columns as a value, each column's name as a value,
//   for each row the byte 'r' and its values, from the first column to the last,
//   at the end the byte 'e' and the number of rows as 8 bytes.
//
// A value is a letter for its type and what it holds. Numbers are big-endian.
//
//   'n'                          NULL
//   'i' 8 bytes                  an integer, two's complement
//   'f' 8 bytes                  a real number, IEEE 754
//   't' 8 bytes of length, text  in UTF-8; the length is in bytes
//   'b' 8 bytes of length, blob
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "evtxhound/casefile/sqlite.hpp"

namespace evtxhound::casefile {

struct RowsDigest {
  std::uint64_t rows = 0;
  std::string sha256;  // lower-case hex

  bool operator==(const RowsDigest&) const = default;
};

// The digest of the rows that a SELECT gives, in the order in which it gives them: the statement
// has to say which. Throws Failure (kCannotGoOn) where SQLite fails.
RowsDigest digest_of_rows(Database& database, std::string_view select);

// The digest of a table: all of its columns, the rows in the order of its primary key, or of all
// columns where it has none. Ids count as any other column. REQUIRES: the table exists. Throws as
// digest_of_rows().
RowsDigest digest_of_table(Database& database, const std::string& table);

// The names of a database's tables, without SQLite's own, in the order of their bytes.
std::vector<std::string> table_names(Database& database);

// A name as SQL takes it, whatever it is: "name".
std::string quoted_name(std::string_view name);

}  // namespace evtxhound::casefile
