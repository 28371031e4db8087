#include "evtxhound/evtx/binxml/name.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "evtxhound/base/text.hpp"
#include "evtxhound/evtx/format.hpp"

namespace evtxhound::evtx {
namespace {

constexpr auto kNameCharacters = [] {
  std::array<bool, 256> allowed{};
  for (std::size_t c = 0; c < allowed.size(); ++c) {
    allowed[c] = c >= 0x80 || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                 (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.' || c == ':';
  }
  return allowed;
}();

bool is_name_character(char c) { return kNameCharacters[static_cast<unsigned char>(c)]; }

bool starts_name(char c) {
  return is_name_character(c) && c != '-' && c != '.' && !(c >= '0' && c <= '9');
}

}  // namespace

std::optional<Bytes> name_at(Bytes chunk, std::size_t offset) {
  if (!holds(chunk, offset, kNameHeaderSize)) return std::nullopt;
  const std::size_t size = std::size_t{load<std::uint16_t>(chunk, offset + 6)} * 2;
  if (!holds(chunk, offset + kNameHeaderSize, size)) return std::nullopt;
  return chunk.subspan(offset + kNameHeaderSize, size);
}

std::size_t name_entry_size(std::size_t characters) { return kNameHeaderSize + characters + 2; }

std::string name_text(Bytes utf16le) {
  // Nearly all names are plain ASCII.
  std::string plain(utf16le.size() / 2, '\0');
  bool fits = !plain.empty();
  for (std::size_t i = 0; i < plain.size() && fits; ++i) {
    plain[i] = static_cast<char>(utf16le[2 * i]);
    fits = utf16le[2 * i + 1] == 0 && utf16le[2 * i] < 0x80 && is_name_character(plain[i]);
  }
  if (fits && starts_name(plain.front())) return plain;
  std::string name = utf16le_to_utf8(utf16le);
  std::ranges::replace_if(
      name, [](char c) { return !is_name_character(c); }, '_');
  if (name.empty() || !starts_name(name.front())) name.insert(name.begin(), '_');
  return name;
}

}  // namespace evtxhound::evtx
