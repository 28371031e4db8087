// The names of elements, attributes and entities, which a chunk keeps once each.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "evtxhound/base/bytes.hpp"

namespace evtxhound::evtx {

// The UTF-16LE characters of the name whose entry stands at `offset` of the chunk; absent where it
// leaves the chunk. Its hash and its link to the next name are not looked at: they belong to the
// chunk's string table, a cache that damaged logs have wrong.
std::optional<Bytes> name_at(Bytes chunk, std::size_t offset);

// How many bytes an entry of so many bytes of characters takes, with its terminating NUL.
std::size_t name_entry_size(std::size_t characters);

// A name as UTF-8. Characters that no XML name has become `_`, so that a crafted name cannot pass
// for markup.
std::string name_text(Bytes utf16le);

}  // namespace evtxhound::evtx
