#include "evtxhound/indicators/pack.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "evtxhound/base/file.hpp"
#include "evtxhound/base/hash.hpp"
#include "evtxhound/indicators/pack_builder.hpp"
#include "evtxhound/indicators/pack_formats.hpp"

namespace evtxhound::embedded {
extern const std::string_view kPack3cx;
}  // namespace evtxhound::embedded

namespace evtxhound::indicators {
namespace {

using namespace std::string_view_literals;

bool looks_like_utf16(std::string_view text) {
  return text.starts_with("\xFF\xFE"sv) || text.starts_with("\xFE\xFF"sv);
}

}  // namespace

bool Pack::has_wrong() const {
  return std::any_of(notes.begin(), notes.end(),
                     [](const PackNote& note) { return note.weight == PackNote::Weight::kWrong; });
}

Pack parse_pack(std::string_view text, const std::string& path) {
  Pack pack;
  pack.name = std::filesystem::path(path).filename().string();
  pack.path = path;
  pack.sha256 = sha256_hex(as_bytes(text));
  if (looks_like_utf16(text)) {
    pack.notes.push_back({PackNote::Weight::kWrong, 1, 1, "the file is UTF-16: save it as UTF-8"});
    return pack;
  }
  PackBuilder builder(pack);
  switch (pack_format(text)) {
    case PackFormat::kCsv:
      read_csv_pack(text, builder);
      break;
    case PackFormat::kSplunk:
      read_splunk_pack(text, builder);
      break;
    case PackFormat::kText:
      read_text_pack(text, builder);
      break;
    case PackFormat::kStix:
      read_stix_pack(text, builder);
      break;
    case PackFormat::kMisp:
      read_misp_pack(text, builder);
      break;
    case PackFormat::kOpenIoc:
      read_openioc_pack(text, builder);
      break;
    case PackFormat::kUnknownJson:
      builder.note_wrong({}, "JSON of no known format: neither a STIX bundle nor a MISP event");
      break;
    case PackFormat::kUnknownXml:
      builder.note_wrong({}, "XML of no known format: OpenIOC begins with <OpenIOC> or <ioc>");
      break;
  }
  return pack;
}

Pack load_pack(const std::filesystem::path& path) {
  return parse_pack(read_text_file(path), path.string());
}

std::string_view builtin_3cx_text() { return embedded::kPack3cx; }
std::string builtin_3cx_path() { return "3cx (built in)"; }
Pack builtin_3cx_pack() { return parse_pack(builtin_3cx_text(), builtin_3cx_path()); }

std::string format_note(const Pack& pack, const PackNote& note) {
  const auto* weight = note.weight == PackNote::Weight::kWrong ? "error" : "warning";
  return fmt::format("{}:{}:{}: {}: {}", pack.path, note.line, note.column, weight, note.message);
}

}  // namespace evtxhound::indicators
