#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>

#include "evtxhound/base/text.hpp"
#include "evtxhound/base/time.hpp"
#include "evtxhound/exports/escapes.hpp"
#include "evtxhound/exports/event_reader.hpp"

namespace evtxhound::exports {
namespace {

namespace ondemand = simdjson::ondemand;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Seconds (or, with shift 3, milliseconds) since 1970, with or without a fraction, as time. Absent
// where the text is no such number, or the year is not one of FILETIME's that are written out.
std::optional<Filetime> unix_time(std::string_view text, unsigned shift) {
  constexpr Filetime kUnixEpoch = 116'444'736'000'000'000;
  constexpr std::size_t kDigits = 7;  // of a FILETIME behind the second
  const auto point = text.find('.');
  std::string digits(text.substr(0, point));
  if (digits.empty() || digits.size() > 12 + shift || !std::ranges::all_of(digits, is_digit))
    return {};
  std::string fraction;
  if (point != std::string_view::npos) fraction = text.substr(point + 1);
  if (!std::ranges::all_of(fraction, is_digit)) return {};
  fraction.resize(kDigits - shift, '0');
  const std::uint64_t steps = std::stoull(digits + fraction);  // of 19 digits at most
  constexpr Filetime kYear10000 = 2'650'467'744'000'000'000;
  if (steps >= kYear10000 - kUnixEpoch) return {};
  return kUnixEpoch + steps;
}

// A lone surrogate, `\ud83d` of a text that was cut between the two, becomes `\ufffd`: the same
// number of bytes. Whether there was one.
bool mend_surrogates(std::string& json) {
  bool mended = false;
  for (std::size_t at = json.find('\\'); at != std::string::npos; at = json.find('\\', at)) {
    const CodePoint unit = json_escape_at(json, at);
    if (!is_lead_surrogate(unit.value) && !is_trail_surrogate(unit.value)) {
      at += 2;
      continue;
    }
    const CodePoint trail = json_escape_at(json, at + unit.size);
    at += unit.size;
    if (is_lead_surrogate(unit.value) && is_trail_surrogate(trail.value)) {
      at += trail.size;
      continue;
    }
    json.replace(at - 4, 4, "fffd");
    mended = true;
  }
  return mended;
}

// What of the members makes the event's own fields.
struct Head {
  std::string simple_name;
  std::string api_type;  // what events of the streaming API have in its place
  std::string computer;
  std::string aid;
  std::optional<Filetime> context_time;
  std::optional<Filetime> cloud_time;
};

void take(std::string_view name, const std::string& value, Head& head, evtx::Event& event) {
  if (name == "event_simpleName") {
    head.simple_name = value;
  } else if (name == "ExternalApiType") {
    head.api_type = value;
  } else if (name == "ComputerName") {
    head.computer = value;
  } else if (name == "aid") {
    head.aid = value;
  } else if (name == "UserSid") {
    event.user_sid = value;
  } else if (name == "ContextTimeStamp") {
    head.context_time = unix_time(value, 0);
  } else if (name == "timestamp") {
    head.cloud_time = unix_time(value, 3);
  }
}

// Numbers and words as they are written, nested values as JSON without white space; null is an
// empty text. Absent where it is no JSON.
std::optional<std::string> text_of(std::string_view json) {
  const nlohmann::ordered_json parsed = nlohmann::ordered_json::parse(json, nullptr, false);
  if (parsed.is_discarded()) return std::nullopt;
  if (parsed.is_null()) return std::string();
  if (parsed.is_structured()) return parsed.dump();
  return std::string(trim(json));
}

class CrowdstrikeReader : public EventReader {
 public:
  Result<ReadEvent> read(Bytes bytes, TextEncoding encoding, Extent extent) override {
    DecodedText decoded = decode(bytes, encoding);
    ReadEvent read;
    read.replaced = decoded.replaced;
    std::string why = parse(decoded.text, extent, read.event);
    if (!why.empty() && mend_surrogates(decoded.text)) {
      read.replaced = true;
      why = parse(decoded.text, extent, read.event);
    }
    if (!why.empty()) return Problem{ProblemKind::kRecordUnread, std::nullopt, std::move(why)};
    return read;
  }

 private:
  // Empty, or why it is no event. A splitter has seen that it is one object and nothing else.
  std::string parse(std::string& json, Extent extent, evtx::Event& event) {
    event = {};
    Head head;
    json.reserve(json.size() + simdjson::SIMDJSON_PADDING);
    try {
      ondemand::document document = parser_.iterate(json.data(), json.size(), json.capacity());
      for (ondemand::field field : ondemand::object(document.get_object())) {
        std::string name(std::string_view(field.unescaped_key()));
        auto value = value_of(field.value());
        if (!value) return "a value is no JSON";
        take(name, *value, head, event);
        if (extent == Extent::kAll) event.data.push_back({std::move(name), std::move(*value)});
      }
    } catch (const simdjson::simdjson_error& error) {
      return simdjson::error_message(error.error());
    }
    event.provider = head.simple_name.empty() ? head.api_type : head.simple_name;
    if (event.provider.empty()) return "an object without event_simpleName";
    event.computer = head.computer.empty() ? head.aid : head.computer;
    const auto time = head.context_time ? head.context_time : head.cloud_time;
    if (time) event.time_created = to_iso8601(*time);
    return {};
  }

  static std::optional<std::string> value_of(ondemand::value value) {
    switch (value.type().value()) {
      case ondemand::json_type::string:
        return std::string(std::string_view(value.get_string()));
      case ondemand::json_type::object:
        return text_of(std::string_view(ondemand::object(value.get_object()).raw_json()));
      case ondemand::json_type::array:
        return text_of(std::string_view(ondemand::array(value.get_array()).raw_json()));
      default:
        return text_of(value.raw_json_token());
    }
  }

  ondemand::parser parser_;
};

}  // namespace

std::unique_ptr<EventReader> make_crowdstrike_reader() {
  return std::make_unique<CrowdstrikeReader>();
}

}  // namespace evtxhound::exports
