// The numbers of the EVTX format that writing needs, each with where it is known from.
//
// Sources: MS-EVEN6 2.2.12 ff. (BinXML tokens and value types), libevtx "Windows XML Event Log
// (EVTX) format" (file, chunk and record headers); "measured" marks what real logs showed.
#pragma once

#include <cstddef>
#include <cstdint>

namespace evtxhound::evtx::writer {

inline constexpr std::size_t kFileHeaderSize = 4096;  // its header block; 128 bytes are in use
inline constexpr std::size_t kChunkSize = 65536;
inline constexpr std::size_t kFileFlagsOffset = 120;     // u32; the checksum does not cover it
inline constexpr std::size_t kFileChecksumOffset = 124;  // u32, CRC32 of [0, 120)
inline constexpr std::uint32_t kFileDirty = 1;           // flag: not closed cleanly

inline constexpr std::size_t kChunkFreeSpaceOffset = 48;        // u32: where the records end
inline constexpr std::size_t kChunkDataChecksumOffset = 52;     // u32, CRC32 of [512, free space)
inline constexpr std::size_t kChunkFlagsOffset = 120;           // u32
inline constexpr std::size_t kChunkHeaderChecksumOffset = 124;  // u32, of [0, 120) + [128, 512)
inline constexpr std::size_t kStringTableOffset = 128;
inline constexpr std::size_t kStringBuckets = 64;
inline constexpr std::size_t kTemplateTableOffset = 384;
inline constexpr std::size_t kTemplateBuckets = 32;
inline constexpr std::size_t kFirstRecordOffset = 512;

inline constexpr std::uint32_t kRecordSignature = 0x00002a2a;
inline constexpr std::size_t kRecordHeaderSize = 24;
inline constexpr std::size_t kRecordAlignment = 8;  // measured: 21,669 of 21,669 records

// BinXML tokens. In an element or an attribute, kMore says that attributes follow.
enum class Token : std::uint8_t {
  kEndOfFragment = 0x00,
  kOpenElement = 0x01,
  kCloseStart = 0x02,  // the '>' of a start tag
  kCloseEmpty = 0x03,  // the '/>' of an element without content
  kEndElement = 0x04,
  kValue = 0x05,
  kAttribute = 0x06,
  kTemplateInstance = 0x0c,
  kSubstitution = 0x0d,
  kOptionalSubstitution = 0x0e,
  kFragmentHeader = 0x0f,
};
inline constexpr std::uint8_t kMore = 0x40;

// An element that depends on no substitution.
inline constexpr std::uint16_t kNoDependency = 0xffff;

}  // namespace evtxhound::evtx::writer
