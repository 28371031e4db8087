// A table of text for a terminal.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace evtxhound::casefile {

// The widest line that a table makes.
constexpr std::size_t kTableWidth = 120;

// Rows under headings, in columns as wide as what stands in them. Not thread-safe.
class TextTable {
 public:
  enum class Align { kLeft, kRight };

  struct Column {
    std::string heading;
    Align align = Align::kLeft;
    std::size_t widest = kTableWidth;  // longer cells are cut
  };

  explicit TextTable(std::vector<Column> columns) : columns_(std::move(columns)) {}

  // Adds a row; its cells come from evidence and are made visible here. `colour` is an ANSI
  // sequence for the row's first cell, or empty. REQUIRES: as many cells as columns
  void add(const std::vector<std::string>& cells, std::string colour = {});

  [[nodiscard]] bool empty() const { return rows_.empty(); }

  // The lines, each indented by two columns. The last column is cut to what is left of
  // kTableWidth.
  [[nodiscard]] std::string lines() const;

 private:
  struct Row {
    std::vector<std::string> cells;
    std::string colour;
  };

  [[nodiscard]] std::vector<std::size_t> widths() const;
  void append_line(std::string& out, const Row& row, const std::vector<std::size_t>& widths) const;

  std::vector<Column> columns_;
  std::vector<Row> rows_;
};

}  // namespace evtxhound::casefile
