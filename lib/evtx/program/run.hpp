// Runs programs over records.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "evtxhound/base/text_buffer.hpp"
#include "evtxhound/evtx/program/slot.hpp"
#include "evtxhound/evtx/render/value_writer.hpp"
#include "evtxhound/evtx/template_table.hpp"

namespace evtxhound::evtx {

// How records are written.
enum class Format : std::uint8_t { kXml, kJson };

// Template instances in instances, as deep as programs follow; Windows itself nests two.
inline constexpr std::size_t kMaxProgramDepth = 8;

// What running takes, for all records of a chunk.
struct RunContext {
  Bytes chunk;
  TemplateTable* templates = nullptr;
  ValueWriter* writer = nullptr;
  TextBuffer* out = nullptr;
  std::size_t start = 0;  // of the record's text in `out`
  std::array<Slots, kMaxProgramDepth>* slots = nullptr;
};

// Appends the record whose BinXML is [begin, end) of the chunk, if it is one template instance all
// of whose templates have programs and whose values those can write. Else returns false, having
// written anything or nothing: such a record, damaged or just unusual, is for the Resolver.
bool run_program(Format format, RunContext& context, std::size_t begin, std::size_t end);

}  // namespace evtxhound::evtx
