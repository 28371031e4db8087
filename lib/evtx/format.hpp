// The numbers of the EVTX format, each with where it is known from.
//
// Sources: MS-EVEN6 2.2.12 ff. (BinXML tokens and value types), libevtx "Windows XML Event Log
// (EVTX) format" (file, chunk and record headers); "measured" marks what real logs showed. All
// integers on disk are little-endian; offsets count from the start of the structure named.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace evtxhound::evtx {

inline constexpr std::string_view kFileSignature("ElfFile\0", 8);
inline constexpr std::size_t kFileHeaderSize = 4096;     // its header block; 128 bytes are in use
inline constexpr std::size_t kFileFlagsOffset = 120;     // u32; the checksum does not cover it
inline constexpr std::size_t kFileChecksumOffset = 124;  // u32, CRC32 of [0, 120)
inline constexpr std::uint32_t kFileDirty = 1;           // flag: not closed cleanly
inline constexpr std::uint32_t kFileFull = 2;            // flag: at its largest size
inline constexpr std::uint32_t kNoChecksums = 4;         // flag of file and chunk (measured)

inline constexpr std::string_view kChunkSignature("ElfChnk\0", 8);
inline constexpr std::size_t kChunkSize = 65536;
inline constexpr std::size_t kChunkHeaderSize = 512;            // with its two tables
inline constexpr std::size_t kChunkFirstRecordIdOffset = 24;    // u64, then the last one's
inline constexpr std::size_t kChunkIdRangeEnd = 40;             // behind both
inline constexpr std::size_t kChunkFreeSpaceOffset = 48;        // u32: where the records end
inline constexpr std::size_t kChunkDataChecksumOffset = 52;     // u32, CRC32 of [512, free space)
inline constexpr std::size_t kChunkFlagsOffset = 120;           // u32
inline constexpr std::size_t kChunkHeaderChecksumOffset = 124;  // u32, of [0, 120) + [128, 512)
inline constexpr std::size_t kStringTableOffset = 128;
inline constexpr std::size_t kStringBuckets = 64;
inline constexpr std::size_t kTemplateTableOffset = 384;
inline constexpr std::size_t kTemplateBuckets = 32;

inline constexpr std::uint32_t kRecordSignature = 0x00002a2a;
inline constexpr std::size_t kRecordHeaderSize = 24;
inline constexpr std::size_t kMinRecordSize = 28;   // header and size copy
inline constexpr std::size_t kRecordAlignment = 8;  // measured: 21,669 of 21,669 records
// What a record's content begins with: the fragment's token, version 1.1, no flags.
inline constexpr std::string_view kContentBegin("\x0f\x01\x01\0", 4);

// What stands before a template definition's body: u32 offset of the next definition in its bucket,
// GUID, u32 size of the body.
inline constexpr std::size_t kDefinitionHeaderSize = 24;
inline constexpr std::size_t kGuidSize = 16;

// What stands before a name's characters: u32 offset of the next name in its bucket, u16 hash, u16
// length in characters. A NUL character follows them.
inline constexpr std::size_t kNameHeaderSize = 8;

// BinXML tokens. In an element or an attribute, kMore says that attributes follow; elsewhere, that
// more content does.
enum class Token : std::uint8_t {
  kEndOfFragment = 0x00,
  kOpenElement = 0x01,
  kCloseStart = 0x02,  // the '>' of a start tag
  kCloseEmpty = 0x03,  // the '/>' of an element without content
  kEndElement = 0x04,
  kValue = 0x05,
  kAttribute = 0x06,
  kCData = 0x07,
  kCharReference = 0x08,
  kEntityReference = 0x09,
  kInstructionTarget = 0x0a,  // of a processing instruction
  kInstructionData = 0x0b,
  kTemplateInstance = 0x0c,
  kSubstitution = 0x0d,
  kOptionalSubstitution = 0x0e,
  kFragmentHeader = 0x0f,
};
inline constexpr std::uint8_t kMore = 0x40;

// An element that depends on no substitution.
inline constexpr std::uint16_t kNoDependency = 0xffff;

// The types of values (MS-EVEN6 2.2.12.2). Evidence can hold any other number.
enum class ValueType : std::uint8_t {
  kNull = 0x00,
  kString = 0x01,      // UTF-16LE, not terminated
  kAnsiString = 0x02,  // Windows-1252
  kInt8 = 0x03,
  kUint8 = 0x04,
  kInt16 = 0x05,
  kUint16 = 0x06,
  kInt32 = 0x07,
  kUint32 = 0x08,
  kInt64 = 0x09,
  kUint64 = 0x0a,
  kFloat = 0x0b,
  kDouble = 0x0c,
  kBool = 0x0d,  // four bytes; 0 is false, 1 true
  kBinary = 0x0e,
  kGuid = 0x0f,
  kSizeT = 0x10,  // four or eight bytes
  kFiletime = 0x11,
  kSystemtime = 0x12,
  kSid = 0x13,
  kHexInt32 = 0x14,
  kHexInt64 = 0x15,
  kEvtHandle = 0x20,
  kBinXml = 0x21,
  kEvtXml = 0x23,
};

// Set in a type's number, it makes an array of it. There are arrays of every type but null,
// binary and BinXML.
inline constexpr std::uint8_t kArrayFlag = 0x80;

constexpr bool is_array(ValueType type) {
  return (static_cast<std::uint8_t>(type) & kArrayFlag) != 0;
}

// The type of an array's items.
constexpr ValueType item_type(ValueType array) {
  return static_cast<ValueType>(static_cast<std::uint8_t>(array) & ~kArrayFlag);
}

// The array of a type.
constexpr ValueType array_of(ValueType type) {
  return static_cast<ValueType>(static_cast<std::uint8_t>(type) | kArrayFlag);
}

}  // namespace evtxhound::evtx
