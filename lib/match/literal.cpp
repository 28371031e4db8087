// Plain texts as expressions.
#include <fmt/format.h>
#include <utf8proc.h>

#include <algorithm>
#include <array>

#include "evtxhound/base/code_page.hpp"
#include "evtxhound/base/text.hpp"
#include "evtxhound/match/database.hpp"
#include "evtxhound/match/fold.hpp"

namespace evtxhound::match {
namespace {

// A character that has no meaning in an expression, whatever it is: ASCII punctuation by its
// number.
void append_plain(std::string& expression, char32_t c) {
  const bool alphanumeric =
      (c >= U'0' && c <= U'9') || (c >= U'A' && c <= U'Z') || (c >= U'a' && c <= U'z');
  if (c < 0x80 && !alphanumeric) {
    fmt::format_to(std::back_inserter(expression), "\\x{:02x}", std::uint32_t{c});
    return;
  }
  append_utf8(expression, c);
}

// Bytes as they stand in a StrippedText: without zeros, ASCII letters in lower case.
std::string stripped_bytes(Bytes bytes) {
  std::string expression;
  for (std::uint8_t byte : bytes) {
    if (byte == 0) continue;
    if (byte >= 'A' && byte <= 'Z') byte |= 0x20U;
    fmt::format_to(std::back_inserter(expression), "\\x{:02x}", byte);
  }
  return expression;
}

std::string utf8_of(char32_t c) {
  std::string text;
  append_utf8(text, c);
  return text;
}

}  // namespace

std::string literal(std::string_view text) {
  const bool ascii = is_ascii(text);
  std::string expression;
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint c = code_point_at(text, at);
    at += c.size;
    const std::vector<char32_t> forms =
        ascii ? std::vector<char32_t>{c.value} : same_folded(c.value);
    if (forms.size() > 1) expression += '[';
    for (const char32_t form : forms) append_plain(expression, form);
    if (forms.size() > 1) expression += ']';
  }
  return expression;
}

std::string stripped_literal(std::string_view text) {
  std::string expression;
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint c = code_point_at(text, at);
    at += c.size;
    std::vector<std::string> forms;
    for (const char32_t form : same_folded(c.value)) {
      forms.push_back(stripped_bytes(utf8_to_utf16le(utf8_of(form))));
      if (const auto ansi = windows_1252_byte(form)) forms.push_back(stripped_bytes({&*ansi, 1}));
    }
    std::ranges::sort(forms);
    forms.erase(std::unique(forms.begin(), forms.end()), forms.end());
    expression += forms.size() == 1 ? forms.front() : fmt::format("(?:{})", fmt::join(forms, "|"));
  }
  return expression;
}

}  // namespace evtxhound::match
