// Views of bytes, and little-endian integers read from and written to them.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

namespace evtxhound {

static_assert(std::endian::native == std::endian::little,
              "EVTX is little-endian and so, for now, is every machine this is built for");

// Bytes that somebody else owns; valid as long as their owner says.
using Bytes = std::span<const std::uint8_t>;
using MutableBytes = std::span<std::uint8_t>;
using Buffer = std::vector<std::uint8_t>;

// Whether [offset, offset + size) lies within `bytes`; never overflows.
inline bool holds(Bytes bytes, std::size_t offset, std::size_t size) {
  return offset <= bytes.size() && size <= bytes.size() - offset;
}

// Reads a little-endian integer. REQUIRES: holds(bytes, offset, sizeof(T))
template <class T>
T load(Bytes bytes, std::size_t offset) {
  T value;
  std::memcpy(&value, bytes.data() + offset, sizeof value);
  return value;
}

// Writes a little-endian integer. REQUIRES: holds(bytes, offset, sizeof(T))
template <class T>
void store(MutableBytes bytes, std::size_t offset, T value) {
  std::memcpy(bytes.data() + offset, &value, sizeof value);
}

// The characters of a text as bytes, not terminated.
inline Bytes as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

// Whether `text` stands at `offset`. Never reads outside of `bytes`.
inline bool stands_at(Bytes bytes, std::size_t offset, std::string_view text) {
  return holds(bytes, offset, text.size()) &&
         std::memcmp(bytes.data() + offset, text.data(), text.size()) == 0;
}

}  // namespace evtxhound
