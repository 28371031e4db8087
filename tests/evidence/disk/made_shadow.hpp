// Volumes with shadow copies, as Windows leaves them; made by what libyal's "Volume Shadow Snapshot
// (VSS) format" says, without Windows and without what reads them here.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "evtxhound/base/time.hpp"
#include "tests/support/temporary_folder.hpp"

namespace evtxhound::test {

inline constexpr std::size_t kShadowBlock = 0x4000;  // bytes that are kept at a time

// The volume when a shadow copy was made of it.
struct ShadowState {
  std::string volume;
  Filetime created = 0;
};

// Where the structures of a shadow copy were put on the volume.
struct MadeStore {
  std::uint64_t entry = 0;  // of type 2 in the catalog; that of type 3 is behind it
  std::uint64_t header = 0;
  std::uint64_t list = 0;    // its first block
  std::uint64_t bitmap = 0;  // of the newest copy; 0 of the others
};

struct MadeShadows {
  std::string volume;             // as it is now
  std::uint64_t catalog = 0;      // its only block
  std::vector<MadeStore> stores;  // the oldest first
};

// Where stores may lie: whole blocks that no state uses for anything else.
struct StoreArea {
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
};

struct ShadowOptions {
  std::size_t descriptors_in_block = 508;  // as many as there is room for
  // What the oldest copy kept is kept by sectors ("overlays"), where fewer than all 32 differ.
  bool overlays = false;
  // A block whose bytes stand elsewhere in the next state is not kept but said to be there.
  bool forwarders = false;
};

// The volume `now` with a shadow copy of each state, the oldest first; all are of one size. Writes
// the header of shadow copies at 0x1e00, and into `area` the catalog, and of each copy a store:
// header, list of block descriptors, and each block that the next state has written over. Of the
// newest copy, blocks of zeros are not kept: a map says that they were not in use.
//
// The identifier of store n is the byte n, 16 times; that of its copy is 0xa0 + n.
MadeShadows with_shadow_copies(const std::string& now, const std::vector<ShadowState>& states,
                               StoreArea area, const ShadowOptions& options = {});

// A file for an NTFS volume, by name and content, in whose place stores can be written: as Windows
// does, but that the folder `System Volume Information` is missing.
inline const char* const kStoreFile =
    "{01010101-0101-0101-0101-010101010101}{3808876b-c176-4e48-b7ae-04046e6cc752}";
std::string store_file(std::size_t size);

// Where that file lies on a volume. Throws where it is not in one piece.
StoreArea place_of_store_file(const std::string& volume, std::size_t size);

// An NTFS volume of 8 MiB with two shadow copies, and the logs that were in it:
//
//   when         Security.evtx  gone.evtx  late.evtx  kept.evtx
//   first copy   `first`        `gone`     `late`     `kept`
//   second copy  `second`       deleted    `late`     `kept`
//   now          `third`        deleted    deleted    `kept`
//
// The bytes of the files that were deleted are overwritten. Needs mkntfs and ntfscp.
struct MadeShadowVolume {
  MadeShadows made;
  std::vector<std::string> before;  // the volume when the copies were made
  std::string first, second, third, gone, late, kept;
};
MadeShadowVolume make_shadow_volume(const ShadowOptions& options = {});

// Writes a disk whose partition 2 the volume is, to `folder`/disk.dd. Needs sfdisk.
std::filesystem::path make_shadow_disk(const MadeShadowVolume& volume,
                                       const TemporaryFolder& folder);

// The times of its copies.
inline const std::vector<std::string> kShadowTimes{"2023-03-29T15:04:05.0000000Z",
                                                   "2023-04-02T08:00:00.5000000Z"};

}  // namespace evtxhound::test
