// The volume shadow copies of a volume, as volumes.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "evtxhound/base/byte_source.hpp"
#include "evtxhound/base/time.hpp"

namespace evtxhound::evidence {

// A volume as it was.
struct ShadowCopy {
  std::string id;        // of its store, as in the name of the store's file
  std::string copy_id;   // of the copy, as vssadmin shows it; empty where that is lost
  Filetime created = 0;  // when it was made
  // Null where nothing of it can be read. Thread-safe; holds what it needs. All copies of a volume
  // are read one at a time, by libvshadow. Reading fails (kUnreadable, or as the volume does) with
  // the offset in the copy.
  std::shared_ptr<const ByteSource> bytes;
  std::vector<Problem> problems;
};

struct ShadowCopies {
  std::vector<ShadowCopy> copies;  // the oldest first, which vshadowmount calls vss1
  std::vector<Problem> problems;   // with the volume's catalog of them; offsets count on the volume
};

// Finds them by what stands at 0x1e00 of the volume; there may be none. libvshadow is loaded where
// there is one, and where it is not installed that is a problem.
//
// Damage is survived: see shadow_catalog.hpp. Where a part of what a copy kept is lost, the copy
// reads as a newer state there, and that is a problem of it and of all older copies.
ShadowCopies open_shadow_copies(const std::shared_ptr<const ByteSource>& volume);

}  // namespace evtxhound::evidence
