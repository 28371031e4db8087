#include "evtxhound/evtx/writer/value.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "evtxhound/base/code_page.hpp"
#include "evtxhound/base/text.hpp"
#include "evtxhound/evtx/writer/instance.hpp"

namespace evtxhound::evtx::writer {
namespace {

template <class T>
std::optional<T> number(std::string_view text, int base = 10) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// The text up to the next '-', which is taken off `rest` together with it.
std::string_view next_part(std::string_view& rest) {
  const std::size_t dash = rest.find('-');
  const std::string_view part = rest.substr(0, dash);
  rest = dash == std::string_view::npos ? std::string_view() : rest.substr(dash + 1);
  return part;
}

}  // namespace

Value string_value(std::string_view utf8) {
  return {ValueType::kString, utf8_to_utf16le(utf8), nullptr};
}

Value guid_value(const Guid& guid) {
  return {ValueType::kGuid, Buffer(guid.begin(), guid.end()), nullptr};
}

Value binxml_value(Instance instance) {
  return {ValueType::kBinXml, {}, std::make_shared<const Instance>(std::move(instance))};
}

std::optional<Buffer> to_windows_1252(std::string_view utf8) {
  Buffer out;
  for (std::size_t at = 0; at < utf8.size();) {
    const CodePoint c = code_point_at(utf8, at);
    const auto byte = windows_1252_byte(c.value);
    if (!byte) return std::nullopt;
    out.push_back(*byte);
    at += c.size;
  }
  return out;
}

std::optional<Guid> parse_guid(std::string_view text) {
  if (text.size() == 38 && text.front() == '{' && text.back() == '}') {
    text = text.substr(1, 36);
  }
  if (text.size() != 36) return std::nullopt;
  std::string digits;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash != (text[i] == '-')) return std::nullopt;
    if (!dash) digits += text[i];
  }
  const auto bytes = parse_hex(digits);
  if (!bytes) return std::nullopt;
  Guid guid{};
  std::copy(bytes->begin(), bytes->end(), guid.begin());
  std::reverse(guid.begin(), guid.begin() + 4);
  std::reverse(guid.begin() + 4, guid.begin() + 6);
  std::reverse(guid.begin() + 6, guid.begin() + 8);
  return guid;
}

std::optional<Buffer> parse_sid(std::string_view text) {
  constexpr std::size_t kMostSubAuthorities = 15;
  if (!text.starts_with("S-") || text.ends_with('-')) return std::nullopt;
  std::string_view rest = text.substr(2);
  const auto revision = number<std::uint8_t>(next_part(rest));
  const auto authority = number<std::uint64_t>(next_part(rest));
  if (!revision || !authority || *authority >> 48U != 0) return std::nullopt;
  Buffer sid = {*revision, 0};
  for (unsigned shift = 48; shift > 0; shift -= 8) {  // the one big-endian number in the format
    sid.push_back(static_cast<std::uint8_t>(*authority >> (shift - 8)));
  }
  while (!rest.empty()) {
    const auto sub_authority = number<std::uint32_t>(next_part(rest));
    if (!sub_authority || sid[1] == kMostSubAuthorities) return std::nullopt;
    sid.resize(sid.size() + 4);
    store(sid, sid.size() - 4, *sub_authority);
    ++sid[1];
  }
  return sid;
}

std::optional<Buffer> parse_hex(std::string_view text) {
  if (text.size() % 2 != 0) return std::nullopt;
  Buffer out;
  out.reserve(text.size() / 2);
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const auto byte = number<std::uint8_t>(text.substr(i, 2), 16);
    if (!byte) return std::nullopt;
    out.push_back(*byte);
  }
  return out;
}

Buffer to_systemtime(Filetime time) {
  constexpr Filetime kDay = 864'000'000'000;
  const std::string text = to_iso8601(time);  // YYYY-MM-DDThh:mm:ss.fffffff
  const auto part = [&text](std::size_t at, std::size_t size) {
    return number<std::uint16_t>(std::string_view(text).substr(at, size)).value_or(0);
  };
  const auto weekday = static_cast<std::uint16_t>((time / kDay + 1) % 7);  // 1601-01-01: a Monday
  const std::array<std::uint16_t, 8> parts = {part(0, 4),  part(5, 2),  weekday,     part(8, 2),
                                              part(11, 2), part(14, 2), part(17, 2), part(20, 3)};
  Buffer out(sizeof parts);
  std::memcpy(out.data(), parts.data(), sizeof parts);
  return out;
}

Value string_array_value(const std::vector<std::string_view>& items) {
  Value value{array_of(ValueType::kString), {}, nullptr};
  for (const std::string_view item : items) {
    const Buffer text = utf8_to_utf16le(item);
    value.bytes.insert(value.bytes.end(), text.begin(), text.end());
    value.bytes.insert(value.bytes.end(), 2, 0);
  }
  return value;
}

}  // namespace evtxhound::evtx::writer
