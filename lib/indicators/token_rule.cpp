#include "evtxhound/indicators/token_rule.hpp"

#include <algorithm>

#include "evtxhound/base/text.hpp"

namespace evtxhound::indicators {
namespace {

constexpr std::string_view kImphash = "imphash";

bool names_imphash(std::string_view field_name) {
  return ascii_lower(field_name).find(kImphash) != std::string::npos;
}

// Whether `imphash` and one `=` or `:`, with quotes and spaces around that, end at `end`.
bool imphash_before(std::string_view value, std::size_t end) {
  constexpr std::string_view kAround = " \"'";
  const auto front = value.substr(0, end);
  const auto sign = front.find_last_not_of(kAround);
  if (sign == std::string_view::npos || (front[sign] != '=' && front[sign] != ':')) return false;
  const auto name = front.substr(0, front.substr(0, sign).find_last_not_of(kAround) + 1);
  return name.size() >= kImphash.size() &&
         ascii_iequals(name.substr(name.size() - kImphash.size()), kImphash);
}

bool dash_and_digit_after(std::string_view value, std::size_t end) {
  return end + 1 < value.size() && value[end] == '-' && value[end + 1] >= '0' &&
         value[end + 1] <= '9';
}

bool dash_before(std::string_view value, std::size_t at) {
  return at > 0 && value[at - 1] == '-' && alphanumeric_before(value, at - 1);
}

bool dash_after(std::string_view value, std::size_t end) {
  return end < value.size() && value[end] == '-' && alphanumeric_after(value, end + 1);
}

}  // namespace

std::optional<Range> confirm_hash(std::string_view value, Range found) {
  if (alphanumeric_after(value, found.end)) return std::nullopt;
  const bool after_0x = found.begin >= 2 && ascii_iequals(value.substr(found.begin - 2, 2), "0x") &&
                        !alphanumeric_before(value, found.begin - 2);
  if (!after_0x && alphanumeric_before(value, found.begin)) return std::nullopt;
  return found;
}

std::optional<Range> confirm_imphash(std::string_view field_name, std::string_view value,
                                     Range found) {
  const auto hash = confirm_hash(value, found);
  if (!hash) return std::nullopt;
  const bool named = imphash_before(value, found.begin) || names_imphash(field_name);
  return named ? hash : std::nullopt;
}

std::optional<Range> confirm_sid(std::string_view value, Range found) {
  if (alphanumeric_before(value, found.begin) || alphanumeric_after(value, found.end) ||
      dash_and_digit_after(value, found.end)) {
    return std::nullopt;
  }
  return found;
}

std::optional<Range> confirm_guid(std::string_view value, Range found) {
  if (alphanumeric_before(value, found.begin) || alphanumeric_after(value, found.end) ||
      dash_before(value, found.begin) || dash_after(value, found.end)) {
    return std::nullopt;
  }
  return found;
}

}  // namespace evtxhound::indicators
