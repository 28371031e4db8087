// A template instance's values, the way programs take them.
#pragma once

#include <array>
#include <cstdint>

#include "evtxhound/base/bytes.hpp"
#include "evtxhound/evtx/binxml/instance.hpp"
#include "evtxhound/evtx/value.hpp"

namespace evtxhound::evtx {

// A value's place and type, in eight bytes. The low half is its offset from the chunk's start, the
// high half its descriptor as it stands on disk: u16 size, u8 type, u8 zero.
class Slot {
 public:
  Slot() = default;
  Slot(std::size_t offset, std::uint32_t descriptor)
      : bits_(static_cast<std::uint32_t>(offset) | std::uint64_t{descriptor} << 32U) {}

  [[nodiscard]] std::uint32_t offset() const { return static_cast<std::uint32_t>(bits_); }
  [[nodiscard]] std::uint16_t size() const { return static_cast<std::uint16_t>(bits_ >> 32U); }
  [[nodiscard]] ValueType type() const {
    return static_cast<ValueType>(static_cast<std::uint8_t>(bits_ >> 48U));
  }
  [[nodiscard]] bool is_null() const {
    return type() == ValueType::kNull || (type() == ValueType::kBinXml && size() == 0);
  }
  [[nodiscard]] Bytes bytes(const std::uint8_t* chunk) const { return {chunk + offset(), size()}; }
  [[nodiscard]] Value value(const std::uint8_t* chunk) const {
    return {type(), {chunk + offset(), size()}};
  }

 private:
  std::uint64_t bits_ = 0;  // null
};

// Programs take at most so many values; templates that name more have none.
inline constexpr std::size_t kMaxSlots = 256;
using Slots = std::array<Slot, kMaxSlots>;

// An instance read into slots.
struct SlotFrame {
  std::uint32_t template_id = 0;
  std::size_t definition = 0;  // where its definition stands, from the chunk's start; untrusted
  std::size_t count = 0;       // of values
  std::size_t end = 0;         // behind the last value
};

// Reads the instance whose token stands at `at`, like read_instance(), into the first `count` of
// `slots`. False where anything is wrong with it, or it has more values than programs take.
inline bool read_slots(Bytes area, std::size_t at, Slot* slots, SlotFrame& out) {
  InstanceFrame frame;
  if (read_instance_header(area, at, frame) || frame.count > kMaxSlots) return false;
  std::size_t value = frame.values;
  const std::uint8_t* descriptor = area.data() + frame.descriptors;
  for (std::size_t i = 0; i < frame.count; ++i, descriptor += kDescriptorSize) {
    std::uint32_t bits = 0;
    std::memcpy(&bits, descriptor, sizeof bits);
    slots[i] = Slot(value, bits);
    value += bits & 0xFFFF;
  }
  if (value > area.size()) return false;
  out = {frame.template_id, frame.definition, frame.count, value};
  return true;
}

}  // namespace evtxhound::evtx
