// Template instances of a record whose chunk is not known.
#pragma once

#include <optional>

#include "evtxhound/base/bytes.hpp"
#include "evtxhound/evtx/binxml/instance.hpp"

namespace evtxhound::evtx {

struct BareInstance {
  InstanceFrame frame;                     // offsets from the start of the bytes, but `definition`
  std::optional<std::size_t> resident_at;  // where the definition stands, if in the instance
};

// Reads the instance that BinXML at `at` consists of, with or without a fragment header before it;
// `area` ends where the BinXML does. As read_instance(), but a definition within the instance is
// told by its GUID, since its offset cannot be compared with anything. Absent where there is none.
std::optional<BareInstance> read_bare_instance(Bytes area, std::size_t at);

}  // namespace evtxhound::evtx
