#include "evtxhound/base/terminal_text.hpp"

#include <fmt/format.h>
#include <utf8proc.h>

#include "evtxhound/base/text.hpp"

namespace evtxhound {
namespace {

bool is_obeyed(char32_t c) {
  switch (utf8proc_category(static_cast<utf8proc_int32_t>(c))) {
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_CF:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
    case UTF8PROC_CATEGORY_CN:
    case UTF8PROC_CATEGORY_CO:
      return true;
    default:
      return false;
  }
}

std::size_t columns(char32_t c) {
  const int width = utf8proc_charwidth(static_cast<utf8proc_int32_t>(c));
  return width > 0 ? static_cast<std::size_t>(width) : 0;
}

}  // namespace

std::string visible(std::string_view text) {
  const std::string valid = valid_utf8(text);
  std::string out;
  out.reserve(valid.size());
  for (std::size_t at = 0; at < valid.size();) {
    const CodePoint c = code_point_at(valid, at);
    if (!is_obeyed(c.value)) {
      out.append(valid, at, c.size);
    } else if (c.value <= 0xFF) {
      out += fmt::format("\\x{:02X}", static_cast<unsigned>(c.value));
    } else {
      out += fmt::format("\\u{:04X}", static_cast<unsigned>(c.value));
    }
    at += c.size;
  }
  return out;
}

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint c = code_point_at(text, at);
    width += columns(c.value);
    at += c.size;
  }
  return width;
}

std::string cut(std::string_view text, std::size_t width) {
  if (display_width(text) <= width) return std::string(text);
  std::size_t used = 0;
  std::size_t at = 0;
  while (at < text.size()) {
    const CodePoint c = code_point_at(text, at);
    if (used + columns(c.value) > width - 1) break;
    used += columns(c.value);
    at += c.size;
  }
  return std::string(text.substr(0, at)) + "…";
}

std::string fit(std::string_view text, std::size_t width) {
  std::string out = cut(text, width);
  out.append(width - display_width(out), ' ');
  return out;
}

}  // namespace evtxhound
