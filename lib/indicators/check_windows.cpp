#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdint>

#include "evtxhound/base/text.hpp"
#include "evtxhound/indicators/checks.hpp"
#include "evtxhound/indicators/registry_key.hpp"

namespace evtxhound::indicators {
namespace {

// The numbers behind `S-1-`; 0 where one of them is none.
std::size_t count_sid_numbers(std::string_view rest) {
  std::size_t count = 0;
  while (true) {
    const auto part = rest.substr(0, rest.find('-'));
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), number);
    const std::uint64_t most = count == 0 ? 0xFFFFFFFFFFFFU : 0xFFFFFFFFU;
    if (error != std::errc() || end != part.data() + part.size() || number > most) return 0;
    ++count;
    if (part.size() == rest.size()) return count;
    rest.remove_prefix(part.size() + 1);
  }
}

bool is_guid(std::string_view text) {
  constexpr std::string_view kForm = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
  return text.size() == kForm.size() &&
         std::equal(text.begin(), text.end(), kForm.begin(), [](char c, char form) {
           const bool hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
           return form == 'x' ? hex : c == form;
         });
}

}  // namespace

void check_registry_key(Validated& out) {
  const RegistryKey key = parse_registry_key(out.value);
  const Range component = choose_component(key);
  if (out.value.find('\\') == std::string::npos) {
    out.wrong = "a registry key without a `\\`: name the key from its root on";
  } else if (component.end == component.begin || is_common_key(key)) {
    out.wrong =
        fmt::format("the registry key \"{}\" stands in every log: name one below it", out.value);
  } else if (key.user_left_out) {
    out.doubtful.push_back(fmt::format("a user's hive: \"{}\" is read as \"{}\", of any user",
                                       out.value, to_string(key)));
  }
  if (out.wrong.empty()) out.value = to_string(key);
}

void check_sid(Validated& out) {
  std::string value = out.value;
  if (value.starts_with("s-")) value.front() = 'S';
  constexpr std::size_t kMostNumbers = 16;   // the authority and 15 below it
  constexpr std::size_t kFewestNumbers = 5;  // S-1-5-21-a-b-c has five, S-1-5-32-544 three
  const std::size_t numbers = value.starts_with("S-1-") ? count_sid_numbers(value.substr(4)) : 0;
  if (numbers < 2 || numbers > kMostNumbers) {
    out.wrong =
        fmt::format("invalid SID: \"{}\" is not S-1- and numbers with `-` between", out.value);
  } else if (numbers < kFewestNumbers) {
    out.wrong = fmt::format("the SID \"{}\" is the same on all computers and stands in every log",
                            out.value);
  } else {
    out.value = std::move(value);
  }
}

void check_guid(Validated& out) {
  std::string value = ascii_lower(out.value);
  if (value.starts_with('{') && value.ends_with('}')) value = value.substr(1, value.size() - 2);
  if (!is_guid(value)) {
    out.wrong = fmt::format(
        "invalid GUID: \"{}\" is not 32 hexadecimal digits in groups of 8-4-4-4-12", out.value);
  } else if (value.find_first_not_of("0-") == std::string::npos) {
    out.wrong = "the GUID of zeros stands in every log";
  } else {
    out.value = std::move(value);
  }
}

}  // namespace evtxhound::indicators
