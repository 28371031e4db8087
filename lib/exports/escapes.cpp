#include "evtxhound/exports/escapes.hpp"

#include <array>
#include <charconv>
#include <cstdint>
#include <utility>

namespace evtxhound::exports {
namespace {

CodePoint numeric_reference(std::string_view text, std::size_t at) {
  constexpr std::size_t kMostDigits = 16;
  std::string_view digits = text.substr(at + 2, kMostDigits);
  digits = digits.substr(0, digits.find(';'));
  const bool hex = digits.starts_with('x');
  if (hex) digits.remove_prefix(1);
  const std::size_t size = 2 + (hex ? 1U : 0U) + digits.size() + 1;
  if (digits.empty() || text.substr(at + size - 1, 1) != ";") return {};
  std::uint32_t value = 0;
  const char* const end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, value, hex ? 16 : 10);
  if (error == std::errc::result_out_of_range) return {char32_t{0xFFFFFFFF}, size};
  if (error != std::errc{} || stop != end) return {};
  return {static_cast<char32_t>(value), size};
}

}  // namespace

CodePoint xml_reference_at(std::string_view text, std::size_t at) {
  constexpr std::array<std::pair<std::string_view, char32_t>, 5> kNamed = {
      {{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&apos;", '\''}}};
  const std::string_view rest = text.substr(at);
  if (rest.starts_with("&#")) return numeric_reference(text, at);
  for (const auto& [name, character] : kNamed) {
    if (rest.starts_with(name)) return {character, name.size()};
  }
  return {};
}

CodePoint json_escape_at(std::string_view text, std::size_t at) {
  if (at + 1 >= text.size() || text[at] != '\\') return {};
  constexpr std::string_view kSigns = "\"\\/bfnrt";
  constexpr std::string_view kMeant = "\"\\/\b\f\n\r\t";
  const auto sign = kSigns.find(text[at + 1]);
  if (sign != std::string_view::npos) return {static_cast<char32_t>(kMeant[sign]), 2};
  const std::string_view digits = text.substr(at + 2, 4);
  if (text[at + 1] != 'u' || digits.size() < 4) return {};
  std::uint32_t value = 0;
  const char* const end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, value, 16);
  if (error != std::errc{} || stop != end) return {};
  return {static_cast<char32_t>(value), 6};
}

}  // namespace evtxhound::exports
