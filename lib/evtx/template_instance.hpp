// The values of a record: where its template instances keep them.
//
// A record's BinXML is, nearly always, one template instance: a reference to a definition and the
// substitutions to pour into it. A substitution of type BinXML can hold a further instance. This
// reads the descriptors of all of them, without the definitions.
//
// Source of the layout: MS-EVEN6 2.2.12 and libevtx's format documentation, "Template instance".
#pragma once

#include <cstdint>
#include <vector>

#include "evtxhound/base/bytes.hpp"
#include "evtxhound/base/problem.hpp"
#include "evtxhound/evtx/format.hpp"

namespace evtxhound::evtx {

struct Substitution {
  std::uint32_t offset = 0;  // of its first byte, from the chunk's start
  std::uint16_t size = 0;    // in bytes
  ValueType type = ValueType::kNull;
};

// All substitutions of the record that stands at [begin, end) of the chunk (its whole frame), in
// the order of their bytes, those of embedded BinXML in the place of the value that holds them.
// Empty for a record that is not made from a template.
//
// Fails (kRecordDamaged, offset from the chunk's start) where a count or size points outside of
// the record: nothing should be read by such a record's word.
Result<std::vector<Substitution>> find_substitutions(Bytes chunk, std::size_t begin,
                                                     std::size_t end);

}  // namespace evtxhound::evtx
