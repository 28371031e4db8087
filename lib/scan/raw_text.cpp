#include "evtxhound/scan/raw_text.hpp"

#include <algorithm>
#include <utility>

#include "evtxhound/base/code_page.hpp"
#include "evtxhound/base/text.hpp"

namespace evtxhound::scan {
namespace {

constexpr bool is_ascii_text(std::uint32_t c) {
  return (c >= 0x20 && c < 0x7F) || c == '\t' || c == '\n' || c == '\r';
}

// Surrogates among them: which ones are pairs is seen when they are decoded.
constexpr bool is_any_text(std::uint32_t c) {
  return is_ascii_text(c) || (c >= 0xA0 && c < 0xFFFE);
}

constexpr bool is_any_byte_text(std::uint32_t c) { return is_ascii_text(c) || c >= 0x80; }

std::uint32_t unit_at(Bytes bytes, std::size_t at, std::size_t unit) {
  return unit == 2 ? load<std::uint16_t>(bytes, at) : bytes[at];
}

// Where the text begins and ends that the unit at `at` is of, as far as `reach` goes.
template <std::size_t kUnit, class IsText>
std::pair<std::size_t, std::size_t> stretch(Bytes bytes, std::size_t at, Reach reach,
                                            IsText is_text) {
  const std::size_t first = at - std::min(reach.before, at / kUnit) * kUnit;
  const std::size_t behind = at + kUnit;
  const std::size_t last = behind + std::min(reach.behind, (bytes.size() - behind) / kUnit) * kUnit;
  std::size_t begin = at;
  while (begin > first && is_text(unit_at(bytes, begin - kUnit, kUnit))) begin -= kUnit;
  std::size_t end = behind;
  while (end < last && is_text(unit_at(bytes, end, kUnit))) end += kUnit;
  return {begin, end};
}

// Calls use() with the question whether a unit is text.
template <class Use>
auto with_alphabet(RawEncoding encoding, RawAlphabet alphabet, Use use) {
  if (alphabet == RawAlphabet::kAscii || encoding == RawEncoding::kUtf8) {
    return use([](std::uint32_t c) { return is_ascii_text(c); });
  }
  return encoding == RawEncoding::kUtf16 ? use([](std::uint32_t c) { return is_any_text(c); })
                                         : use([](std::uint32_t c) { return is_any_byte_text(c); });
}

std::string decoded(Bytes bytes, RawEncoding encoding) {
  switch (encoding) {
    case RawEncoding::kUtf16:
      return utf16le_to_utf8(bytes);
    case RawEncoding::kWindows1252:
      return CodePage::windows_1252().decode(bytes);
    case RawEncoding::kUtf8:
      break;
  }
  return valid_utf8({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

void append_decoded(Bytes bytes, RawEncoding encoding, RawAlphabet alphabet, std::string& out) {
  if (alphabet == RawAlphabet::kAscii || encoding == RawEncoding::kUtf8) {
    const std::size_t unit = unit_size(encoding);
    const std::size_t known = out.size();
    out.resize(known + bytes.size() / unit);
    for (std::size_t i = known; i < out.size(); ++i) {
      out[i] = static_cast<char>(bytes[(i - known) * unit]);
    }
  } else {
    out += decoded(bytes, encoding);
  }
}

std::size_t count_characters(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (c & 0xC0) != 0x80; }));
}

// Letters, digits and what stands between them in the scripts of the world, as far as it is known
// here; what else there is cannot be told from the bytes of numbers.
bool is_shown(char32_t c) {
  if (c < 0x80) return is_ascii_text(c);
  if (c < 0xA0 || c == kReplacementCharacter) return false;
  return c < 0x100 || (c >= 0x2010 && c < 0x205F) || is_alphanumeric(c);
}

}  // namespace

std::string_view to_string(RawEncoding encoding) {
  switch (encoding) {
    case RawEncoding::kUtf8:
      return "utf-8";
    case RawEncoding::kUtf16:
      return "utf-16le";
    case RawEncoding::kWindows1252:
      return "windows-1252";
  }
  return "unknown";
}

std::optional<RawEncoding> raw_encoding_from(std::string_view name) {
  for (const auto encoding : {RawEncoding::kUtf8, RawEncoding::kUtf16, RawEncoding::kWindows1252}) {
    if (name == to_string(encoding)) return encoding;
  }
  return std::nullopt;
}

std::size_t encoded_size(std::string_view text, RawEncoding encoding) {
  if (encoding != RawEncoding::kUtf16) return count_characters(text);
  return is_ascii(text) ? 2 * text.size() : utf8_to_utf16le(text).size();
}

std::size_t RawText::offset_of(std::size_t at) const {
  return begin + encoded_size(std::string_view(text).substr(0, at), encoding);
}

std::optional<RawText> text_around(Bytes bytes, std::size_t at, RawEncoding encoding,
                                   RawAlphabet alphabet, Reach reach) {
  const std::size_t unit = unit_size(encoding);
  if (!holds(bytes, at, unit)) return std::nullopt;
  const auto [begin, end] = with_alphabet(encoding, alphabet, [&](auto is_text) {
    if (!is_text(unit_at(bytes, at, unit))) return std::pair(at, at);
    return unit == 2 ? stretch<2>(bytes, at, reach, is_text)
                     : stretch<1>(bytes, at, reach, is_text);
  });
  if (begin == end) return std::nullopt;
  const std::size_t behind = at + unit;
  RawText found;
  found.begin = begin;
  found.encoding = encoding;
  append_decoded(bytes.subspan(begin, behind - begin), encoding, alphabet, found.text);
  found.place = found.text.size();
  append_decoded(bytes.subspan(behind, end - behind), encoding, alphabet, found.text);
  return found;
}

void each_text(Bytes bytes, RawEncoding encoding, std::size_t shortest,
               const std::function<void(std::size_t begin, const std::string& text)>& use) {
  const std::size_t unit = unit_size(encoding);
  std::string text;
  for (std::size_t alignment = 0; alignment < unit; ++alignment) {
    std::size_t begin = alignment;
    for (std::size_t at = alignment; at + unit <= bytes.size(); at += unit) {
      const std::uint32_t c = unit_at(bytes, at, unit);
      if (is_ascii_text(c)) {
        if (text.empty()) begin = at;
        text += static_cast<char>(c);
        continue;
      }
      if (text.size() >= shortest) use(begin, text);
      text.clear();
    }
    if (text.size() >= shortest) use(begin, text);
    text.clear();
  }
}

std::string context_of(Bytes bytes, std::size_t at, std::size_t size, RawEncoding encoding) {
  const std::size_t unit = unit_size(encoding);
  const std::size_t before = std::min(kContextUnits, at / unit) * unit;
  const std::string text = decoded(bytes.subspan(at - before, before + size), encoding);
  std::string shown;
  bool broken = false;  // whether the last character was no text
  for (std::size_t i = 0; i < text.size();) {
    const CodePoint c = code_point_at(text, i);
    const bool is_text = is_shown(c.value);
    if (is_text) {
      shown.append(text, i, c.size);
    } else if (!broken) {
      append_utf8(shown, kReplacementCharacter);
    }
    broken = !is_text;
    i += c.size;
  }
  return shown;
}

}  // namespace evtxhound::scan
