// What an NTFS volume says of its volume shadow copies (VSS), checked.
//
// Windows keeps shadow copies on the volume itself. At 0x1e00 of the volume stands where their
// catalog lies, and the catalog says of each copy where its store lies. A store has the blocks of
// 16 KiB that were written over since the copy was made, as they were before; a list of block
// descriptors says which block of the volume is kept where. A copy reads as the volume does now,
// below the blocks of all newer copies' stores, below its own. The format is described in libyal's
// "Volume Shadow Snapshot (VSS) format".
//
// libvshadow reads the same structures, and is not given them as they are: a loop in a list it
// follows forever, sizes in a store's header lead it behind its buffer, one store without header
// costs it all copies. So all of them are read here first, and it gets only what passed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "evtxhound/base/byte_source.hpp"
#include "evtxhound/base/time.hpp"

namespace evtxhound::evidence {

// One shadow copy. What is wrong with it is in `problems`, with places on the volume in the text.
struct ShadowStore {
  std::string id;        // of the store, as in the name of its file: {id}{3808876b-…}
  std::string copy_id;   // as vssadmin shows it; empty where the store's header is damaged
  Filetime created = 0;  // when the copy was made
  Buffer descriptors;    // of its blocks, 32 bytes each, in their order; only sound ones
  // Only of the newest: one bit for each block of the volume, set where it was not in use. Empty:
  // none, or damaged. `unused_before`: of the copy before, which may be gone.
  Buffer unused;
  Buffer unused_before;
  // Whether anything is known of what it kept: else it would read as a newer state.
  bool is_known = false;
  std::vector<Problem> problems;
};

struct ShadowCatalog {
  std::vector<ShadowStore> stores;  // the oldest first
  std::vector<Problem> problems;    // of the catalog, with their places on the volume
};

// Reads what is sound: damage costs what it covers, loops end, and sizes are held against the
// volume. Without VSS on the volume there are neither stores nor problems.
ShadowCatalog read_shadow_catalog(const ByteSource& volume);

}  // namespace evtxhound::evidence
