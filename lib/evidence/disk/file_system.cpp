#include "evtxhound/evidence/disk/file_system.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "evtxhound/evidence/disk/image_format.hpp"
#include "evtxhound/evidence/disk/open_file_system.hpp"

namespace evtxhound::evidence {
namespace {

TSK_WALK_RET_ENUM add_block(const TSK_FS_BLOCK* block, void* into) {
  auto& runs = *static_cast<std::vector<ByteRun>*>(into);
  const std::uint64_t size = block->fs_info->block_size;
  const std::uint64_t offset = block->addr * size;
  if (!runs.empty() && runs.back().offset + runs.back().size == offset) {
    runs.back().size += size;
  } else {
    runs.push_back({offset, size});
  }
  return TSK_WALK_CONT;
}

bool is_bitlocker(const ByteSource& volume) {
  Buffer head(16);
  return volume.read_at(0, head).ok() && stands_at(head, 3, "-FVE-FS-");
}

}  // namespace

Result<FileSystem> FileSystem::open(std::shared_ptr<const ByteSource> volume) {
  if (is_bitlocker(*volume)) {
    return Problem{ProblemKind::kEncrypted, std::nullopt,
                   "the volume is encrypted by BitLocker: decrypt the image first"};
  }
  // Not TSK's own detection: it also takes volumes for file systems that Windows never wrote.
  auto open = std::make_shared<Open>(std::move(volume));
  std::string reason;
  for (const TSK_FS_TYPE_ENUM type :
       {TSK_FS_TYPE_NTFS_DETECT, TSK_FS_TYPE_FAT_DETECT, TSK_FS_TYPE_EXT_DETECT}) {
    tsk_error_reset();
    open->tsk = tsk_fs_open_img(open->image.info(), 0, type);
    if (open->tsk != nullptr) return FileSystem(std::move(open));
    if (reason.empty() && tsk_error_get_errno() != TSK_ERR_FS_MAGIC) reason = tsk_reason();
  }
  if (!begins_as_disk(*open->volume)) {
    return Problem{ProblemKind::kNotEvidence, std::nullopt,
                   "no file system that can be read: not NTFS, FAT, exFAT nor ext"};
  }
  return Problem{ProblemKind::kUnreadable, std::nullopt, "the file system is damaged: " + reason};
}

std::string FileSystem::name() const {
  const char* name = tsk_fs_type_toname(open_->tsk->ftype);
  return name == nullptr ? "unknown" : name;
}

std::string file_system_library_version() { return tsk_version_get_str(); }

std::vector<ByteRun> FileSystem::free_runs() const {
  const std::lock_guard guard(open_->mutex);
  const TSK_FS_INFO& tsk = *open_->tsk;
  std::vector<ByteRun> runs;
  const auto flags = static_cast<TSK_FS_BLOCK_WALK_FLAG_ENUM>(
      TSK_FS_BLOCK_WALK_FLAG_UNALLOC | TSK_FS_BLOCK_WALK_FLAG_CONT | TSK_FS_BLOCK_WALK_FLAG_META |
      TSK_FS_BLOCK_WALK_FLAG_AONLY);
  tsk_fs_block_walk(open_->tsk, tsk.first_block, tsk.last_block_act, flags, add_block, &runs);
  const std::uint64_t end = (tsk.last_block + 1) * std::uint64_t{tsk.block_size};
  const std::uint64_t size = open_->volume->size();
  if (end < size) runs.push_back({end, size - end});
  return runs;
}

}  // namespace evtxhound::evidence
