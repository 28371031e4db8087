#include <algorithm>
#include <array>

#include "evtxhound/base/text.hpp"
#include "evtxhound/indicators/json_objects.hpp"
#include "evtxhound/indicators/pack_formats.hpp"

namespace evtxhound::indicators {
namespace {

bool has_name(const CsvRow& row, std::string_view name) {
  return std::any_of(row.fields.begin(), row.fields.end(), [name](const CsvField& field) {
    return ascii_iequals(trim(field.text), name);
  });
}

// The first line that is no comment: names of columns, or an indicator.
PackFormat format_of_lines(std::string_view text) {
  CsvReader csv(text);
  CsvRow row;
  if (!csv.next(row)) return PackFormat::kCsv;
  if (has_name(row, "domain") && has_name(row, "isIOC")) return PackFormat::kSplunk;
  constexpr std::array<std::string_view, 6> kColumns{"kind",        "value",    "product",
                                                     "description", "severity", "source"};
  const bool named = std::any_of(kColumns.begin(), kColumns.end(),
                                 [&](std::string_view column) { return has_name(row, column); });
  // `kind;value`: a header all the same, which the reader then explains.
  const auto first = ascii_lower(trim(row.fields.front().text));
  const bool other_separator = first.starts_with("kind;") || first.starts_with("kind\t");
  return named || other_separator ? PackFormat::kCsv : PackFormat::kText;
}

PackFormat format_of_json(std::string_view text) {
  const JsonTop top = json_top(text);
  const auto has = [&top](std::string_view name) {
    return std::find(top.names.begin(), top.names.end(), name) != top.names.end();
  };
  if (has("Event") || has("response")) return PackFormat::kMisp;
  if (has("objects") || top.type == "bundle" || top.type == "indicator") return PackFormat::kStix;
  return PackFormat::kUnknownJson;
}

// The name of the outermost element, behind declarations and comments.
PackFormat format_of_xml(std::string_view text) {
  std::size_t at = text.find('<');
  while (at != std::string_view::npos && at + 1 < text.size() &&
         (text[at + 1] == '?' || text[at + 1] == '!')) {
    const bool comment = text.substr(at).starts_with("<!--");
    at = text.find(comment ? "-->" : ">", at + 2);
    if (at != std::string_view::npos) at = text.find('<', at + 1);
  }
  if (at == std::string_view::npos) return PackFormat::kUnknownXml;
  auto name = text.substr(at + 1, text.find_first_of(" \t\r\n/>", at + 1) - at - 1);
  if (const auto colon = name.find(':'); colon != std::string_view::npos) {
    name.remove_prefix(colon + 1);
  }
  return name == "OpenIOC" || name == "ioc" ? PackFormat::kOpenIoc : PackFormat::kUnknownXml;
}

}  // namespace

PackFormat pack_format(std::string_view text) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  const auto rest = trim(text.starts_with(kByteOrderMark) ? text.substr(3) : text);
  if (rest.starts_with('<')) return format_of_xml(rest);
  if (rest.starts_with('{')) return format_of_json(rest);
  // An IPv6 address in brackets is no JSON: an array holds objects.
  if (rest.starts_with('[') && trim(rest.substr(1)).starts_with('{')) return format_of_json(rest);
  return format_of_lines(text);
}

}  // namespace evtxhound::indicators
