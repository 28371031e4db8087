#include "evtxhound/casefile/content_digest.hpp"

#include <bit>

#include "evtxhound/base/bytes.hpp"
#include "evtxhound/base/hash.hpp"

namespace evtxhound::casefile {
namespace {

// Hashing row by row would cost more in calls than in bytes.
constexpr std::size_t kBuffer = std::size_t{64} << 10U;

class Digester {
 public:
  void byte(char letter) { buffer_ += letter; }

  void number(std::uint64_t value) {
    for (int shift = 56; shift >= 0; shift -= 8) {
      buffer_ += static_cast<char>(value >> static_cast<unsigned>(shift) & 0xFFU);
    }
  }

  void integer(std::int64_t value) {
    byte('i');
    number(static_cast<std::uint64_t>(value));
  }

  void text(std::string_view value, char letter = 't') {
    byte(letter);
    number(value.size());
    buffer_ += value;
  }

  void value(const Statement& row, int column) {
    switch (row.type(column)) {
      case Statement::Type::kNull:
        return byte('n');
      case Statement::Type::kInteger:
        return integer(row.integer(column));
      case Statement::Type::kReal:
        byte('f');
        return number(std::bit_cast<std::uint64_t>(row.real(column)));
      case Statement::Type::kText:
        return text(row.view(column));
      case Statement::Type::kBlob:
        return text(row.view(column), 'b');
    }
  }

  void flush_if_full() {
    if (buffer_.size() >= kBuffer) flush();
  }

  std::string hex() {
    flush();
    return hash_.hex();
  }

 private:
  void flush() {
    hash_.update({reinterpret_cast<const std::uint8_t*>(buffer_.data()), buffer_.size()});
    buffer_.clear();
  }

  Sha256 hash_;
  std::string buffer_;
};

// What a table's rows are ordered by: the columns of its primary key, else all.
std::string order_of(Database& database, const std::string& table) {
  const auto list = [&](const char* which, const char* order) {
    Statement columns(database, std::string("SELECT name FROM pragma_table_info(?) WHERE ") +
                                    which + " ORDER BY " + order);
    columns.bind(table);
    std::string out;
    while (columns.step()) {
      out += (out.empty() ? "" : ", ") + quoted_name(columns.text(0));
    }
    return out;
  };
  const std::string key = list("pk > 0", "pk");
  return key.empty() ? list("true", "cid") : key;
}

}  // namespace

std::string quoted_name(std::string_view name) {
  std::string out = "\"";
  for (const char c : name) out += c == '"' ? std::string("\"\"") : std::string(1, c);
  return out + '"';
}

RowsDigest digest_of_rows(Database& database, std::string_view select) {
  Statement rows(database, select);
  Digester digester;
  digester.text("evtxhound rows 1");
  const int columns = rows.columns();
  digester.integer(columns);
  for (int i = 0; i < columns; ++i) digester.text(rows.column_name(i));
  RowsDigest digest;
  while (rows.step()) {
    digester.byte('r');
    for (int i = 0; i < columns; ++i) digester.value(rows, i);
    digester.flush_if_full();
    ++digest.rows;
  }
  digester.byte('e');
  digester.number(digest.rows);
  digest.sha256 = digester.hex();
  return digest;
}

RowsDigest digest_of_table(Database& database, const std::string& table) {
  return digest_of_rows(
      database, "SELECT * FROM " + quoted_name(table) + " ORDER BY " + order_of(database, table));
}

std::vector<std::string> table_names(Database& database) {
  Statement names(database,
                  "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE "
                  "'sqlite\\_%' ESCAPE '\\' ORDER BY name");
  std::vector<std::string> out;
  while (names.step()) out.push_back(names.text(0));
  return out;
}

}  // namespace evtxhound::casefile
