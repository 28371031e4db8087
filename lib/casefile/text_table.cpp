#include "evtxhound/casefile/text_table.hpp"

#include <algorithm>
#include <iterator>

#include "evtxhound/base/terminal_text.hpp"

namespace evtxhound::casefile {
namespace {

constexpr std::size_t kIndent = 2;
constexpr std::size_t kGap = 2;
// Of the last column, however little is left for it.
constexpr std::size_t kLeast = 10;

}  // namespace

void TextTable::add(const std::vector<std::string>& cells, std::string colour) {
  Row row{{}, std::move(colour)};
  std::transform(cells.begin(), cells.end(), std::back_inserter(row.cells),
                 [](const std::string& cell) { return visible(cell); });
  rows_.push_back(std::move(row));
}

std::vector<std::size_t> TextTable::widths() const {
  std::vector<std::size_t> widths;
  std::size_t used = kIndent;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    std::size_t width = display_width(columns_[i].heading);
    for (const Row& row : rows_) {
      width = std::max(width, std::min(display_width(row.cells[i]), columns_[i].widest));
    }
    if (i + 1 == columns_.size()) {
      const std::size_t left = used < kTableWidth ? kTableWidth - used : 0;
      width = std::min(width, std::max(left, kLeast));
    }
    widths.push_back(width);
    used += width + kGap;
  }
  return widths;
}

void TextTable::append_line(std::string& out, const Row& row,
                            const std::vector<std::size_t>& widths) const {
  std::string line(kIndent, ' ');
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    std::string cell = fit(row.cells[i], widths[i]);
    if (columns_[i].align == Align::kRight) {
      const std::size_t text = cell.find_last_not_of(' ') + 1;
      std::rotate(cell.begin(), cell.begin() + static_cast<std::ptrdiff_t>(text), cell.end());
    }
    const bool coloured = i == 0 && !row.colour.empty();
    if (coloured) line += row.colour;
    line += cell;
    if (coloured) line += "\x1B[0m";
    line.append(kGap, ' ');
  }
  line.erase(line.find_last_not_of(' ') + 1);
  out += line + '\n';
}

std::string TextTable::lines() const {
  const auto widths = this->widths();
  Row headings;
  for (const Column& column : columns_) headings.cells.push_back(column.heading);
  std::string out;
  append_line(out, headings, widths);
  for (const Row& row : rows_) append_line(out, row, widths);
  return out;
}

}  // namespace evtxhound::casefile
