#include "evtxhound/base/text.hpp"

#include <utf8proc.h>

#include <algorithm>
#include <array>

namespace evtxhound {
namespace {

// Calls `take` with each character; an invalid byte comes as U+FFFD.
template <class Take>
void for_each_code_point(std::string_view utf8, Take take) {
  for (std::size_t at = 0; at < utf8.size();) {
    const CodePoint c = code_point_at(utf8, at);
    take(c.value);
    at += c.size;
  }
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

}  // namespace

void append_utf8(std::string& out, char32_t c) {
  std::array<char, 4> bytes{};
  const char* const end = write_utf8(c, bytes.data());
  out.append(static_cast<const char*>(bytes.data()), end);
}

Buffer utf8_to_utf16le(std::string_view utf8) {
  Buffer out;
  out.reserve(utf8.size() * 2);
  const auto put = [&out](char32_t unit) {
    out.push_back(static_cast<std::uint8_t>(unit));
    out.push_back(static_cast<std::uint8_t>(unit >> 8U));
  };
  for_each_code_point(utf8, [&](char32_t c) {
    if (c < 0x10000) {
      put(c);
    } else {
      put(0xD800 + ((c - 0x10000) >> 10U));
      put(0xDC00 + ((c - 0x10000) & 0x3FFU));
    }
  });
  return out;
}

std::string utf16le_to_utf8(Bytes utf16le) {
  std::string out;
  const std::size_t units = utf16le.size() / 2;
  out.reserve(units);
  for (std::size_t i = 0; i < units; ++i) {
    char32_t c = load<std::uint16_t>(utf16le, i * 2);
    const char32_t next = i + 1 < units ? load<std::uint16_t>(utf16le, i * 2 + 2) : 0;
    if (is_lead_surrogate(c) && is_trail_surrogate(next)) {
      c = from_surrogates(c, next);
      ++i;
    } else if (is_lead_surrogate(c) || is_trail_surrogate(c)) {
      c = kReplacementCharacter;
    }
    append_utf8(out, c);
  }
  return out;
}

std::string valid_utf8(std::string_view text) {
  if (is_ascii(text)) return std::string(text);
  std::string out;
  out.reserve(text.size());
  for_each_code_point(text, [&out](char32_t c) { append_utf8(out, c); });
  return out;
}

CodePoint code_point_at(std::string_view text, std::size_t at) {
  utf8proc_int32_t c = 0;
  const auto size = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data() + at),
                                     static_cast<utf8proc_ssize_t>(text.size() - at), &c);
  if (size <= 0) return {kReplacementCharacter, 1};
  return {static_cast<char32_t>(c), static_cast<std::size_t>(size)};
}

CodePoint code_point_before(std::string_view text, std::size_t at) {
  std::size_t start = at - 1;
  while (start > 0 && at - start < 4 &&
         (static_cast<unsigned char>(text[start]) & 0xC0U) == 0x80U) {
    --start;
  }
  const CodePoint c = code_point_at(text, start);
  return start + c.size == at ? c : CodePoint{kReplacementCharacter, 1};
}

bool is_alphanumeric(char32_t c) {
  switch (utf8proc_category(static_cast<utf8proc_int32_t>(c))) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_ND:
      return true;
    default:
      return false;
  }
}

bool is_ascii(std::string_view text) {
  constexpr std::uint64_t kHighBits = 0x8080808080808080U;
  std::uint64_t all = 0;
  std::size_t at = 0;
  for (; at + sizeof all <= text.size(); at += sizeof all) {
    all |= load<std::uint64_t>(as_bytes(text), at);
  }
  for (; at < text.size(); ++at) all |= static_cast<unsigned char>(text[at]);
  return (all & kHighBits) == 0;
}

std::string ascii_lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), lower);
  return out;
}

bool ascii_iequals(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

std::string_view trim(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n\v\f";
  const auto first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

}  // namespace evtxhound
