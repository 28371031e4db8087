#include <fmt/format.h>

#include <algorithm>

#include "evtxhound/base/text.hpp"
#include "evtxhound/indicators/infer_kind.hpp"
#include "evtxhound/indicators/pack_formats.hpp"

namespace evtxhound::indicators {
namespace {

// The line without a comment: `#` at its start, or behind white space.
std::string_view without_comment(std::string_view line) {
  for (auto at = line.find('#'); at != std::string_view::npos; at = line.find('#', at + 1)) {
    if (at == 0 || line[at - 1] == ' ' || line[at - 1] == '\t') return line.substr(0, at);
  }
  return line;
}

// `1.2.3.4:443` and `evil.com:443`: the host, which is what logs have in one piece.
std::string_view without_port(std::string_view value) {
  const auto colon = value.rfind(':');
  if (colon == std::string_view::npos || value.find(':') != colon || colon + 1 == value.size() ||
      value.find_first_not_of("0123456789", colon + 1) != std::string_view::npos) {
    return value;
  }
  return value.substr(0, colon);
}

void read_line(std::string_view line, std::size_t number, PackBuilder& builder) {
  line = without_comment(line);
  const auto value = trim(line);
  if (value.empty()) return;
  const PackPlace place{number, static_cast<std::size_t>(value.data() - line.data()) + 1};
  if (valid_utf8(value) != value) return builder.note_wrong(place, "not UTF-8");
  if (const auto kind = infer_kind(value)) return builder.add(*kind, value, place, {});
  const auto host = without_port(value);
  const auto host_kind = host.size() != value.size() ? infer_kind(host) : std::nullopt;
  if (host_kind == Kind::kIp || host_kind == Kind::kDomain) {
    builder.note_doubtful(place, fmt::format("the port of \"{}\" is not looked at", value));
    return builder.add(*host_kind, host, place, {});
  }
  builder.note_wrong(
      place, fmt::format("\"{}\" has the form of no kind: name its kind in a CSV pack", value));
}

}  // namespace

void read_text_pack(std::string_view text, PackBuilder& builder) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  for (std::size_t number = 1; !text.empty(); ++number) {
    const auto end = std::min(text.find('\n'), text.size());
    read_line(text.substr(0, end), number, builder);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

}  // namespace evtxhound::indicators
