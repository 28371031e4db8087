#include "evtxhound/indicators/ip_rule.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "evtxhound/indicators/host_rule.hpp"

namespace evtxhound::indicators {
namespace {

constexpr std::size_t kLongestV4 = 15;
constexpr std::size_t kLongestV6 = 45;  // eight groups, the last two in decimal
constexpr std::size_t kMostTexts = 16;

bool is_hex(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}
bool is_dotted(char c) { return c == '.' || (c >= '0' && c <= '9'); }

// A group with one to four digits.
std::vector<std::string> spellings(unsigned group) {
  std::vector<std::string> texts{fmt::format("{:x}", group)};
  while (texts.back().size() < 4) texts.push_back('0' + texts.back());
  return texts;
}

// Each text with each spelling of the group and a colon behind.
std::vector<std::string> followed_by(const std::vector<std::string>& texts, unsigned group) {
  std::vector<std::string> longer;
  for (const auto& text : texts) {
    for (const auto& spelling : spellings(group)) longer.push_back(text + spelling + ':');
  }
  return longer;
}

// The front of a network's addresses, a text for each number of the octet in which the network
// ends; up to its last whole octet where that number would be the last.
std::vector<std::string> v4_anchors(const IpNetwork& network) {
  const auto& bytes = network.address.bytes;
  if (network.bits == 128) return {to_string(network)};
  std::string front;
  std::size_t octet = 12;
  for (; octet < 15 && (octet - 11) * 8 + 96 <= network.bits; ++octet) {
    front += fmt::format("{}.", bytes[octet]);
  }
  const unsigned open = network.bits % 8U;
  if (open == 0 || octet == 15) return {front};
  std::vector<std::string> texts;
  const unsigned last = bytes[octet] + (0xFFU >> open);
  for (unsigned number = bytes[octet]; number <= last; ++number) {
    texts.push_back(fmt::format("{}{}.", front, number));
  }
  return texts;
}

// The same for an IPv4 address that is written as IPv6 in hexadecimal: `::ffff:a01:203`.
std::vector<std::string> mapped_anchors(const IpNetwork& network) {
  std::vector<std::string> texts{"ffff:"};
  if (network.bits < 112) return texts;
  texts = followed_by(texts, network.address.group(6));
  if (network.bits < 128 || network.address.group(7) == 0) return texts;
  texts = followed_by(texts, network.address.group(7));
  for (auto& text : texts) text.pop_back();
  return texts;
}

std::vector<std::string> v6_anchors(const IpNetwork& network) {
  std::vector<std::string> texts{""};
  // The last two groups may be written as an IPv4 address.
  for (std::size_t i = 0; i < 6 && (i + 1) * 16 <= network.bits; ++i) {
    if (network.address.group(i) == 0) break;
    auto longer = followed_by(texts, network.address.group(i));
    if (longer.size() > kMostTexts) break;
    texts = std::move(longer);
  }
  return texts;
}

// Whether a `-` beside an address at `at` joins it to another one, as a range has it.
bool address_at(std::string_view text, std::size_t at) {
  const auto run = text.substr(at, kLongestV4 + 1);
  return parse_ipv4(run.substr(0, run.find_first_not_of("0123456789."))).has_value();
}

bool address_before(std::string_view text, std::size_t end) {
  std::size_t at = end;
  while (at > 0 && end - at <= kLongestV4 && is_dotted(text[at - 1])) --at;
  return parse_ipv4(text.substr(at, end - at)).has_value();
}

bool v4_starts(std::string_view text, std::size_t at) {
  const CodePoint before = char_before(text, at);
  if (before.size == 0) return true;
  if (before.value == U'-') {
    return !alphanumeric_before(text, at - before.size) || address_before(text, at - before.size);
  }
  return before.value != U'_' && before.value != U'.' && !is_alphanumeric(before.value);
}

bool v4_ends(std::string_view text, std::size_t at) {
  const CodePoint after = char_after(text, at);
  if (after.size != 0 && after.value == U'-') {
    return !alphanumeric_after(text, at + after.size) || address_at(text, at + after.size);
  }
  return !name_goes_on(text, at);
}

// The digits and dots around `end`, without a dot that ends a sentence.
Range dotted_run(std::string_view value, std::size_t end) {
  constexpr std::size_t kEscape = 4;  // digits of `%2520`
  std::size_t begin = end;
  while (begin > 0 && end - begin <= kLongestV4 + kEscape && is_dotted(value[begin - 1])) --begin;
  std::size_t run_end = end;
  while (run_end < value.size() && run_end - begin <= kLongestV4 + kEscape + 1 &&
         is_dotted(value[run_end])) {
    ++run_end;
  }
  if (run_end > begin && value[run_end - 1] == '.') --run_end;
  return {begin, run_end};
}

// Where the anchor ends in an address that is written in decimal, see v4_anchors().
std::size_t v4_anchor_end(const IpNetwork& network, std::string_view value, Range found) {
  if (network.bits == 128) return found.end;
  std::size_t at = found.begin;
  for (unsigned bits = 96; bits < std::min<unsigned>(network.bits, 120); bits += 8) {
    at = value.find('.', at) + 1;
  }
  return at;
}

std::optional<Range> confirm_v4(const IpNetwork& network, std::string_view value, std::size_t end) {
  if (end == 0 || !is_dotted(value[end - 1])) return std::nullopt;
  Range found = dotted_run(value, end);
  auto address = parse_ipv4(value.substr(found.begin, found.end - found.begin));
  if (!address && found.begin > 0 && value[found.begin - 1] == '%') {  // `%2010.1.2.3`
    found.begin += value.substr(found.begin, 2) == "25" ? 4 : 2;
    if (found.begin >= found.end) return std::nullopt;
    address = parse_ipv4(value.substr(found.begin, found.end - found.begin));
  }
  if (!address || !network.contains(*address)) return std::nullopt;
  if (end != v4_anchor_end(network, value, found)) return std::nullopt;
  if (!v4_starts(value, found.begin) || !v4_ends(value, found.end)) return std::nullopt;
  if (behind_folder(value, found.begin)) return std::nullopt;
  return found;
}

bool is_group_or_colon(char c) { return c == ':' || is_hex(c); }

// Where the digits and colons start that an IPv6 address around `end` can be made of.
std::size_t v6_begin(std::string_view value, std::size_t end) {
  std::size_t begin = end;
  while (begin > 0 && end - begin <= kLongestV6 && is_group_or_colon(value[begin - 1])) --begin;
  if (begin > 0 && value[begin - 1] == '%') {  // `%3A2001:db8::1`: digits of an escape
    const std::size_t escape = value.substr(begin, 2) == "25" ? 4 : 2;
    begin = std::min(begin + escape, end);
  } else if (begin > 0 && (value[begin - 1] == '_' || alphanumeric_before(value, begin))) {
    // `Id:2001:db8::1`: the end of a word before a colon
    const auto colon = value.find(':', begin);
    begin = colon < end ? colon + 1 : end;
  }
  const auto run = value.substr(begin, end - begin);
  if (run.starts_with(':') && !run.starts_with("::")) ++begin;
  return begin;
}

std::size_t v6_end(std::string_view value, std::size_t begin) {
  std::size_t end = begin;
  while (end < value.size() && end - begin <= kLongestV6 &&
         (value[end] == '.' || is_group_or_colon(value[end]))) {
    ++end;
  }
  while (end > begin && value[end - 1] == '.') --end;
  const auto run = value.substr(begin, end - begin);
  if (run.ends_with(':') && !run.ends_with("::")) --end;  // `2001:db8::1: unreachable`
  return end;
}

bool v6_ends(std::string_view value, std::size_t end) {
  if (end == value.size() || value[end] == '%') return true;  // a zone may follow
  if (value[end] == '-') return true;                         // a range
  return !name_goes_on(value, end);
}

bool ends_anchor(const std::vector<std::string>& texts, std::string_view value, Range found,
                 std::size_t end) {
  return std::any_of(texts.begin(), texts.end(), [&](const std::string& text) {
    return end >= found.begin + text.size() &&
           ascii_iequals(value.substr(end - text.size(), text.size()), text);
  });
}

std::optional<Range> confirm_v6(const IpNetwork& network, std::string_view value, std::size_t end) {
  if (end == 0 || !is_group_or_colon(value[end - 1])) return std::nullopt;
  Range found{v6_begin(value, end), 0};
  found.end = v6_end(value, found.begin);
  auto address = parse_ipv6(value.substr(found.begin, found.end - found.begin));
  if (!address) {  // `dead:2001:db8:…`: a word of such letters before the address
    const auto colon = value.find(':', found.begin);
    if (colon == std::string_view::npos || colon >= end) return std::nullopt;
    found.begin = colon + 1;
    address = parse_ipv6(value.substr(found.begin, std::max(found.end, found.begin) - found.begin));
  }
  if (!address || end <= found.begin || end > found.end) return std::nullopt;
  const bool dotted = value.substr(found.begin, found.end - found.begin).find('.') != value.npos;
  if (dotted && network.is_v4()) return std::nullopt;  // its decimal part is found by itself
  if (!network.contains(*address) || !v6_ends(value, found.end)) return std::nullopt;
  const auto texts = network.is_v4() ? mapped_anchors(network) : v6_anchors(network);
  return ends_anchor(texts, value, found, end) ? std::optional(found) : std::nullopt;
}

}  // namespace

std::vector<std::string> ip_anchors(const IpNetwork& network) {
  if (!network.is_v4()) return v6_anchors(network);
  auto texts = v4_anchors(network);
  const auto mapped = mapped_anchors(network);
  texts.insert(texts.end(), mapped.begin(), mapped.end());
  return texts;
}

std::optional<Range> confirm_ip(const IpNetwork& network, std::string_view value, std::size_t end) {
  if (network.is_v4()) {
    if (const auto found = confirm_v4(network, value, end)) return found;
  }
  return confirm_v6(network, value, end);
}

}  // namespace evtxhound::indicators
