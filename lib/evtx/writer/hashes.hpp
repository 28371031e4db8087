// The hashes by which a chunk's two tables are ordered. Pure and thread-safe.
#pragma once

#include <cstdint>

#include "evtxhound/base/bytes.hpp"
#include "evtxhound/evtx/writer/value.hpp"

namespace evtxhound::evtx::writer {

// h = h * 65599 + unit over 16-bit units, in 32 bits. REQUIRES: an even number of bytes
std::uint32_t unit_hash(Bytes units);

// The hash that a name entry stores: the low 16 bits over its UTF-16LE characters. Its bucket in
// the string table is this number mod 64 (measured: 10,874 of 10,874 names).
std::uint16_t name_hash(Bytes utf16le);

// The bucket of a template: the same hash over the eight 16-bit units of its GUID, mod 32
// (measured: 341 of 359 templates; the others stand in chunks whose tables are damaged).
std::uint32_t template_bucket(const Guid& guid);

}  // namespace evtxhound::evtx::writer
