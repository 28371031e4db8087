#include "evtxhound/evtx/writer/hashes.hpp"

#include "evtxhound/evtx/format.hpp"

namespace evtxhound::evtx::writer {

std::uint32_t unit_hash(Bytes units) {
  std::uint32_t hash = 0;
  for (std::size_t at = 0; at + 2 <= units.size(); at += 2) {
    hash = hash * 65599 + load<std::uint16_t>(units, at);
  }
  return hash;
}

std::uint16_t name_hash(Bytes utf16le) { return static_cast<std::uint16_t>(unit_hash(utf16le)); }

std::uint32_t template_bucket(const Guid& guid) {
  return unit_hash(guid) % static_cast<std::uint32_t>(kTemplateBuckets);
}

}  // namespace evtxhound::evtx::writer
