#include "evtxhound/evtx/binxml/instance.hpp"

#include <algorithm>

namespace evtxhound::evtx {
namespace {

constexpr std::size_t kInstanceHeaderSize = 10;  // token, version, template id, definition's offset

}  // namespace

Outcome read_instance_header(Bytes area, std::size_t at, InstanceFrame& frame) {
  if (!holds(area, at, kInstanceHeaderSize)) return Defect{at, "template instance is cut"};
  frame.template_id = load<std::uint32_t>(area, at + 2);
  frame.definition = load<std::uint32_t>(area, at + 6);
  at += kInstanceHeaderSize;
  if (frame.definition == at) {
    DefinitionFrame definition;
    if (const Outcome defect = read_definition(area, at, definition)) return defect;
    at = definition.body + definition.body_size;
  }
  if (!holds(area, at, 4)) return Defect{at, "template instance is cut"};
  frame.count = load<std::uint32_t>(area, at);
  frame.descriptors = at + 4;
  if (frame.count > (area.size() - frame.descriptors) / kDescriptorSize) {
    return Defect{at, "template instance claims more values than there is room for"};
  }
  frame.values = frame.descriptors + frame.count * kDescriptorSize;
  return std::nullopt;
}

Outcome read_instance(Bytes area, std::size_t at, InstanceFrame& frame) {
  if (const Outcome defect = read_instance_header(area, at, frame)) return defect;
  if (!find_end(area, frame)) return Defect{frame.values, "values leave their record"};
  return std::nullopt;
}

bool find_end(Bytes area, InstanceFrame& frame) {
  constexpr std::size_t kBlock = 64;
  frame.end = frame.values;
  for (std::size_t i = 0; i < frame.count;) {
    const std::size_t block_end = std::min(i + kBlock, frame.count);
    for (; i < block_end; ++i) {
      frame.end += load<std::uint16_t>(area, frame.descriptors + i * kDescriptorSize);
    }
    if (frame.end > area.size()) return false;
  }
  return frame.end <= area.size();
}

void append_values(Bytes area, const InstanceFrame& frame, std::vector<Value>& values) {
  std::size_t at = frame.values;
  for (std::size_t i = 0; i < frame.count; ++i) {
    const std::size_t descriptor = frame.descriptors + i * kDescriptorSize;
    const std::size_t size = load<std::uint16_t>(area, descriptor);
    values.push_back({static_cast<ValueType>(area[descriptor + 2]), area.subspan(at, size)});
    at += size;
  }
}

Outcome read_definition(Bytes chunk, std::size_t offset, DefinitionFrame& frame) {
  if (!holds(chunk, offset, kDefinitionHeaderSize)) {
    return Defect{offset, "template definition lies outside of its chunk"};
  }
  frame.guid = chunk.subspan(offset + 4, kGuidSize);
  frame.body = offset + kDefinitionHeaderSize;
  frame.body_size = load<std::uint32_t>(chunk, offset + 4 + kGuidSize);
  if (!holds(chunk, frame.body, frame.body_size)) {
    return Defect{offset, "template definition leaves its chunk"};
  }
  return std::nullopt;
}

}  // namespace evtxhound::evtx
