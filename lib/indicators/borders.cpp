#include "evtxhound/indicators/borders.hpp"

namespace evtxhound::indicators {
namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// The byte that the two digits at `at` name; -1 where there are not two digits.
int hex_byte(std::string_view text, std::size_t at) {
  if (at + 2 > text.size()) return -1;
  const int high = hex_digit(text[at]);
  const int low = hex_digit(text[at + 1]);
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

// The escape that starts at `at`, at most as long as `limit`; its size is 0 where there is none.
CodePoint escape_at(std::string_view text, std::size_t at, std::size_t limit) {
  if (limit >= 5 && text.substr(at, 3) == "%25") {
    if (const int byte = hex_byte(text, at + 3); byte >= 0) return {static_cast<char32_t>(byte), 5};
  }
  if (limit >= 3 && text[at] == '%') {
    if (const int byte = hex_byte(text, at + 1); byte >= 0) return {static_cast<char32_t>(byte), 3};
  }
  return {};
}

}  // namespace

CodePoint char_before(std::string_view text, std::size_t at) {
  for (const std::size_t size : {std::size_t{5}, std::size_t{3}}) {
    if (at < size || text[at - size] != '%') continue;
    const CodePoint escape = escape_at(text, at - size, size);
    if (escape.size == size) return escape;
  }
  return at == 0 ? CodePoint{} : code_point_before(text, at);
}

CodePoint char_after(std::string_view text, std::size_t at) {
  if (at >= text.size()) return {};
  const CodePoint escape = escape_at(text, at, text.size() - at);
  return escape.size != 0 ? escape : code_point_at(text, at);
}

bool is_label(char32_t c) { return c == U'-' || c == U'_' || is_alphanumeric(c); }
bool is_separator(char32_t c) { return c == U'\\' || c == U'/'; }
bool is_space(char32_t c) { return c == U' ' || (c >= U'\t' && c <= U'\r'); }

bool name_goes_on(std::string_view text, std::size_t at) {
  const CodePoint next = char_after(text, at);
  if (next.size == 0) return false;
  if (next.value != U'.') return is_label(next.value);
  const CodePoint after_dot = char_after(text, at + next.size);
  return after_dot.size != 0 && is_label(after_dot.value);
}

bool alphanumeric_before(std::string_view text, std::size_t at) {
  const CodePoint c = char_before(text, at);
  return c.size != 0 && is_alphanumeric(c.value);
}

bool alphanumeric_after(std::string_view text, std::size_t at) {
  const CodePoint c = char_after(text, at);
  return c.size != 0 && is_alphanumeric(c.value);
}

}  // namespace evtxhound::indicators
