#include "evtxhound/evtx/value.hpp"

#include <algorithm>

#include "evtxhound/base/text_buffer.hpp"
#include "evtxhound/evtx/render/value_text.hpp"

namespace evtxhound::evtx {
namespace {

constexpr std::size_t kSidHeaderSize = 8;  // revision, count, six bytes of authority

// The size a SID says it has; 0 where it is cut.
std::size_t sid_size(Bytes bytes) {
  if (bytes.size() < kSidHeaderSize) return 0;
  const std::size_t size = kSidHeaderSize + std::size_t{bytes[1]} * 4;
  return size <= bytes.size() ? size : 0;
}

}  // namespace

std::size_t fixed_size(ValueType type) {
  switch (type) {
    case ValueType::kInt8:
    case ValueType::kUint8:
      return 1;
    case ValueType::kInt16:
    case ValueType::kUint16:
      return 2;
    case ValueType::kInt32:
    case ValueType::kUint32:
    case ValueType::kFloat:
    case ValueType::kBool:
    case ValueType::kHexInt32:
      return 4;
    case ValueType::kInt64:
    case ValueType::kUint64:
    case ValueType::kDouble:
    case ValueType::kFiletime:
    case ValueType::kHexInt64:
      return 8;
    case ValueType::kGuid:
    case ValueType::kSystemtime:
      return 16;
    default:
      return 0;
  }
}

bool is_signed(ValueType type) {
  return type == ValueType::kInt8 || type == ValueType::kInt16 || type == ValueType::kInt32 ||
         type == ValueType::kInt64 || type == ValueType::kBool;
}

std::optional<std::uint64_t> Value::integer() const {
  const bool other =
      type == ValueType::kSizeT || type == ValueType::kHexInt32 || type == ValueType::kHexInt64;
  if (!is_json_literal() && !(other && has_integer_size())) return std::nullopt;
  const bool with_sign = is_signed(type);
  switch (bytes.size()) {
    case 1:
      return with_sign ? static_cast<std::uint64_t>(std::int64_t{load<std::int8_t>(bytes, 0)})
                       : load<std::uint8_t>(bytes, 0);
    case 2:
      return with_sign ? static_cast<std::uint64_t>(std::int64_t{load<std::int16_t>(bytes, 0)})
                       : load<std::uint16_t>(bytes, 0);
    case 4:
      return with_sign ? static_cast<std::uint64_t>(std::int64_t{load<std::int32_t>(bytes, 0)})
                       : load<std::uint32_t>(bytes, 0);
    default:
      return load<std::uint64_t>(bytes, 0);
  }
}

std::string Value::text() const {
  TextBuffer out;
  ValueWriter writer;
  append_value(*this, Escape::kNone, writer, out);
  return std::string(out.view());
}

ArrayItems::ArrayItems(Value array)
    : type_(item_type(array.type)), fixed_size_(fixed_size(type_)), rest_(array.bytes) {
  // As wide as the machine it was written on; 64 bits are the rule.
  if (type_ == ValueType::kSizeT) fixed_size_ = array.bytes.size() % 8 == 0 ? 8 : 4;
}

std::optional<Value> ArrayItems::next() {
  if (rest_.empty()) return std::nullopt;
  std::size_t size = 0;
  std::size_t separator = 0;
  if (type_ == ValueType::kString || type_ == ValueType::kAnsiString) {
    separator = type_ == ValueType::kString ? 2 : 1;
    size = next_string(separator);
  } else if (type_ == ValueType::kSid) {
    size = sid_size(rest_);
  } else {
    size = fixed_size_;
  }
  if ((separator == 0 && size == 0) || size > rest_.size()) {
    const Value left{ValueType::kBinary, rest_};
    rest_ = {};
    return left;
  }
  const Value item{type_, rest_.first(size)};
  rest_ = rest_.subspan(std::min(size + separator, rest_.size()));
  return item;
}

// The size in bytes of the string that comes next, without its NUL.
std::size_t ArrayItems::next_string(std::size_t unit) {
  std::size_t size = 0;
  while (size + unit <= rest_.size()) {
    const bool ends = unit == 2 ? load<std::uint16_t>(rest_, size) == 0 : rest_[size] == 0;
    if (ends) return size;
    size += unit;
  }
  return rest_.size();
}

std::size_t ArrayItems::count(Value array) {
  ArrayItems items(array);
  std::size_t count = 0;
  while (items.next()) ++count;
  return count;
}

}  // namespace evtxhound::evtx
