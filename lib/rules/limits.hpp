// What a rule file may ask for. Each limit is far above what any published rule needs; beyond it a
// rule is refused with a message that names the limit.
#pragma once

#include <cstddef>

namespace evtxhound::rules {

inline constexpr std::size_t kMaxFileSize = 1U << 20U;        // bytes
inline constexpr std::size_t kMaxYamlDepth = 32;              // lists and maps within each other
inline constexpr std::size_t kMaxYamlNodes = 100'000;         // of a file, aliases written out
inline constexpr std::size_t kMaxYamlBytes = 8U << 20U;       // of text, aliases written out
inline constexpr std::size_t kMaxConditionSize = 16U << 10U;  // bytes
inline constexpr std::size_t kMaxConditionDepth = 64;  // brackets and `not` within each other
inline constexpr std::size_t kMaxSelections = 2'000;
inline constexpr std::size_t kMaxNameSize = 256;            // bytes, of a selection's name
inline constexpr std::size_t kMaxValueSize = 16U << 10U;    // bytes
inline constexpr std::size_t kMaxWildcards = 256;           // and percent signs, of a value
inline constexpr std::size_t kMaxVariants = 2'000;          // that modifiers make of one value
inline constexpr std::size_t kMaxVariantBytes = 4U << 20U;  // of all these
inline constexpr std::size_t kMaxAtoms = 10'000;            // of a rule
inline constexpr std::size_t kMaxAtomBytes = 16U << 20U;    // of all its values
inline constexpr std::size_t kMaxFileBytes = 64U << 20U;    // of all values of a file's rules
inline constexpr std::size_t kMaxLinks = 200'000;           // from a rule's nodes to their children

}  // namespace evtxhound::rules
