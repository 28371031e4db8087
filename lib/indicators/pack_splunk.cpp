#include <fmt/format.h>

#include <array>
#include <cstdint>

#include "evtxhound/base/text.hpp"
#include "evtxhound/indicators/pack_formats.hpp"

namespace evtxhound::indicators {
namespace {

enum Column : std::size_t { kDomain, kIsIoc, kDescription, kColumns };

// Splunk's lookups of domains: `domain,isIOC,Description`, in any order.
class SplunkReader {
 public:
  SplunkReader(std::string_view text, PackBuilder& builder) : csv_(text), builder_(builder) {}

  void read() {
    CsvRow row;
    if (!csv_.next(row)) return;
    read_header(row);
    while (csv_.next(row)) read_row(row);
  }

 private:
  void read_header(const CsvRow& row) {
    width_ = row.fields.size();
    for (std::size_t i = 0; i < width_; ++i) {
      const auto name = ascii_lower(trim(row.fields[i].text));
      if (name == "domain") columns_.at(kDomain) = i;
      if (name == "isioc") columns_.at(kIsIoc) = i;
      if (name == "description") columns_.at(kDescription) = i;
    }
  }

  void read_row(const CsvRow& row) {
    const PackPlace start = row.fields.front().place;
    if (row.fault) return builder_.note_wrong(row.fault->place, row.fault->message);
    if (row.fields.size() != width_) {
      return builder_.note_wrong(
          start, fmt::format("{} fields where the header names {}", row.fields.size(), width_));
    }
    for (const CsvField& field : row.fields) {
      if (valid_utf8(field.text) != field.text)
        return builder_.note_wrong(field.place, "not UTF-8");
    }
    const CsvField& domain = row.fields.at(columns_.at(kDomain));
    const CsvField& is_ioc = row.fields.at(columns_.at(kIsIoc));
    const auto flag = ascii_lower(trim(is_ioc.text));
    if (flag == "false" || flag == "0" || flag == "no") {
      return builder_.note_doubtful(domain.place,
                                    fmt::format("\"{}\" is no indicator (isIOC is {}): left out",
                                                trim(domain.text), trim(is_ioc.text)));
    }
    if (flag != "true" && flag != "1" && flag != "yes") {
      return builder_.note_wrong(is_ioc.place,
                                 fmt::format("isIOC is \"{}\", neither true nor false", flag));
    }
    IndicatorDetails details;
    if (columns_.at(kDescription) < width_) {
      details.description = trim(row.fields.at(columns_.at(kDescription)).text);
    }
    builder_.add(Kind::kDomain, domain.text, domain.place, std::move(details));
  }

  CsvReader csv_;
  PackBuilder& builder_;
  std::array<std::size_t, kColumns> columns_{0, 0, SIZE_MAX};
  std::size_t width_ = 0;
};

}  // namespace

void read_splunk_pack(std::string_view text, PackBuilder& builder) {
  SplunkReader(text, builder).read();
}

}  // namespace evtxhound::indicators
