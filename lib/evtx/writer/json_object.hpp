// A JSON object of a spec, read key by key. Internal to the spec's parts: the only header that
// knows the JSON library.
#pragma once

#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>

#include "evtxhound/evtx/writer/value.hpp"

namespace evtxhound::evtx::writer {

using Json = nlohmann::ordered_json;

// What is wrong with a line of a spec. The message does not name the line.
class SpecError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// Reads one line of a spec. A key that stands twice in an object is an error, as everything that
// is no JSON; throws SpecError.
Json parse_json(std::string_view text);

// The same in one call each; `what` names the value in the SpecError that is thrown.
std::string json_text(const Json& json, std::string_view what);
std::uint64_t json_unsigned(const Json& json, std::string_view what, std::uint64_t most);
Guid json_guid(const Json& json, std::string_view what);
Buffer json_sid(const Json& json, std::string_view what);
Buffer json_hex(const Json& json, std::string_view what);
Filetime json_time(const Json& json, std::string_view what);

// An object whose every key must be taken: what is left over is a mistake of whoever wrote it.
class JsonObject {
 public:
  // Throws SpecError where the value is no object. `json` must outlive this.
  JsonObject(const Json& json, std::string_view what);

  // The value of a key, which counts as taken; null where it is absent.
  const Json* take(std::string_view key);

  // The same, for a value that must be there; throws SpecError where it is not.
  const Json& need(std::string_view key);

  // Throws SpecError with the first key that nobody took.
  void finish() const;

  // An unsigned number that T holds, where the key is there.
  template <class T>
  std::optional<T> take_number(std::string_view key) {
    const Json* const json = take(key);
    if (json == nullptr) return std::nullopt;
    return static_cast<T>(json_unsigned(*json, key, std::numeric_limits<T>::max()));
  }

 private:
  const Json& json_;
  std::string what_;
  std::set<std::string, std::less<>> taken_;
};

}  // namespace evtxhound::evtx::writer
