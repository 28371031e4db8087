#include "evtxhound/indicators/ip_address.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace evtxhound::indicators {
namespace {

constexpr std::size_t kGroups = 8;
constexpr std::uint8_t kV4Bits = 96;  // before the IPv4 address in its IPv6 form

std::optional<unsigned> number(std::string_view text, int base, std::size_t longest) {
  unsigned value = 0;
  if (text.empty() || text.size() > longest) return std::nullopt;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// Takes the part before the next `separator` off the text.
std::string_view take_part(std::string_view& text, char separator) {
  const auto at = std::min(text.find(separator), text.size());
  const auto part = text.substr(0, at);
  text.remove_prefix(std::min(at + 1, text.size()));
  return part;
}

struct Groups {
  std::array<unsigned, kGroups> values{};
  std::size_t count = 0;
};

// Groups with `:` between; where it ends an address, the last may be an IPv4 address.
std::optional<Groups> parse_groups(std::string_view text, bool ends_address) {
  Groups groups;
  if (text.empty()) return groups;
  if (text.back() == ':') return std::nullopt;
  while (!text.empty()) {
    const auto part = take_part(text, ':');
    const bool dotted = part.find('.') != std::string_view::npos;
    if (groups.count + (dotted ? 2 : 1) > kGroups) return std::nullopt;
    if (dotted) {
      const auto v4 = parse_ipv4(part);
      if (!v4 || !ends_address || !text.empty()) return std::nullopt;
      groups.values[groups.count++] = v4->group(6);
      groups.values[groups.count++] = v4->group(7);
    } else {
      const auto value = number(part, 16, 4);
      if (!value) return std::nullopt;
      groups.values[groups.count++] = *value;
    }
  }
  return groups;
}

void put_group(IpAddress& address, std::size_t index, unsigned value) {
  address.bytes[index * 2] = static_cast<std::uint8_t>(value >> 8U);
  address.bytes[index * 2 + 1] = static_cast<std::uint8_t>(value);
}

// The longest run of two zero groups or more, the first of equals; {0, 0} where there is none.
std::pair<std::size_t, std::size_t> zero_run(const IpAddress& address) {
  std::pair<std::size_t, std::size_t> best{0, 0};
  for (std::size_t at = 0; at < kGroups; ++at) {
    std::size_t end = at;
    while (end < kGroups && address.group(end) == 0) ++end;
    if (end - at >= 2 && end - at > best.second - best.first) best = {at, end};
  }
  return best;
}

std::string ipv6_text(const IpAddress& address) {
  const auto [zeros, zeros_end] = zero_run(address);
  std::string text;
  for (std::size_t i = 0; i < kGroups; ++i) {
    if (zeros_end != 0 && i == zeros) {
      text += "::";
      i = zeros_end - 1;
      continue;
    }
    if (!text.empty() && text.back() != ':') text += ':';
    fmt::format_to(std::back_inserter(text), "{:x}", address.group(i));
  }
  return text;
}

}  // namespace

bool IpAddress::is_v4() const {
  return std::all_of(bytes.begin(), bytes.begin() + 10, [](auto byte) { return byte == 0; }) &&
         bytes[10] == 0xFF && bytes[11] == 0xFF;
}

bool IpNetwork::contains(const IpAddress& other) const {
  const std::size_t whole = bits / 8;
  if (!std::equal(address.bytes.begin(), address.bytes.begin() + static_cast<int>(whole),
                  other.bytes.begin())) {
    return false;
  }
  if (bits % 8 == 0) return true;
  const unsigned mask = 0xFF00U >> (bits % 8U) & 0xFFU;
  return (address.bytes.at(whole) & mask) == (other.bytes.at(whole) & mask);
}

std::optional<IpAddress> parse_ipv4(std::string_view text) {
  if (text.empty() || text.back() == '.') return std::nullopt;
  IpAddress address;
  address.bytes[10] = address.bytes[11] = 0xFF;
  for (std::size_t i = 12; i < 16; ++i) {
    const auto part = take_part(text, '.');
    const auto value = number(part, 10, 3);
    if (!value || *value > 255 || (part.size() > 1 && part.front() == '0')) return std::nullopt;
    address.bytes[i] = static_cast<std::uint8_t>(*value);
  }
  if (!text.empty()) return std::nullopt;
  return address;
}

std::optional<IpAddress> parse_ipv6(std::string_view text) {
  const auto gap = text.find("::");
  const auto front = parse_groups(text.substr(0, gap), gap == std::string_view::npos);
  const auto back = gap == std::string_view::npos ? std::optional(Groups{})
                                                  : parse_groups(text.substr(gap + 2), true);
  if (!front || !back) return std::nullopt;
  const std::size_t given = front->count + back->count;
  if (gap == std::string_view::npos ? given != kGroups : given >= kGroups) return std::nullopt;
  IpAddress address;
  for (std::size_t i = 0; i < front->count; ++i) put_group(address, i, front->values[i]);
  for (std::size_t i = 0; i < back->count; ++i) {
    put_group(address, kGroups - back->count + i, back->values[i]);
  }
  return address;
}

std::optional<IpAddress> parse_ip(std::string_view text) {
  return text.find(':') == std::string_view::npos ? parse_ipv4(text) : parse_ipv6(text);
}

std::optional<IpNetwork> parse_network(std::string_view text) {
  const auto slash = text.find('/');
  const auto address_text = text.substr(0, slash);
  const auto address = parse_ip(address_text);
  if (!address) return std::nullopt;
  if (slash == std::string_view::npos) return IpNetwork{*address, 128};
  const bool v4 = address_text.find(':') == std::string_view::npos;
  const auto bits = number(text.substr(slash + 1), 10, 3);
  if (!bits || *bits > (v4 ? 32U : 128U)) return std::nullopt;
  return IpNetwork{*address, static_cast<std::uint8_t>(*bits + (v4 ? kV4Bits : 0U))};
}

IpNetwork masked(const IpNetwork& network) {
  IpNetwork result = network;
  for (std::size_t bit = network.bits; bit < 128; ++bit) {
    const unsigned keep = ~(0x80U >> (bit % 8U));
    result.address.bytes[bit / 8] &= static_cast<std::uint8_t>(keep);
  }
  return result;
}

std::string to_string(const IpNetwork& network) {
  const auto& bytes = network.address.bytes;
  const bool v4 = network.is_v4();
  std::string text = v4 ? fmt::format("{}.{}.{}.{}", bytes[12], bytes[13], bytes[14], bytes[15])
                        : ipv6_text(network.address);
  if (network.bits != 128) text += fmt::format("/{}", network.bits - (v4 ? kV4Bits : 0));
  return text;
}

}  // namespace evtxhound::indicators
