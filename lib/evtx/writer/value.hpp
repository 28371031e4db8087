// Typed values as BinXML stores them (MS-EVEN6 2.2.12.2, libevtx "Value types"). All integers are
// little-endian. The functions are pure and thread-safe.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "evtxhound/base/bytes.hpp"
#include "evtxhound/base/time.hpp"
#include "evtxhound/evtx/format.hpp"

namespace evtxhound::evtx::writer {

// A GUID in the order it has on disk (its first three numbers little-endian).
using Guid = std::array<std::uint8_t, 16>;

struct Instance;  // instance.hpp

// One value: its type and its bytes. Where the type is kBinXml the bytes are not known before the
// place in a chunk is; `instance` (never null then) is what they are written from.
struct Value {
  ValueType type = ValueType::kNull;
  Buffer bytes;
  std::shared_ptr<const Instance> instance;
};

// A value of four or eight bytes (or fewer) as the memory of `number` has it.
template <class T>
Value number_value(ValueType type, T number) {
  Value value{type, Buffer(sizeof number), nullptr};
  store(value.bytes, 0, number);
  return value;
}

// A text in UTF-8 as UTF-16LE, not terminated.
Value string_value(std::string_view utf8);

Value guid_value(const Guid& guid);

// A BinXML value that holds one template instance.
Value binxml_value(Instance instance);

// A text in UTF-8 in Windows-1252. Empty where a character has no place in that code page.
std::optional<Buffer> to_windows_1252(std::string_view utf8);

// `{01234567-89ab-…}` or the same without braces, in either case.
std::optional<Guid> parse_guid(std::string_view text);

// A security identifier in SDDL form, `S-1-5-21-…` (MS-DTYP 2.4.2.1), in its binary form (MS-DTYP
// 2.4.2.2): at most 15 sub-authorities, the authority in decimal.
std::optional<Buffer> parse_sid(std::string_view text);

// Pairs of hexadecimal digits, of either case.
std::optional<Buffer> parse_hex(std::string_view text);

// A point in time as SYSTEMTIME (MS-DTYP 2.3.13), cut off to milliseconds.
// REQUIRES: the year is at most 9999
Buffer to_systemtime(Filetime time);

// An array of strings: each in UTF-16LE, followed by a NUL (measured on classic logs).
Value string_array_value(const std::vector<std::string_view>& items);

}  // namespace evtxhound::evtx::writer
