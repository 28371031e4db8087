#include "evtxhound/exports/text_place.hpp"

#include <algorithm>
#include <string_view>

#include "evtxhound/base/text.hpp"
#include "evtxhound/exports/escapes.hpp"

namespace evtxhound::exports {
namespace {

char32_t valid(char32_t c) {
  return c > 0x10FFFF || c == 0 || is_lead_surrogate(c) || is_trail_surrogate(c)
             ? kReplacementCharacter
             : c;
}

// Whether a value can end at this character of the text without escapes.
bool is_border(char c) { return std::string_view("<>\"':,}").find(c) != std::string_view::npos; }

// A character that stands for itself.
struct Plain {
  char32_t c;
  std::size_t units;
};

Plain plain_at(Bytes bytes, TextEncoding encoding, std::size_t unit) {
  if (encoding == TextEncoding::kUtf8) {
    const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    const CodePoint c = code_point_at(text, unit);
    return {c.value, c.size};
  }
  const std::size_t high = encoding == TextEncoding::kUtf16Be ? 0 : 1;
  const auto at = [&](std::size_t i) -> char32_t {
    if (2 * i + 1 >= bytes.size()) return 0;
    return static_cast<char32_t>(bytes[2 * i + high] << 8U | bytes[2 * i + 1 - high]);
  };
  const char32_t c = at(unit);
  const char32_t next = at(unit + 1);
  if (is_lead_surrogate(c) && is_trail_surrogate(next)) return {from_surrogates(c, next), 2};
  return {c, 1};
}

}  // namespace

TextPlaces::TextPlaces(Bytes bytes, TextEncoding encoding, evidence::Kind kind,
                       const evtx::Event& event)
    : event_(&event), unit_size_(unit_size(encoding)) {
  const bool xml = kind == evidence::Kind::kXml || kind == evidence::Kind::kXmlGzip;
  // Escapes are ASCII: they are found in a text of one byte for each code unit.
  std::string units(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (unit_size_ == 2) ascii_of_utf16(bytes, encoding, units);
  const auto escape_at = [&](std::size_t at) {
    if (xml) return units[at] == '&' ? xml_reference_at(units, at) : CodePoint{};
    return json_escape_at(units, at);
  };
  for (std::size_t at = 0; at < units.size();) {
    const CodePoint escape = escape_at(at);
    std::size_t size = escape.size;
    char32_t c = escape.value;
    if (size == 0) {
      const Plain plain = plain_at(bytes, encoding, at);
      c = plain.c;
      size = plain.units;
    } else if (is_lead_surrogate(c) && at + size < units.size()) {
      const CodePoint trail = escape_at(at + size);
      if (trail.size > 0 && is_trail_surrogate(trail.value)) {
        c = from_surrogates(c, trail.value);
        size += trail.size;
      }
    }
    add(c, at);
    at += size;
  }
}

void TextPlaces::add(char32_t c, std::size_t unit) {
  append_utf8(text_, valid(c));
  units_.resize(text_.size(), static_cast<std::uint32_t>(unit));
}

std::optional<std::uint64_t> TextPlaces::find(std::optional<std::size_t> field, std::size_t from,
                                              std::size_t to) const {
  const std::string& value = field ? event_->data[*field].value : event_->computer;
  const auto end = event_->data.begin() + static_cast<std::ptrdiff_t>(field.value_or(0));
  auto rank = std::count_if(event_->data.begin(), end,
                            [&value](const evtx::Field& other) { return other.value == value; });
  for (auto at = text_.find(value); at != std::string::npos; at = text_.find(value, at + 1)) {
    const std::size_t behind = at + value.size();
    const bool whole =
        at > 0 && is_border(text_[at - 1]) && behind < text_.size() && is_border(text_[behind]);
    if (whole && rank-- == 0) return std::uint64_t{units_[at + from]} * unit_size_;
  }
  // Part of a value that has something else in it, such as a comment.
  const auto at = text_.find(value.substr(from, to - from));
  if (at == std::string::npos) return std::nullopt;
  return std::uint64_t{units_[at]} * unit_size_;
}

}  // namespace evtxhound::exports
