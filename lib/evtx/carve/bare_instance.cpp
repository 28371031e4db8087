#include "evtxhound/evtx/carve/bare_instance.hpp"

namespace evtxhound::evtx {
namespace {

constexpr std::size_t kInstanceHeaderSize = 10;
constexpr std::size_t kFragmentHeaderSize = 4;

// The instance's descriptors and the sum of their sizes.
bool read_values(Bytes area, std::size_t at, InstanceFrame& frame) {
  if (!holds(area, at, 4)) return false;
  frame.count = load<std::uint32_t>(area, at);
  frame.descriptors = at + 4;
  if (frame.count > (area.size() - frame.descriptors) / kDescriptorSize) return false;
  frame.values = frame.descriptors + frame.count * kDescriptorSize;
  return find_end(area, frame);
}

}  // namespace

std::optional<BareInstance> read_bare_instance(Bytes area, std::size_t at) {
  if (!holds(area, at, 1)) return std::nullopt;
  if (static_cast<Token>(area[at]) == Token::kFragmentHeader) at += kFragmentHeaderSize;
  if (!holds(area, at, kInstanceHeaderSize)) return std::nullopt;
  if (static_cast<Token>(area[at]) != Token::kTemplateInstance) return std::nullopt;
  BareInstance instance;
  instance.frame.template_id = load<std::uint32_t>(area, at + 2);
  instance.frame.definition = load<std::uint32_t>(area, at + 6);
  at += kInstanceHeaderSize;
  DefinitionFrame definition;
  if (!read_definition(area, at, definition) &&
      load<std::uint32_t>(definition.guid, 0) == instance.frame.template_id) {
    instance.resident_at = at;
    at = definition.body + definition.body_size;
  }
  if (!read_values(area, at, instance.frame)) return std::nullopt;
  return instance;
}

}  // namespace evtxhound::evtx
