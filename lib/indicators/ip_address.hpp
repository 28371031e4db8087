// IP addresses and networks: text -> numbers -> text. All functions are pure and thread-safe.
//
// An IPv4 address is kept as the IPv6 address that stands for it (`::ffff:a.b.c.d`, RFC 4291
// 2.5.5.2), so that both compare alike.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace evtxhound::indicators {

struct IpAddress {
  std::array<std::uint8_t, 16> bytes{};

  [[nodiscard]] bool is_v4() const;
  // One of the eight groups of 16 bits, from the front.
  [[nodiscard]] unsigned group(std::size_t index) const {
    return bytes[index * 2] * 256U + bytes[index * 2 + 1];
  }
  friend bool operator==(const IpAddress&, const IpAddress&) = default;
};

// The addresses that share the first `bits` bits; a single address has 128. An IPv4 network of n
// bits has 96 + n here.
struct IpNetwork {
  IpAddress address;
  std::uint8_t bits = 128;

  [[nodiscard]] bool contains(const IpAddress& other) const;
  [[nodiscard]] bool is_v4() const { return bits >= 96 && address.is_v4(); }
  friend bool operator==(const IpNetwork&, const IpNetwork&) = default;
};

// Four decimal numbers up to 255 without needless zeros (`010` is 8 to some programs).
std::optional<IpAddress> parse_ipv4(std::string_view text);

// Eight groups of one to four hexadecimal digits; `::` once for groups of zeros; the last two
// groups also as an IPv4 address. No brackets, no zone.
std::optional<IpAddress> parse_ipv6(std::string_view text);

std::optional<IpAddress> parse_ip(std::string_view text);  // either

// An address, or an address, `/` and a number of bits; bits of the address beyond these stay.
std::optional<IpNetwork> parse_network(std::string_view text);

// The network with the bits beyond its own set to zero.
IpNetwork masked(const IpNetwork& network);

// The normal form: IPv4 in decimal; IPv6 as RFC 5952 writes it; `/bits` where it is no single one.
std::string to_string(const IpNetwork& network);

}  // namespace evtxhound::indicators
