#include "evtxhound/evtx/render/number_text.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <chrono>
#include <cmath>
#include <string_view>

#include "evtxhound/base/time.hpp"

namespace evtxhound::evtx {
namespace {

constexpr std::size_t kNumberSize = 32;  // no number takes more

using HexPairs = std::array<std::array<char, 2>, 256>;

constexpr HexPairs make_pairs(std::string_view digits) {
  HexPairs pairs{};
  for (std::size_t byte = 0; byte < pairs.size(); ++byte) {
    pairs[byte] = {digits[byte / 16], digits[byte % 16]};
  }
  return pairs;
}
constexpr HexPairs kUpper = make_pairs("0123456789ABCDEF");
constexpr HexPairs kLower = make_pairs("0123456789abcdef");

char* put(std::string_view text, char* out) { return std::copy(text.begin(), text.end(), out); }

char* put(std::array<char, 2> pair, char* out) {
  std::memcpy(out, pair.data(), pair.size());
  return out + pair.size();
}

template <class Real>
char* write_real(Real number, char* out) {
  // The words of Windows' C runtime; its default NaN has the sign set.
  if (std::isnan(number)) return put(std::signbit(number) ? "-1.#IND" : "1.#QNAN", out);
  if (std::isinf(number)) return put(std::signbit(number) ? "-1.#INF" : "1.#INF", out);
  return std::to_chars(out, out + kNumberSize, number).ptr;
}

}  // namespace

char* write_hex(std::uint64_t number, char* out) {
  out = put("0x", out);
  const int digits = std::max(1, (64 - std::countl_zero(number) + 3) / 4);
  for (int i = digits; i-- > 0;) *out++ = kLower[number >> (4 * i) & 0xF][1];
  return out;
}

char* write_binary(Bytes bytes, char* out) {
  for (const std::uint8_t byte : bytes) out = put(kUpper[byte], out);
  return out;
}

char* write_float(float number, char* out) { return write_real(number, out); }
char* write_double(double number, char* out) { return write_real(number, out); }

char* write_guid(Bytes guid, char* out) {
  // Its first three parts are integers, stored little-endian.
  constexpr std::array<std::uint8_t, 16> kOrder = {3, 2, 1,  0,  5,  4,  7,  6,
                                                   8, 9, 10, 11, 12, 13, 14, 15};
  constexpr std::array<std::uint8_t, 16> kPlace = {1,  3,  5,  7,  10, 12, 15, 17,
                                                   20, 22, 25, 27, 29, 31, 33, 35};
  out[0] = '{';
  out[9] = out[14] = out[19] = out[24] = '-';
  for (std::size_t i = 0; i < kOrder.size(); ++i) put(kLower[guid[kOrder[i]]], out + kPlace[i]);
  out[37] = '}';
  return out + kGuidTextSize;
}

char* write_sid(Bytes sid, char* out) {
  constexpr std::size_t kHeaderSize = 8;  // revision, count, authority (48 bits, big-endian)
  if (sid.size() < kHeaderSize) return put("S-?", out);
  std::uint64_t authority = 0;
  for (std::size_t i = 2; i < kHeaderSize; ++i) authority = authority << 8U | sid[i];
  out = write_decimal(sid[0], put("S-", out));
  *out++ = '-';
  out = write_decimal(authority, out);
  const std::size_t count = std::min<std::size_t>(sid[1], (sid.size() - kHeaderSize) / 4);
  for (std::size_t i = 0; i < count; ++i) {
    *out++ = '-';
    out = write_decimal(load<std::uint32_t>(sid, kHeaderSize + 4 * i), out);
  }
  return out;
}

char* write_systemtime(Bytes time, char* out) {
  const auto part = [time](std::size_t i) { return unsigned{load<std::uint16_t>(time, 2 * i)}; };
  // year, month, day of the week (which Windows ignores), day, hour, minute, second, milliseconds
  const std::chrono::year_month_day day{std::chrono::year{static_cast<int>(part(0))},
                                        std::chrono::month{part(1)}, std::chrono::day{part(3)}};
  const bool valid = part(0) >= 1601 && part(0) <= 30827 && day.ok() && part(4) < 24 &&
                     part(5) < 60 && part(6) < 60 && part(7) < 1000;
  if (!valid) return put("1601-01-01T00:00:00.0000000Z", out);
  constexpr std::chrono::sys_days kEpoch =
      std::chrono::year{1601} / std::chrono::January / std::chrono::day{1};
  const auto days = static_cast<std::uint64_t>((std::chrono::sys_days{day} - kEpoch).count());
  const std::uint64_t seconds = (days * 24 + part(4)) * 3600 + part(5) * 60 + part(6);
  return Iso8601Writer().write(seconds * 10'000'000 + part(7) * 10'000, out);
}

}  // namespace evtxhound::evtx
