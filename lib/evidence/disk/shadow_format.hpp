// The structures of volume shadow copies (VSS) on a volume, by libyal's "Volume Shadow Snapshot
// (VSS) format". All numbers are little-endian, all offsets count on the volume.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "evtxhound/base/bytes.hpp"

namespace evtxhound::evidence::shadow {

inline constexpr std::size_t kBlock = 0x4000;     // of the volume, the catalog and the stores
inline constexpr std::size_t kBlockHeader = 128;  // of blocks of the catalog and of stores
inline constexpr std::size_t kEntrySize = 128;    // of the catalog
inline constexpr std::size_t kDescriptorSize = 32;

inline constexpr std::uint64_t kVolumeHeader = 0x1e00;  // its place
inline constexpr std::size_t kVolumeHeaderSize = 512;

// Within headers.
inline constexpr std::size_t kVersion = 16;
inline constexpr std::size_t kType = 20;
inline constexpr std::size_t kPlace = 32;          // of the block itself
inline constexpr std::size_t kNext = 40;           // of the chain of blocks; 0 in the last one
inline constexpr std::size_t kCatalogOffset = 48;  // in the volume's header; 0: no copies

inline constexpr std::uint32_t kTypeVolume = 1;
inline constexpr std::uint32_t kTypeCatalog = 2;
inline constexpr std::uint32_t kTypeList = 3;
inline constexpr std::uint32_t kTypeHeader = 4;
inline constexpr std::uint32_t kTypeBitmap = 6;

// All structures begin with 3808876b-c176-4e48-b7ae-04046e6cc752.
inline constexpr std::array<std::uint8_t, 16> kSignature{
    0x6b, 0x87, 0x08, 0x38, 0x76, 0xc1, 0x48, 0x4e, 0xb7, 0xae, 0x04, 0x04, 0x6e, 0x6c, 0xc7, 0x52};
bool has_signature(Bytes bytes);

// In lower case, without braces. REQUIRES: 16 bytes
std::string guid_text(Bytes guid);

// What a block descriptor is worth.
enum class Descriptor {
  kSound,
  kUnused,    // says of itself that it is to be ignored
  kNonsense,  // places that the volume does not have, or flags that exclude each other
};

// REQUIRES: kDescriptorSize bytes
Descriptor judge(Bytes descriptor, std::uint64_t volume_size);

}  // namespace evtxhound::evidence::shadow
