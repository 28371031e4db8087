// Registry keys in their normal form: the root by its short name, one `\` between components, the
// control set in use. All functions are pure and thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "evtxhound/indicators/borders.hpp"

namespace evtxhound::indicators {

enum class RegistryRoot : std::uint8_t { kNone, kMachine, kUsers, kUser, kClasses, kConfig };

// "HKLM", "HKU", "HKCU", "HKCR", "HKCC"; empty for kNone.
std::string_view to_string(RegistryRoot root);

struct RegistryKey {
  RegistryRoot root = RegistryRoot::kNone;
  std::string subkey;          // below the root, without `\` at its ends
  bool user_left_out = false;  // a SID behind HKU, which became HKCU
};

// Reads a key however its root is spelled; `HKU\<SID>` becomes HKCU, `HKU\<SID>_Classes` becomes
// HKCU\Software\Classes, ControlSet001 becomes CurrentControlSet.
RegistryKey parse_registry_key(std::string_view text);

std::string to_string(const RegistryKey& key);

// Whether a component is a control set: `CurrentControlSet`, `ControlSet001`.
bool is_control_set(std::string_view component);

// Where a component names the hive of a user: `S-1-…` or `.DEFAULT`, also with `_Classes` behind.
enum class UserHive { kNone, kUser, kUserClasses };
UserHive user_hive(std::string_view component);

// A root that is written in a text.
struct RootPlace {
  RegistryRoot root = RegistryRoot::kNone;
  std::size_t begin = 0;
  bool user_classes = false;  // HKU\<SID>_Classes: root is kUser
};

// The root that ends before the separators that end at `at`, as in `HKLM\` or
// `\REGISTRY\USER\S-1…\`.
std::optional<RootPlace> root_before(std::string_view text, std::size_t at);

// The component of the key that is looked for, the longest that not every log has.
// Its size is 0 where none has kShortestComponent characters.
inline constexpr std::size_t kShortestComponent = 4;
Range choose_component(const RegistryKey& key);

// Whether all components are ones that stand in every log: `HKLM\Software\Microsoft`.
bool is_common_key(const RegistryKey& key);

}  // namespace evtxhound::indicators
