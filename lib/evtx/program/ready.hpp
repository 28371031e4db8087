// A template instance and the program that is to run over it: where all runners begin.
#pragma once

#include "evtxhound/evtx/program/run.hpp"
#include "evtxhound/evtx/program/slot.hpp"

namespace evtxhound::evtx {

// An instance, read and ready to run.
template <class Program>
struct Ready {
  const Program* program = nullptr;
  const Slot* slots = nullptr;
  std::size_t size = 0;  // of its BinXML, in bytes
  Outcome defect;        // where there is no definition: why the Resolver would find none, too
};

inline const XmlProgram* program_of(const Definition& definition, const XmlProgram* /*kind*/) {
  return definition.xml();
}
inline const JsonProgram* program_of(const Definition& definition, const JsonProgram* /*kind*/) {
  return definition.json();
}
inline const EventProgram* program_of(const Definition& definition, const EventProgram* /*kind*/) {
  return definition.event();
}

// Reads the BinXML at [begin, end): a fragment header or none, one template instance, and nothing
// behind it. False where it is anything else or has no program.
template <class Program>
inline bool prepare(RunContext& context, std::size_t depth, std::size_t begin, std::size_t end,
                    Ready<Program>& ready) {
  const Bytes area = context.chunk.first(end);
  const auto header = static_cast<std::uint8_t>(Token::kFragmentHeader);
  const auto instance = static_cast<std::uint8_t>(Token::kTemplateInstance);
  if (end - begin > 4 && area[begin] == header) begin += 4;
  if (begin >= end || area[begin] != instance || depth >= kMaxProgramDepth) return false;
  Slot* const slots = (*context.slots)[depth].data();
  SlotFrame frame;
  if (!read_slots(area, begin, slots, frame)) return false;
  if (frame.end < end && area[frame.end] != 0) return false;
  const Definition* const definition = context.templates->find(frame.definition, frame.template_id);
  if (definition == nullptr) {
    const Definition* other = nullptr;
    InstanceFrame whole;
    ready.defect = read_instance(area, begin, whole);
    if (!ready.defect) ready.defect = context.templates->definition_of(whole, other);
    return false;
  }
  ready.program = program_of(*definition, ready.program);
  if (ready.program == nullptr) return false;
  // A value that is not there at all is no null that elements depend on.
  if (frame.count < ready.program->slot_count) return false;
  ready.slots = slots;
  ready.size = end - begin;
  return true;
}

}  // namespace evtxhound::evtx
