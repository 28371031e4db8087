#include "evtxhound/evtx/likeness.hpp"

#include <limits>
#include <vector>

#include "evtxhound/evtx/event_collector.hpp"

namespace evtxhound::evtx {
namespace {

// Names of providers and sources are registry keys.
constexpr std::size_t kLongestProvider = 255;  // characters of UTF-16

// A record is written soon after what it tells, in nearly all within seconds; but one of a log that
// was exported with a filter has the time of another in its header.
constexpr Filetime kSecond = 10'000'000;
constexpr Filetime kDay = 86'400 * kSecond;

// The value that the definition gives a System field; null where it gives none.
Value system_value(const Definition& definition, std::string_view name,
                   const std::vector<Value>& values) {
  const FieldPlace* const place = definition.fields().find_system(name);
  if (place == nullptr || place->several) return {};
  if (!place->slot) return place->fixed;
  return *place->slot < values.size() ? values[*place->slot] : Value();
}

std::vector<Value> values_of(Bytes chunk, const InstanceFrame& instance) {
  std::vector<Value> values;
  append_values(chunk, instance, values);
  return values;
}

std::optional<std::uint32_t> event_code(const Value& value) {
  auto number = value.integer();
  if (!number && value.type == ValueType::kString) number = parse_number(value.text());
  if (!number || *number > std::numeric_limits<std::uint32_t>::max()) return std::nullopt;
  return static_cast<std::uint32_t>(*number);
}

bool is_unsigned(ValueType type) {
  return type == ValueType::kUint8 || type == ValueType::kUint16 || type == ValueType::kUint32 ||
         type == ValueType::kUint64;
}

// Whether Windows puts values of this type into such a slot. Measured over 14,573 real records:
// its own type or null, but for numbers without sign that are wider, and pointers, whose values say
// their width.
bool can_be(ValueType value, ValueType slot) {
  if (value == slot || value == ValueType::kNull) return true;
  if (is_unsigned(slot)) return is_unsigned(value);
  return slot == ValueType::kSizeT &&
         (value == ValueType::kHexInt32 || value == ValueType::kHexInt64);
}

bool is_near(Filetime a, Filetime b, Filetime most) { return (a < b ? b - a : a - b) < most; }

}  // namespace

std::optional<EventKind> kind_of(const Definition& definition, Bytes chunk,
                                 const InstanceFrame& instance) {
  const std::vector<Value> values = values_of(chunk, instance);
  const Value provider = system_value(definition, "Provider.Name", values);
  const auto code = event_code(system_value(definition, "EventID", values));
  if (!code || provider.type != ValueType::kString || provider.is_blank()) return std::nullopt;
  if (provider.bytes.size() > 2 * kLongestProvider) return std::nullopt;
  return EventKind{provider.text(), *code};
}

bool fits(const Definition& definition, Bytes chunk, const InstanceFrame& instance) {
  const Tree& tree = definition.tree();
  for (NodeIndex i = 0; i < tree.size(); ++i) {
    if (tree[i].kind != NodeKind::kSubstitution) continue;
    if (tree[i].number >= instance.count) return false;
    const std::size_t descriptor = instance.descriptors + tree[i].number * kDescriptorSize;
    const auto type = static_cast<ValueType>(chunk[descriptor + 2]);
    if (!can_be(type, tree[i].value.type)) return false;
  }
  return true;
}

bool repeats_header(const Definition& definition, Bytes chunk, const InstanceFrame& instance,
                    const RecordFrame& record) {
  const std::vector<Value> values = values_of(chunk, instance);
  const Value time = system_value(definition, "TimeCreated.SystemTime", values);
  if (time.type == ValueType::kFiletime && time.bytes.size() == sizeof(Filetime)) {
    if (is_near(load<Filetime>(time.bytes, 0), record.time_written, kDay)) return true;
  }
  const Value id = system_value(definition, "EventRecordID", values);
  return id.type == ValueType::kUint64 && repeats_header(id, record);
}

bool repeats_header(const Value& value, const RecordFrame& record) {
  if (value.bytes.size() != sizeof(std::uint64_t)) return false;
  const auto number = load<std::uint64_t>(value.bytes, 0);
  if (value.type == ValueType::kUint64) return number == record.record_id && number != 0;
  return value.type == ValueType::kFiletime && is_near(number, record.time_written, 10 * kSecond);
}

}  // namespace evtxhound::evtx
