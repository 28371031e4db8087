#include <fmt/format.h>

#include <algorithm>

#include "evtxhound/base/text.hpp"
#include "evtxhound/indicators/checks.hpp"
#include "evtxhound/indicators/ip_address.hpp"

namespace evtxhound::indicators {
namespace {

constexpr std::uint8_t kWidestV4 = 96 + 8;
constexpr std::uint8_t kWidestV6 = 16;

bool all_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

// Why an address that cannot be read is none.
std::string fault_of(std::string_view value) {
  const auto colon = value.rfind(':');
  if (value.starts_with('[') ||
      (colon != std::string_view::npos && value.find(':') == colon &&
       parse_ipv4(value.substr(0, colon)) && all_digits(value.substr(colon + 1)))) {
    return "has a port: leave it out";
  }
  if (value.find('/') != std::string_view::npos && value.find("://") == std::string_view::npos) {
    return "is no network: an address, `/` and a number of bits";
  }
  if (value.find('-') != std::string_view::npos) {
    return "is no address; a range is written as networks, 10.1.16.0/20";
  }
  return "is no IPv4 or IPv6 address";
}

// Why an address is found everywhere, or cannot be looked for.
std::string refusal(const IpNetwork& network) {
  const auto& bytes = network.address.bytes;
  if (network.is_v4()) {
    if (network.bits < kWidestV4) return "is wider than /8: too many addresses would be hits";
    if (bytes[12] == 0) return "stands for no host: logs have it where an address is unknown";
    if (bytes[12] == 127) return "is the computer itself, which stands in every log";
    if (bytes[12] == 255) return "is a broadcast address, which stands in many logs";
    return {};
  }
  if (network.bits < kWidestV6) return "is wider than /16: too many addresses would be hits";
  if (network.address.group(0) == 0) {
    return "begins with a group of zeros: only ::ffff:a.b.c.d is supported of these";
  }
  return {};
}

}  // namespace

void check_ip(Validated& out) {
  std::string value = ascii_lower(out.value);
  if (value.starts_with('[') && value.ends_with(']')) value = value.substr(1, value.size() - 2);
  const auto zone = value.find('%');
  if (zone != std::string::npos && value.find(':') < zone && value.find('/') == std::string::npos) {
    out.doubtful.push_back(
        fmt::format("the zone \"{}\" is left out: it is the computer's own", value.substr(zone)));
    value.erase(zone);
  }
  const auto network = parse_network(value);
  if (!network) {
    out.wrong = fmt::format("invalid IP address: \"{}\" {}", out.value, fault_of(value));
    return;
  }
  const IpNetwork plain = masked(*network);
  if (const auto why = refusal(plain); !why.empty()) {
    out.wrong = fmt::format("IP address \"{}\" {}", out.value, why);
    return;
  }
  if (plain != *network) {
    out.doubtful.push_back(fmt::format("an address within the network: \"{}\" is read as \"{}\"",
                                       out.value, to_string(plain)));
  }
  out.value = to_string(plain);
}

}  // namespace evtxhound::indicators
