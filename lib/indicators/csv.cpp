#include "evtxhound/indicators/csv.hpp"

#include "evtxhound/base/text.hpp"

namespace evtxhound::indicators {

CsvReader::CsvReader(std::string_view text) : text_(text) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (text_.starts_with(kByteOrderMark)) text_.remove_prefix(kByteOrderMark.size());
}

bool CsvReader::next(CsvRow& row) {
  row = {};
  pass_over_lines();
  if (at_end()) return false;
  while (true) {
    row.fields.push_back(!at_end() && text_[at_] == '"' ? read_quoted(row) : read_plain(row));
    if (at_end() || text_[at_] != ',') break;
    take();
  }
  while (!at_end() && text_[at_] != '\n') take();
  if (!at_end()) take();
  return true;
}

void CsvReader::pass_over_lines() {
  while (!at_end()) {
    const auto line = text_.substr(at_, text_.find('\n', at_) - at_);
    if (!line.starts_with('#') && !trim(line).empty()) return;
    for (std::size_t i = 0; i < line.size(); ++i) take();
    if (!at_end()) take();
  }
}

CsvField CsvReader::read_plain(CsvRow& row) {
  CsvField field{"", place_};
  while (!at_line_end() && text_[at_] != ',') {
    if (text_[at_] == '"' && !row.fault) {
      row.fault = CsvFault{place_, "a quote within a field that does not start with one"};
    }
    field.text += text_[at_];
    take();
  }
  return field;
}

CsvField CsvReader::read_quoted(CsvRow& row) {
  const std::size_t quote = at_;
  const CsvPlace quote_place = place_;
  take();
  CsvField field{"", place_};
  while (!at_end()) {
    const char c = text_[at_];
    take();
    if (c != '"') {
      field.text += c;
    } else if (!at_end() && text_[at_] == '"') {
      field.text += c;
      take();
    } else {
      if (!at_line_end() && text_[at_] != ',' && !row.fault) {
        row.fault = CsvFault{place_, "text behind the closing quote"};
      }
      while (!at_line_end() && text_[at_] != ',') take();
      return field;
    }
  }
  // Never closed: the rest of its first line is taken for the field, so that the lines behind it
  // are read all the same.
  row.fault = CsvFault{quote_place, "a quote that is never closed"};
  at_ = quote;
  place_ = quote_place;
  while (!at_line_end()) take();
  field.text = text_.substr(quote + 1, at_ - quote - 1);
  return field;
}

void CsvReader::take() {
  if (text_[at_++] == '\n') {
    ++place_.line;
    place_.column = 1;
  } else {
    ++place_.column;
  }
}

bool CsvReader::at_line_end() const {
  return at_end() || text_[at_] == '\n' || text_.substr(at_).starts_with("\r\n") ||
         text_.substr(at_) == "\r";
}

}  // namespace evtxhound::indicators
