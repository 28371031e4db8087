// An event: a record in the one form that everything after reading works on.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "evtxhound/base/text_buffer.hpp"
#include "evtxhound/base/time.hpp"

namespace evtxhound::evtx {

// One data field. `name` is the Data element's Name attribute, or the element's own name where it
// has none (`Data` for the unnamed values of classic logs, an element's name inside UserData).
// Names can repeat; the order is that of the record. `value` is valid UTF-8.
struct Field {
  std::string name;
  std::string value;
  friend bool operator==(const Field&, const Field&) = default;
};

// The System fields of a record by name, and its data fields in their order. Plain values, all
// owned; texts are valid UTF-8 and empty where the record has no such field.
struct Event {
  std::uint64_t byte_offset = 0;  // of the record's signature, from the start of its evidence
  std::uint32_t byte_size = 0;    // of the record, from its signature to its size copy
  std::uint64_t record_id = 0;    // of the record header
  Filetime time_written = 0;      // of the record header

  std::string time_created;  // ISO 8601 UTC, seven fractional digits
  std::string provider;
  std::string channel;
  std::string computer;
  std::string user_sid;
  std::string activity_id;
  std::string keywords;  // hexadecimal, as the record has it
  std::optional<std::uint32_t> event_code;
  std::optional<std::uint32_t> version;
  std::optional<std::uint32_t> level;
  std::optional<std::uint32_t> task;
  std::optional<std::uint32_t> opcode;
  std::optional<std::uint32_t> process_id;
  std::optional<std::uint32_t> thread_id;

  std::vector<Field> data;

  // The first data field of this name; null where there is none. Valid until `data` changes.
  [[nodiscard]] const std::string* find(std::string_view name) const;
};

// The data fields as one JSON object, in their order. A name that repeats becomes an array of its
// values, so that no value is lost; every value is a JSON string.
std::string data_json(const Event& event);
void append_data_json(const Event& event, TextBuffer& json);

}  // namespace evtxhound::evtx
