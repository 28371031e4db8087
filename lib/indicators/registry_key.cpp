#include "evtxhound/indicators/registry_key.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "evtxhound/base/text.hpp"

namespace evtxhound::indicators {
namespace {

using namespace std::string_view_literals;

constexpr std::array kRoots{
    std::pair{"HKLM"sv, RegistryRoot::kMachine},
    std::pair{"HKEY_LOCAL_MACHINE"sv, RegistryRoot::kMachine},
    std::pair{"HKU"sv, RegistryRoot::kUsers},
    std::pair{"HKEY_USERS"sv, RegistryRoot::kUsers},
    std::pair{"HKCU"sv, RegistryRoot::kUser},
    std::pair{"HKEY_CURRENT_USER"sv, RegistryRoot::kUser},
    std::pair{"HKCR"sv, RegistryRoot::kClasses},
    std::pair{"HKEY_CLASSES_ROOT"sv, RegistryRoot::kClasses},
    std::pair{"HKCC"sv, RegistryRoot::kConfig},
    std::pair{"HKEY_CURRENT_CONFIG"sv, RegistryRoot::kConfig},
};

// Components that every log has.
constexpr std::array kCommon{"software"sv,   "system"sv,   "microsoft"sv,      "windows"sv,
                             "classes"sv,    "control"sv,  "currentversion"sv, "services"sv,
                             "windows nt"sv, "policies"sv, "wow6432node"sv};

constexpr std::size_t kLongestComponent = 255;

bool is_common(std::string_view component) {
  return is_control_set(component) ||
         std::any_of(kCommon.begin(), kCommon.end(),
                     [&](std::string_view common) { return ascii_iequals(common, component); });
}

std::string_view take_component(std::string_view& text) {
  text.remove_prefix(std::min(text.find_first_not_of('\\'), text.size()));
  const auto end = std::min(text.find('\\'), text.size());
  const auto component = text.substr(0, end);
  text.remove_prefix(end);
  return component;
}

bool next_component_is(std::string_view text, std::string_view wanted) {
  return ascii_iequals(take_component(text), wanted);
}

RegistryRoot root_named(std::string_view name) {
  if (name.ends_with(':')) name.remove_suffix(1);  // PowerShell's drives: `HKLM:\`
  const auto found = std::find_if(kRoots.begin(), kRoots.end(), [name](const auto& root) {
    return ascii_iequals(root.first, name);
  });
  return found != kRoots.end() ? found->second : RegistryRoot::kNone;
}

// Takes the root off the front of a key.
RegistryRoot take_root(std::string_view& text) {
  auto rest = text;
  if (next_component_is(rest, "computer")) take_component(rest);
  const auto first = take_component(rest);
  auto root = root_named(first);
  if (root == RegistryRoot::kNone && ascii_iequals(first, "registry")) {
    const auto second = take_component(rest);
    if (ascii_iequals(second, "machine")) root = RegistryRoot::kMachine;
    if (ascii_iequals(second, "user")) root = RegistryRoot::kUsers;
  }
  if (root != RegistryRoot::kNone) text = rest;
  return root;
}

// Where the component starts that ends at `end`.
std::size_t component_begin(std::string_view text, std::size_t end) {
  std::size_t at = end;
  while (at > 0 && text[at - 1] != '\\' && end - at <= kLongestComponent) --at;
  return at;
}

std::size_t skip_back(std::string_view text, std::size_t at) {
  while (at > 0 && text[at - 1] == '\\') --at;
  return at;
}

// Whether `name` ends at `end` of the text, with no letter, digit or `_` before it.
bool word_ends_at(std::string_view text, std::size_t end, std::string_view name) {
  if (end < name.size()) return false;
  const std::size_t begin = end - name.size();
  return ascii_iequals(text.substr(begin, name.size()), name) &&
         !alphanumeric_before(text, begin) && (begin == 0 || text[begin - 1] != '_');
}

// `\REGISTRY\MACHINE` and `\REGISTRY\USER`, as the kernel calls them, that end at `end`.
std::optional<RootPlace> kernel_root(std::string_view text, std::size_t end) {
  for (const auto& [name, root] : {std::pair{"MACHINE"sv, RegistryRoot::kMachine},
                                   std::pair{"USER"sv, RegistryRoot::kUsers}}) {
    if (!word_ends_at(text, end, name)) continue;
    const auto before = skip_back(text, end - name.size());
    if (before == end - name.size() || !word_ends_at(text, before, "REGISTRY")) continue;
    const auto begin = before - "REGISTRY"sv.size();
    return RootPlace{root, begin > 0 && text[begin - 1] == '\\' ? begin - 1 : begin};
  }
  return std::nullopt;
}

std::optional<RootPlace> named_root(std::string_view text, std::size_t end) {
  const std::size_t name_end = end > 0 && text[end - 1] == ':' ? end - 1 : end;
  for (const auto& [name, root] : kRoots) {
    if (word_ends_at(text, name_end, name)) return RootPlace{root, name_end - name.size()};
  }
  return kernel_root(text, end);
}

}  // namespace

std::string_view to_string(RegistryRoot root) {
  const auto found = std::find_if(kRoots.begin(), kRoots.end(),
                                  [root](const auto& r) { return r.second == root; });
  return found != kRoots.end() ? found->first : ""sv;
}

bool is_control_set(std::string_view component) {
  if (ascii_iequals(component, "CurrentControlSet")) return true;
  constexpr auto kNumbered = "ControlSet"sv;
  return component.size() == kNumbered.size() + 3 &&
         ascii_iequals(component.substr(0, kNumbered.size()), kNumbered) &&
         component.find_first_not_of("0123456789", kNumbered.size()) == std::string_view::npos;
}

UserHive user_hive(std::string_view component) {
  constexpr auto kClasses = "_Classes"sv;
  if (ascii_iequals(component, ".DEFAULT")) return UserHive::kUser;
  if (!ascii_iequals(component.substr(0, 4), "S-1-")) return UserHive::kNone;
  const auto end = std::min(component.find_first_not_of("0123456789-", 4), component.size());
  if (end == component.size()) return UserHive::kUser;
  return ascii_iequals(component.substr(end), kClasses) ? UserHive::kUserClasses : UserHive::kNone;
}

RegistryKey parse_registry_key(std::string_view text) {
  RegistryKey key;
  key.root = take_root(text);
  if (key.root == RegistryRoot::kUsers) {
    auto rest = text;
    const auto hive = user_hive(take_component(rest));
    if (hive != UserHive::kNone) {
      key.root = RegistryRoot::kUser;
      key.user_left_out = true;
      text = rest;
    }
    if (hive == UserHive::kUserClasses) key.subkey = "Software\\Classes";
  }
  while (!text.empty()) {
    auto component = take_component(text);
    if (component.empty()) break;
    if (is_control_set(component)) component = "CurrentControlSet";
    if (!key.subkey.empty()) key.subkey += '\\';
    key.subkey += component;
  }
  return key;
}

std::string to_string(const RegistryKey& key) {
  if (key.root == RegistryRoot::kNone) return key.subkey;
  return fmt::format("{}\\{}", to_string(key.root), key.subkey);
}

std::optional<RootPlace> root_before(std::string_view text, std::size_t at) {
  const auto end = skip_back(text, at);
  if (end == at) return std::nullopt;
  if (const auto root = named_root(text, end)) return root;
  const auto begin = component_begin(text, end);
  const auto hive = user_hive(text.substr(begin, end - begin));
  if (hive == UserHive::kNone) return std::nullopt;
  const auto users_end = skip_back(text, begin);
  if (users_end == begin) return std::nullopt;
  const auto users = named_root(text, users_end);
  if (!users || users->root != RegistryRoot::kUsers) return std::nullopt;
  return RootPlace{RegistryRoot::kUser, users->begin, hive == UserHive::kUserClasses};
}

Range choose_component(const RegistryKey& key) {
  Range best;
  Range best_common;
  for (std::size_t at = 0, number = 0; at < key.subkey.size(); ++number) {
    const auto end = std::min(key.subkey.find('\\', at), key.subkey.size());
    const auto component = std::string_view(key.subkey).substr(at, end - at);
    // The first two may be missing: HKCR is HKLM\Software\Classes.
    const bool fixed = !is_control_set(component) && (number >= 2 || !is_common(component));
    Range& longest = is_common(component) ? best_common : best;
    if (fixed && end - at > longest.end - longest.begin) longest = {at, end};
    at = end + 1;
  }
  if (best.end - best.begin >= kShortestComponent) return best;
  return best_common.end - best_common.begin >= kShortestComponent ? best_common : Range{};
}

bool is_common_key(const RegistryKey& key) {
  std::string_view rest = key.subkey;
  while (!rest.empty()) {
    if (!is_common(take_component(rest))) return false;
  }
  return true;
}

}  // namespace evtxhound::indicators
