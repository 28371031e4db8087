#include "evtxhound/evidence/export_sign.hpp"

#include <algorithm>
#include <string>
#include <string_view>

#include "evtxhound/base/text.hpp"
#include "evtxhound/base/text_encoding.hpp"

namespace evtxhound::evidence {
namespace {

constexpr std::string_view kNamespace = "http://schemas.microsoft.com/win/2004/08/events/event";
constexpr std::string_view kWhite = " \t\r\n";

// Drops what may stand before a document's first element.
std::string_view behind_prolog(std::string_view text) {
  while (true) {
    text.remove_prefix(std::min(text.find_first_not_of(kWhite), text.size()));
    std::string_view end;
    if (text.starts_with("<?")) {
      end = "?>";
    } else if (text.starts_with("<!--")) {
      end = "-->";
    } else {
      return text;
    }
    const auto at = text.find(end);
    if (at == std::string_view::npos) return {};
    text.remove_prefix(at + end.size());
  }
}

bool begins_with_element(std::string_view text, std::string_view name) {
  if (!text.starts_with('<') || text.substr(1, name.size()) != name) return false;
  const std::string_view behind = text.substr(1 + name.size(), 1);
  return behind.empty() || kWhite.find(behind) != std::string_view::npos || behind == ">" ||
         behind == "/";
}

bool is_xml(std::string_view text) {
  const bool has_namespace = text.find(kNamespace) != std::string_view::npos;
  const std::string_view content = behind_prolog(text);
  if (begins_with_element(content, "Event") || begins_with_element(content, "Events")) {
    return has_namespace || content.find("<System>") != std::string_view::npos;
  }
  // In JSON and CSV the text of an element is escaped: it is not what stands in the event.
  if (content.starts_with('{') || content.starts_with('[') || content.starts_with('"'))
    return false;
  for (auto at = text.find("<Event xmlns="); has_namespace && at != std::string_view::npos;
       at = text.find("<Event xmlns=", at + 1)) {
    const std::string_view before = trim(text.substr(0, at));
    const bool begins_line =
        at == 0 || text[at - 1] == '\n' || text[at - 1] == '\r' || before.ends_with('>');
    if (begins_line && text.substr(at + 14).starts_with(kNamespace)) return true;
  }
  return false;
}

bool is_crowdstrike(std::string_view text) {
  constexpr std::string_view kName = "\"event_simpleName\"";
  text.remove_prefix(std::min(text.find_first_not_of(kWhite), text.size()));
  if (!text.starts_with('{') && !text.starts_with('[')) return false;
  for (auto at = text.find(kName); at != std::string_view::npos; at = text.find(kName, at + 1)) {
    const std::string_view behind = text.substr(at + kName.size());
    const auto sign = behind.find_first_not_of(kWhite);
    if (sign == std::string_view::npos || behind[sign] == ':') return true;
  }
  return false;
}

}  // namespace

std::optional<ExportFormat> export_format(Bytes head) {
  const TextEncoding encoding = detect_encoding(head);
  std::string units;
  std::string_view text(reinterpret_cast<const char*>(head.data()), head.size());
  if (encoding != TextEncoding::kUtf8) {
    ascii_of_utf16(head, encoding, units);
    text = units;
  } else if (text.starts_with("\xEF\xBB\xBF")) {
    text.remove_prefix(3);
  }
  if (is_xml(text)) return ExportFormat::kXml;
  if (is_crowdstrike(text)) return ExportFormat::kCrowdstrike;
  return std::nullopt;
}

}  // namespace evtxhound::evidence
