// Writes BinXML into a chunk.
#pragma once

#include "evtxhound/evtx/writer/chunk_tables.hpp"
#include "evtxhound/evtx/writer/instance.hpp"

namespace evtxhound::evtx::writer {

// Writes a fragment that holds one template instance: fragment header, the instance (with the
// template's definition inline where the chunk has none yet), its values, end of fragment. Sizes
// have the format's widths: what does not fit them does not fit the chunk either, and the caller
// finds that by the chunk's size.
void put_fragment(ChunkTables& chunk, const Instance& instance);

}  // namespace evtxhound::evtx::writer
