// What stands behind FileSystem; only for the files that implement it.
#pragma once

#include <memory>
#include <mutex>

#include "evtxhound/evidence/disk/file_system.hpp"
#include "evtxhound/evidence/disk/tsk_image.hpp"

namespace evtxhound::evidence {

// TSK's handles of one file system. Everything that uses them holds the mutex.
struct FileSystem::Open {
  explicit Open(std::shared_ptr<const ByteSource> bytes) : volume(bytes), image(std::move(bytes)) {}
  ~Open() {
    if (tsk != nullptr) tsk_fs_close(tsk);
  }
  Open(const Open&) = delete;
  Open& operator=(const Open&) = delete;

  std::shared_ptr<const ByteSource> volume;
  TskImage image;
  TSK_FS_INFO* tsk = nullptr;
  std::mutex mutex;
};

// Where the bytes of a file's attribute lie, or a source that reads it by TSK where it is
// compressed. Sets size, bytes, runs and problems of `file`. Adds to `slack` what is allocated to
// it and is not its content (FileList::slack).
void locate_content(const std::shared_ptr<FileSystem::Open>& open, const TSK_FS_ATTR& attribute,
                    FoundFile& file, std::vector<ByteRun>& slack);

}  // namespace evtxhound::evidence
