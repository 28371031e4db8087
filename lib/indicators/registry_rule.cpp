#include "evtxhound/indicators/registry_rule.hpp"

#include <algorithm>

namespace evtxhound::indicators {
namespace {

constexpr std::size_t kLongestWay = 1024;  // in bytes, from a key back to its root
constexpr std::string_view kClasses = "Software\\Classes\\";

std::size_t skip_back(std::string_view text, std::size_t at) {
  while (at > 0 && text[at - 1] == '\\') --at;
  return at;
}

// Whether what ends at `end` starts there: the start of the value, or no part of a name before it.
bool name_starts(std::string_view value, std::size_t at) {
  const CodePoint before = char_before(value, at);
  return before.size == 0 || (before.value != U'.' && before.value != U'\\' &&
                              before.value != U'/' && !is_label(before.value));
}

// The start of the component that must end at `end`.
std::optional<std::size_t> component_back(std::string_view wanted, std::string_view value,
                                          std::size_t end) {
  if (!is_control_set(wanted)) return find_start(wanted, value, end);
  for (const std::size_t size :
       {std::string_view("CurrentControlSet").size(), std::string_view("ControlSet001").size()}) {
    if (end >= size && is_control_set(value.substr(end - size, size))) return end - size;
  }
  return std::nullopt;
}

std::optional<std::size_t> component_forward(std::string_view wanted, std::string_view value,
                                             std::size_t begin) {
  if (is_control_set(wanted)) {
    const auto end = std::min(value.find_first_of("\\\"', ", begin), value.size());
    return is_control_set(value.substr(begin, end - begin)) ? std::optional(end) : std::nullopt;
  }
  // The forms of a letter can take different numbers of bytes: each end is tried.
  std::size_t characters = 0;
  for (std::size_t at = 0; at < wanted.size(); ++characters) {
    at += code_point_at(wanted, at).size;
  }
  std::size_t end = begin;
  for (std::size_t i = 0; i < characters; ++i) {
    if (end >= value.size()) return std::nullopt;
    end += code_point_at(value, end).size;
  }
  const auto start = find_start(wanted, value, end);
  return start && *start == begin ? std::optional(end) : std::nullopt;
}

// Matches HKEY_CLASSES_ROOT and the place where its keys lie.
bool same_classes(RegistryRoot wanted, const RootPlace& place) {
  if (place.root == RegistryRoot::kClasses) return true;
  return place.user_classes && (wanted == RegistryRoot::kUser || wanted == RegistryRoot::kClasses);
}

bool is_root(const Needle& needle, const RootPlace& place) {
  return place.root == needle.root && !place.user_classes;
}

// Whether some root stands before the components that end at `at`.
bool below_root(std::string_view value, std::size_t at) {
  const std::size_t first = at;
  while (at > 0 && first - at < kLongestWay) {
    if (root_before(value, at)) return true;
    const auto end = skip_back(value, at);
    if (end == at) return false;
    std::size_t begin = end;
    while (begin > 0 && value[begin - 1] != '\\' && first - begin < kLongestWay) --begin;
    at = begin;
  }
  return false;
}

// Where the key starts whose components stand from `at` on.
std::optional<std::size_t> with_root(const Needle& needle, std::string_view value, std::size_t at) {
  if (needle.root == RegistryRoot::kNone) {
    return name_starts(value, at) || below_root(value, at) ? std::optional(at) : std::nullopt;
  }
  const auto place = root_before(value, at);
  if (place && is_root(needle, *place)) return place->begin;
  if (needle.root != RegistryRoot::kClasses) return std::nullopt;
  if (place && same_classes(needle.root, *place)) return place->begin;
  // HKCR is HKLM\Software\Classes and HKCU\Software\Classes.
  std::size_t begin = at;
  for (const std::string_view component : {"Classes", "Software"}) {
    const auto end = skip_back(value, begin);
    const auto start = end == begin ? std::nullopt : component_back(component, value, end);
    if (!start) return std::nullopt;
    begin = *start;
  }
  const auto hive = root_before(value, begin);
  const bool fits = hive && !hive->user_classes &&
                    (hive->root == RegistryRoot::kMachine || hive->root == RegistryRoot::kUser);
  return fits ? std::optional(hive->begin) : std::nullopt;
}

// Where the key starts of whose components the part [0, piece.begin) stands before `at`.
std::optional<std::size_t> match_front(const Needle& needle, std::string_view value,
                                       std::size_t at) {
  const bool of_classes =
      ascii_iequals(std::string_view(needle.text).substr(0, kClasses.size()), kClasses) &&
      (needle.root == RegistryRoot::kMachine || needle.root == RegistryRoot::kUser);
  std::size_t front = needle.piece.begin;
  while (front > 0) {
    if (of_classes && front == kClasses.size()) {
      const auto place = root_before(value, at);
      if (place && same_classes(needle.root, *place)) return place->begin;
    }
    const auto text = std::string_view(needle.text).substr(0, front - 1);
    const auto component = text.substr(text.find_last_of('\\') + 1);
    const auto end = skip_back(value, at);
    if (end == at) return std::nullopt;
    const auto begin = component_back(component, value, end);
    if (!begin) return std::nullopt;
    at = *begin;
    front -= component.size() + 1;
  }
  return with_root(needle, value, at);
}

std::optional<std::size_t> match_back(const Needle& needle, std::string_view value,
                                      std::size_t at) {
  std::string_view rest = std::string_view(needle.text).substr(needle.piece.end);
  while (!rest.empty()) {
    rest.remove_prefix(1);
    const auto component = rest.substr(0, rest.find('\\'));
    const auto begin = std::min(value.find_first_not_of('\\', at), value.size());
    if (begin == at) return std::nullopt;
    const auto end = component_forward(component, value, begin);
    if (!end) return std::nullopt;
    at = *end;
    rest.remove_prefix(component.size());
  }
  return name_goes_on(value, at) ? std::nullopt : std::optional(at);
}

}  // namespace

std::optional<Range> confirm_registry_key(const Needle& needle, std::string_view value,
                                          std::size_t end) {
  const auto piece = std::string_view(needle.text)
                         .substr(needle.piece.begin, needle.piece.end - needle.piece.begin);
  const auto start = find_start(piece, value, end);
  if (!start) return std::nullopt;
  const auto key_end = match_back(needle, value, end);
  if (!key_end) return std::nullopt;
  const auto begin = match_front(needle, value, *start);
  return begin ? std::optional(Range{*begin, *key_end}) : std::nullopt;
}

}  // namespace evtxhound::indicators
