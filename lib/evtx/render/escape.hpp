// Single characters, escaped for where they stand: the part of rendering that is not SIMD.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>

#include "evtxhound/base/text.hpp"
#include "evtxhound/base/text_buffer.hpp"
#include "evtxhound/evtx/render/value_text.hpp"

namespace evtxhound::evtx {

// The most bytes that one UTF-16 unit or one byte of ASCII can become: `&quot;`, `\u001f`.
inline constexpr std::size_t kMaxEscapedSize = 6;

// What an ASCII character becomes.
struct Escaped {
  std::array<char, 7> text{};
  std::uint8_t size = 0;

  constexpr void assign(std::string_view replacement) {
    size = static_cast<std::uint8_t>(replacement.size());
    for (std::size_t i = 0; i < replacement.size(); ++i) text[i] = replacement[i];
  }
};
using EscapeTable = std::array<Escaped, 128>;

constexpr EscapeTable make_escape_table(Escape escape) {
  EscapeTable table;
  for (std::size_t c = 0; c < table.size(); ++c) {
    const char plain = static_cast<char>(c);
    table[c].assign({&plain, 1});
  }
  if (escape == Escape::kJson) {
    constexpr std::string_view kHex = "0123456789ABCDEF";
    for (std::size_t c = 0; c < 0x20; ++c) {
      const std::array<char, 6> code = {'\\', 'u', '0', '0', kHex[c / 16], kHex[c % 16]};
      table[c].assign({code.data(), code.size()});
    }
    table['\b'].assign("\\b");
    table['\t'].assign("\\t");
    table['\n'].assign("\\n");
    table['\f'].assign("\\f");
    table['\r'].assign("\\r");
    table['"'].assign("\\\"");
    table['\\'].assign("\\\\");
  } else if (escape != Escape::kNone) {
    for (std::size_t c = 0; c < 0x20; ++c) table[c].assign("_");
    // As references: an XML parser then gives them back as they are (it would turn CR LF into LF,
    // and all of them into spaces in an attribute), and a record stays on one line.
    table['\n'].assign("&#10;");
    table['\r'].assign("&#13;");
    table['\t'].assign(escape == Escape::kXmlAttribute ? "&#9;" : "\t");
    table['&'].assign("&amp;");
    table['<'].assign("&lt;");
    table['>'].assign("&gt;");
    if (escape == Escape::kXmlAttribute) {
      table['"'].assign("&quot;");
      table['\''].assign("&apos;");
    }
  }
  return table;
}

template <Escape E>
inline constexpr EscapeTable kEscapeTable = make_escape_table(E);

// Writes a character, escaped; `out` has room for eight bytes. A surrogate is a lone one here.
template <Escape E>
char* write_escaped(char32_t c, char* out) {
  constexpr bool kXml = E == Escape::kXmlText || E == Escape::kXmlAttribute;
  if (c < 0x80) {
    const Escaped& escaped = kEscapeTable<E>[c];
    std::memcpy(out, escaped.text.data(), escaped.text.size());
    return out + escaped.size;
  }
  const bool surrogate = is_lead_surrogate(c) || is_trail_surrogate(c);
  if (kXml && (surrogate || c == 0xFFFE || c == 0xFFFF)) {
    *out = '_';
    return out + 1;
  }
  return write_utf8(surrogate ? kReplacementCharacter : c, out);
}

// Appends UTF-8 text, escaped character by character.
template <Escape E>
void append_utf8_as(std::string_view utf8, TextBuffer& out) {
  char* at = out.reserve(utf8.size() * kMaxEscapedSize + 8);
  for (std::size_t i = 0; i < utf8.size();) {
    if (static_cast<unsigned char>(utf8[i]) < 0x80) {
      at = write_escaped<E>(static_cast<unsigned char>(utf8[i++]), at);
      continue;
    }
    const CodePoint c = code_point_at(utf8, i);
    at = write_escaped<E>(c.value, at);
    i += c.size;
  }
  out.set_end(at);
}

// Writes the character that UTF-16LE text starts with, escaped, and moves on behind it; `out` has
// room for eight bytes. REQUIRES: units > 0
template <Escape E>
char* write_escaped_unit(const std::uint8_t*& in, std::size_t& units, char* out) {
  std::uint16_t unit = 0;
  std::memcpy(&unit, in, sizeof unit);
  char32_t c = unit;
  in += sizeof unit;
  --units;
  if (is_lead_surrogate(c) && units != 0) {
    std::memcpy(&unit, in, sizeof unit);
    if (is_trail_surrogate(unit)) {
      c = from_surrogates(c, unit);
      in += sizeof unit;
      --units;
    }
  }
  return write_escaped<E>(c, out);
}

}  // namespace evtxhound::evtx
