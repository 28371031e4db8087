// CSV as RFC 4180 has it, with the place of every field.
//
// Debian's libcsv hands out fields without their lines and columns, which every note on a pack
// needs; this reader keeps them, and goes on with the next line behind a damaged one.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace evtxhound::indicators {

// Lines and columns count from 1; columns count bytes.
struct CsvPlace {
  std::size_t line = 1;
  std::size_t column = 1;
};

// A field without its quotes; `place` is that of its first character, inside the quotes.
struct CsvField {
  std::string text;
  CsvPlace place;
};

struct CsvFault {
  CsvPlace place;
  std::string message;
};

// One row. A fault makes its fields unsure.
struct CsvRow {
  std::vector<CsvField> fields;
  std::optional<CsvFault> fault;
};

// Reads rows one by one. Lines end in LF or CRLF; blank lines and, at the start of a row, lines
// whose first character is `#` are passed over; a byte order mark at the start counts for nothing.
class CsvReader {
 public:
  // REQUIRES: the text outlives the reader.
  explicit CsvReader(std::string_view text);

  // Reads the next row; false where there is none.
  bool next(CsvRow& row);

 private:
  void pass_over_lines();
  CsvField read_plain(CsvRow& row);
  CsvField read_quoted(CsvRow& row);
  void take();
  [[nodiscard]] bool at_end() const { return at_ == text_.size(); }
  [[nodiscard]] bool at_line_end() const;

  std::string_view text_;
  std::size_t at_ = 0;
  CsvPlace place_;
};

}  // namespace evtxhound::indicators
