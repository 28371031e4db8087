#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "evtxhound/base/text.hpp"
#include "evtxhound/indicators/pack_formats.hpp"
#include "evtxhound/indicators/validate.hpp"

namespace evtxhound::indicators {
namespace {

enum Column : std::size_t { kKind, kValue, kProduct, kDescription, kSeverity, kSource, kColumns };
constexpr std::array<std::string_view, kColumns> kColumnNames{"kind",        "value",    "product",
                                                              "description", "severity", "source"};

// Where the field's first character stands that is no white space: what a note points at.
CsvPlace place_of(const CsvField& field) {
  const auto space = field.text.find_first_not_of(" \t");
  const bool same_line = space != std::string::npos;
  return {field.place.line, field.place.column + (same_line ? space : 0)};
}

// Reads a pack's rows one by one into the pack.
class CsvPackReader {
 public:
  CsvPackReader(std::string_view csv, PackBuilder& builder) : csv_(csv), builder_(builder) {}

  void read() {
    CsvRow row;
    if (!csv_.next(row)) return note_wrong({}, "no header line: it names the columns");
    if (!read_header(row)) return;
    const CsvPlace header = row.fields.front().place;
    while (csv_.next(row)) read_row(row);
    if (builder_.is_blank()) {
      note_doubtful(header, "no indicator behind the header: nothing will be found");
    }
  }

 private:
  void note_wrong(CsvPlace place, std::string message) {
    builder_.note_wrong(place, std::move(message));
  }
  void note_doubtful(CsvPlace place, std::string message) {
    builder_.note_doubtful(place, std::move(message));
  }

  bool read_header(const CsvRow& row) {
    for (const CsvField& field : row.fields) {
      const auto name = ascii_lower(trim(field.text));
      const auto known = std::find(kColumnNames.begin(), kColumnNames.end(), name);
      if (known == kColumnNames.end()) {
        note_doubtful(place_of(field), fmt::format("unknown column \"{}\": it is not read", name));
      } else if (!columns_
                      .emplace(static_cast<Column>(known - kColumnNames.begin()),
                               static_cast<std::size_t>(&field - row.fields.data()))
                      .second) {
        note_wrong(place_of(field), fmt::format("the column \"{}\" stands twice", name));
        return false;
      }
    }
    for (const Column needed : {kKind, kValue}) {
      if (columns_.contains(needed)) continue;
      note_wrong(row.fields.front().place,
                 fmt::format("the header has no column \"{}\"; columns are separated by commas",
                             kColumnNames.at(needed)));
      return false;
    }
    width_ = row.fields.size();
    return true;
  }

  void read_row(const CsvRow& row) {
    if (row.fault) return note_wrong(row.fault->place, row.fault->message);
    if (row.fields.size() != width_) {
      return note_wrong(row.fields.front().place,
                        fmt::format("{} fields where the header names {}: a comma within a field "
                                    "needs quotes around it",
                                    row.fields.size(), width_));
    }
    for (const CsvField& field : row.fields) {
      if (valid_utf8(field.text) != field.text) {
        return note_wrong(place_of(field), "not UTF-8");
      }
    }
    read_indicator(row);
  }

  // The field of a column; empty and at the row's start where the pack has no such column.
  [[nodiscard]] CsvField field(const CsvRow& row, Column column) const {
    const auto found = columns_.find(column);
    if (found == columns_.end()) return {"", row.fields.front().place};
    return row.fields[found->second];
  }

  [[nodiscard]] std::string text(const CsvRow& row, Column column) const {
    return std::string(trim(field(row, column).text));
  }

  // Every fault of a row is noted, so that one look at the notes is enough to mend it.
  void read_indicator(const CsvRow& row) {
    const auto kind = read_kind(row);
    const auto severity = read_severity(row);
    if (!kind) return;
    const CsvField value = field(row, kValue);
    Validated validated = validate(*kind, value.text);
    for (std::string& doubt : validated.doubtful) {
      note_doubtful(place_of(value), std::move(doubt));
    }
    if (!validated.wrong.empty()) note_wrong(place_of(value), validated.wrong);
    const bool product_fits = read_product(row, *kind);
    if (!validated.wrong.empty() || !severity || !product_fits) return;
    builder_.add_valid(
        {*kind, std::move(validated.value),
         *kind == Kind::kVersion ? text(row, kProduct) : std::string(), text(row, kDescription),
         *severity, text(row, kSource), builder_.pack_name()},
        place_of(value));
  }

  std::optional<Kind> read_kind(const CsvRow& row) {
    const auto name = ascii_lower(text(row, kKind));
    const auto kind = kind_from(name);
    if (!kind) {
      note_wrong(place_of(field(row, kKind)),
                 fmt::format("unknown kind \"{}\": it is one of {}", name, kind_names()));
    }
    return kind;
  }

  std::optional<Severity> read_severity(const CsvRow& row) {
    const auto name = ascii_lower(text(row, kSeverity));
    if (name.empty()) return Severity::kMedium;
    const auto severity = severity_from(name);
    if (!severity) {
      note_wrong(place_of(field(row, kSeverity)),
                 fmt::format("unknown severity \"{}\": it is one of informational, low, medium, "
                             "high, critical",
                             name));
    }
    return severity;
  }

  bool read_product(const CsvRow& row, Kind kind) {
    const CsvField product = field(row, kProduct);
    if (kind == Kind::kVersion) {
      const auto fault = product_fault(product.text);
      if (fault.empty()) return true;
      note_wrong(place_of(trim(product.text).empty() ? field(row, kValue) : product), fault);
      return false;
    }
    if (!trim(product.text).empty()) {
      note_doubtful(place_of(product), "a product is read for versions only");
    }
    return true;
  }

  CsvReader csv_;
  PackBuilder& builder_;
  std::map<Column, std::size_t> columns_;
  std::size_t width_ = 0;
};

}  // namespace

void read_csv_pack(std::string_view text, PackBuilder& builder) {
  CsvPackReader(text, builder).read();
}

}  // namespace evtxhound::indicators
