// A typed value of a record, as it stands in the evidence.
//
// Source: MS-EVEN6 2.2.12.2 for the types; what real logs do beside it was measured: values of
// other sizes than their type says, bools of 1, 2 and 8 bytes, SIDs that are cut short.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "evtxhound/base/bytes.hpp"
#include "evtxhound/evtx/format.hpp"

namespace evtxhound::evtx {

// A view: `bytes` belong to the chunk, or to the template definition that holds the text, and are
// valid as long as that is.
struct Value {
  ValueType type = ValueType::kNull;
  Bytes bytes;

  // Whether it is no value at all, which makes elements that depend on it vanish.
  [[nodiscard]] bool is_null() const {
    return type == ValueType::kNull || (type == ValueType::kBinXml && bytes.empty());
  }
  [[nodiscard]] bool is_array() const { return evtx::is_array(type); }
  [[nodiscard]] bool is_binxml() const { return type == ValueType::kBinXml && !bytes.empty(); }

  // Whether it renders as no text: null, no bytes, or a string that begins with NUL.
  [[nodiscard]] bool is_blank() const {
    if (type == ValueType::kNull || bytes.empty()) return true;
    if (type == ValueType::kString) {
      return bytes.size() < 2 || load<std::uint16_t>(bytes, 0) == 0;
    }
    return type == ValueType::kAnsiString && bytes[0] == 0;
  }

  // Whether JSON has a literal for it, a number or a bool. Every integer of 1, 2, 4 or 8 bytes is
  // one, whatever size its type says.
  [[nodiscard]] bool is_json_literal() const {
    const auto number = static_cast<std::uint8_t>(type);
    const bool integer = number >= static_cast<std::uint8_t>(ValueType::kInt8) &&
                         number <= static_cast<std::uint8_t>(ValueType::kUint64);
    return (integer || type == ValueType::kBool) && has_integer_size();
  }

  [[nodiscard]] bool has_integer_size() const {
    return bytes.size() == 1 || bytes.size() == 2 || bytes.size() == 4 || bytes.size() == 8;
  }

  // The value as an integer, of any integer type, HexInt, size_t or bool; signed types come
  // sign-extended. Absent for other types and for sizes that no integer has.
  [[nodiscard]] std::optional<std::uint64_t> integer() const;

  // The value as text, unescaped, the way it is rendered. Arrays come comma-separated.
  [[nodiscard]] std::string text() const;
};

// Whether a value of this type is stored with a sign.
bool is_signed(ValueType type);

// The size in bytes of a value of this type; 0 where each value has its own, and for null and types
// that are not known. Values say their sizes themselves and are read by that; this is for literals
// in templates and for the items of arrays.
std::size_t fixed_size(ValueType type);

// The items of an array, one after the other. Strings are separated by NUL characters (the last one
// may lack its own); other types have items of one size, SIDs of the size that each says itself.
// What is left at the end and is no whole item becomes an item of binary type, so that nothing is
// lost.
class ArrayItems {
 public:
  // REQUIRES: array.is_array()
  explicit ArrayItems(Value array);

  // The next item, or nothing at the end.
  std::optional<Value> next();

  // How many items an array has. Linear in its size.
  static std::size_t count(Value array);

 private:
  std::size_t next_string(std::size_t unit);

  ValueType type_;
  std::size_t fixed_size_;  // 0 where items have sizes of their own
  Bytes rest_;
};

}  // namespace evtxhound::evtx
