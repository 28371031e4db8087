// ChunkReader::survey().
#include <array>

#include "evtxhound/evtx/binxml/plain_fragment.hpp"
#include "evtxhound/evtx/chunk_reader.hpp"
#include "evtxhound/evtx/event_collector.hpp"

namespace evtxhound::evtx {
namespace {

// Behind it, years have five digits, which text has no room for.
constexpr Filetime kLastWrittenInFull = 2'650'467'744'000'000'000;  // 10000-01-01

// A template instance's values, and what there is to say of those that are searched.
struct SurveyedSlots {
  std::size_t end = 0;  // behind the last value
  TypeSet types;
  bool has_binxml = false;  // any, searched or not
};

// Reads values that are as the template says, which nearly all are. False where one is not.
bool take_expected(Bytes area, const InstanceFrame& frame, const Outline& outline, Slot* slots,
                   SurveyedSlots& out) {
  if (frame.count > outline.expected.size()) return false;
  std::size_t value = frame.values;
  const std::uint8_t* descriptor = area.data() + frame.descriptors;
  bool fits = true;
  for (std::size_t i = 0; i < frame.count; ++i, descriptor += kDescriptorSize) {
    std::uint32_t bits = 0;
    std::memcpy(&bits, descriptor, sizeof bits);
    fits &= outline.expected[i].fits(bits);
    slots[i] = Slot(value, bits);
    value += bits & 0xFFFFU;
  }
  out.end = value;
  out.types = outline.types;
  out.has_binxml = outline.expects_binxml;
  return fits;
}

// The same for any values. False where one has not the size that its type has.
bool take_any(Bytes area, const InstanceFrame& frame, const Outline& outline, Slot* slots,
              SurveyedSlots& out) {
  out = {frame.values, {}, false};
  const std::uint8_t* descriptor = area.data() + frame.descriptors;
  for (std::size_t i = 0; i < frame.count; ++i, descriptor += kDescriptorSize) {
    std::uint32_t bits = 0;
    std::memcpy(&bits, descriptor, sizeof bits);
    const Slot slot(out.end, bits);
    const UsualSizes sizes = kUsualSizes[static_cast<std::size_t>(slot.type())];
    if (slot.size() < sizes.least || slot.size() > sizes.most) return false;
    if (outline.is_searched(i)) out.types.add(slot.type());
    out.has_binxml = out.has_binxml || slot.type() == ValueType::kBinXml;
    slots[i] = slot;
    out.end += slot.size();
  }
  return true;
}

bool survey_slots(Bytes area, const InstanceFrame& frame, const Outline& outline, Slot* slots,
                  SurveyedSlots& out) {
  if (frame.count > kMaxSlots) return false;
  const bool clear =
      take_expected(area, frame, outline, slots, out) || take_any(area, frame, outline, slots, out);
  return clear && out.end <= area.size();
}

// A field's value in the record: its slot's, or the template's own; null where there is none.
Value value_of(const FieldPlace* place, const Slot* slots, std::size_t count, Bytes chunk) {
  if (place == nullptr) return {};
  if (!place->slot) return place->fixed;
  if (*place->slot >= count) return {};
  const Value value = slots[*place->slot].value(chunk.data());
  return value.is_null() ? Value() : value;  // in a damaged record null can have bytes
}

bool is_text(const Value& value) { return value.is_null() || value.type == ValueType::kString; }

bool take_event_code(const Value& value, Survey& out) {
  out.event_code.reset();
  if (value.is_null()) return true;
  if (value.type == ValueType::kString) {
    out.event_code = parse_number(value.text());
    return true;
  }
  const auto number = value.integer();
  const bool plain = value.type == ValueType::kUint16 || value.type == ValueType::kUint32;
  if (!plain || !number || *number > 0xFFFF'FFFFU) return false;
  out.event_code = static_cast<std::uint32_t>(*number);
  return true;
}

bool take_time(const Value& value, Survey& out) {
  if (value.type != ValueType::kFiletime || value.bytes.size() != 8) return false;
  out.time_created = load<std::uint64_t>(value.bytes, 0);
  return out.time_created < kLastWrittenInFull;
}

bool take_system(const Outline& outline, const Slot* slots, std::size_t count, Bytes chunk,
                 Survey& out) {
  if (!outline.is_plain_system) return false;
  for (const std::uint16_t slot : outline.needed) {
    if (slot >= count || slots[slot].is_null()) return false;
  }
  for (const FieldPlace* place :
       {outline.event_id, outline.provider, outline.channel, outline.time_created}) {
    if (place != nullptr && place->several) return false;
  }
  out.provider = value_of(outline.provider, slots, count, chunk);
  out.channel = value_of(outline.channel, slots, count, chunk);
  return is_text(out.provider) && is_text(out.channel) &&
         take_event_code(value_of(outline.event_id, slots, count, chunk), out) &&
         take_time(value_of(outline.time_created, slots, count, chunk), out);
}

}  // namespace

Surveyed ChunkReader::survey(const RecordFrame& frame, Survey& out,
                             std::vector<Area>& definitions) {
  out.types.clear();
  out.definition_count = 0;
  const std::size_t begin = std::size_t{frame.offset} + kRecordHeaderSize;
  const std::size_t end = std::size_t{frame.offset} + frame.size - 4;
  return survey_instance(begin, end, 0, out, definitions);
}

Surveyed ChunkReader::survey_instance(std::size_t begin, std::size_t end, std::size_t depth,
                                      Survey& out, std::vector<Area>& definitions) {
  constexpr Surveyed kUnclear = Surveyed::kUnclear;
  const Bytes area = chunk_.first(end);
  if (end - begin > 4 && static_cast<Token>(area[begin]) == Token::kFragmentHeader) begin += 4;
  if (begin >= end) return kUnclear;
  if (static_cast<Token>(area[begin]) != Token::kTemplateInstance) {
    const bool plain = depth != 0 && is_plain_fragment(chunk_, begin, end);
    return plain ? Surveyed::kClear : kUnclear;
  }
  if (depth >= kMaxProgramDepth || out.definition_count >= out.definitions.size()) return kUnclear;
  Slot* const slots = (*slots_)[depth].data();
  InstanceFrame header;
  // Within a value, the template need not be asked for.
  const Surveyed gone = depth == 0 ? Surveyed::kUnreadable : kUnclear;
  if (read_instance_header(area, begin, header)) return gone;
  bool first = false;
  const Definition* const definition =
      templates_.find(header.definition, header.template_id, first);
  if (definition == nullptr) return gone;
  const Outline& outline = definition->outline();
  // A definition counts where it is used: it need not stand in a record, nor in one that a survey
  // explains.
  if (first) {
    definitions.push_back(
        {header.definition, header.definition + kDefinitionHeaderSize + definition->body_size()});
  }
  if (outline.hides_text || outline.is_event != (depth == 0)) return kUnclear;
  SurveyedSlots values;
  if (!survey_slots(area, header, outline, slots, values)) return kUnclear;
  out.types.add(values.types);
  const bool ends =
      values.end >= end || static_cast<Token>(area[values.end]) == Token::kEndOfFragment;
  if (!ends) return kUnclear;
  out.definitions[out.definition_count++] = static_cast<std::uint32_t>(header.definition);
  if (depth == 0) out.end = values.end;
  if (depth == 0 && !take_system(outline, slots, header.count, chunk_, out)) return kUnclear;
  if (!values.has_binxml) return Surveyed::kClear;
  for (std::size_t i = 0; i < header.count; ++i) {
    if (slots[i].type() != ValueType::kBinXml || slots[i].is_null()) continue;
    if (outline.in_attributes[i]) return kUnclear;  // which joins all its text
    const std::size_t value = slots[i].offset();
    const std::size_t value_end = value + slots[i].size();
    if (survey_instance(value, value_end, depth + 1, out, definitions) != Surveyed::kClear) {
      return kUnclear;
    }
  }
  return Surveyed::kClear;
}

}  // namespace evtxhound::evtx
