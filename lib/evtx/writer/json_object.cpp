#include "evtxhound/evtx/writer/json_object.hpp"

#include <fmt/format.h>

#include <charconv>
#include <vector>

namespace evtxhound::evtx::writer {
namespace {

// The number after "0x"; empty where there is none, or one of more than 64 bits.
std::optional<std::uint64_t> parse_hex_number(const std::string& text) {
  if (!text.starts_with("0x") && !text.starts_with("0X")) return std::nullopt;
  std::uint64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data() + 2, end, number, 16);
  if (error != std::errc() || stop != end) return std::nullopt;
  return number;
}

template <class T>
T must(std::optional<T> value, std::string_view what, std::string_view kind) {
  if (!value) throw SpecError(fmt::format("\"{}\" must be {}", what, kind));
  return *std::move(value);
}

}  // namespace

Json parse_json(std::string_view text) {
  std::vector<std::set<std::string>> keys;  // of the objects that are open
  const auto watch = [&keys](int, Json::parse_event_t event, Json& json) {
    if (event == Json::parse_event_t::object_start) keys.emplace_back();
    if (event == Json::parse_event_t::object_end) keys.pop_back();
    if (event == Json::parse_event_t::key && !keys.back().insert(json.get<std::string>()).second) {
      throw SpecError(fmt::format("\"{}\" stands twice in one object", json.get<std::string>()));
    }
    return true;
  };
  try {
    return Json::parse(text, watch);
  } catch (const Json::parse_error& error) {
    throw SpecError(fmt::format("not JSON, at column {}", error.byte));
  }
}

std::string json_text(const Json& json, std::string_view what) {
  if (!json.is_string()) throw SpecError(fmt::format("\"{}\" must be a text", what));
  return json.get<std::string>();
}

std::uint64_t json_unsigned(const Json& json, std::string_view what, std::uint64_t most) {
  std::optional<std::uint64_t> number;
  if (json.is_number_unsigned()) number = json.get<std::uint64_t>();
  if (json.is_string()) number = parse_hex_number(json.get<std::string>());
  if (number && *number > most) number = std::nullopt;
  return must(number, what, fmt::format("a whole number from 0 to {}, or \"0x…\"", most));
}

Guid json_guid(const Json& json, std::string_view what) {
  return must(parse_guid(json_text(json, what)), what, "a GUID");
}

Buffer json_sid(const Json& json, std::string_view what) {
  return must(parse_sid(json_text(json, what)), what, "a SID as S-1-5-18");
}

Buffer json_hex(const Json& json, std::string_view what) {
  return must(parse_hex(json_text(json, what)), what, "bytes as pairs of hexadecimal digits");
}

Filetime json_time(const Json& json, std::string_view what) {
  return must(parse_iso8601(json_text(json, what)), what, "a time as 2023-03-29T10:00:00.5Z");
}

JsonObject::JsonObject(const Json& json, std::string_view what) : json_(json), what_(what) {
  if (!json.is_object()) throw SpecError(fmt::format("\"{}\" must be an object", what));
}

const Json* JsonObject::take(std::string_view key) {
  const auto found = json_.find(std::string(key));
  if (found == json_.end()) return nullptr;
  taken_.emplace(key);
  return &*found;
}

const Json& JsonObject::need(std::string_view key) {
  const Json* const found = take(key);
  if (found == nullptr) throw SpecError(fmt::format(R"("{}" is missing in "{}")", key, what_));
  return *found;
}

void JsonObject::finish() const {
  for (const auto& item : json_.items()) {
    if (!taken_.contains(item.key())) {
      throw SpecError(fmt::format(R"(unknown key "{}" in "{}")", item.key(), what_));
    }
  }
}

}  // namespace evtxhound::evtx::writer
