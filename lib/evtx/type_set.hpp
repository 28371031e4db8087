// Types of values as a set.
#pragma once

#include <array>
#include <cstdint>

#include "evtxhound/evtx/format.hpp"

namespace evtxhound::evtx {

// A type number from 0x40 to 0x7f counts as the one 0x40 below it, which no type that means
// anything does.
class TypeSet {
 public:
  void add(ValueType type) { bits_[index(type)] |= bit(type); }
  [[nodiscard]] bool contains(ValueType type) const {
    return (bits_[index(type)] & bit(type)) != 0;
  }
  [[nodiscard]] bool meets(const TypeSet& other) const {
    return ((bits_[0] & other.bits_[0]) | (bits_[1] & other.bits_[1])) != 0;
  }
  void clear() { bits_ = {}; }
  void add(const TypeSet& other) {
    bits_[0] |= other.bits_[0];
    bits_[1] |= other.bits_[1];
  }

 private:
  // Numbers of types go to 0x3f, with the flag of arrays above. Any other shares one of these.
  static std::size_t index(ValueType type) { return is_array(type) ? 1 : 0; }
  static std::uint64_t bit(ValueType type) {
    return std::uint64_t{1} << (static_cast<unsigned>(type) & 0x3FU);
  }
  std::array<std::uint64_t, 2> bits_{};  // single values, arrays
};

}  // namespace evtxhound::evtx
