// A template instance: which definition it is made from, and its values.
//
//   0c · u8 version · u32 template id · u32 offset of the definition in the chunk
//   [the definition, where that offset is this place]
//   u32 count · count × { u16 size, u8 type, u8 0 } · the values
//
// Source: MS-EVEN6 2.2.12 and libevtx's format documentation, "Template instance". The template id
// is the first part of the definition's GUID (measured: 2,038 of 2,038).
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "evtxhound/base/bytes.hpp"
#include "evtxhound/evtx/binxml/defect.hpp"
#include "evtxhound/evtx/value.hpp"

namespace evtxhound::evtx {

// Where the parts of an instance stand; all offsets count from the chunk's start.
struct InstanceFrame {
  std::uint32_t template_id = 0;
  std::size_t definition = 0;  // untrusted
  std::size_t count = 0;       // of values
  std::size_t descriptors = 0;
  std::size_t values = 0;
  std::size_t end = 0;  // behind the last value
};

// Reads the instance whose token stands at `at`; `area` is the chunk up to where the instance must
// have ended. Fails where a count or size says that it goes further.
Outcome read_instance(Bytes area, std::size_t at, InstanceFrame& frame);

// The same up to the descriptors: leaves out `values`' sizes and `end`, for readers who sum them up
// themselves.
Outcome read_instance_header(Bytes area, std::size_t at, InstanceFrame& frame);

inline constexpr std::size_t kDescriptorSize = 4;  // u16 size, u8 type, u8 zero

// Sums up the sizes of the values of `frame`, whose `end` it sets. False where they are more than
// `area` holds, and then looks at few descriptors more than it takes to say so: what claims as many
// values as there is room for can stand at each byte. REQUIRES: the descriptors lie within `area`
bool find_end(Bytes area, InstanceFrame& frame);

// The instance's values, by their descriptors. REQUIRES: frame was read from `area`
void append_values(Bytes area, const InstanceFrame& frame, std::vector<Value>& values);

// Reads the header of the definition at `offset`; fails where it or its body leaves the chunk.
struct DefinitionFrame {
  Bytes guid;            // 16 bytes
  std::size_t body = 0;  // from the chunk's start
  std::size_t body_size = 0;
};
Outcome read_definition(Bytes chunk, std::size_t offset, DefinitionFrame& frame);

}  // namespace evtxhound::evtx
