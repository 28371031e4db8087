// The files of a volume, read by The Sleuth Kit (TSK) once and without it from then on.
//
// TSK's handles are not for several threads, and it reads slowly. So the files are listed in one
// pass, by one thread, which takes down where each file's bytes lie (its data runs); reading a file
// is then reading these places of the volume. Only files that NTFS keeps compressed are read by
// TSK, guarded.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "evtxhound/base/byte_source.hpp"
#include "evtxhound/evidence/disk/runs_source.hpp"

namespace evtxhound::evidence {

// A file, or a named stream of one (NTFS).
struct FoundFile {
  std::string path;  // from the root: `Windows/notes.txt`; of a stream `Windows/notes.txt:stream`
  std::uint64_t number = 0;  // of its metadata: the MFT entry, the inode
  bool deleted = false;      // the file system only remembers it: its bytes may be others' by now
  std::uint64_t size = 0;    // in bytes, of what `bytes` has
  std::shared_ptr<const ByteSource> bytes;
  // On the volume, of what is stored of its content; empty where that lies in the metadata.
  std::vector<ByteRun> runs;
  std::vector<Problem> problems;  // with finding its bytes
};

struct FileList {
  std::vector<FoundFile> files;  // those that were wanted, in the order of the directories
  std::uint64_t files_seen = 0;  // all files and streams that have bytes
  // What all files in use have been given and is not their content, in no order: what lies behind
  // their ends in their last clusters, and behind the valid length (NTFS, exFAT). Of files that
  // NTFS compresses it is not known.
  std::vector<ByteRun> slack;
  std::vector<Problem> problems;  // of the file system
};

// Whether a file is wanted, by its head: at least its first 4,104 bytes, and 64 KiB where it begins
// as text or gzip; or all of it.
using WantsFile = std::function<bool(const FoundFile& file, Bytes head)>;

class FileSystem {
 public:
  // NTFS, FAT, exFAT, and ext2 to ext4. Fails with kNotEvidence where the volume has none of them,
  // kEncrypted where it is BitLocker's, and kUnreadable where it has one that is too damaged.
  static Result<FileSystem> open(std::shared_ptr<const ByteSource> volume);

  // What TSK calls it: "ntfs", "fat16", "exfat", "ext4" …
  [[nodiscard]] std::string name() const;

  // Lists files, those in use before those that are deleted but still known: by the directory they
  // were in or, without one, in `$OrphanFiles`. A file of several names is listed once. Damage
  // costs what it covers, and is bounded: nonsensical sizes are cut to what there is, loops end.
  //
  // Heads are read in the order of their places on the volume. Takes seconds to minutes.
  [[nodiscard]] FileList list_files(const WantsFile& wants) const;

  // The places that no file in use and no metadata covers, in order: unallocated blocks and what
  // lies behind the file system. A deleted file's runs are among them.
  [[nodiscard]] std::vector<ByteRun> free_runs() const;

  // What TSK is opened for; only for the files of this folder.
  struct Open;

 private:
  explicit FileSystem(std::shared_ptr<Open> open) : open_(std::move(open)) {}
  std::shared_ptr<Open> open_;  // also held by compressed files
};

// The version of The Sleuth Kit.
std::string file_system_library_version();

}  // namespace evtxhound::evidence
