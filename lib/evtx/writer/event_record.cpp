// The substitution numbers, their types and the dependencies below are those of real Security,
// Sysmon, System and Application logs, Windows 7 to 11.
#include "evtxhound/evtx/writer/event_record.hpp"

#include <memory>
#include <string_view>

namespace evtxhound::evtx::writer {
namespace {

// The numbers of the values that all events have.
enum Slot : std::uint16_t {
  kLevel = 0,
  kOpcode = 1,
  kTask = 2,
  kEventId = 3,
  kQualifiers = 4,
  kKeywords = 5,
  kTimeCreated = 6,
  kActivityId = 7,
  kProcessId = 8,
  kThreadId = 9,
  kRecordId = 10,
  kVersion = 11,
  kUserId = 12,
};

// The numbers that differ between the two shapes of an event's template.
struct Shape {
  bool constant_names;  // whether provider and channel are constants
  std::uint16_t related_activity;
  std::uint16_t payload;
};
constexpr Shape kManifestShape = {false, 13, 17};
constexpr Shape kClassicShape = {true, 18, 19};
constexpr std::uint16_t kProviderName = 14;  // these three in kManifestShape only
constexpr std::uint16_t kProviderGuid = 15;
constexpr std::uint16_t kChannel = 16;

Substitution optional_hole(std::uint16_t index, ValueType type) { return {index, type, true}; }

Element plain_element(std::string name) { return {std::move(name), kNoDependency, {}, {}}; }

// An element that holds one value and is left out without it.
Element value_element(std::string name, std::uint16_t index, ValueType type) {
  return {std::move(name), index, {}, {{optional_hole(index, type)}}};
}

Element text_element(std::string name, const std::string& text) {
  return {std::move(name), kNoDependency, {}, {{text}}};
}

Element attribute_element(std::string name, std::vector<Attribute> attributes) {
  return {std::move(name), kNoDependency, std::move(attributes), {}};
}

std::string guid_text(const Guid& guid) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  constexpr std::array<std::size_t, 16> kOrder = {3, 2, 1,  0,  5,  4,  7,  6,
                                                  8, 9, 10, 11, 12, 13, 14, 15};
  std::string text = "{";
  for (std::size_t i = 0; i < kOrder.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
    text += kDigits[guid[kOrder[i]] >> 4U];
    text += kDigits[guid[kOrder[i]] & 0xfU];
  }
  return text + '}';
}

Element provider_element(const EventRecord& event, const Shape& shape) {
  std::vector<Attribute> attributes;
  if (!shape.constant_names) {
    attributes = {{"Name", optional_hole(kProviderName, ValueType::kString)},
                  {"Guid", optional_hole(kProviderGuid, ValueType::kGuid)}};
  } else {
    attributes.push_back({"Name", event.provider});
    if (event.provider_guid) attributes.push_back({"Guid", guid_text(*event.provider_guid)});
    if (event.event_source) attributes.push_back({"EventSourceName", *event.event_source});
  }
  return attribute_element("Provider", std::move(attributes));
}

Element system_element(const EventRecord& event, const Shape& shape) {
  Element event_id = value_element("EventID", kEventId, ValueType::kUint16);
  event_id.attributes = {{"Qualifiers", optional_hole(kQualifiers, ValueType::kUint16)}};
  Element system = plain_element("System");
  system.content = {
      {provider_element(event, shape)},
      {std::move(event_id)},
      {value_element("Version", kVersion, ValueType::kUint8)},
      {value_element("Level", kLevel, ValueType::kUint8)},
      {value_element("Task", kTask, ValueType::kUint16)},
      {value_element("Opcode", kOpcode, ValueType::kUint8)},
      {value_element("Keywords", kKeywords, ValueType::kHexInt64)},
      {attribute_element("TimeCreated",
                         {{"SystemTime", optional_hole(kTimeCreated, ValueType::kFiletime)}})},
      {value_element("EventRecordID", kRecordId, ValueType::kUint64)},
      {attribute_element(
          "Correlation",
          {{"ActivityID", optional_hole(kActivityId, ValueType::kGuid)},
           {"RelatedActivityID", optional_hole(shape.related_activity, ValueType::kGuid)}})},
      {attribute_element("Execution",
                         {{"ProcessID", optional_hole(kProcessId, ValueType::kUint32)},
                          {"ThreadID", optional_hole(kThreadId, ValueType::kUint32)}})},
      {shape.constant_names ? text_element("Channel", event.channel)
                            : value_element("Channel", kChannel, ValueType::kString)},
      {text_element("Computer", event.computer)},
      {attribute_element("Security", {{"UserID", optional_hole(kUserId, ValueType::kSid)}})},
  };
  return system;
}

Element event_element(const EventRecord& event, const Shape& shape) {
  const Substitution payload = optional_hole(shape.payload, ValueType::kBinXml);
  Element root = plain_element("Event");
  root.attributes = {{"xmlns", "http://schemas.microsoft.com/win/2004/08/events/event"}};
  root.content = {{system_element(event, shape)}};
  if (std::holds_alternative<UserElement>(event.payload)) {
    root.content.push_back({Element{"UserData", shape.payload, {}, {{payload}}}});
  } else {
    root.dependency = shape.payload;
    root.content.push_back({payload});
  }
  return root;
}

template <class T>
Value number_or_null(ValueType type, const std::optional<T>& number) {
  return number ? number_value(type, *number) : Value{};
}

Value guid_or_null(const std::optional<Guid>& guid) { return guid ? guid_value(*guid) : Value{}; }

std::vector<Value> system_values(const EventRecord& event, const Shape& shape) {
  std::vector<Value> values(std::size_t{shape.payload} + 1);
  values[kLevel] = number_or_null(ValueType::kUint8, event.level);
  values[kOpcode] = number_or_null(ValueType::kUint8, event.opcode);
  values[kTask] = number_or_null(ValueType::kUint16, event.task);
  values[kEventId] = number_value(ValueType::kUint16, event.event_id);
  values[kQualifiers] = number_or_null(ValueType::kUint16, event.qualifiers);
  values[kKeywords] = number_or_null(ValueType::kHexInt64, event.keywords);
  values[kTimeCreated] = number_value(ValueType::kFiletime, event.created);
  values[kActivityId] = guid_or_null(event.activity_id);
  values[kProcessId] = number_or_null(ValueType::kUint32, event.process_id);
  values[kThreadId] = number_or_null(ValueType::kUint32, event.thread_id);
  values[kRecordId] = number_value(ValueType::kUint64, event.record_id);
  values[kVersion] = number_or_null(ValueType::kUint8, event.version);
  if (event.user) values[kUserId] = {ValueType::kSid, *event.user, nullptr};
  values[shape.related_activity] = guid_or_null(event.related_activity_id);
  if (!shape.constant_names) {
    values[kProviderName] = string_value(event.provider);
    values[kProviderGuid] = guid_or_null(event.provider_guid);
    values[kChannel] = string_value(event.channel);
  }
  return values;
}

Instance make_instance(Element root, std::vector<Value> values) {
  return {std::make_shared<const Template>(std::move(root)), std::move(values)};
}

// A null value leaves the text empty; what type it would have had is then not known.
ValueType hole_type(const Value& value) {
  return value.type == ValueType::kNull ? ValueType::kString : value.type;
}

// A substitution for a value that is added to the others.
Substitution add_value(std::vector<Value>& values, const Value& value) {
  const Substitution hole{static_cast<std::uint16_t>(values.size()), hole_type(value), false};
  values.push_back(value);
  return hole;
}

Instance make_payload(const NamedData& data) {
  Element root = plain_element("EventData");
  root.always_open = true;
  std::vector<Value> values;
  for (const auto& [name, value] : data.fields) {
    root.content.push_back(
        {Element{"Data", kNoDependency, {{"Name", name}}, {{add_value(values, value)}}}});
  }
  return make_instance(std::move(root), std::move(values));
}

Instance make_payload(const UnnamedData& data) {
  constexpr std::uint16_t kStrings = 0;
  constexpr std::uint16_t kBinary = 2;
  Element root = plain_element("EventData");
  root.content = {{value_element("Data", kStrings, array_of(ValueType::kString))},
                  {value_element("Binary", kBinary, ValueType::kBinary)}};
  // The value between the two is in no element; classic logs have a zero there.
  std::vector<Value> values(3);
  values[1] = number_value(ValueType::kUint32, std::uint32_t{0});
  if (!data.strings.empty()) {
    values[kStrings] = string_array_value({data.strings.begin(), data.strings.end()});
  }
  if (data.binary) values[kBinary] = {ValueType::kBinary, *data.binary, nullptr};
  return make_instance(std::move(root), std::move(values));
}

Element user_element(const UserElement& user, std::vector<Value>& values) {
  Element element = plain_element(user.name);
  for (const auto& [name, text] : user.attributes) element.attributes.push_back({name, text});
  for (const auto& [name, field] : user.fields) {
    if (const auto* const value = std::get_if<Value>(&field)) {
      element.content.push_back({Element{name, kNoDependency, {}, {{add_value(values, *value)}}}});
    } else {
      element.content.push_back({user_element(std::get<UserElement>(field), values)});
    }
  }
  return element;
}

Instance make_payload(const UserElement& data) { return make_fragment(data); }

}  // namespace

Record make_record(const EventRecord& event) {
  const bool named = std::holds_alternative<NamedData>(event.payload);
  const Shape& shape = named ? kManifestShape : kClassicShape;
  std::vector<Value> values = system_values(event, shape);
  values[shape.payload] = binxml_value(
      std::visit([](const auto& payload) { return make_payload(payload); }, event.payload));
  return {event.record_id, event.written,
          make_instance(event_element(event, shape), std::move(values))};
}

Instance make_fragment(const UserElement& element) {
  std::vector<Value> values;
  Element root = user_element(element, values);
  return make_instance(std::move(root), std::move(values));
}

}  // namespace evtxhound::evtx::writer
