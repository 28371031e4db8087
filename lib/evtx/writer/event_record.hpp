// An event as Windows' event log service takes it from a provider, and its form in a record.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "evtxhound/base/time.hpp"
#include "evtxhound/evtx/writer/chunk_writer.hpp"
#include "evtxhound/evtx/writer/value.hpp"

namespace evtxhound::evtx::writer {

// <EventData> with named <Data> elements, in this order.
struct NamedData {
  std::vector<std::pair<std::string, Value>> fields;
};

// <EventData> of a classic event: <Data> elements without names, one for each string, and
// <Binary>.
struct UnnamedData {
  std::vector<std::string> strings;
  std::optional<Buffer> binary;
};

// An element of <UserData>: attributes with constant texts, and elements that hold a value each
// or elements of their own.
struct UserElement {
  std::string name;
  std::vector<std::pair<std::string, std::string>> attributes;
  std::vector<std::pair<std::string, std::variant<Value, UserElement>>> fields;
};

// The fields of <System> and the payload. What is not set is left out of the rendered event.
struct EventRecord {
  std::uint64_t record_id = 0;
  Filetime created = 0;  // TimeCreated
  Filetime written = 0;  // of the record's header

  std::string provider;
  std::optional<Guid> provider_guid;
  std::optional<std::string> event_source;  // EventSourceName, of classic events
  std::uint16_t event_id = 0;
  std::optional<std::uint16_t> qualifiers;
  std::optional<std::uint8_t> version;
  std::optional<std::uint8_t> level;
  std::optional<std::uint16_t> task;
  std::optional<std::uint8_t> opcode;
  std::optional<std::uint64_t> keywords;
  std::optional<Guid> activity_id;
  std::optional<Guid> related_activity_id;
  std::optional<std::uint32_t> process_id;
  std::optional<std::uint32_t> thread_id;
  std::string channel;
  std::string computer;
  std::optional<Buffer> user;  // a SID in its binary form

  std::variant<NamedData, UnnamedData, UserElement> payload;
};

// The record of an event. Its templates have the shape that Windows gives them (measured): events
// with named data have provider and channel as substitutions (18 values), the others have them
// as constants (20 values); the computer is a constant in both.
Record make_record(const EventRecord& event);

// A fragment of one element, as UserData and BinXML values hold it.
Instance make_fragment(const UserElement& element);

}  // namespace evtxhound::evtx::writer
