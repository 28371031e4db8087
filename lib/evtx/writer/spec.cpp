#include "evtxhound/evtx/writer/spec.hpp"

#include <fmt/format.h>

#include <array>
#include <limits>
#include <optional>
#include <string>
#include <utility>

#include "evtxhound/base/failure.hpp"
#include "evtxhound/base/text.hpp"
#include "evtxhound/evtx/writer/damage.hpp"
#include "evtxhound/evtx/writer/event_record.hpp"
#include "evtxhound/evtx/writer/log_writer.hpp"
#include "evtxhound/evtx/writer/spec_value.hpp"

namespace evtxhound::evtx::writer {
namespace {

// The first line's settings.
struct LogSettings {
  EventRecord defaults;  // what events take where they do not say otherwise
  std::uint64_t records_per_chunk = std::numeric_limits<std::uint64_t>::max();
  std::uint64_t first_record_id = 1;
  Damage damage;
};

template <class T, class Read>
void take_into(JsonObject& object, std::string_view key, T& into, Read read) {
  if (const Json* const json = object.take(key)) into = read(*json, key);
}

template <class T>
void take_number_into(JsonObject& object, std::string_view key, std::optional<T>& into) {
  if (const auto number = object.take_number<T>(key)) into = number;
}

// What both an event and the log's defaults may hold.
void take_system(JsonObject& object, EventRecord& event) {
  take_into(object, "provider", event.provider, json_text);
  take_into(object, "guid", event.provider_guid, json_guid);
  take_into(object, "event_source", event.event_source, json_text);
  take_into(object, "channel", event.channel, json_text);
  take_into(object, "computer", event.computer, json_text);
  take_into(object, "user", event.user, json_sid);
  take_number_into(object, "qualifiers", event.qualifiers);
  take_number_into(object, "version", event.version);
  take_number_into(object, "level", event.level);
  take_number_into(object, "task", event.task);
  take_number_into(object, "opcode", event.opcode);
  take_number_into(object, "keywords", event.keywords);
  take_number_into(object, "process_id", event.process_id);
  take_number_into(object, "thread_id", event.thread_id);
}

std::vector<std::uint64_t> read_numbers(const Json& json, std::string_view what) {
  if (!json.is_array()) throw SpecError(fmt::format("\"{}\" must be a list of numbers", what));
  std::vector<std::uint64_t> numbers;
  for (const Json& item : json) {
    numbers.push_back(json_unsigned(item, what, std::numeric_limits<std::uint64_t>::max()));
  }
  return numbers;
}

bool read_flag(const Json& json, std::string_view what) {
  if (!json.is_boolean()) throw SpecError(fmt::format("\"{}\" must be true or false", what));
  return json.get<bool>();
}

RecordDamage read_record_damage(const Json& json) {
  constexpr std::array<std::pair<std::string_view, RecordPart>, 4> kParts = {
      {{"signature", RecordPart::kSignature},
       {"size", RecordPart::kSize},
       {"size_copy", RecordPart::kSizeCopy},
       {"content", RecordPart::kContent}}};
  JsonObject object(json, "records");
  RecordDamage damage;
  damage.record_id = json_unsigned(object.need("record_id"), "record_id",
                                   std::numeric_limits<std::uint64_t>::max());
  const std::string part = json_text(object.need("part"), "part");
  object.finish();
  for (const auto& [name, value] : kParts) {
    if (name != part) continue;
    damage.part = value;
    return damage;
  }
  throw SpecError("\"part\" must be signature, size, size_copy or content");
}

Damage read_damage(const Json& json) {
  JsonObject object(json, "damage");
  Damage damage;
  take_into(object, "dirty", damage.dirty, read_flag);
  take_into(object, "file_checksum", damage.file_checksum, read_flag);
  take_into(object, "chunk_header_checksum", damage.chunk_header_checksum, read_numbers);
  take_into(object, "chunk_data_checksum", damage.chunk_data_checksum, read_numbers);
  take_into(object, "zero_chunk_header", damage.zero_chunk_header, read_numbers);
  damage.cut_at = object.take_number<std::uint64_t>("cut_at");
  if (const Json* const records = object.take("records")) {
    if (!records->is_array()) throw SpecError("\"records\" must be a list");
    for (const Json& record : *records) damage.records.push_back(read_record_damage(record));
  }
  object.finish();
  return damage;
}

LogSettings read_settings(const Json& json) {
  JsonObject object(json, "log");
  LogSettings settings;
  take_system(object, settings.defaults);
  if (const auto most = object.take_number<std::uint64_t>("records_per_chunk")) {
    if (*most == 0) throw SpecError("\"records_per_chunk\" must be at least 1");
    settings.records_per_chunk = *most;
  }
  if (const auto id = object.take_number<std::uint64_t>("first_record_id")) {
    settings.first_record_id = *id;
  }
  if (const Json* const damage = object.take("damage")) settings.damage = read_damage(*damage);
  object.finish();
  return settings;
}

UnnamedData read_unnamed_data(const Json* strings, const Json* binary) {
  UnnamedData data;
  if (strings != nullptr) {
    if (!strings->is_array()) throw SpecError("\"unnamed_data\" must be a list of texts");
    for (const Json& text : *strings) data.strings.push_back(json_text(text, "unnamed_data"));
  }
  if (binary != nullptr) data.binary = json_hex(*binary, "binary");
  return data;
}

NamedData read_named_data(const Json& json) {
  const JsonObject check(json, "data");
  NamedData data;
  for (const auto& item : json.items()) {
    data.fields.emplace_back(item.key(), read_value(item.value(), item.key()));
  }
  return data;
}

void take_payload(JsonObject& object, EventRecord& event) {
  const Json* const data = object.take("data");
  const Json* const user_data = object.take("user_data");
  const Json* const unnamed = object.take("unnamed_data");
  const Json* const binary = object.take("binary");
  const bool classic = unnamed != nullptr || binary != nullptr;
  if ((data != nullptr) + (user_data != nullptr) + classic > 1) {
    throw SpecError(R"(an event has one of "data", "user_data" and "unnamed_data"/"binary")");
  }
  if (data != nullptr) event.payload = read_named_data(*data);
  if (user_data != nullptr) event.payload = read_user_element(*user_data);
  if (classic) event.payload = read_unnamed_data(unnamed, binary);
}

EventRecord read_event(const Json& json, const LogSettings& settings, std::uint64_t next_id) {
  JsonObject object(json, "event");
  EventRecord event = settings.defaults;
  take_system(object, event);
  event.event_id = static_cast<std::uint16_t>(json_unsigned(
      object.need("event_id"), "event_id", std::numeric_limits<std::uint16_t>::max()));
  event.created = json_time(object.need("time"), "time");
  event.written = event.created;
  take_into(object, "written", event.written, json_time);
  take_into(object, "activity_id", event.activity_id, json_guid);
  take_into(object, "related_activity_id", event.related_activity_id, json_guid);
  event.record_id = object.take_number<std::uint64_t>("record_id").value_or(next_id);
  if (event.record_id < next_id) {
    throw SpecError(fmt::format("\"record_id\" must be at least {}, ids ascend", next_id));
  }
  take_payload(object, event);
  object.finish();
  if (event.event_source && std::holds_alternative<NamedData>(event.payload)) {
    throw SpecError(R"(only events with "unnamed_data" or "user_data" have an "event_source")");
  }
  for (const auto& [key, text] :
       {std::pair{"provider", &event.provider}, std::pair{"channel", &event.channel},
        std::pair{"computer", &event.computer}}) {
    if (text->empty()) throw SpecError(fmt::format("the event has no \"{}\"", key));
  }
  return event;
}

// Takes the lines in their order and makes the log.
class Forge {
 public:
  void take_line(std::string_view line) {
    const Json json = parse_json(line);
    const bool first = std::exchange(first_line_, false);
    if (json.is_object() && json.contains("log")) {
      if (!first) throw SpecError("\"log\" must be the first line");
      JsonObject object(json, "log");
      settings_ = read_settings(object.need("log"));
      object.finish();
      writer_ = LogWriter(settings_.records_per_chunk);
      next_id_ = settings_.first_record_id;
      return;
    }
    const EventRecord event = read_event(json, settings_, next_id_);
    if (!writer_.append(make_record(event))) {
      throw SpecError("the event is too large: a record must fit into a chunk of 64 KiB");
    }
    next_id_ = event.record_id + 1;
  }

  Buffer finish() {
    Buffer log = writer_.finish();
    const std::string problem = apply_damage(log, settings_.damage);
    if (!problem.empty()) throw SpecError("damage: " + problem);
    return log;
  }

 private:
  bool first_line_ = true;
  LogSettings settings_;
  LogWriter writer_;
  std::uint64_t next_id_ = 1;
};

}  // namespace

Buffer forge(std::string_view spec, std::string_view name) {
  Forge forge;
  std::size_t line_number = 0;
  try {
    while (!spec.empty()) {
      ++line_number;
      const std::size_t end = spec.find('\n');
      const std::string_view line = trim(spec.substr(0, end));
      spec = end == std::string_view::npos ? std::string_view() : spec.substr(end + 1);
      if (!line.empty()) forge.take_line(line);
    }
    line_number = 1;  // damage is asked for there
    return forge.finish();
  } catch (const SpecError& error) {
    throw Failure(ExitStatus::kUsage, fmt::format("{}:{}: {}", name, line_number, error.what()));
  }
}

}  // namespace evtxhound::evtx::writer
