#include "evtxhound/base/text_encoding.hpp"

#include <simdjson.h>

#include <algorithm>
#include <utility>

#include "evtxhound/base/text.hpp"

namespace evtxhound {
namespace {

char32_t unit_at(Bytes bytes, std::size_t i, TextEncoding encoding) {
  const std::size_t high = encoding == TextEncoding::kUtf16Be ? 0 : 1;
  return static_cast<char32_t>(bytes[2 * i + high] << 8U | bytes[2 * i + 1 - high]);
}

DecodedText decode_utf16(Bytes bytes, TextEncoding encoding) {
  const std::size_t units = bytes.size() / 2;
  DecodedText decoded;
  decoded.text.resize(units * 3);  // no unit becomes more than three bytes
  char* out = decoded.text.data();
  for (std::size_t i = 0; i < units; ++i) {
    char32_t c = unit_at(bytes, i, encoding);
    if (c < 0x80) {
      *out++ = static_cast<char>(c);
      continue;
    }
    const char32_t next = i + 1 < units ? unit_at(bytes, i + 1, encoding) : 0;
    if (is_lead_surrogate(c) && is_trail_surrogate(next)) {
      c = from_surrogates(c, next);
      ++i;
    } else if (is_lead_surrogate(c) || is_trail_surrogate(c)) {
      c = kReplacementCharacter;
      decoded.replaced = true;
    }
    out = write_utf8(c, out);
  }
  decoded.text.resize(static_cast<std::size_t>(out - decoded.text.data()));
  decoded.replaced = decoded.replaced || bytes.size() % 2 != 0;
  return decoded;
}

}  // namespace

std::string_view to_string(TextEncoding encoding) {
  switch (encoding) {
    case TextEncoding::kUtf8:
      return "UTF-8";
    case TextEncoding::kUtf16Le:
      return "UTF-16LE";
    case TextEncoding::kUtf16Be:
      return "UTF-16BE";
  }
  return "unknown";
}

TextEncoding detect_encoding(Bytes head) {
  if (stands_at(head, 0, "\xFF\xFE")) return TextEncoding::kUtf16Le;
  if (stands_at(head, 0, "\xFE\xFF")) return TextEncoding::kUtf16Be;
  constexpr std::size_t kSample = 512;
  const Bytes sample = head.first(std::min(head.size(), kSample));
  std::size_t even = 0;
  std::size_t odd = 0;
  for (std::size_t i = 0; i < sample.size(); ++i) {
    if (sample[i] == 0) ++(i % 2 == 0 ? even : odd);
  }
  if (std::max(even, odd) <= sample.size() / 4) return TextEncoding::kUtf8;
  return odd >= even ? TextEncoding::kUtf16Le : TextEncoding::kUtf16Be;
}

DecodedText decode(Bytes bytes, TextEncoding encoding) {
  if (encoding != TextEncoding::kUtf8) return decode_utf16(bytes, encoding);
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (simdjson::validate_utf8(text)) return {std::string(text), false};
  return {valid_utf8(text), true};
}

void ascii_of_utf16(Bytes bytes, TextEncoding encoding, std::string& out) {
  const std::size_t high = encoding == TextEncoding::kUtf16Be ? 0 : 1;
  const std::size_t units = bytes.size() / 2;
  out.resize(units);
  for (std::size_t i = 0; i < units; ++i) {
    const unsigned unit =
        static_cast<unsigned>(bytes[2 * i + high]) << 8U | bytes[2 * i + 1 - high];
    const char mark = unit == 0xFEFF ? ' ' : kNotAscii;
    out[i] = unit < 0x80 ? static_cast<char>(unit) : mark;
  }
}

std::string encode(std::string_view utf8, TextEncoding encoding) {
  if (encoding == TextEncoding::kUtf8) return std::string(utf8);
  const Buffer utf16 = utf8_to_utf16le(utf8);
  std::string out(utf16.begin(), utf16.end());
  if (encoding == TextEncoding::kUtf16Be) {
    for (std::size_t i = 0; i + 1 < out.size(); i += 2) std::swap(out[i], out[i + 1]);
  }
  return out;
}

}  // namespace evtxhound
