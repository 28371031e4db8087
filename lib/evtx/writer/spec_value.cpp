#include "evtxhound/evtx/writer/spec_value.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "evtxhound/base/text.hpp"

namespace evtxhound::evtx::writer {
namespace {

// A type by its name in a spec, and how one value of it is read.
struct TypeName {
  std::string_view name;
  ValueType type;
  Buffer (*read)(const Json& json, std::string_view what);
};

template <class T>
Buffer number_bytes(T number) {
  return number_value(ValueType::kNull, number).bytes;
}

template <class T>
Buffer read_unsigned(const Json& json, std::string_view what) {
  return number_bytes(static_cast<T>(json_unsigned(json, what, std::numeric_limits<T>::max())));
}

template <class T>
Buffer read_signed(const Json& json, std::string_view what) {
  // A number above what std::int64_t holds is unsigned to the JSON library, and fits no T either.
  const bool fits =
      json.is_number_integer() &&
      (!json.is_number_unsigned() || json.get<std::uint64_t>() <= std::uint64_t{INT64_MAX}) &&
      json.get<std::int64_t>() >= std::numeric_limits<T>::min() &&
      json.get<std::int64_t>() <= std::numeric_limits<T>::max();
  if (!fits) {
    throw SpecError(fmt::format("\"{}\" must be a whole number from {} to {}", what,
                                std::numeric_limits<T>::min(), std::numeric_limits<T>::max()));
  }
  return number_bytes(static_cast<T>(json.get<std::int64_t>()));
}

template <class T>
Buffer read_float(const Json& json, std::string_view what) {
  if (json.is_number()) return number_bytes(static_cast<T>(json.get<double>()));
  const std::string name = json.is_string() ? json.get<std::string>() : std::string();
  if (name == "nan") return number_bytes(std::numeric_limits<T>::quiet_NaN());
  if (name == "inf") return number_bytes(std::numeric_limits<T>::infinity());
  if (name == "-inf") return number_bytes(-std::numeric_limits<T>::infinity());
  throw SpecError(fmt::format(R"("{}" must be a number, "nan", "inf" or "-inf")", what));
}

Buffer read_bool(const Json& json, std::string_view what) {
  if (!json.is_boolean()) throw SpecError(fmt::format("\"{}\" must be true or false", what));
  return number_bytes(std::uint32_t{json.get<bool>() ? 1U : 0U});
}

Buffer read_string(const Json& json, std::string_view what) {
  return utf8_to_utf16le(json_text(json, what));
}

Buffer read_ansi(const Json& json, std::string_view what) {
  auto bytes = to_windows_1252(json_text(json, what));
  if (!bytes) {
    throw SpecError(fmt::format("\"{}\" has a character that Windows-1252 has not", what));
  }
  return *std::move(bytes);
}

Buffer read_guid(const Json& json, std::string_view what) {
  return guid_value(json_guid(json, what)).bytes;
}

Buffer read_filetime(const Json& json, std::string_view what) {
  return number_bytes(json_time(json, what));
}

Buffer read_systemtime(const Json& json, std::string_view what) {
  return to_systemtime(json_time(json, what));
}

constexpr std::array<TypeName, 22> kTypes = {{
    {"string", ValueType::kString, read_string},
    {"ansi", ValueType::kAnsiString, read_ansi},
    {"int8", ValueType::kInt8, read_signed<std::int8_t>},
    {"uint8", ValueType::kUint8, read_unsigned<std::uint8_t>},
    {"int16", ValueType::kInt16, read_signed<std::int16_t>},
    {"uint16", ValueType::kUint16, read_unsigned<std::uint16_t>},
    {"int32", ValueType::kInt32, read_signed<std::int32_t>},
    {"uint32", ValueType::kUint32, read_unsigned<std::uint32_t>},
    {"int64", ValueType::kInt64, read_signed<std::int64_t>},
    {"uint64", ValueType::kUint64, read_unsigned<std::uint64_t>},
    {"float", ValueType::kFloat, read_float<float>},
    {"double", ValueType::kDouble, read_float<double>},
    {"bool", ValueType::kBool, read_bool},
    {"binary", ValueType::kBinary, json_hex},
    {"guid", ValueType::kGuid, read_guid},
    {"size_t", ValueType::kSizeT, read_unsigned<std::uint64_t>},
    {"size_t32", ValueType::kSizeT, read_unsigned<std::uint32_t>},
    {"filetime", ValueType::kFiletime, read_filetime},
    {"systemtime", ValueType::kSystemtime, read_systemtime},
    {"sid", ValueType::kSid, json_sid},
    {"hexint32", ValueType::kHexInt32, read_unsigned<std::uint32_t>},
    {"hexint64", ValueType::kHexInt64, read_unsigned<std::uint64_t>},
}};

const TypeName& find_type(std::string_view name, std::string_view what) {
  const auto* const found = std::find_if(kTypes.begin(), kTypes.end(),
                                         [name](const TypeName& t) { return t.name == name; });
  if (found == kTypes.end()) {
    throw SpecError(fmt::format(R"("{}" has an unknown type "{}")", what, name));
  }
  return *found;
}

// In arrays, strings of both kinds are each followed by a NUL.
Value read_array(const TypeName& type, const Json& items, std::string_view what) {
  if (type.type == ValueType::kBinary) throw SpecError("there are no arrays of binary values");
  if (!items.is_array()) throw SpecError(fmt::format("\"{}\" must be a list", what));
  Value value{array_of(type.type), {}, nullptr};
  for (const Json& item : items) {
    const Buffer bytes = type.read(item, what);
    value.bytes.insert(value.bytes.end(), bytes.begin(), bytes.end());
    if (type.type == ValueType::kString) value.bytes.insert(value.bytes.end(), 2, 0);
    if (type.type == ValueType::kAnsiString) value.bytes.push_back(0);
  }
  return value;
}

// The bytes are given as they are to stand in the record, whatever the type says.
Value raw_value(std::string_view name, const Json& bytes, std::string_view what) {
  Value value;
  value.bytes = json_hex(bytes, what);
  if (name == "null") return value;
  const bool array = name.ends_with("[]");
  if (array) name.remove_suffix(2);
  value.type = find_type(name, what).type;
  if (array) value.type = array_of(value.type);
  return value;
}

Value typed_value(std::string_view name, const Json& json, std::string_view what) {
  if (name == "binxml") return binxml_value(make_fragment(read_user_element(json)));
  if (name.ends_with("[]")) {
    name.remove_suffix(2);
    return read_array(find_type(name, what), json, what);
  }
  const TypeName& type = find_type(name, what);
  return {type.type, type.read(json, what), nullptr};
}

// The attributes and fields of an element whose name is known; every key is then taken.
UserElement read_element(JsonObject& object, std::string element_name) {
  UserElement element{std::move(element_name), {}, {}};
  if (const Json* const attributes = object.take("attributes")) {
    const JsonObject check(*attributes, "attributes");
    for (const auto& item : attributes->items()) {
      element.attributes.emplace_back(item.key(), json_text(item.value(), item.key()));
    }
  }
  if (const Json* const fields = object.take("fields")) {
    const JsonObject check(*fields, "fields");
    for (const auto& item : fields->items()) {
      const std::string& name = item.key();
      if (item.value().is_object() && !item.value().contains("type")) {
        JsonObject inner(item.value(), name);
        element.fields.emplace_back(name, read_element(inner, name));
      } else {
        element.fields.emplace_back(name, read_value(item.value(), name));
      }
    }
  }
  object.finish();
  return element;
}

}  // namespace

Value read_value(const Json& json, std::string_view what) {
  if (json.is_string()) return string_value(json.get<std::string>());
  if (json.is_null()) return {};
  JsonObject object(json, what);
  const std::string type = json_text(object.need("type"), "type");
  Value value;
  if (const Json* const bytes = object.take("bytes")) {
    value = raw_value(type, *bytes, what);
  } else if (type != "null") {
    value = typed_value(type, object.need("value"), what);
  }
  object.finish();
  return value;
}

UserElement read_user_element(const Json& json) {
  JsonObject object(json, "user_data");
  std::string name = json_text(object.need("name"), "name");
  return read_element(object, std::move(name));
}

}  // namespace evtxhound::evtx::writer
