// Which values are as their type says.
#pragma once

#include <array>
#include <cstdint>

#include "evtxhound/evtx/format.hpp"
#include "evtxhound/evtx/type_set.hpp"
#include "evtxhound/evtx/value.hpp"

namespace evtxhound::evtx {

// The sizes that values of a type have if they are rendered as their type is. Any other, values of
// types that nobody knows, and arrays but those of strings are too rare to say more of them.
struct UsualSizes {
  std::uint16_t least = 0xFFFF;  // which no value has that has room for more beside it
  std::uint16_t most = 0xFFFF;
};

// By the type's number.
inline const auto kUsualSizes = [] {
  std::array<UsualSizes, 256> sizes{};
  for (std::size_t type = 0; type < sizes.size(); ++type) {
    const auto size = static_cast<std::uint16_t>(fixed_size(static_cast<ValueType>(type)));
    if (size != 0) sizes[type] = {size, size};
  }
  for (const ValueType type : {ValueType::kNull, ValueType::kString, ValueType::kAnsiString,
                               ValueType::kBinary, ValueType::kSid, ValueType::kBinXml,
                               array_of(ValueType::kString), array_of(ValueType::kAnsiString)}) {
    sizes[static_cast<std::size_t>(type)] = {0, 0xFFFF};
  }
  for (const ValueType type : {ValueType::kBool, ValueType::kSizeT}) {
    sizes[static_cast<std::size_t>(type)] = {0, 8};
  }
  return sizes;
}();

}  // namespace evtxhound::evtx
